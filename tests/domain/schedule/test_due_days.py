"""Which dates installments move to when their day of the month changes."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from app.domain.schedule.dates import NO_HOLIDAYS, adjust, first_after, nominal_dates, step_number
from app.domain.schedule.due_days import ahead, anchor_in, date_in, slot_of
from app.domain.schedule.terms import Convention, Frequency, MonthEnd, Unit

MONTHLY = Frequency(unit=Unit.MONTH)
HALVES = Frequency(unit=Unit.SEMIMONTH, days=(1, 15))
LAST, NEXT = MonthEnd.LAST_DAY, MonthEnd.FIRST_OF_NEXT


def same(day):
    return day


def moved(dates, days, *, on, frequency=MONTHLY, anchor=None, month_end=LAST, due=same):
    anchor = anchor or dates[0]
    stand = [slot_of(d, frequency, anchor_on=anchor, month_end=month_end) for d in dates]
    slots = ahead(stand, days, month_end=month_end, after_on=on, due=due)
    return [str(date_in(slot, days, month_end)) for slot in slots]


def d(month, day):
    return date(2026, month, day)


@pytest.mark.parametrize(
    ("day", "on", "expected"),
    [
        pytest.param(5, d(3, 1), ["2026-03-05", "2026-04-05", "2026-05-05"], id="earlier"),
        pytest.param(30, d(3, 1), ["2026-03-30", "2026-04-30", "2026-05-30"], id="later"),
        pytest.param(5, d(3, 4), ["2026-03-05", "2026-04-05", "2026-05-05"], id="tomorrow"),
        pytest.param(5, d(3, 5), ["2026-04-05", "2026-05-05", "2026-06-05"], id="not today"),
        pytest.param(31, d(3, 1), ["2026-03-31", "2026-04-30", "2026-05-31"], id="the last day"),
    ],
)
def test_the_month_is_kept_where_its_new_day_still_lies_ahead(day, on, expected):
    assert moved([d(3, 20), d(4, 20), d(5, 20)], (day,), on=on) == expected


def test_a_gap_between_installments_stays():
    assert moved([d(3, 20), d(5, 20), d(6, 20)], (1,), on=d(3, 10)) == [
        "2026-04-01", "2026-06-01", "2026-07-01",
    ]  # fmt: skip


def test_the_first_of_march_can_be_februarys_last():
    """Anchored on 31 January, moved to the 1st of the next month where a month is too short."""
    dates = [d(1, 31), d(3, 1), d(3, 31), d(5, 1)]

    assert moved(dates, (10,), on=d(1, 1), month_end=NEXT) == [
        "2026-01-10", "2026-02-10", "2026-03-10", "2026-04-10",
    ]  # fmt: skip
    assert moved(dates, (30,), on=d(1, 1), month_end=NEXT) == [
        "2026-01-30", "2026-03-01", "2026-03-30", "2026-04-30",
    ]  # fmt: skip


def test_halves_of_a_month_keep_their_places():
    dates = [d(3, 1), d(3, 15), d(4, 1)]

    assert moved(dates, (5, 20), on=d(2, 1), frequency=HALVES) == [
        "2026-03-05", "2026-03-20", "2026-04-05",
    ]  # fmt: skip
    assert moved(dates[1:], (5, 14), on=d(3, 14), frequency=HALVES) == ["2026-04-05", "2026-04-14"]


def test_what_is_due_early_before_a_holiday_still_lies_ahead():
    """8 March 2026 is a Sunday: due on the Friday before, which is the day of the change."""

    def friday_before(day):
        return adjust(day, Convention.PRECEDING, NO_HOLIDAYS)

    assert moved([d(3, 20)], (8,), on=d(3, 6), due=friday_before) == ["2026-04-08"]
    assert moved([d(3, 20)], (8,), on=d(3, 5), due=friday_before) == ["2026-03-08"]


@pytest.mark.parametrize("unit", [Unit.DAY, Unit.WEEK])
def test_weeks_have_no_day_of_the_month(unit):
    with pytest.raises(ValueError, match="no days of the month"):
        slot_of(d(3, 1), Frequency(unit=unit), anchor_on=d(3, 1), month_end=LAST)


@given(
    anchor=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    every=st.integers(1, 12),
    day=st.integers(1, 31),
    before=st.integers(1, 40),
    rules=st.tuples(st.sampled_from(MonthEnd), st.sampled_from(Convention)),
)
def test_no_date_moves_to_the_past_or_by_more_than_a_period(anchor, every, day, before, rules):
    month_end, convention = rules
    frequency = Frequency(every=every, unit=Unit.MONTH)
    dates = nominal_dates(
        frequency, anchor_on=anchor, month_end=month_end, first_due_on=anchor, count=5
    )

    def due(nominal):
        return adjust(nominal, convention, NO_HOLIDAYS)

    on = due(dates[0]) - timedelta(days=before)
    stand = [slot_of(one, frequency, anchor_on=anchor, month_end=month_end) for one in dates]
    slots = ahead(stand, (day,), month_end=month_end, after_on=on, due=due)
    new = [date_in(slot, (day,), month_end) for slot in slots]

    assert due(new[0]) > on
    assert new == sorted(set(new))
    slack = timedelta(days=4)  # of months' unequal lengths, and of weekends
    for was, now in zip(dates, new, strict=True):
        period = relativedelta(months=every)
        assert was - period - slack <= now <= was + period + slack


@given(st.integers(24_300, 24_400), st.integers(1, 31), st.integers(1, 11))
def test_dates_step_on_from_the_anchor_as_they_were_moved(slot, day, every):
    anchor = anchor_in(slot, day, every)
    frequency = Frequency(every=every, unit=Unit.MONTH)
    first, second = (date_in(slot + n * every, (day,), LAST) for n in (0, 1))

    assert anchor <= first
    assert step_number(frequency, anchor_on=anchor, month_end=LAST, first_due_on=first) is not None
    assert first_after(frequency, anchor_on=anchor, month_end=LAST, day=first) == second
