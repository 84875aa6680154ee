"""The missing and the doubled hour: when it opens, and when a designated time is over."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.contact.gate.hours import instant, is_open, next_opening, window_end, zone
from app.domain.contact.known import Window
from app.domain.contact.law.rules import Hours

CHICAGO, LORD_HOWE = "America/Chicago", "Australia/Lord_Howe"  # an hour, and half of one
MINUTE = timedelta(minutes=1)
FORWARD, BACK = datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 11, 1, 4, tzinfo=UTC)

minutes = st.integers(0, 6 * 60)
times = st.integers(0, 5 * 60).map(lambda minute: time(minute // 60, minute % 60))
days = st.sampled_from([FORWARD, BACK])


def hours(opens, closes):
    return Hours(id="h", source="", tag="D", from_=opens, to=closes)


def first_after(at, holds):
    return next(
        found for found in (at + n * MINUTE for n in range(30 * 60)) if holds(found)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "at", "name", "expected"),
    [
        (date(2026, 3, 8), time(1, 59), CHICAGO, datetime(2026, 3, 8, 7, 59, tzinfo=UTC)),
        (date(2026, 3, 8), time(2), CHICAGO, datetime(2026, 3, 8, 8, tzinfo=UTC)),
        (date(2026, 3, 8), time(2, 30), CHICAGO, datetime(2026, 3, 8, 8, tzinfo=UTC)),
        (date(2026, 3, 8), time(3), CHICAGO, datetime(2026, 3, 8, 8, tzinfo=UTC)),
        (date(2026, 10, 4), time(2, 10), LORD_HOWE, datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
        (date(2026, 11, 1), time(1, 30), CHICAGO, datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
    ],
    ids=str,
)
def test_the_instant_of_a_local_time(day, at, name, expected):
    assert instant(day, at, name) == expected


@settings(max_examples=40)
@given(days, minutes, times, times)
@example(BACK, 3 * 60 + 5, time(1, 30), time(1, 45))  # open twice in a night
@example(BACK, 121, time(0), time(1, 1))  # and again as the clocks go back
@example(FORWARD, 2 * 60, time(2, 30), time(4))  # opens as the clocks jump
def test_it_opens_at_the_first_minute_that_is_open(day, later, opens, closes):
    if opens >= closes:
        return
    at = day + later * MINUTE
    found = next_opening(hours(opens, closes), at, [CHICAGO])
    opening = first_after(
        at, lambda one: is_open(hours(opens, closes), one.astimezone(zone(CHICAGO)))
    )
    if day == FORWARD and time(2) <= opens and closes <= time(3):
        # Left out whole: no minute of that night is open, and the caller asks again from here.
        jumped = datetime(2026, 3, 8, 8, tzinfo=UTC)
        assert found == (jumped if at < jumped else opening)
    else:
        assert found == opening


@settings(max_examples=40)
@given(days, minutes, times, times)
@example(BACK, 3 * 60, time(0), time(1, 30))  # it holds twice in a night
@example(FORWARD, 2 * 60, time(22), time(2, 30))
@example(BACK, 121, time(1, 1), time(0))  # it begins twice
@example(BACK, 122, time(1, 2), time(1, 1))  # that of the day before holds again
def test_a_designated_time_is_over_at_the_first_minute_it_holds_no_more(day, later, starts, ends):
    if starts == ends:  # a whole day, and the next one
        return
    if day == FORWARD and time(2) <= min(starts, ends) and max(starts, ends) <= time(3):
        return  # as the clocks jump one is over and the next begins, and the caller asks again
    at = day + later * MINUTE
    window = Window(days=None, from_=starts, to=ends)
    found = window_end(window, at, [CHICAGO])
    over = first_after(at, lambda one: window_end(window, one, [CHICAGO]) is None)

    assert found is None if over == at else found == over
