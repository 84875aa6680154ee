"""The view of promises of a spread database, whose reader may not read what they are taken from.

Promises stand within an account's state, which is no report's to read. On one server the view reads
it with its maker's rights; where tables are spread every view reads with its reader's, whoever made
it. A function still runs as its maker: one hands out the promises of the tenant whose login asks,
and nothing else of the state, and the view shows what it hands out.
"""

from typing import Final

_FUNCTION: Final = """
    CREATE OR REPLACE FUNCTION accord_reported_promises() RETURNS TABLE (
        account_id uuid, promise_id uuid, made_on date, amount_minor bigint, currency bpchar,
        due_on date, grace_days integer, received_minor bigint, status text, judged_on date)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    DECLARE
        mine uuid := public.accord_reported_tenant();
    BEGIN
        RETURN QUERY
        SELECT x.id, (p.said ->> 'id')::uuid, (p.said ->> 'made_on')::date,
            (p.said ->> 'amount_minor')::bigint, x.currency, (p.said ->> 'due_on')::date,
            (p.said ->> 'grace_days')::integer,
            coalesce((p.said ->> 'received_minor')::bigint, 0),
            coalesce(p.said ->> 'status', 'open'), (p.said ->> 'judged_on')::date
        FROM public.account AS x
        CROSS JOIN LATERAL jsonb_array_elements(x.state -> 'promises') AS p(said)
        WHERE x.tenant_id = mine;
    END $$
"""
_VIEW: Final = """
    CREATE OR REPLACE VIEW reporting.promises WITH (security_barrier = true) AS
    SELECT p.account_id, p.promise_id, p.made_on, p.amount_minor,
        CAST(p.currency AS character(3)) AS currency, p.due_on, p.grace_days, p.received_minor,
        p.status, p.judged_on
    FROM accord_reported_promises() AS p
"""
PROMISES: Final = (
    _FUNCTION,
    "REVOKE ALL ON FUNCTION accord_reported_promises FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION accord_reported_promises TO accord_reporting",
    _VIEW,
)
