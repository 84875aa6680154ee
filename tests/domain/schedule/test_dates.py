"""Stepping from an anchor, and moving to business days."""

import json
from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from app.domain.errors import InvalidInput
from app.domain.schedule.dates import (
    NO_HOLIDAYS,
    Holidays,
    adjust,
    first_after,
    is_business_day,
    nominal_dates,
    step_number,
    steps,
)
from app.domain.schedule.terms import Convention, Frequency, MonthEnd, Unit

CASES = Path(__file__).parents[2] / "cases"
ADJUSTED = json.loads((CASES / "business_day_cases.json").read_text())["cases"]
GENERATED = json.loads((CASES / "plan_lifecycle_cases.json").read_text())["date_generation"]

MONTHLY = Frequency(every=1, unit=Unit.MONTH)
OFTEN = Frequency(every=14, unit=Unit.DAY)


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize("case", ADJUSTED, ids=lambda c: c["id"])
def test_business_day_cases(case):
    given = case["input"]
    name = given["convention"].replace("unadjusted", "none")
    holidays = Holidays.of(day(text) for text in given["holidays"])

    moved = adjust(day(given["date"]), Convention(name), holidays)

    assert moved == day(case["expected"]["adjusted"])
    assert f"{moved:%a}" == case["expected"]["weekday"]


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        pytest.param(["2026-07-08"], "2026-07-09", id="as near: the following one"),
        pytest.param(["2026-07-08", "2026-07-09"], "2026-07-07", id="the earlier is nearer"),
        pytest.param(["2026-07-08", "2026-07-07"], "2026-07-09", id="the later is nearer"),
    ],
)
def test_the_nearest_business_day(closed, expected):
    holidays = Holidays.of(day(text) for text in closed)

    assert adjust(day("2026-07-08"), Convention.NEAREST, holidays) == day(expected)


@pytest.mark.parametrize("case", GENERATED, ids=lambda c: c["id"])
def test_date_generation_cases(case):
    """`start` is the opening day, the first due date one period later, unless it is included."""
    start, included = day(case["start"]), "first date included" in case.get("strategy", "")
    frequency = (
        Frequency(unit=Unit.SEMIMONTH, days=tuple(case["days"]))
        if "days" in case
        else Frequency(every=case["every"], unit=Unit.MONTH)
    )
    first_of_next = case.get("strategy") == "FIRST_DAY_OF_NEXT_MONTH"
    month_end = MonthEnd.FIRST_OF_NEXT if first_of_next else MonthEnd.LAST_DAY
    first = (
        start
        if included
        else first_after(frequency, anchor_on=start, month_end=month_end, day=start)
    )

    dates = nominal_dates(
        frequency, anchor_on=start, month_end=month_end, first_due_on=first, count=case["n"]
    )

    assert dates == tuple(day(text) for text in case["due"])


@pytest.mark.parametrize(
    ("frequency", "anchor", "after", "month_end", "expected"),
    [
        pytest.param(MONTHLY, "2026-01-31", "2026-01-31", "last_day", "2026-02-28", id="a month"),
        pytest.param(
            MONTHLY, "2026-01-31", "2026-01-31", "first_of_next", "2026-03-01", id="the 1st"
        ),
        pytest.param(MONTHLY, "2026-01-31", "2026-03-01", "first_of_next", "2026-03-31", id="31st"),
        pytest.param(MONTHLY, "2026-04-30", "2026-02-10", "last_day", "2026-04-30", id="anchor"),
        pytest.param(MONTHLY, "2020-01-15", "2026-02-15", "last_day", "2026-03-15", id="years on"),
        pytest.param(OFTEN, "2026-01-01", "2026-01-14", "last_day", "2026-01-15", id="day before"),
        pytest.param(OFTEN, "2026-01-01", "2026-01-15", "last_day", "2026-01-29", id="that day"),
    ],
)
def test_the_first_step_after_a_day(frequency, anchor, after, month_end, expected):
    first = first_after(
        frequency, anchor_on=day(anchor), month_end=MonthEnd(month_end), day=day(after)
    )

    assert first == day(expected)


