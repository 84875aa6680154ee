"""The floor of a sweep: one set-based statement that writes as much, and judges nothing.

It locks and reads the rows a sweep of that day judges, rewrites the same accounts, plans and
installments, and inserts the same number of events of the same size, hashes included. What it
writes is made up; what the sweep does besides is to judge, and to write what is true.
"""

from datetime import date

from app.storage.database.prepared import driver
from benchmarks.load import Place

#: An account whose first installment was due before misses it that day.
_FLOOR = """
WITH due AS (
    SELECT a.* FROM account_review AS r JOIN account AS a
        ON a.tenant_id = r.tenant_id AND a.id = r.account_id
    WHERE r.review_on = $1::date ORDER BY a.id FOR NO KEY UPDATE OF a
), judged AS (
    SELECT *, (state #>> '{plans,0,installments,0,due_on}')::date < $1::date AS late FROM due
), written AS (
    UPDATE account AS a SET
        status = d.status, principal_minor = d.principal_minor,
        interest_minor = d.interest_minor, fees_minor = d.fees_minor,
        penalties_minor = d.penalties_minor, costs_minor = d.costs_minor,
        unapplied_minor = d.unapplied_minor, active_plan_id = d.active_plan_id,
        bucket = CASE WHEN d.late THEN '1-29' ELSE d.bucket END,
        first_delinquency_on = d.first_delinquency_on, reported_since_on = d.reported_since_on,
        next_review_on = '2099-01-01', judged_on = $1::date,
        state = d.state || jsonb_build_object('judged_on', $1::date, 'next_review_on', $1::date),
        event_sequence = d.event_sequence + 1 + d.late::int,
        event_hash = sha256(d.event_hash), latest_on = $1::date, version = a.version + 1
    FROM judged AS d WHERE a.tenant_id = d.tenant_id AND a.id = d.id
), reviews AS (
    UPDATE account_review AS r SET review_on = '2099-01-01'
    FROM judged AS d WHERE r.tenant_id = d.tenant_id AND r.account_id = d.id
), plans AS (
    UPDATE plan AS p SET
        status = p.status, total_minor = p.total_minor, paid_minor = p.paid_minor,
        outstanding_minor = p.outstanding_minor, next_due_on = p.next_due_on,
        next_due_minor = p.next_due_minor, revision = p.revision
    FROM judged AS d
    WHERE d.late AND p.tenant_id = d.tenant_id AND p.account_id = d.id AND p.id = d.active_plan_id
), rows AS (
    UPDATE installment AS i SET missed_on = $1::date
    FROM judged AS d
    WHERE d.late AND i.tenant_id = d.tenant_id AND i.account_id = d.id AND i.number = 1
), told AS (
    INSERT INTO event (tenant_id, account_id, sequence, id, type, business_date, plan_id, data,
        natural_key, previous_hash, hash)
    SELECT d.tenant_id, d.id, d.event_sequence + e.n, gen_random_uuid(), e.type, $1::date,
        d.active_plan_id, jsonb_build_object('due_on', $1::date, 'short_minor', 10000),
        e.type || ':' || d.active_plan_id || ':' || $1::date || ':0/0', d.event_hash,
        sha256(convert_to(d.id::text, 'UTF8'))
    FROM judged AS d CROSS JOIN LATERAL (
        VALUES (1, CASE WHEN d.late THEN 'installment.missed' ELSE 'installment.due' END),
            (2, CASE WHEN d.late THEN 'account.bucket_changed' END)
    ) AS e(n, type)
    WHERE e.type IS NOT NULL
    RETURNING 1
)
SELECT (SELECT count(*) FROM due) AS judged, (SELECT count(*) FROM told) AS told
"""


async def floor(at: Place, day: date) -> tuple[int, int]:
    """Write it once for those due that day; answers how many accounts and events there were."""
    async with at.context(day) as ctx:
        found = await driver(ctx.tx).fetchrow(_FLOOR, day)
    return int(found["judged"]), int(found["told"])
