"""The one statement that works out a worklist: who stands on it on a day, why, and in what order.

Nothing is kept of an item but what somebody did about it. The days that are reasons stand beside
the accounts (`account_work`), found by partial indexes; what waits elsewhere (approvals, quotes,
messages, callbacks) is found by its own. Which days are reasons is asked of the day, here; what
they are worth is `domain/worklists/score.py` once more, and a test holds the two together.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from app.domain.worklists.books import BROKEN_DAYS, ENDING_DAYS, OFFER_DAYS, QUIET_DAYS
from app.domain.worklists.lists import Worklist
from app.domain.worklists.score import QUOTE_DAYS, Weight, WorkReason
from app.storage.worklists.reasons import IN_BOOKS, TYPED

#: More than any score and any sum: orders run one way, so that a page can begin anywhere.
_TOP: Final = 10**15

#: What the driver cannot tell the type of.
_TODAY, NOW, _ZONE = "CAST(:today AS date)", "CAST(:now AS timestamptz)", "CAST(:zone AS text)"
#: Since when each reason stands on the day; null where it does not.
_IN_BOOKS: Final[Mapping[WorkReason, str]] = {
    WorkReason.PROMISE_BROKEN: "b.promise_broken_on",
    WorkReason.FIRST_PAYMENT_DEFAULT: "b.first_payment_default_on",
    WorkReason.PLAN_BROKEN: f"CASE WHEN b.plan_broken_on >= {_TODAY} - {BROKEN_DAYS}"
    " THEN b.plan_broken_on END",
    WorkReason.INSTALLMENT_MISSED: "b.installment_missed_on",
    WorkReason.SETTLEMENT_EXPIRING: f"CASE WHEN b.settlement_expires_on BETWEEN {_TODAY}"
    f" AND {_TODAY} + {OFFER_DAYS} THEN b.settlement_expires_on END",
    WorkReason.PLAN_ENDING: f"CASE WHEN b.plan_ends_on BETWEEN {_TODAY}"
    f" AND {_TODAY} + {ENDING_DAYS} THEN b.plan_ends_on END",
    WorkReason.NO_CONTACT: f"CASE WHEN b.silent_since_on <= {_TODAY} - {QUIET_DAYS}"
    " THEN b.silent_since_on END",
    WorkReason.REPLY_TO_READ: "b.unread_since_on",
}
_ELSEWHERE: Final[Mapping[WorkReason, str]] = {
    WorkReason.QUOTE_EXPIRING: f"""
        SELECT q.account_id, (q.expires_at AT TIME ZONE {_ZONE})::date AS since, q.id AS subject
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
    WorkReason.APPROVAL_WAITING: f"""
        SELECT account_id, opened_on AS since, id AS subject FROM plan
        WHERE tenant_id = :the_tenant AND status = 'pending_approval'
        UNION ALL SELECT account_id, offered_on, id FROM settlement
        WHERE tenant_id = :the_tenant AND status = 'pending_approval'
        UNION ALL SELECT account_id, (created_at AT TIME ZONE {_ZONE})::date, id FROM amendment
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
        SELECT account_id, (asked_at AT TIME ZONE {_ZONE})::date AS since, id AS subject
        FROM message
        WHERE tenant_id = :the_tenant AND status = 'uncertain'
    """,
}
_NAMES = ", ".join(f"b.{name}" for name in IN_BOOKS if name != "quiet_since_on")
WORK = (
    "claimed_by", "claimed_until_at", "skipped_until_at", "callback_at", "callback_time_zone",
    "assigned_to", "gate_until_at",
)  # fmt: skip
#: Of what stands: offered now, as far as the database knows.
_OFFERED = f"""
    (claimed_until_at IS NULL OR claimed_until_at <= {NOW})
    AND (skipped_until_at IS NULL OR skipped_until_at <= {NOW})
    AND (callback_at IS NULL OR callback_at <= {NOW})
"""
_UNGATED = f"(gate_until_at IS NULL OR gate_until_at <= {NOW})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a list: the day, the instant, and the accounts judged in memory for it.

    `behind`: rows of `reasons.row_of`, which stand in the place of what is stored.
    """

    today: date
    now: datetime
    time_zone: str
    behind: Sequence[Mapping[str, Any]] = ()
    only: Collection[UUID] | None = None
    offered: bool | None = None
    for_actor: str | None = None
    after: tuple[int, int, int, date, int, str] | None = None


def statement_of(one: Worklist, asked: Asked) -> tuple[str, dict[str, Any]]:
    """The statement, without an order, and the values it binds."""
    binds: dict[str, Any] = {
        "today": asked.today,
        "now": asked.now,
        "zone": asked.time_zone,
        "worklist": one.name,
        "behind": orjson.dumps(list(asked.behind), default=str).decode(),
        "per_amount": one.per_amount_minor,
        "amount_cap": one.amount_cap,
        "least": one.filter.min_overdue_minor,
    }
    elsewhere = [code for code in _ELSEWHERE if code in one.reasons]
    ctes = [
        f"""behind AS MATERIALIZED (
            SELECT * FROM jsonb_to_recordset(CAST(:behind AS jsonb))
            AS r(account_id uuid, reference text, {TYPED}))""",
        f"elsewhere AS MATERIALIZED ({_elsewhere(elsewhere)})",
        f"base AS ({_base(asked, binds)})",
        f"standing AS ({_standing(one, elsewhere)})",
        f"scored AS ({_scored(one, binds)})",
    ]
    where = [
        "(oldest IS NOT NULL OR callback_at IS NOT NULL)",
        "overdue_minor >= CAST(:least AS bigint)",
    ]
    where += _filtered(one, binds)
    if asked.offered is True:
        where += [_OFFERED, _UNGATED]
    elif asked.offered is False:
        where.append(f"NOT ({_OFFERED} AND {_UNGATED})")
    if asked.for_actor is not None:
        where.append("(assigned_to IS NULL OR assigned_to = :for_actor)")
        binds["for_actor"] = asked.for_actor
    if asked.after is not None:
        keys = ("k_called", "k_asked", "k_score", "k_oldest", "k_overdue", "reference")
        names = ", ".join(f"CAST(:after_{n} AS {_KEY_TYPES[n]})" for n in range(len(keys)))
        where.append(f"({', '.join(keys)}) > ({names})")
        binds |= {f"after_{n}": value for n, value in enumerate(asked.after)}
    return f"WITH {', '.join(ctes)} SELECT * FROM scored WHERE {' AND '.join(where)}", binds


def summary_of(one: Worklist, asked: Asked) -> tuple[str, dict[str, Any]]:
    """By reason how many items stand, how many are offered, and since when the oldest does.

    The first row is of the whole list, whose reason is null.
    """
    sql, binds = statement_of(one, asked)
    codes = [code for code in one.reasons if code in _IN_BOOKS or code in _ELSEWHERE]
    offered = f"count(*) FILTER (WHERE {_OFFERED} AND {_UNGATED})"
    each = [
        f"SELECT '{code}' AS code, count(*) AS open, {offered} AS workable,"
        f" min({code}_on) AS oldest FROM items WHERE {code}_on IS NOT NULL"
        for code in codes
    ]
    whole = (
        f"SELECT NULL AS code, count(*) AS open, {offered} AS workable, min(oldest) AS oldest"
        " FROM items"
    )
    return f"WITH items AS MATERIALIZED ({sql}) {' UNION ALL '.join([whole, *each])}", binds


_KEY_TYPES = ("integer", "bigint", "bigint", "date", "bigint", "text")


def _elsewhere(codes: Sequence[WorkReason]) -> str:
    """By account, since when each of the reasons that are kept elsewhere stands."""
    if not codes:
        return "SELECT NULL::uuid AS account_id WHERE false"
    parts = " UNION ALL ".join(
        f"SELECT '{code}' AS code, e.* FROM ({_ELSEWHERE[code]}) AS e" for code in codes
    )
    columns = ", ".join(
        f"min(since) FILTER (WHERE code = '{code}') AS {code}_on,"
        f" (array_agg(subject ORDER BY since) FILTER (WHERE code = '{code}'))[1] AS {code}_of"
        for code in codes
    )
    return f"SELECT account_id, {columns} FROM ({parts}) AS found GROUP BY account_id"


def _base(asked: Asked, binds: dict[str, Any]) -> str:
    """Accounts on which a reason may stand today: as kept, or as judged in memory."""
    only = ""
    if asked.only is not None:
        only = "AND b.account_id = ANY(CAST(:only AS uuid[]))"
        binds["only"] = list(asked.only)
    binds["quiet"] = asked.today - timedelta(days=QUIET_DAYS)
    binds["ending"] = asked.today + timedelta(days=ENDING_DAYS)
    kept = f"""
        SELECT b.account_id, b.reference, {_NAMES}, b.silent_since_on, b.unread_since_on
        FROM account_work AS b
        WHERE b.tenant_id = :the_tenant {only}
            AND (b.asks OR b.silent_since_on <= :quiet
                OR b.plan_ends_on BETWEEN {_TODAY} AND :ending
                OR b.account_id = ANY(ARRAY(SELECT account_id FROM elsewhere))
                OR b.account_id = ANY(ARRAY(SELECT account_id FROM work_item
                    WHERE tenant_id = :the_tenant AND worklist = :worklist
                        AND callback_at IS NOT NULL)))
            AND NOT b.account_id = ANY(ARRAY(SELECT account_id FROM behind))
    """
    judged = f"""
        SELECT b.account_id, b.reference, {_NAMES},
            CASE WHEN b.quiet_since_on IS NULL THEN NULL
                ELSE greatest(b.quiet_since_on, w.last_communication_on) END,
            w.unread_since_on
        FROM behind AS b LEFT JOIN account_work AS w
            ON w.tenant_id = :the_tenant AND w.account_id = b.account_id
        WHERE true {only}
    """
    return kept if not asked.behind else f"{kept} UNION ALL {judged}"


def _standing(one: Worklist, elsewhere: Collection[WorkReason]) -> str:
    """Since when each of the list's reasons stands today, and what was done about the account."""
    columns = [
        f"{_since(code, one.reasons)} AS {code}_on" for code in _IN_BOOKS if code in one.reasons
    ] + [f"e.{code}_on, e.{code}_of" for code in elsewhere]
    work = ", ".join(f"i.{name}" for name in WORK)
    return f"""
        SELECT b.account_id, b.reference, b.overdue_minor, {work},
            coalesce(i.attempts, 0) AS attempts, {", ".join([*columns, "1 AS found"])}
        FROM base AS b
        LEFT JOIN elsewhere AS e ON e.account_id = b.account_id
        LEFT JOIN work_item AS i ON i.tenant_id = :the_tenant
            AND i.account_id = b.account_id AND i.worklist = :worklist
    """


