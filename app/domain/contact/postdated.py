"""When a collector must say that it will deposit a postdated payment (12 CFR 1006.22(c)).

Only where the payment is postdated by more than five days; then not more than ten and not less
than three business days before the deposit. The first business day before the deposit is day one.
"""

from datetime import date, timedelta

from app.domain.schedule.dates import Holidays, is_business_day
from app.domain.values import Value

_FREE_DAYS = 5
_LATEST, _EARLIEST = 3, 10
_DAY = timedelta(days=1)


class NoticeWindow(Value, kw_only=True):
    """The days on which the notice may be given, both included."""

    earliest_on: date
    latest_on: date


def notice_window(accepted_on: date, deposit_on: date, holidays: Holidays) -> NoticeWindow | None:
    """The days for the notice, none before the payment was accepted; None: none is required."""
    if (deposit_on - accepted_on).days <= _FREE_DAYS:
        return None
    day, counted = deposit_on, 0
    latest_on = deposit_on
    while counted < _EARLIEST:
        day -= _DAY
        if is_business_day(day, holidays):
            counted += 1
            if counted == _LATEST:
                latest_on = day
    return NoticeWindow(earliest_on=max(day, accepted_on), latest_on=latest_on)
