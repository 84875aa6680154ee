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
_TWO_GIGS: Final = 2**31

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
    WorkReason.UNKNOWN_SENDER: f"""
        SELECT u.account_id, (c.started_at AT TIME ZONE {_ZONE})::date AS since, c.id AS subject
        FROM contact AS c, unnest(c.account_ids) AS u (account_id)
        WHERE c.tenant_id = :the_tenant AND c.person_id IS NULL AND c.needs_reading
            AND c.read_at IS NULL AND c.voided_on IS NULL
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
_CALLED_BACK: Final = """
    SELECT account_id, NULL::date AS since, NULL::uuid AS subject FROM work_item
    WHERE tenant_id = :the_tenant AND worklist = :worklist AND callback_at IS NOT NULL
"""
#: Accounts as kept, and in which of them a reason may stand today; those as judged in memory.
_KEPT: Final = f"""
    SELECT b.account_id, b.reference, {_NAMES}, b.silent_since_on, b.unread_since_on
    FROM account_work AS b WHERE b.tenant_id = :the_tenant
"""
_SILENT: Final = "b.silent_since_on <= CAST(:quiet AS date)"
_PARTS: Final = (
    "b.asks",
    f"NOT b.asks AND {_SILENT}",
    f"""NOT b.asks AND ({_SILENT}) IS NOT TRUE
        AND b.plan_ends_on BETWEEN {_TODAY} AND CAST(:ending AS date)""",
)
_JUDGED: Final = f"""
    SELECT b.account_id, b.reference, {_NAMES},
        CASE WHEN b.quiet_since_on IS NULL THEN NULL
            ELSE greatest(b.quiet_since_on, w.last_communication_on) END AS silent_since_on,
        w.unread_since_on
    FROM behind AS b LEFT JOIN account_work AS w
        ON w.tenant_id = :the_tenant AND w.account_id = b.account_id
    WHERE true
