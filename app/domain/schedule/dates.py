"""Which days: the nominal dates that step from an anchor, and the business days they move to.

Nominal date *k* is the anchor plus *k* periods, never date *k - 1* plus one, so nothing
drifts; adjusting comes after and feeds nothing back.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice

from app.domain.errors import InvalidInput
from app.domain.schedule.terms import Convention, Frequency, MonthEnd, Unit

#: No day lies later, with a calendar or without: the holidays that are known end with this year.
LAST_YEAR = 2100

_DAY = timedelta(days=1)
_SATURDAY, _MONTHS = 5, 12
_DAYS_IN = {Unit.DAY: 1, Unit.WEEK: 7}
#: Every month has this day, so it never needs the month's length.
ALWAYS_THERE = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Holidays:
    """A named calendar: the holidays of a year, asked for one year at a time.

    Whoever builds one caches its years; the same name always answers the same.
    """

    name: str
    in_year: Callable[[int], frozenset[date]] = field(repr=False, compare=False)

    @classmethod
    def of(cls, days: Iterable[date], *, name: str = "given") -> "Holidays":
        """The holidays written out, for every year."""
        fixed = frozenset(days)
        return cls(name=name, in_year=lambda _year: fixed)


#: Weekends and nothing else.
NO_HOLIDAYS = Holidays.of((), name="none")


def later(day: date, days: int = 1) -> date:
    """A day so many days on; the last there is where that lies beyond it.

    No day that is entered comes near it (`LAST_YEAR`), so what this bounds is only looked at.
    """
    return day + timedelta(days=min(days, (date.max - day).days))


def months_later(day: date, months: int) -> date:
    """The same day so many months on, in a shorter month its last; as `later` at the horizon."""
    year, month = divmod(_MONTHS * day.year + day.month - 1 + months, _MONTHS)
    if year > date.max.year:
        return date.max
    if day.day <= ALWAYS_THERE:
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_business_day(day: date, holidays: Holidays) -> bool:
    """Neither a Saturday, a Sunday nor a holiday. `InvalidInput` where no holidays are known."""
    if day.year > LAST_YEAR:
        detail = f"no business day is known after {LAST_YEAR}-12-31"
        raise InvalidInput.at("/terms/business_days", detail)
    return day.weekday() < _SATURDAY and day not in holidays.in_year(day.year)


def adjust(day: date, convention: Convention, holidays: Holidays) -> date:
    """The business day a due date moves to, by the meaning of the convention."""
    if convention is Convention.NONE or is_business_day(day, holidays):
        return day
    if convention is Convention.PRECEDING:
        return _next_business_day(day, -_DAY, holidays)
    later = _next_business_day(day, _DAY, holidays)
    match convention:
        case Convention.FOLLOWING:
            return later
        case Convention.MODIFIED_FOLLOWING if later.month == day.month:
            return later
    earlier = _next_business_day(day, -_DAY, holidays)
    crossed = convention is Convention.MODIFIED_PRECEDING and earlier.month != day.month
    nearer = convention is Convention.NEAREST and later - day <= day - earlier
    return later if crossed or nearer else earlier


def _next_business_day(day: date, direction: timedelta, holidays: Holidays) -> date:
    """The first one beyond a day that is none."""
    day += direction
    while not is_business_day(day, holidays):
        day += direction
    return day


def nominal_dates(
    frequency: Frequency,
    *,
    anchor_on: date,
    month_end: MonthEnd = MonthEnd.LAST_DAY,
    first_due_on: date,
    count: int,
) -> tuple[date, ...]:
    """The `count` dates from `first_due_on` on, each a whole number of periods from the anchor.

    Fewer where the next would lie after `LAST_YEAR`. A semimonth takes its two days, the first
    on or after `first_due_on`; for any other unit `first_due_on` must be a step of the anchor
    (`step_number` says which), or this raises `ValueError`.
    """
    dates = steps(frequency, anchor_on=anchor_on, month_end=month_end, first_due_on=first_due_on)
    return tuple(islice(dates, count))


def steps(
    frequency: Frequency, *, anchor_on: date, month_end: MonthEnd, first_due_on: date
) -> Iterator[date]:
    """The dates of `nominal_dates`, one by one until `LAST_YEAR` is over."""
    number = step_number(
        frequency, anchor_on=anchor_on, month_end=month_end, first_due_on=first_due_on
    )
    if number is None:
        raise ValueError(f"{first_due_on} is not a step of {anchor_on}")
    if frequency.unit is Unit.SEMIMONTH:
        return _semimonths(frequency, first_due_on)
    if frequency.unit is Unit.MONTH:
        return _months(anchor_on, number * frequency.every, frequency.every, month_end)
    return _days(first_due_on, frequency.every * _DAYS_IN[frequency.unit])


def step_number(
    frequency: Frequency, *, anchor_on: date, month_end: MonthEnd, first_due_on: date
) -> int | None:
    """How many periods lie from the anchor to a date; None where it is no step of it.

    Any date begins a semimonth's run (its dates are the days on or after it): 0.
    """
    if frequency.unit is Unit.SEMIMONTH:
        return 0
    if frequency.unit is not Unit.MONTH:
        span = frequency.every * _DAYS_IN[frequency.unit]
        number, odd = divmod((first_due_on - anchor_on).days, span)
        return None if odd else number
    apart = (first_due_on.year - anchor_on.year) * 12 + first_due_on.month - anchor_on.month
    for months in (apart, apart - 1):  # the 1st may stand for a day the month before lacks
        number, odd = divmod(months, frequency.every)
        if not odd and next(_months(anchor_on, months, 1, month_end), None) == first_due_on:
            return number
    return None


def first_after(
    frequency: Frequency, *, anchor_on: date, month_end: MonthEnd, day: date
) -> date | None:
    """The first date at or after the anchor, in whole periods from it, that is later than `day`.

    None where there is none up to `LAST_YEAR`.
    """
    if frequency.unit is Unit.SEMIMONTH:
        return next(_semimonths(frequency, max(anchor_on, day + _DAY)), None)
    if anchor_on > day:
        return anchor_on
    if frequency.unit is not Unit.MONTH:
        span = frequency.every * _DAYS_IN[frequency.unit]
        later = (day - anchor_on).days // span + 1
        return next(_days(anchor_on + timedelta(later * span), span), None)
    apart = (day.year - anchor_on.year) * 12 + day.month - anchor_on.month
    known_before = max(0, (apart - 1) // frequency.every) * frequency.every
    dates = _months(anchor_on, known_before, frequency.every, month_end)
    return next((step for step in dates if step > day), None)


def _days(start: date, span: int) -> Iterator[date]:
    ordinal, end = start.toordinal(), date(LAST_YEAR, 12, 31).toordinal()
    return map(date.fromordinal, range(ordinal, end + 1, span))


def _months(anchor_on: date, start: int, every: int, month_end: MonthEnd) -> Iterator[date]:
    """The anchor plus `start` months, then every so many months on."""
    day = anchor_on.day
    first = anchor_on.year * 12 + anchor_on.month - 1 + start
    for index in range(first, (LAST_YEAR + 1) * 12, every):
        year, month = index // 12, index % 12 + 1
        if day <= ALWAYS_THERE or day <= (length := monthrange(year, month)[1]):
            yield date(year, month, day)
        elif month_end is MonthEnd.LAST_DAY:
            yield date(year, month, length)
        else:
            yield date(year, month, length) + _DAY


def _semimonths(frequency: Frequency, first_due_on: date) -> Iterator[date]:
    """The two days of each month on or after a date, clipped to the month; every so many."""
    if frequency.days is None:
        raise ValueError("a semimonth needs its two days")
    every_one = (
        date(index // 12, index % 12 + 1, min(day, monthrange(index // 12, index % 12 + 1)[1]))
        for index in range(first_due_on.year * 12 + first_due_on.month - 1, (LAST_YEAR + 1) * 12)
        for day in frequency.days
    )
    return islice((day for day in every_one if day >= first_due_on), 0, None, frequency.every)
