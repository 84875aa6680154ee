"""Another day of the month for a plan's installments: which dates they move to.

Every installment of a monthly plan stands in a slot: its month, counted through the years; with
two days a month, one of the month's halves. It keeps its slot where the new day of it still lies
ahead; else all of them go as many slots further as the first one needs.
"""

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date
from itertools import count

from app.domain.schedule.dates import step_number
from app.domain.schedule.terms import Frequency, MonthEnd, Unit

_MONTHLY = Frequency(unit=Unit.MONTH)
_MONTHS = 12
_JANUARY = 1


def slot_of(nominal_on: date, frequency: Frequency, *, anchor_on: date, month_end: MonthEnd) -> int:
    """The month (or half) an installment stands in, whatever day its date was clipped to.

    1 March can be February's 30th: the anchor tells. Raises `ValueError` for days and weeks.
    """
    if frequency.unit is Unit.SEMIMONTH and frequency.days is not None:
        first = _in_month(_month(nominal_on), frequency.days[0], MonthEnd.LAST_DAY)
        return 2 * _month(nominal_on) + (nominal_on > first)
    if frequency.unit is not Unit.MONTH:
        raise ValueError(f"{frequency.unit} has no days of the month")
    steps = step_number(_MONTHLY, anchor_on=anchor_on, month_end=month_end, first_due_on=nominal_on)
    return _month(nominal_on) if steps is None else _month(anchor_on) + steps


def ahead(
    slots: Sequence[int],
    days: tuple[int, ...],
    *,
    month_end: MonthEnd,
    after_on: date,
    due: Callable[[date], date],
) -> tuple[int, ...]:
    """These slots, moved on together until the first of them is due later than `after_on`.

    `due` moves a nominal date off holidays. `days`: one a month, or the two of a semimonth.
    """
    shift = next(n for n in count() if due(date_in(slots[0] + n, days, month_end)) > after_on)
    return tuple(slot + shift for slot in slots)


def date_in(slot: int, days: tuple[int, ...], month_end: MonthEnd) -> date:
    """The date that stands in a slot."""
    month, which = divmod(slot, len(days))
    return _in_month(month, days[which], MonthEnd.LAST_DAY if len(days) > 1 else month_end)


def anchor_in(slot: int, day: int, every: int) -> date:
    """The newest date on that very day, whole periods of `every` months before a month or in it.

    Dates step from it, so that the 31st comes back after February.
    """
    for months in range(0, _MONTHS * every, every):
        year, month = divmod(slot - months, _MONTHS)
        if day <= monthrange(year, month + 1)[1]:
            return date(year, month + 1, day)
    return _in_month(slot, day, MonthEnd.LAST_DAY)


def _month(day: date) -> int:
    return day.year * _MONTHS + day.month - _JANUARY


def _in_month(month: int, day: int, month_end: MonthEnd) -> date:
    year, index = divmod(month, _MONTHS)
    length = monthrange(year, index + 1)[1]
    if day <= length:
        return date(year, index + 1, day)
    if month_end is MonthEnd.LAST_DAY:
        return date(year, index + 1, length)
    return _in_month(month + 1, 1, month_end)
