"""How many points an account can have at most, of which but its kinds of days are known.

Accounts are kept in groups: by which days there are (the group's kind), and by the band in which
the overdue amount lies; within a group by their leading day. Within a span of that day no account
has more points than its reasons are worth on the first of it, and the band's end. So the first
page of a list is found among few: where there may be more points than were found.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from app.domain.values import Value
from app.domain.worklists.books import BROKEN_DAYS, QUIET_DAYS
from app.domain.worklists.lists import Worklist
from app.domain.worklists.score import Standing, WorkReason, points_of

#: The days a group's number tells of, by bit; storage works out the same from its columns.
GROUPED: Final = (
    WorkReason.PROMISE_BROKEN,
    WorkReason.FIRST_PAYMENT_DEFAULT,
    WorkReason.INSTALLMENT_MISSED,
    WorkReason.REPLY_TO_READ,
    WorkReason.PLAN_BROKEN,
    WorkReason.SETTLEMENT_EXPIRING,
    WorkReason.NO_CONTACT,
)
#: Where each band of the overdue amount but the first begins: closest where most amounts lie.
BANDS_MINOR: Final = tuple(
    100 * one
    for one in (
        50, 100, 150, 200, 250, 300, 400, 500, 600, 700, 800, 900, 1_000, 1_250, 1_500, 1_750,
        2_000, 2_250, 2_500, 2_750, 3_000, 3_250, 3_500, 3_750, 4_000, 4_500, 5_000, 6_000, 7_000,
        8_500, 10_000,
    )
)  # fmt: skip
BANDS: Final = len(BANDS_MINOR) + 1
#: The oldest of these days leads; where there is none, the broken plan's, else the silence's.
OLDEST_LEADS: Final = GROUPED[:4]
THEN_LEAD: Final = (WorkReason.PLAN_BROKEN, WorkReason.NO_CONTACT)
#: Ages in days at which spans are cut, besides those at which points stop growing.
_CUTS: Final = (5, 10)
_DAY: Final = timedelta(days=1)


class Span(Value, kw_only=True):
    """Accounts of a kind whose leading day lies from `from_on` to `to_on`.

    `silent`: of them only those with whom nobody spoke for long, or only the others; None: all.
    `most`: the reasons of none of them are worth more.
    """

    kind: int
    from_on: date
    to_on: date
    silent: bool | None
    most: int


def group_of(days: Iterable[WorkReason], overdue_minor: int) -> int:
    """The number of the group of an account with these days, and so much overdue."""
    bits = sum(1 << GROUPED.index(one) for one in set(days))
    return bits * BANDS + bisect_right(BANDS_MINOR, overdue_minor)


def kind_of(group: int) -> int:
    """Which days the accounts of a group have, by bit."""
    return group // BANDS


def spans(worklist: Worklist, kinds: Iterable[int], today: date) -> list[Span]:
    """Where the accounts of these kinds stand on a list, and what that is worth at most.

    A span in which none of the list's reasons can stand today is left out. An end of a plan is
    looked for by its day, so nobody whose plan ends soon is meant.
    """
    found = list[Span]()
    for kind in sorted(set(kinds)):
        days = [one for bit, one in enumerate(GROUPED) if kind >> bit & 1]
        found += _cut(worklist, kind, days, today)
    return found


def amounts(worklist: Worklist) -> list[int]:
    """By band, what the overdue amount is worth at most; the last band has no end."""
    ends = [(one - 1) // worklist.per_amount_minor for one in BANDS_MINOR]
    return [min(one, worklist.amount_cap) for one in ends] + [worklist.amount_cap]


def most_ending(worklist: Worklist) -> int:
    """The most points of an account of which nothing stands but that its plan ends."""
    worth = worklist.reasons.get(WorkReason.PLAN_ENDING)
    return worklist.amount_cap + (worth.base if worth else 0)


def _cut(worklist: Worklist, kind: int, days: Sequence[WorkReason], today: date) -> Iterator[Span]:
    lead = _lead(days)
    known = [one for one in days if one in worklist.reasons]
    if WorkReason.FIRST_PAYMENT_DEFAULT in known:  # which replaces the miss
        known = [one for one in known if one is not WorkReason.INSTALLMENT_MISSED]
    others = [one for one in known if one not in lead]
    quiet = WorkReason.NO_CONTACT in others
    caps = {worklist.reasons[one].cap_days for one in known if one in lead}
    for from_on, to_on in _between_cuts(lead, caps, today):
        aged = [one for one in known if one in lead and _may_stand(one, from_on, to_on, today)]
        old = sum(_at_most(worklist, one, from_on, today) for one in aged)
        for silent in (True, False) if quiet else (None,):
            beside = [one for one in others if one is not WorkReason.NO_CONTACT or silent]
            if aged or beside:
                more = sum(_at_most(worklist, one, date.min, today) for one in beside)
                yield Span(kind=kind, from_on=from_on, to_on=to_on, silent=silent, most=old + more)


def _lead(days: Sequence[WorkReason]) -> Sequence[WorkReason]:
    """The reasons of which none is older than the leading day."""
    leading = [one for one in OLDEST_LEADS if one in days]
    return leading or [one for one in THEN_LEAD if one in days][:1]


def _between_cuts(
    lead: Sequence[WorkReason], caps: Iterable[int], today: date
) -> Iterator[tuple[date, date]]:
    """All days, cut where points stop growing, and where a reason begins or ends to stand."""
    ages = {*_CUTS, *caps}
    if WorkReason.NO_CONTACT in lead:
        ages = {QUIET_DAYS + one for one in (0, *ages)}
    if WorkReason.PLAN_BROKEN in lead:
        ages.add(BROKEN_DAYS + 1)
    cuts = (today - timedelta(days=one) for one in sorted(ages, reverse=True))
    for before, to_on in pairwise((date.min, *cuts, date.max)):
        yield (before if before == date.min else before + _DAY), to_on


def _may_stand(one: WorkReason, from_on: date, to_on: date, today: date) -> bool:
    """Whether it stands of any day of a span."""
    if one is WorkReason.PLAN_BROKEN:
        return to_on >= today - timedelta(days=BROKEN_DAYS)
    return one is not WorkReason.NO_CONTACT or from_on <= today - timedelta(days=QUIET_DAYS)


def _at_most(worklist: Worklist, one: WorkReason, since_on: date, today: date) -> int:
    """What a reason is worth that stands since then, or later."""
    return points_of(Standing(reason=one, on=since_on), today, worklist.reasons)
