"""Actual/actual ICMA: a regular period is the same share of each year, its days equal parts of it.

A period that is not regular, as the first from a plan's opening, is measured by the regular ones
that would have come before its end: stepped back from it, from the end of a month to the ends of
months. (ICMA rule 251; the figures are QuantLib's.)
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from math import lcm

from dateutil.relativedelta import relativedelta

from app.domain.schedule.terms import Unit

#: The units that step evenly through the year.
UNITS = (Unit.WEEK, Unit.MONTH)
#: Regular periods one after the other, oldest first.
Periods = Sequence[tuple[date, date]]


def regular(start: date, end: date, *, every: int, unit: Unit) -> Periods:
    """The regular periods that cover the days of [start, end), the last of which ends with it."""
    periods: list[tuple[date, date]] = []
    until = end
    while until > start:
        since = _back(end, (len(periods) + 1) * every, unit)
        periods.append((since, until))
        until = since
    return periods[::-1]


def _back(day: date, count: int, unit: Unit) -> date:
    if unit is Unit.WEEK:
        return day - timedelta(weeks=count)
    month = day - relativedelta(months=count)
    length = monthrange(day.year, day.month)[1]
    return month.replace(day=monthrange(month.year, month.month)[1]) if day.day == length else month


def scale(periods: Periods) -> int:
    """How many parts each of the periods has: enough for a day of any of them to be whole."""
    return lcm(*((end - start).days for start, end in periods))


def parts(periods: Periods, start: date, end: date) -> int:
    """The days of [start, end) in parts of a period, each day as its own period has it."""
    each = scale(periods)
    return sum(
        max(0, (min(end, until) - max(start, since)).days) * (each // (until - since).days)
        for since, until in periods
    )
