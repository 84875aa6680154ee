"""How much of a year lies between two dates, what it earns, and the payment that is level.

Everything is exact until it is posted: a rate is a whole number over a whole number, and one
rounding, half-even, ends each line.
"""

from calendar import isleap, monthrange
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise

from app.domain.money import BPS, round_down, round_half_even
from app.domain.schedule.terms import DayCount, Frequency, Unit
from app.domain.values import Value

#: Periods in a year, by unit; never 4 weeks to the month.
PER_YEAR = {Unit.DAY: 365, Unit.WEEK: 52, Unit.SEMIMONTH: 24, Unit.MONTH: 12}

#: What `year_parts` counts in, by day count: parts of a year.
PARTS_IN_YEAR = {
    DayCount.ACTUAL_365: 365,
    DayCount.ACTUAL_360: 360,
    DayCount.THIRTY_360: 360,
    DayCount.THIRTY_E_360: 360,
    DayCount.THIRTY_E_360_ISDA: 360,
    DayCount.THIRTY_360_US: 360,
    DayCount.ACTUAL_ACTUAL: 365 * 366,
}

#: Day counts that see the days as they are.
_ACTUAL = (DayCount.ACTUAL_365, DayCount.ACTUAL_360)
#: More than any debt: a payment of this clears it.
_ALL_OF_IT = 1 << 200
#: The last day of a month that has thirty.
_LAST = 30
_FEBRUARY = 2


# Day counts -------------------------------------------------------------------------------


def days_between(
    day_count: DayCount, start: date, end: date, *, matures_on: date | None = None
) -> int:
    """The days from `start` (counted) to `end` (not counted), as the day count sees them.

    `matures_on`, the day the debt ends, is what 30E/360 ISDA asks for: the end of February counts
    as a 30th, but not on that day.
    """
    if day_count not in _THIRTIES:
        return (end - start).days
    first, last = _THIRTIES[day_count](start, end)
    if day_count is DayCount.THIRTY_E_360_ISDA and end == matures_on:
        last = min(end.day, _LAST)
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first


def year_parts(
    day_count: DayCount, start: date, end: date, *, matures_on: date | None = None
) -> int:
    """The same span in `PARTS_IN_YEAR` of its day count.

    Not for equal periods, which know no dates, nor for ICMA's, which go by them (`icma`).
    """
    if day_count is DayCount.ACTUAL_ACTUAL:
        return _year_part(end) - _year_part(start)
    return days_between(day_count, start, end, matures_on=matures_on)


def _year_part(day: date) -> int:
    """Where a day stands among all years, each of its days an equal part of its own year."""
    per_day = 365 if isleap(day.year) else 366
    passed = (day - date(day.year, 1, 1)).days
    return day.year * PARTS_IN_YEAR[DayCount.ACTUAL_ACTUAL] + passed * per_day


def _bond_basis(start: date, end: date) -> tuple[int, int]:
    first = min(start.day, _LAST)
    return first, _LAST if end.day > _LAST == first else end.day


def _eurobond_basis(start: date, end: date) -> tuple[int, int]:
    return min(start.day, _LAST), min(end.day, _LAST)


def _isda_basis(start: date, end: date) -> tuple[int, int]:
    """The last day of any month is a 30th."""
    return (
        _LAST if _ends_february(start) else min(start.day, _LAST),
        _LAST if _ends_february(end) else min(end.day, _LAST),
    )


def _us_basis(start: date, end: date) -> tuple[int, int]:
    """The bond basis, where the last day of February counts as a 30th."""
    first, last = start.day, end.day
    if _ends_february(start):
        first, last = _LAST, _LAST if _ends_february(end) else last
    if last > _LAST <= first:
        last = _LAST
    return min(first, _LAST), last


def _ends_february(day: date) -> bool:
    return day.day == monthrange(day.year, _FEBRUARY)[1] and day.month == _FEBRUARY


_THIRTIES = {
    DayCount.THIRTY_360: _bond_basis,
    DayCount.THIRTY_E_360: _eurobond_basis,
    DayCount.THIRTY_E_360_ISDA: _isda_basis,
    DayCount.THIRTY_360_US: _us_basis,
}


# Simple interest --------------------------------------------------------------------------


def accrued(
    principal_minor: int, annual_rate_bps: int, day_count: DayCount, start: date, end: date
) -> Fraction:
    """Simple daily interest in minor units, unrounded: `start` earns, `end` does not."""
    parts = year_parts(day_count, start, end)
    return Fraction(principal_minor * annual_rate_bps * parts, BPS * PARTS_IN_YEAR[day_count])


# Paying down ------------------------------------------------------------------------------

