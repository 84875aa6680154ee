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
from app.domain.worklists.groups import BANDS, amounts, kind_of, most_ending, spans
from app.domain.worklists.lists import Worklist
from app.domain.worklists.score import Weight, WorkReason
from app.storage.worklists.elsewhere import ELSEWHERE, NOW, elsewhere_of
from app.storage.worklists.filters import filtered
from app.storage.worklists.reasons import IN_BOOKS, TYPED
from app.storage.worklists.strays import NOTHING, standing_strays
from app.storage.worklists.strays import REASONS as STRAY_REASONS
from app.storage.worklists.touched import JOINED, LOOKED_UP, WORK

#: `_TOP` is more than any score and any sum: orders run one way, so that a page can begin anywhere.
_TOP, _TWO_GIGS = 10**15, 2**31
#: As many pages of accounts are worked out to learn which score a page begins with.
SAMPLED: Final = 6

#: What the driver cannot tell the type of.
_TODAY = "CAST(:today AS date)"
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
_NOT_ASKED: Final = ("quiet_since_on", "placed_on", "promises_open", "promised_minor")
_NAMES: Final = ", ".join(f"b.{name}" for name in IN_BOOKS if name not in _NOT_ASKED)
_KEPT: Final = f"SELECT b.account_id, b.reference, {_NAMES}, b.silent_since_on, b.unread_since_on"
_SOON: Final = f"b.plan_ends_on BETWEEN {_TODAY} AND CAST(:ending AS date)"
#: A slice of a group is read from the index alone; whose plan ends soon is found by that day.
_IN_SLICE: Final = f"""
    {_KEPT} FROM account_work AS b WHERE b.tenant_id = :the_tenant
        AND b.work_group = s.work_group AND b.leading_on BETWEEN s.from_on AND s.to_on
        AND coalesce(s.silent = coalesce(b.silent_since_on <= CAST(:quiet AS date), false), true)
        AND ({_SOON}) IS NOT TRUE
"""
_ENDING: Final = f"""
    {_KEPT} FROM account_work AS b WHERE b.tenant_id = :the_tenant AND {_SOON}
        AND b.work_group IS NULL
"""
_ENDING_BESIDES: Final = f"""
    {_KEPT} FROM account_work AS b WHERE b.tenant_id = :the_tenant AND {_SOON}
        AND b.work_group IS NOT NULL
"""
_BESIDE: Final = f"""
    {_KEPT} FROM account_work AS b WHERE b.tenant_id = :the_tenant
        AND b.account_id = ANY(ARRAY(SELECT account_id FROM elsewhere))
"""
_NAMED: Final = f"""
    {_KEPT} FROM account_work AS b WHERE b.tenant_id = :the_tenant
        AND b.account_id = ANY(CAST(:only AS uuid[]))
"""
#: As judged in memory, in the place of what is kept.
_JUDGED: Final = f"""
    SELECT b.account_id, b.reference, {_NAMES},
        CASE WHEN b.quiet_since_on IS NULL THEN NULL
            ELSE greatest(b.quiet_since_on, w.last_communication_on) END AS silent_since_on,
        w.unread_since_on
    FROM behind AS b LEFT JOIN account_work AS w
        ON w.tenant_id = :the_tenant AND w.account_id = b.account_id
"""
_SLICES: Final = f"""
    SELECT g.work_group, s.from_on, s.to_on, s.silent, s.most + a.most AS most
    FROM unnest(CAST(:groups AS integer[])) AS g(work_group)
    JOIN unnest(CAST(:kinds AS integer[]), CAST(:froms AS date[]), CAST(:tos AS date[]),
        CAST(:silents AS boolean[]), CAST(:mosts AS bigint[]))
        AS s(kind, from_on, to_on, silent, most) ON s.kind = g.work_group / {BANDS}
    JOIN unnest(CAST(:amounts AS bigint[])) WITH ORDINALITY AS a(most, band)
        ON a.band = g.work_group % {BANDS} + 1
    ORDER BY most DESC
"""
_NOT_BESIDE: Final = "AND b.account_id NOT IN (SELECT account_id FROM elsewhere)"
_NOT_JUDGED: Final = "AND b.account_id NOT IN (SELECT account_id FROM behind)"
_OF_ACCOUNT: Final = "false AS stray, NULL::uuid AS sender_id"
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

    `behind`: rows of `reasons.row_of`, and the bucket, in the place of what is stored. `gate_too`:
    what the gate forbade to somebody is not offered for as long as that is remembered.
    """

    today: date
    now: datetime
    time_zone: str
    behind: Sequence[Mapping[str, Any]] = ()
    only: Collection[UUID] | None = None
    offered: bool | None = None
    gate_too: bool = True
    for_actor: str | None = None
    after: tuple[int, int, int, date, int, str] | None = None


def statement_of(
    one: Worklist, asked: Asked, groups: Collection[int]
) -> tuple[str, dict[str, Any]]:
    """The statement of all items, without an order, and the values it binds.

    `groups`: those that have accounts; none are asked for where `asked.only` names the accounts.
    """
    said = _Said(one, asked, groups)
    return f"{said.beside} {said.all(said.everybody())}", said.binds


def page_of(
    one: Worklist, asked: Asked, groups: Collection[int], limit: int
) -> tuple[str, dict[str, Any]]:
    """The statement of a page, in working order.

    The first accounts of the slices that promise most are worked out first: as many as a page
    holds of them have a certain score, so only slices that may hold as much are looked at.
    """
    said = _Said(one, asked, groups)
    said.few = True
    said.binds |= {"limit": limit, "sampled": limit * SAMPLED, "most_ending": most_ending(one)}
    kept = said.items(said.kept(_IN_SLICE), joined=False)
    some = f"SELECT k.score FROM slices AS s, LATERAL ({kept} LIMIT :limit) AS k LIMIT :sampled"
    best = f"SELECT score FROM ({some}) AS tried ORDER BY score DESC LIMIT :limit"
    lowest = f"SELECT min(score) AS score FROM ({best}) AS best HAVING count(*) >= :limit"
    enough = ">= coalesce((SELECT score FROM lowest), 0)"
    items = said.all(said.everybody(f"s.most {enough}", f":most_ending {enough}"))
    page = f"SELECT * FROM ({items}) AS items ORDER BY {ORDER} LIMIT :limit"
    return f"{said.beside}, lowest AS MATERIALIZED ({lowest}) {page}", said.binds


class _Said:
    """A list as it is asked for, in SQL, and the values that binds."""

    def __init__(self, one: Worklist, asked: Asked, groups: Collection[int]) -> None:
        self._one, self._asked = one, asked
        self.few = asked.only is not None
        self._elsewhere = [code for code in ELSEWHERE if code in one.reasons]
        self.binds: dict[str, Any] = {
            "today": asked.today,
            "now": asked.now,
            "zone": asked.time_zone,
            "worklist": one.name,
            "behind": orjson.dumps(list(asked.behind), default=str).decode(),
            "per_amount": one.per_amount_minor,
            "amount_cap": one.amount_cap,
            "least": one.filter.min_overdue_minor,
        }
        if asked.only is not None:
            self.binds["only"] = list(asked.only)
        else:
            found = spans(one, map(kind_of, groups), asked.today)
            self.binds |= {
                "quiet": asked.today - timedelta(days=QUIET_DAYS),
                "ending": asked.today + timedelta(days=ENDING_DAYS),
                "groups": list(groups),
                "kinds": [each.kind for each in found],
                "froms": [each.from_on for each in found],
                "tos": [each.to_on for each in found],
                "silents": [each.silent for each in found],
                "mosts": [each.most for each in found],
                "amounts": amounts(one),
            }
        self._where = " AND ".join(_conditions(one, asked, self.binds))

    @property
    def beside(self) -> str:
        """What is read once."""
        narrowed = self._asked.only is not None
        sliced = "" if narrowed else f", slices AS MATERIALIZED ({_SLICES})"
        return f"""WITH behind AS MATERIALIZED (
            SELECT * FROM jsonb_to_recordset(CAST(:behind AS jsonb))
            AS r(account_id uuid, reference text, {TYPED}, bucket text)),
            elsewhere AS MATERIALIZED ({elsewhere_of(self._elsewhere, narrowed=narrowed)}){sliced}
        """

    def kept(self, part: str, without: str = _NOT_BESIDE) -> str:
        """Accounts as kept, but for those that are judged in memory."""
        return f"{part} {without} {_NOT_JUDGED if self._asked.behind else ''}"

    def everybody(self, sliced: str = "true", ending: str = "true") -> str:
        """The accounts that may stand on the list, in parts that share none."""
        judged = [_JUDGED] if self._asked.behind else []
        if self._asked.only is not None:
            return " UNION ALL ".join([self.kept(_NAMED, ""), *judged])
        of_slice = f"{self.kept(_IN_SLICE)} OFFSET 0"  # which keeps it a look into the index
        parts = [
            f"SELECT b.* FROM slices AS s, LATERAL ({of_slice}) AS b WHERE {sliced}",
            self.kept(f"{_ENDING} AND {ending}"),
            self.kept(_ENDING_BESIDES),
            self.kept(_BESIDE, ""),
        ]
        return " UNION ALL ".join([*parts, *judged])

    def items(self, base: str, *, joined: bool = True) -> str:
        """Of accounts, those that stand on the list, explained and scored."""
        return self._scored(
            _standing(self._one, self._elsewhere, base, joined=joined, few=self.few)
        )

    def all(self, base: str) -> str:
        """The same, and the messages that are about no account, where the list asks for them."""
        if not STRAY_REASONS.keys() & self._one.reasons.keys():
            return self.items(base)
        only = "" if self._asked.only is None else "AND c.id = ANY(CAST(:only AS uuid[]))"
        in_books = [code for code in _IN_BOOKS if code in self._one.reasons]
        strays = self._scored(f"{standing_strays(WORK, in_books, self._elsewhere)} {only}")
        return f"{self.items(base)} UNION ALL {strays}"

    def _scored(self, standing: str) -> str:
        scored = _scored(self._one, self.binds, standing)
        return f"SELECT * FROM ({scored}) AS scored WHERE {self._where}"


def _conditions(one: Worklist, asked: Asked, binds: dict[str, Any]) -> list[str]:
    days = ", ".join(f"{code}_on" for code in _codes(one))
    stands = f"coalesce({days}) IS NOT NULL" if days else "false"
    where = [
        f"({stands} OR callback_at IS NOT NULL)",
        "overdue_minor >= CAST(:least AS bigint)",
        *filtered(one.filter, binds),
    ]
    if asked.offered is True:
        where += [_OFFERED, _UNGATED] if asked.gate_too else [_OFFERED]
    if asked.for_actor is not None:
        where.append("(assigned_to IS NULL OR assigned_to = :for_actor)")
        binds["for_actor"] = asked.for_actor
    if asked.after is not None:
        names = ", ".join(f"CAST(:after_{n} AS {kind})" for n, kind in enumerate(_KEY_TYPES))
        where.append(f"({ORDER}) > ({names})")
        binds |= {f"after_{n}": value for n, value in enumerate(asked.after)}
    return where


def summary_of(one: Worklist, asked: Asked, groups: Collection[int]) -> tuple[str, dict[str, Any]]:
    """By reason how many items stand, how many are offered, and since when the oldest does.

    The first row is of the whole list, whose reason is null.
    """
    sql, binds = statement_of(one, asked, groups)
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
    return [code for code in one.reasons if code in _IN_BOOKS or code in ELSEWHERE]


def _standing(
    one: Worklist, elsewhere: Collection[WorkReason], base: str, *, joined: bool, few: bool
) -> str:
    """Since when each of the list's reasons stands today, and what was done about the account."""
    columns = [
        f"{_since(code, one.reasons)} AS {code}_on" for code in _IN_BOOKS if code in one.reasons
    ] + [f"e.{code}_on, e.{code}_of" if joined else NOTHING.format(code) for code in elsewhere]
    called = "CASE WHEN e.called_back THEN i.callback_at END" if joined else "NULL::timestamptz"
    work = ", ".join(
        f"{called} AS callback_at" if name == "callback_at" else f"i.{name}" for name in WORK
    )
    beside = "LEFT JOIN elsewhere AS e ON e.account_id = b.account_id" if joined else ""
    return f"""
        SELECT b.account_id, b.reference, b.overdue_minor, {work},
            coalesce(i.attempts, 0) AS attempts, {", ".join([*columns, _OF_ACCOUNT])}
        FROM ({base}) AS b {beside} {LOOKED_UP if few else JOINED}
    """


def _since(code: WorkReason, weights: Mapping[WorkReason, Weight]) -> str:
    """A miss that broke the plan, or was its first, is told by that alone."""
    if code is not WorkReason.INSTALLMENT_MISSED:
        return _IN_BOOKS[code]
    others = [f"({_IN_BOOKS[one]}) IS NULL" for one in _REPLACING if one in weights]
    return f"CASE WHEN {' AND '.join([*others, 'true'])} THEN {_IN_BOOKS[code]} END"


def _scored(one: Worklist, binds: dict[str, Any], standing: str) -> str:
    """The sum of the explanation, and the place in the order: see `domain/worklists/score.py`.

    Where no reason stands the oldest is the last day there is: the driver reads and writes the
    last it knows as no end.
    """
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
            {_TOP} - score AS k_score, coalesce(oldest, date 'infinity') AS k_oldest,
            {_TOP} - overdue_minor AS k_overdue
        FROM (SELECT *, {oldest} AS oldest,
            callback_at IS NOT NULL AND callback_at <= {NOW} AS called,
            {total} AS score FROM ({standing} OFFSET 0) AS standing OFFSET 0) AS summed
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