"""
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
    """The statement of all items, without an order, and the values it binds."""
    said = _Said(one, asked)
    return f"{said.beside} {' UNION ALL '.join(said.parts())}", said.binds


def page_of(one: Worklist, asked: Asked, limit: int) -> tuple[str, dict[str, Any]]:
    """The statement of a page, in working order.

    Whose page it is, is found first, by as little as the order needs: it is worked out for all who
    stand on the list, everything else for those who are on the page. Each part of a list is ordered
    by itself, so that it is read from its index alone.
    """
    said = _Said(one, asked)
    said.binds["limit"] = limit
    page = f"ORDER BY {ORDER} LIMIT :limit"
    parts = (f"(SELECT account_id, {ORDER} FROM ({part}) AS items {page})" for part in said.parts())
    whose = f"SELECT account_id FROM ({' UNION ALL '.join(parts)}) AS found {page}"
    items = " UNION ALL ".join(said.parts("b.account_id IN (SELECT * FROM page)"))
    sql = f"{said.beside}, page AS MATERIALIZED ({whose}) SELECT * FROM ({items}) AS items"
    return f"{sql} ORDER BY {ORDER}", said.binds


class _Said:
    """A list as it is asked for, in SQL, and the values that binds."""

    def __init__(self, one: Worklist, asked: Asked) -> None:
        self._one, self._asked = one, asked
        self._elsewhere = [code for code in _ELSEWHERE if code in one.reasons]
        self.binds: dict[str, Any] = {
            "today": asked.today,
            "now": asked.now,
            "zone": asked.time_zone,
            "worklist": one.name,
            "behind": orjson.dumps(list(asked.behind), default=str).decode(),
            "per_amount": one.per_amount_minor,
            "amount_cap": one.amount_cap,
            "least": one.filter.min_overdue_minor,
            "quiet": asked.today - timedelta(days=QUIET_DAYS),
            "ending": asked.today + timedelta(days=ENDING_DAYS),
        }
        if asked.only is not None:
            self.binds["only"] = list(asked.only)
        self._where = " AND ".join(_conditions(one, asked, self.binds))

    @property
    def beside(self) -> str:
        """What is read once."""
        return f"""WITH behind AS MATERIALIZED (
            SELECT * FROM jsonb_to_recordset(CAST(:behind AS jsonb))
            AS r(account_id uuid, reference text, {TYPED})),
            elsewhere AS MATERIALIZED ({_elsewhere(self._elsewhere)})"""

    def parts(self, only: str = "true") -> list[str]:
        """All items, explained and scored, in parts that share none.

        Only where something stands elsewhere is it looked for: joined to all, it would cost more
        than everything else.
        """
        if self._asked.only is not None:
            only += " AND b.account_id = ANY(CAST(:only AS uuid[]))"
        kept = _KEPT + f" AND {only}"
        if self._asked.behind:
            kept += " AND b.account_id NOT IN (SELECT account_id FROM behind)"
        plain = f"{kept} AND b.account_id NOT IN (SELECT account_id FROM elsewhere)"
        beside = f"{kept} AND b.account_id = ANY(ARRAY(SELECT account_id FROM elsewhere))"
        parts = [self._items(f"{plain} AND {one}", joined=False) for one in _PARTS]
        parts.append(self._items(beside, joined=True))
        if self._asked.behind:
            parts.append(self._items(f"{_JUDGED} AND {only}", joined=True))
        return parts

    def _items(self, base: str, *, joined: bool) -> str:
        standing = _standing(self._one, self._elsewhere, base, joined=joined)
        scored = _scored(self._one, self.binds, standing)
        return f"SELECT * FROM ({scored}) AS scored WHERE {self._where}"


def _conditions(one: Worklist, asked: Asked, binds: dict[str, Any]) -> list[str]:
    days = ", ".join(f"{code}_on" for code in _codes(one))
    stands = f"coalesce({days}) IS NOT NULL" if days else "false"
    where = [
        f"({stands} OR callback_at IS NOT NULL)",
        "overdue_minor >= CAST(:least AS bigint)",
        *_filtered(one, binds),
    ]
    if asked.offered is True:
        where += [_OFFERED, _UNGATED]
    elif asked.offered is False:
        where.append(f"NOT ({_OFFERED} AND {_UNGATED})")
    if asked.for_actor is not None:
        where.append("(assigned_to IS NULL OR assigned_to = :for_actor)")
        binds["for_actor"] = asked.for_actor
    if asked.after is not None:
        names = ", ".join(f"CAST(:after_{n} AS {kind})" for n, kind in enumerate(_KEY_TYPES))
        where.append(f"({ORDER}) > ({names})")
        binds |= {f"after_{n}": value for n, value in enumerate(asked.after)}
    return where


def summary_of(one: Worklist, asked: Asked) -> tuple[str, dict[str, Any]]:
    """By reason how many items stand, how many are offered, and since when the oldest does.

    The first row is of the whole list, whose reason is null.
    """
    sql, binds = statement_of(one, asked)
    codes = _codes(one)
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


#: Working order, all of it rising: callbacks whose hour has come, then by score.
ORDER: Final = "k_called, k_asked, k_score, k_oldest, k_overdue, reference"
_KEY_TYPES: Final = ("integer", "bigint", "bigint", "date", "bigint", "text")


def _codes(one: Worklist) -> list[WorkReason]:
    """The list's reasons that can stand."""
    return [code for code in one.reasons if code in _IN_BOOKS or code in _ELSEWHERE]


def _elsewhere(codes: Sequence[WorkReason]) -> str:
    """By account, since when each of the reasons that are kept elsewhere stands.

    Whoever is to be called back is there, too, whatever the reasons.
    """
    parts = " UNION ALL ".join(
        f"SELECT '{code}' AS code, e.* FROM ({found}) AS e"
        for code, found in (*((one, _ELSEWHERE[one]) for one in codes), ("callback", _CALLED_BACK))
    )
    columns = "".join(
        f", min(since) FILTER (WHERE code = '{code}') AS {code}_on,"
        f" (array_agg(subject ORDER BY since) FILTER (WHERE code = '{code}'))[1] AS {code}_of"
        for code in codes
    )
    return f"SELECT account_id{columns} FROM ({parts}) AS found GROUP BY account_id"