#: One installment's two cells: principal and interest, in minor units.
Cells = tuple[int, int]


class PeriodRates(Value, kw_only=True):
    """What each period earns on a unit of principal: `numerators[k] / denominator`."""

    numerators: tuple[int, ...]
    denominator: int


def period_numerators(
    annual_rate_bps: int,
    day_count: DayCount,
    frequency: Frequency,
    dates: Iterable[date],
    *,
    matures_on: date | None = None,
) -> Iterator[int]:
    """What the periods between neighboring dates earn, over `period_denominator`, one by one.

    Equal periods earn the year's share of the frequency, whatever the dates.
    """
    if day_count is DayCount.EQUAL_PERIODS:
        return (annual_rate_bps * frequency.every for _ in pairwise(dates))
    if day_count in _ACTUAL:
        return (annual_rate_bps * (b - a).days for a, b in pairwise(dates))
    return (
        annual_rate_bps * year_parts(day_count, a, b, matures_on=matures_on)
        for a, b in pairwise(dates)
    )


def period_denominator(day_count: DayCount, frequency: Frequency) -> int:
    """What `period_numerators` are counted in."""
    if day_count is DayCount.EQUAL_PERIODS:
        return BPS * PER_YEAR[frequency.unit]
    return BPS * PARTS_IN_YEAR[day_count]


def _level_ratio(principal_minor: int, rates: PeriodRates, then: Sequence[int]) -> tuple[int, int]:
    """The payment, exactly, that brings the principal to zero over the periods: a ratio.

    The last periods pay what `then` says, those before them the level. For equal rates and
    nothing said this is P·i / (1 - (1+i)^-n). Not in lowest terms: for hundreds of periods
    finding those takes longest.
    """
    base, periods = rates.denominator, len(rates.numerators)
    compound, fixed_sum, weight = 1, 0, 0  # over base ** (periods seen), from the last one back
    level = periods - len(then)
    for paid, numerator in zip(reversed(then), reversed(rates.numerators), strict=False):
        fixed_sum = (fixed_sum + paid * compound) * base
        compound *= base + numerator
    for numerator in reversed(rates.numerators[:level]):
        weight = (weight + compound) * base
        compound *= base + numerator
        fixed_sum *= base
    return principal_minor * compound - fixed_sum, weight


def present_value(payments: Sequence[int], rates: PeriodRates) -> Fraction:
    """What the payments, one a period, are worth at the start of the first: exactly."""
    base = rates.denominator
    worth, compound = 0, 1
    for paid, numerator in zip(reversed(payments), reversed(rates.numerators), strict=True):
        worth = (worth + paid * compound) * base
        compound *= base + numerator
    return Fraction(worth, compound)


def level_cells(
    principal_minor: int,
    rates: PeriodRates,
    *,
    then: Sequence[int] = (),
    unit_minor: int = 1,
    minimum_minor: int = 1,
) -> tuple[Cells, ...] | None:
    """Equal payments of interest first, then principal; the last absorbs what rounding left.

    The level payment is rounded half-even to `unit_minor`, or down where the last would
    otherwise fall below the minimum or a unit. None where no such payments exist.
    """
    exact = _level_ratio(principal_minor, rates, then)
    level_count = len(rates.numerators) - len(then)
    least = 1 if len(rates.numerators) == 1 else max(unit_minor, minimum_minor)
    for rounding in (round_half_even, round_down):
        level = rounding(*exact, unit_minor=unit_minor)
        cells = _pay_down(principal_minor, [*[level] * level_count, *then], rates)
        if cells is not None and min(level, sum(cells[-1])) >= least:
            return cells
    return None


def _pay_down(
    principal_minor: int, amounts: Sequence[int], rates: PeriodRates
) -> tuple[Cells, ...] | None:
    """The cells of these payments, the last of which takes what is left; None if nothing is."""
    paid = (*amounts[:-1], _ALL_OF_IT)
    cells = tuple(cells_by_payment(principal_minor, paid, rates.numerators, rates.denominator))
    return cells if len(cells) == len(amounts) else None


def cells_by_payment(
    principal_minor: int, payments: Iterable[int], numerators: Iterable[int], denominator: int
) -> Iterator[Cells]:
    """Given payments, interest first, then principal, until nothing is left of either.

    By the US Rule: interest a payment does not cover waits for the next one
    and bears none itself.
    """
    waiting = 0
    for amount, numerator in zip(payments, numerators, strict=False):
        waiting += round_half_even(principal_minor * numerator, denominator)
        interest = min(amount, waiting)
        principal = min(amount - interest, principal_minor)
        yield principal, interest
        waiting -= interest
        principal_minor -= principal
        if not principal_minor:
            return
