"""Reasons that are kept elsewhere than beside the books: quotes, approvals, messages, callbacks.

Each is found by an index of its own: of all accounts few have one.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from app.domain.worklists.score import QUOTE_DAYS, WorkReason

#: What the driver cannot tell the type of.
NOW, ZONE = "CAST(:now AS timestamptz)", "CAST(:zone AS text)"
ELSEWHERE: Final[Mapping[WorkReason, str]] = {
    WorkReason.QUOTE_EXPIRING: f"""
        SELECT q.account_id, (q.expires_at AT TIME ZONE {ZONE})::date AS since, q.id AS subject
        FROM quote AS q
        WHERE q.tenant_id = :the_tenant AND q.ended_on IS NULL AND q.expires_at > {NOW}
            AND q.expires_at <= {NOW} + interval '{QUOTE_DAYS} days'
            AND NOT EXISTS (SELECT FROM plan AS p WHERE p.tenant_id = :the_tenant
                AND p.account_id = q.account_id AND p.quote_id = q.id)
            AND NOT EXISTS (SELECT FROM quote AS n WHERE n.tenant_id = :the_tenant
                AND n.account_id = q.account_id AND n.supersedes = q.id)
    """,
    WorkReason.BAD_POINT: """
        SELECT a.id AS account_id, p.unreachable_on AS since, NULL::uuid AS subject
        FROM person AS p
        JOIN account AS a ON a.tenant_id = :the_tenant AND a.debtor_id = p.id
            AND a.status IN ('open', 'charged_off')
        WHERE p.tenant_id = :the_tenant AND p.unreachable_on IS NOT NULL AND p.erased_at IS NULL
    """,
    WorkReason.UNKNOWN_SENDER: f"""
        SELECT u.account_id, (c.started_at AT TIME ZONE {ZONE})::date AS since, c.id AS subject
        FROM contact AS c, unnest(c.account_ids) AS u (account_id)
        WHERE c.tenant_id = :the_tenant AND c.person_id IS NULL AND c.needs_reading
            AND c.read_at IS NULL AND c.voided_on IS NULL
    """,
    WorkReason.APPROVAL_WAITING: f"""
        SELECT account_id, opened_on AS since, id AS subject FROM plan
        WHERE tenant_id = :the_tenant AND status = 'pending_approval'
        UNION ALL SELECT account_id, offered_on, id FROM settlement
        WHERE tenant_id = :the_tenant AND status = 'pending_approval'
        UNION ALL SELECT account_id, (created_at AT TIME ZONE {ZONE})::date, id FROM amendment
        WHERE tenant_id = :the_tenant AND NOT decided
    """,
    WorkReason.ESCALATED: """
        SELECT account_id, opened_on AS since, id AS subject FROM escalation
        WHERE tenant_id = :the_tenant AND status NOT IN ('closed', 'returned')
    """,
    WorkReason.VALIDATION_DUE: """
        SELECT v.account_id, v.initial_on AS since, v.initial_contact_id AS subject
        FROM validation AS v
        JOIN account AS a ON a.tenant_id = :the_tenant AND a.id = v.account_id
        WHERE v.tenant_id = :the_tenant AND v.sent_on IS NULL AND v.initial_on IS NOT NULL
            AND a.validation_ends_on IS NULL AND a.status IN ('open', 'charged_off')
    """,
    WorkReason.UNCERTAIN_MESSAGE: f"""
        SELECT account_id, (asked_at AT TIME ZONE {ZONE})::date AS since, id AS subject
        FROM message
        WHERE tenant_id = :the_tenant AND status = 'uncertain'
    """,
}
#: Nobody is called back about a debt that is paid or closed.
_CALLED_BACK: Final = """
    SELECT i.account_id, NULL::date AS since, NULL::uuid AS subject FROM work_item AS i
    JOIN account AS a ON a.tenant_id = :the_tenant AND a.id = i.account_id
        AND a.status IN ('open', 'charged_off')
    WHERE i.tenant_id = :the_tenant AND i.worklist = :worklist AND i.callback_at IS NOT NULL
"""


def elsewhere_of(codes: Sequence[WorkReason], *, narrowed: bool) -> str:
    """By account, since when each of the reasons that are kept elsewhere stands.

    Whoever is to be called back is there, too, whatever the reasons. `narrowed`: of the accounts
    bound as `only`.
    """
    parts = " UNION ALL ".join(
        f"SELECT '{code}' AS code, e.* FROM ({found}) AS e"
        for code, found in (*((one, ELSEWHERE[one]) for one in codes), ("callback", _CALLED_BACK))
    )
    columns = "".join(
        f", min(since) FILTER (WHERE code = '{code}') AS {code}_on,"
        f" (array_agg(subject ORDER BY since) FILTER (WHERE code = '{code}'))[1] AS {code}_of"
        for code in codes
    )
    where = "WHERE account_id = ANY(CAST(:only AS uuid[]))" if narrowed else ""
    called = ", bool_or(code = 'callback') AS called_back"
    return f"SELECT account_id{columns}{called} FROM ({parts}) AS found {where} GROUP BY account_id"
