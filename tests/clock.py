"""What time is it in tests? Noon where the tests' tenants live, whenever they run.

A sandbox has its own date and the real time of day, and much of what is decided goes by the hour:
whom one may call, what is due today, which day it is elsewhere. So every application that a test
makes in its own process is given `wall`, and goes by the same hours at night as by day. It starts
at noon of today and goes on like any clock; `ACCORD_TEST_AT=23:30` starts it at another time, and
`ACCORD_TEST_AT=2027-02-28T23:30` on another day.

A process of its own, as `accord serve` is, has the real time of day, and so has the database: what
is told of those holds at any hour. `tests/architecture/test_clock.py` knows who asks either.
"""

import os
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.routers.edge.deps import here_and_now

#: Names another time to test at, `HH:MM` or `YYYY-MM-DDTHH:MM` where the tests' tenants live.
AT: Final = "ACCORD_TEST_AT"
#: Where they live: `tests/database.py` makes them.
HOME: Final = "America/Chicago"


def ahead_by(at: str, *, real: datetime) -> timedelta:
    """How far a clock that shows that time at home is ahead of the real one; a time is today's."""
    here = real.astimezone(ZoneInfo(HOME))
    day, _, hour = at.rpartition("T")
    on = date.fromisoformat(day) if day else here.date()
    shown = datetime.combine(on, time.fromisoformat(hour), here.tzinfo)
    return shown.astimezone(UTC) - real


_AHEAD: Final = ahead_by(os.environ.get(AT, "12:00"), real=here_and_now("UTC"))


def wall(time_zone: str) -> datetime:
    """What a clock on the wall shows in a time zone: what tests give `create_app`."""
    return (here_and_now("UTC") + _AHEAD).astimezone(ZoneInfo(time_zone))


def today(time_zone: str) -> date:
    """The day it is by that clock."""
    return wall(time_zone).date()


def real_wall(time_zone: str) -> datetime:
    """The real clock, for what the database's own `now()` is held against."""
    return here_and_now(time_zone)


def real_now() -> datetime:
    """What the database's clock shows, too: its `now()` says when a key ends or a file waits."""
    return here_and_now("UTC")
