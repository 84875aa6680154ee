"""Which days a scheduled report is about.

Periods resolve on the tenant's business date; the last closed day is the one before it, and that
is also the day whose knowledge counts.
"""

import re
from datetime import date, timedelta

from app.domain.errors import InvalidInput
from app.domain.schedule.dates import months_later
from app.domain.values import Value

_DAY = timedelta(days=1)
_LAST_DAYS = re.compile(r"last_([1-9][0-9]{0,3})_days")
_QUARTER, _YEAR = 3, 12
NAMES = (
    "previous_day", "previous_week", "previous_month", "previous_quarter", "month_to_date",
    "year_to_date", "last_n_days",
)  # fmt: skip


class Period(Value, kw_only=True):
    """The days from first to last, both included. `as_of` is the last."""

    from_on: date
    to_on: date
    known_on: date


def resolve(name: str, business_date: date, *, fiscal_year_starts_in: int = 1) -> Period:
    """The days that `previous_month` and its like mean on a business date.

    `fiscal_year_starts_in`: a month, 1 to 12. Raises `InvalidInput` at `/period` for other words.
    """
    last_closed = business_date - _DAY
    from_on, to_on = _span(name, business_date, last_closed, fiscal_year_starts_in)
    return Period(from_on=from_on, to_on=to_on, known_on=last_closed)


def _span(name: str, today: date, last_closed: date, starts_in: int) -> tuple[date, date]:
    days = _LAST_DAYS.fullmatch(name)
    if days is not None:
        return today - int(days[1]) * _DAY, last_closed
    this_month = today.replace(day=1)
    monday = today - today.weekday() * _DAY
    quarter = _begins(today, _QUARTER, starts_in)
    spans = {
        "previous_day": (last_closed, last_closed),
        "previous_week": (monday - 7 * _DAY, monday - _DAY),
        "previous_month": (months_later(this_month, -1), this_month - _DAY),
        "previous_quarter": (months_later(quarter, -_QUARTER), quarter - _DAY),
        "month_to_date": (last_closed.replace(day=1), last_closed),
        "year_to_date": (_begins(last_closed, _YEAR, starts_in), last_closed),
    }
    if name not in spans:
        raise InvalidInput.at("/period", f"one of {', '.join(NAMES)}")
    return spans[name]


def _begins(on: date, months: int, starts_in: int) -> date:
    """The first day of the stretch of so many months that holds a day."""
    over = (on.month - starts_in) % months
    return months_later(on.replace(day=1), -over)