def _since(code: WorkReason, weights: Mapping[WorkReason, Weight]) -> str:
    """A miss that broke the plan, or was its first, is told by that alone."""
    if code is not WorkReason.INSTALLMENT_MISSED:
        return _IN_BOOKS[code]
    others = [f"({_IN_BOOKS[one]}) IS NULL" for one in _REPLACING if one in weights]
    return f"CASE WHEN {' AND '.join([*others, 'true'])} THEN {_IN_BOOKS[code]} END"


def _scored(one: Worklist, binds: dict[str, Any]) -> str:
    """The sum of the explanation, and the place in the order: see `domain/worklists/score.py`."""
    codes = [code for code in one.reasons if code in _IN_BOOKS or code in _ELSEWHERE]
    points = [_points(code, one.reasons, binds) for code in codes]
    points.append("least(overdue_minor / CAST(:per_amount AS bigint), CAST(:amount_cap AS bigint))")
    oldest = f"least({', '.join(f'{code}_on' for code in codes)})" if codes else "NULL::date"
    total = " + ".join(points)
    return f"""
        SELECT *, CASE WHEN called THEN 0 ELSE 1 END AS k_called,
            CASE WHEN called THEN (extract(epoch FROM callback_at) * 1000000)::bigint ELSE 0 END
                AS k_asked,
            {_TOP} - score AS k_score, coalesce(oldest, date '9999-12-31') AS k_oldest,
            {_TOP} - overdue_minor AS k_overdue
        FROM (SELECT *, {oldest} AS oldest,
            callback_at IS NOT NULL AND callback_at <= {NOW} AS called,
            ({total})::bigint AS score FROM standing) AS summed
    """


