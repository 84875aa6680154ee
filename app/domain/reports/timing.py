"""When a scheduled report is made: on which days, at which hour of the tenant's.

Its days step through the calendar first and move off weekends and holidays afterwards. An hour
that a night skips is the first instant after it; one that comes twice counts once, the first time.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from app.domain.errors import FieldProblem
from app.domain.schedule.dates import Holidays, adjust
from app.domain.schedule.terms import Convention
from app.domain.values import Value

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_AHEAD_DAYS = 62  # a month and whatever moves its days
_BACK_DAYS = 31
_WEEKDAYS, _MONTH_DAYS = range(1, 8), range(1, 32)


class Every(StrEnum):
    """What its days are counted in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Timing(Value, kw_only=True):
    """`on`: weekdays from Monday, 1 to 7; or days of the month, of which 31 is the last there is.

    `business_days` `none`: the days as they fall.
    """

    at: time
    every: Every
    on: tuple[int, ...] = ()
    business_days: Convention = Convention.NONE


def problems(timing: Timing) -> Iterator[FieldProblem]:
    """What of a timing cannot be meant."""
    most = {Every.DAY: range(0), Every.WEEK: _WEEKDAYS, Every.MONTH: _MONTH_DAYS}[timing.every]
    if timing.every is Every.DAY and timing.on:
        yield FieldProblem(pointer="/days/on", detail="is nothing that every day has")
    elif timing.every is not Every.DAY and not timing.on:
        yield FieldProblem(pointer="/days/on", detail="is needed: on which days")
    elif any(one not in most for one in timing.on):
        detail = f"should be {most.start} to {most.stop - 1}"
        yield FieldProblem(pointer="/days/on", detail=detail)


def next_day(timing: Timing, after: date, holidays: Holidays) -> date:
    """The first of its days behind a day."""
    start = after - _BACK_DAYS * _DAY
    found = (
        adjust(start + n * _DAY, timing.business_days, holidays)
        for n in range(_BACK_DAYS + _AHEAD_DAYS)
        if _falls(timing, start + n * _DAY)
    )
    return min(one for one in found if one > after)


def _falls(timing: Timing, day: date) -> bool:
    if timing.every is Every.DAY:
        return True
    if timing.every is Every.WEEK:
        return day.isoweekday() in timing.on
    last = monthrange(day.year, day.month)[1]
    return any(min(one, last) == day.day for one in timing.on)


def instant_of(day: date, at: time, zone: tzinfo) -> datetime:
    """The instant of an hour of a day, in UTC."""
    wall = datetime.combine(day, at, zone)
    there = wall.astimezone(UTC).astimezone(zone)
    if there.replace(tzinfo=None) == wall.replace(tzinfo=None):
        return wall.astimezone(UTC)
    before = wall.utcoffset()  # the first minute with another offset ends the gap
    instant = wall.replace(fold=1).astimezone(UTC)
    while instant.astimezone(zone).utcoffset() == before:
        instant += _MINUTE
    while (instant - _MINUTE).astimezone(zone).utcoffset() != before:
        instant -= _MINUTE
    return instant