def test_a_semimonth_begins_strictly_after_the_day():
    twice = Frequency(unit=Unit.SEMIMONTH, days=(15, 31))
    opens = date(2026, 1, 15)

    first = first_after(twice, anchor_on=opens, month_end=MonthEnd.LAST_DAY, day=opens)

    assert first == date(2026, 1, 31)


def test_every_other_semimonth_keeps_its_own_day():
    twice = Frequency(every=2, unit=Unit.SEMIMONTH, days=(1, 16))

    dates = nominal_dates(
        twice, anchor_on=date(2026, 1, 10), first_due_on=date(2026, 1, 10), count=3
    )

    assert dates == (date(2026, 1, 16), date(2026, 2, 16), date(2026, 3, 16))


def test_nothing_after_the_last_year():
    late = date(2100, 11, 30)

    assert len(nominal_dates(MONTHLY, anchor_on=late, first_due_on=late, count=5)) == 2
    after = first_after(
        MONTHLY, anchor_on=late, month_end=MonthEnd.LAST_DAY, day=date(2100, 12, 31)
    )
    assert after is None


@pytest.mark.parametrize(
    ("frequency", "anchor", "to", "month_end", "number"),
    [
        pytest.param(MONTHLY, "2026-01-31", "2026-03-31", "last_day", 2, id="two months"),
        pytest.param(MONTHLY, "2026-01-31", "2026-02-28", "last_day", 1, id="clipped"),
        pytest.param(MONTHLY, "2026-01-31", "2026-03-28", "last_day", None, id="clipped no more"),
        pytest.param(MONTHLY, "2026-01-31", "2026-03-01", "first_of_next", 1, id="the 1st"),
        pytest.param(MONTHLY, "2026-01-31", "2026-03-01", "last_day", None, id="no 1st"),
        pytest.param(MONTHLY, "2026-03-31", "2026-02-28", "last_day", -1, id="before the anchor"),
        pytest.param(OFTEN, "2026-01-01", "2026-01-29", "last_day", 2, id="four weeks"),
        pytest.param(OFTEN, "2026-01-01", "2026-01-28", "last_day", None, id="a day short"),
    ],
)
def test_which_step_a_date_is(frequency, anchor, to, month_end, number):
    found = step_number(
        frequency, anchor_on=day(anchor), month_end=MonthEnd(month_end), first_due_on=day(to)
    )

    assert found == number


def test_a_date_off_the_steps_is_a_bug_here():
    """Terms that say so are refused before: `terms_problems`."""
    with pytest.raises(ValueError, match="not a step"):
        steps(
            MONTHLY,
            anchor_on=date(2026, 1, 31),
            month_end=MonthEnd.LAST_DAY,
            first_due_on=date(2026, 2, 27),
        )


def test_a_semimonth_without_days_is_a_bug_here():
    with pytest.raises(ValueError, match="two days"):
        steps(
            Frequency(unit=Unit.SEMIMONTH),
            anchor_on=date(2026, 1, 31),
            month_end=MonthEnd.LAST_DAY,
            first_due_on=date(2026, 1, 31),
        )


def test_years_are_asked_for_one_at_a_time():
    asked = []
    holidays = Holidays(name="noted", in_year=lambda year: asked.append(year) or frozenset())

    assert is_business_day(date(2026, 12, 31), holidays)
    assert adjust(date(2027, 1, 2), Convention.FOLLOWING, holidays) == date(2027, 1, 4)
    assert {*asked} == {2026, 2027}


def test_weekends_without_any_calendar():
    friday = date(2026, 1, 30)
    week = list(islice((date.fromordinal(n) for n in range(friday.toordinal(), 10**6)), 4))

    assert [is_business_day(d, NO_HOLIDAYS) for d in week] == [True, False, False, True]


@pytest.mark.parametrize("convention", [one for one in Convention if one is not Convention.NONE])
def test_no_business_day_is_made_up_after_the_last_year(convention):
    """31 December 2100 is a Friday: closed on it, only the days before are known."""
    last = date(2100, 12, 31)
    closed = Holidays.of([last])

    assert adjust(last, convention, NO_HOLIDAYS) == last
    if convention is Convention.PRECEDING:
        assert adjust(last, convention, closed) == date(2100, 12, 30)
        return
    with pytest.raises(InvalidInput, match=r"/terms/business_days: .* after 2100-12-31"):
        adjust(last, convention, closed)
