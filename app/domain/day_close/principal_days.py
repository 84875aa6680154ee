"""Principal days: for how much of a year a plan's principal bears interest, and at which rate.

A period's interest is principal times parts of a year times rate. What a hold freezes bears
nothing, and the days of military service bear no more than the capped rate (50 USC 3937); so
both kinds of days are counted apart until the period ends.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from app.domain.account.holds import MILITARY_RATE_BPS, Stopped, kinds_stopping
from app.domain.account.plan import Plan
from app.domain.account.state import Held
from app.domain.money import BPS
from app.domain.schedule import icma
from app.domain.schedule.agreed import AgreedInterest
from app.domain.schedule.interest import PARTS_IN_YEAR, PER_YEAR, year_parts
from app.domain.schedule.terms import DayCount
from app.domain.standing.lateness import Stop, holds_as_stops, merged_stops
from app.domain.values import Value
from app.domain.vocabulary import HoldKind, InstallmentKind

#: Holds whose days bear no interest, for good.
FREEZING = kinds_stopping(Stopped.CHARGES)
#: Holds on whose days no more than `MILITARY_RATE_BPS` is borne, the rest forgiven for good.
CAPPING = (HoldKind.MILITARY,)


class Borne(Value, kw_only=True):
    """Parts of a year that bear interest: at the agreed rate, and at the military cap.

    Times an amount of principal (`of`) they are its principal days.
    """

    full: int = 0
    capped: int = 0

    def of(self, principal_minor: int) -> "Borne":
        return Borne(full=self.full * principal_minor, capped=self.capped * principal_minor)

    def __add__(self, other: "Borne") -> "Borne":
        return Borne(full=self.full + other.full, capped=self.capped + other.capped)

    def at(self, plan: Plan, start: date, end: date) -> tuple[int, int]:
        """The interest at the plan's rates in a period, as numerator and denominator."""
        if plan.interest is None:
            return 0, 1
        each, over = rate_of(plan, plan.interest, start, end)
        rate = plan.interest.annual_rate_bps
        return (self.full * rate + self.capped * min(rate, MILITARY_RATE_BPS)) * each, over


def borne_so_far(plan: Plan) -> Borne:
    """Principal times parts of a year, in the running period."""
    return Borne(full=plan.bearing, capped=plan.bearing_capped)


def rate_of(plan: Plan, interest: AgreedInterest, start: date, end: date) -> tuple[int, int]:
    """What a unit of principal earns in one part of that period for each basis point, as a ratio.

    Equal periods, and ICMA's regular ones, earn the year's share of the frequency over the days
    of the period.
    """
    match interest.day_count:
        case DayCount.EQUAL_PERIODS:
            each = (end - start).days
        case DayCount.ACTUAL_ACTUAL_ICMA:
            each = icma.scale(regular_periods(plan, interest, start, end)) if start < end else 0
        case _:
            return 1, BPS * PARTS_IN_YEAR[interest.day_count]
    return (interest.every, BPS * PER_YEAR[interest.unit] * each) if each > 0 else (0, 1)


def parts(plan: Plan, start: date, end: date) -> int:
    """The days from `start` to `end`, within one period, in the parts of a year `rate_of` uses."""
    if plan.interest is None or plan.interest.day_count is DayCount.EQUAL_PERIODS:
        return (end - start).days
    match plan.interest.day_count:
        case DayCount.ACTUAL_ACTUAL_ICMA:
            periods = regular_periods(plan, plan.interest, *period_of(plan, end))
            return icma.parts(periods, start, end)
        case DayCount.THIRTY_E_360_ISDA:
            ends = (
                installment.due_on for installment in plan.installments if installment.level_minor
            )
            matures_on = max(ends, default=None)
            return year_parts(DayCount.THIRTY_E_360_ISDA, start, end, matures_on=matures_on)
        case day_count:
            return year_parts(day_count, start, end)


def borne(plan: Plan, holds: Sequence[Held], start: date, end: date) -> Borne:
    """The parts of [start, end) that bear interest: none of a freezing hold's days."""
    if not holds:
        return Borne(full=parts(plan, start, end))
    frozen = merged_stops(holds_as_stops(holds, FREEZING))
    capping = merged_stops(holds_as_stops(holds, CAPPING))
    total = Borne()
    for since, until, freezes in _cut(start, end, frozen):
        for first, last, caps in () if freezes else _cut(since, until, capping):
            some = parts(plan, first, last)
            total += Borne(capped=some) if caps else Borne(full=some)
    return total


def regular_periods(plan: Plan, interest: AgreedInterest, start: date, end: date) -> icma.Periods:
    """The regular periods that measure this one: itself, from due date to due date.

    The one before the first due date is measured by regular periods counted back from its end.
    """
    for installment in plan.installments:
        if (
            installment.due_on == start
            and installment.level_minor
            and installment.kind is not InstallmentKind.DOWN_PAYMENT
        ):
            return ((start, end),)
    return icma.regular(start, end, every=interest.every, unit=interest.unit)


def period_of(plan: Plan, end: date) -> tuple[date, date]:
    """The period, running or to come, in which the days before `end` lie."""
    start = plan.period_from_on or plan.opened_on
    for installment in plan.installments:
        if installment.level_minor and installment.earned_on is None:
            if installment.due_on >= end:
                return start, installment.due_on
            start = max(start, installment.due_on)
    return start, max(start, end)


def _cut(start: date, end: date, stops: Iterable[Stop]) -> Iterator[tuple[date, date, bool]]:
    """Cut [start, end) at the stops: spans wholly inside one (True) or outside all (False)."""
    cursor = start
    for stop in stops:
        if stop.starts_on >= end:
            break
        if stop.starts_on > cursor:
            yield cursor, stop.starts_on, False
            cursor = stop.starts_on
        until = end if stop.free_on is None else min(stop.free_on, end)
        if until > cursor:
            yield cursor, until, True
            cursor = until
    if cursor < end:
        yield cursor, end, False
