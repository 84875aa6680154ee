"""What reports read of a spread database, where policies and views are not as on one server.

No policy may hold a sub-select there, so the function that lets reports read a table asks whose
login it is without one. And every view reads with its reader's rights there, whoever made it.
Promises stand within an account's state, which is no report's to read; a function still runs as
its maker: one hands out those of the tenant whose login asks, and the view shows them.
"""

from typing import Final

_REPORT: Final = """
    CREATE OR REPLACE FUNCTION accord_report(reported regclass, shown name[]) RETURNS void
    LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('ALTER POLICY tenant ON %s TO accord_app', reported);
        EXECUTE format('CREATE POLICY reporting ON %s FOR SELECT TO accord_reporting
            USING (tenant_id = accord_reported_tenant())', reported);
        EXECUTE format('GRANT SELECT (%s) ON %s TO accord_reporting',
            (SELECT string_agg(quote_ident(name), ', ') FROM unnest(shown) AS name), reported);
    END $$
"""
_PROMISES: Final = """
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
REPORTS: Final = (
    _REPORT,
    _PROMISES,
    "REVOKE ALL ON FUNCTION accord_reported_promises FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION accord_reported_promises TO accord_reporting",
    _VIEW,
)