def _standing(one: Worklist, elsewhere: Collection[WorkReason], base: str, *, joined: bool) -> str:
    """Since when each of the list's reasons stands today, and what was done about the account."""
    columns = [
        f"{_since(code, one.reasons)} AS {code}_on" for code in _IN_BOOKS if code in one.reasons
    ] + [
        f"e.{code}_on, e.{code}_of"
        if joined
        else f"NULL::date AS {code}_on, NULL::uuid AS {code}_of"
        for code in elsewhere
    ]
    work = ", ".join(
        f"i.{name}" if joined or name != "callback_at" else "NULL::timestamptz AS callback_at"
        for name in WORK
    )
    beside = "LEFT JOIN elsewhere AS e ON e.account_id = b.account_id" if joined else ""
    return f"""
        SELECT b.account_id, b.reference, b.overdue_minor, {work},
            coalesce(i.attempts, 0) AS attempts, {", ".join([*columns, "1 AS found"])}
        FROM ({base}) AS b {beside}
        LEFT JOIN work_item AS i ON i.tenant_id = :the_tenant
            AND i.account_id = b.account_id AND i.worklist = :worklist
    """


def _since(code: WorkReason, weights: Mapping[WorkReason, Weight]) -> str:
    """A miss that broke the plan, or was its first, is told by that alone."""
    if code is not WorkReason.INSTALLMENT_MISSED:
        return _IN_BOOKS[code]
    others = [f"({_IN_BOOKS[one]}) IS NULL" for one in _REPLACING if one in weights]
    return f"CASE WHEN {' AND '.join([*others, 'true'])} THEN {_IN_BOOKS[code]} END"


def _scored(one: Worklist, binds: dict[str, Any], standing: str) -> str:
    """The sum of the explanation, and the place in the order: see `domain/worklists/score.py`."""
    codes = _codes(one)
    points = [_points(code, one.reasons, _whole(one), binds) for code in codes]
    amount = "least(overdue_minor / CAST(:per_amount AS bigint), CAST(:amount_cap AS bigint))"
    points.append(f"({amount})::{_whole(one)}")
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
            {total} AS score FROM ({standing}) AS standing) AS summed
    """


#: Worth nothing where one of these says the same, and more.
_REPLACING = (WorkReason.FIRST_PAYMENT_DEFAULT, WorkReason.PLAN_BROKEN)
_EXPIRING = (WorkReason.SETTLEMENT_EXPIRING, WorkReason.QUOTE_EXPIRING)


def _whole(one: Worklist) -> str:
    """The type that holds every score of a list, and costs least."""
    soon = 100 * len(_EXPIRING)
    most = sum(worth.base + worth.per_day * worth.cap_days for worth in one.reasons.values())
    return "integer" if most + soon + one.amount_cap < _TWO_GIGS else "bigint"


def _points(
    code: WorkReason, weights: Mapping[WorkReason, Weight], whole: str, binds: dict[str, Any]
) -> str:
    """What a reason is worth, in as few steps as there are: it is asked of everybody."""
    worth = weights[code]
    binds[f"{code}_base"] = worth.base
    since = f"{code}_on"
    points = f"CAST(:{code}_base AS {whole})"
    if code in _EXPIRING:
        points += f" + 25 * greatest(0, 4 - greatest(0, {since} - {_TODAY}))"
    elif worth.per_day and worth.cap_days:
        binds |= {f"{code}_per": worth.per_day, f"{code}_cap": worth.cap_days}
        binds[f"{code}_from"] = QUIET_DAYS if code is WorkReason.NO_CONTACT else 0
        days = f"({_TODAY} - CAST(:{code}_from AS integer)) - {since}"
        capped = f"least(greatest(0, {days}), CAST(:{code}_cap AS integer))"
        points += f" + CAST(:{code}_per AS {whole}) * {capped}"
    return f"CASE WHEN {since} IS NOT NULL THEN {points} ELSE 0 END"


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