#: Worth nothing where one of these says the same, and more.
_REPLACING = (WorkReason.FIRST_PAYMENT_DEFAULT, WorkReason.PLAN_BROKEN)
_EXPIRING = (WorkReason.SETTLEMENT_EXPIRING, WorkReason.QUOTE_EXPIRING)


def _points(code: WorkReason, weights: Mapping[WorkReason, Weight], binds: dict[str, Any]) -> str:
    worth = weights[code]
    binds[f"{code}_base"] = worth.base
    since = f"{code}_on"
    if code in _EXPIRING:
        more = f"25 * greatest(0, 4 - greatest(0, {since} - {_TODAY}))"
    else:
        binds |= {f"{code}_per": worth.per_day, f"{code}_cap": worth.cap_days}
        beyond = QUIET_DAYS if code is WorkReason.NO_CONTACT else 0
        days = f"greatest(0, {_TODAY} - {since} - {beyond})"
        more = f"CAST(:{code}_per AS bigint) * least({days}, CAST(:{code}_cap AS integer))"
    return f"CASE WHEN {since} IS NOT NULL THEN CAST(:{code}_base AS bigint) + {more} ELSE 0 END"


def _filtered(one: Worklist, binds: dict[str, Any]) -> list[str]:
    """What the list's filter asks of the account and its debtor."""
    asked = one.filter
    of_account = {"creditor_reference": asked.creditor_references, "bucket": asked.buckets}
    of_person = {"region": asked.regions, "language": asked.languages}
    conditions = []
    for name, values in of_account.items():
        if values is not None:
            conditions.append(f"a.{name} = ANY(CAST(:{name}s AS text[]))")
            binds[f"{name}s"] = list(values)
    for name, values in of_person.items():
        if values is not None:
            conditions.append(f"""EXISTS (SELECT FROM person AS p WHERE p.tenant_id = :the_tenant
                AND p.id = a.debtor_id AND p.{name} = ANY(CAST(:{name}s AS text[])))""")
            binds[f"{name}s"] = list(values)
    if not conditions:
        return []
    return [
        f"""EXISTS (SELECT FROM account AS a WHERE a.tenant_id = :the_tenant
        AND a.id = scored.account_id AND {" AND ".join(conditions)})"""
    ]
