"""On which days and at which instant a scheduled report is made."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from app.domain.reports.timing import Every, Timing, instant_of, next_day, problems
from app.domain.schedule.dates import NO_HOLIDAYS
from app.domain.schedule.terms import Convention


def timing(every, *on, business_days=Convention.NONE):
    return Timing(at=time(6, 30), every=every, on=on, business_days=business_days)


CHICAGO = "America/Chicago"
FOLLOWING, PRECEDING = Convention.FOLLOWING, Convention.PRECEDING


@pytest.mark.parametrize(
    ("said", "after", "day"),
    [
        (timing(Every.DAY), date(2026, 2, 27), date(2026, 2, 28)),
        (timing(Every.DAY, business_days=FOLLOWING), date(2026, 2, 27), date(2026, 3, 2)),
        (timing(Every.WEEK, 1, 5), date(2026, 2, 27), date(2026, 3, 2)),
        (timing(Every.MONTH, 1), date(2026, 2, 1), date(2026, 3, 1)),
        (timing(Every.MONTH, 1, business_days=FOLLOWING), date(2026, 2, 2), date(2026, 3, 2)),
        (timing(Every.MONTH, 1, business_days=PRECEDING), date(2026, 2, 2), date(2026, 2, 27)),
        (timing(Every.MONTH, 31), date(2026, 2, 1), date(2026, 2, 28)),
        (timing(Every.MONTH, 30, 31), date(2026, 2, 28), date(2026, 3, 30)),
        # 31 January 2026 is a Saturday: moved to Monday, it comes after the first of February
        (timing(Every.MONTH, 31, business_days=FOLLOWING), date(2026, 1, 31), date(2026, 2, 2)),
    ],
)
def test_its_days_step_first_and_move_afterwards(said, after, day):
    assert next_day(said, after, NO_HOLIDAYS) == day


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        (CHICAGO, date(2026, 3, 1), time(6, 30), datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
        # the night of 8 March skips 02:00 to 03:00, that of 1 November has 01:00 to 02:00 twice
        (CHICAGO, date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 8, 0, tzinfo=UTC)),
        (CHICAGO, date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        # half an hour is skipped there, and clocks go from 02:00 to 02:30
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15),
         datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_an_hour_that_is_not_there_is_the_next_and_one_that_comes_twice_the_first(
    zone, day, at, instant
):
    assert instant_of(day, at, ZoneInfo(zone)) == instant


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (timing(Every.DAY, 1), True), (timing(Every.WEEK), True), (timing(Every.WEEK, 8), True),
        (timing(Every.MONTH, 0), True), (timing(Every.MONTH, 31), False),
    ],
)  # fmt: skip
def test_what_no_calendar_has_is_refused(said, wrong):
    assert [one.pointer for one in problems(said)] == (["/days/on"] if wrong else [])
