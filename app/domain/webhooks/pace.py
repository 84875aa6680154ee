"""How many may be sent to an endpoint now: its rate, its health, what is under way."""

from datetime import datetime, timedelta
from typing import Final

#: Attempts under way at one endpoint at once, by all workers; of one that fails, few: its
#: timeouts must not fill what others are sent from.
MOST_UNDER_WAY: Final = 20
MOST_WHILE_FAILING: Final = 2
DEFAULT_RATE: Final = 10
MOST_RATE: Final = 1000
_BURST = timedelta(seconds=1)


def allowance(paced_at: datetime, *, now: datetime, rate_per_second: int) -> int:
    """How many attempts the rate allows by `now`; unused, a second's worth is kept.

    `paced_at` is up to when the rate is used: `spent` moves it.
    """
    return int((now - _kept(paced_at, now)).total_seconds() * rate_per_second + 1e-6)


def spent(paced_at: datetime, *, now: datetime, rate_per_second: int, attempts: int) -> datetime:
    """Up to when the rate is used after so many attempts."""
    return _kept(paced_at, now) + timedelta(seconds=attempts / rate_per_second)


def room(under_way: int, *, failing: bool) -> int:
    """How many more may be under way at once."""
    return max(0, (MOST_WHILE_FAILING if failing else MOST_UNDER_WAY) - under_way)


def _kept(paced_at: datetime, now: datetime) -> datetime:
    return max(paced_at, now - _BURST)
