"""Which holidays a name stands for, against the years written out in the case file."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from dateutil.easter import easter

from app.domain.errors import InvalidInput
from app.domain.schedule.dates import LAST_YEAR, NO_HOLIDAYS, is_business_day
from app.domain.schedule.terms import BusinessDays, Convention, Terms
from app.services.holidays import calendar, for_terms

DAY = timedelta(days=1)
WRITTEN = json.loads((Path(__file__).parents[1] / "cases" / "us_holidays.json").read_text())


def written(which, year):
    return {date.fromisoformat(day) for day in WRITTEN[which][year]}


@pytest.mark.parametrize("year", WRITTEN["legal_6103a"])
def test_statutory_dates(year):
    assert calendar("US-6103A").in_year(int(year)) == written("legal_6103a", year)


@pytest.mark.parametrize("year", WRITTEN["fed_bank"])
def test_federal_reserve_banks(year):
    """The file leaves out the holidays on a Saturday, when the banks are closed anyway."""
    on_weekdays = {day for day in calendar("US-FED").in_year(int(year)) if day.weekday() < 5}

    assert on_weekdays == {day for day in written("fed_bank", year) if day.weekday() < 5}


def test_a_sunday_holiday_moves_to_monday_and_a_saturday_one_does_not():
    fed, statutory = calendar("US-FED"), calendar("US-6103A")

    assert date(2027, 7, 5) in fed.in_year(2027)
    assert date(2027, 7, 4) in statutory.in_year(2027)
    assert date(2027, 7, 5) not in statutory.in_year(2027)
    assert date(2026, 7, 3) not in fed.in_year(2026)
    assert date(2026, 7, 3) not in statutory.in_year(2026)


def test_target_is_what_the_european_central_bank_says():
    """Until 2044 in plain words: the fixed days, Good Friday, Easter Monday."""
    for year in range(2002, 2045):
        sunday = easter(year)
        fixed = {date(year, month, day) for month, day in ((1, 1), (5, 1), (12, 25), (12, 26))}
        assert calendar("TARGET").in_year(year) == fixed | {sunday - 2 * DAY, sunday + DAY}


@pytest.mark.parametrize(
    ("name", "holiday"),
    [
        pytest.param("GB", date(2026, 4, 6), id="Easter Monday in England"),
        pytest.param("GB-SCT", date(2026, 11, 30), id="Saint Andrew's Day"),
        pytest.param("TARGET", date(2026, 5, 1), id="Labor Day of the euro"),
        pytest.param("TARGET", date(2026, 4, 3), id="Good Friday"),
        pytest.param("DE", date(2026, 10, 3), id="German Unity"),
        pytest.param("DE-BY", date(2026, 1, 6), id="Epiphany in Bavaria"),
        pytest.param("US-TX", date(2026, 3, 2), id="Texas Independence"),
        pytest.param("CZ", date(2026, 10, 28), id="Czech statehood"),
    ],
)
def test_calendars_by_name(name, holiday):
    assert holiday in calendar(name).in_year(holiday.year)


def test_a_year_is_built_once():
    years = calendar("FR").in_year

    assert years(2026) is calendar("FR").in_year(2026)
    assert calendar("FR") is calendar("FR")


@pytest.mark.parametrize(
    "name", ["", "XX", "DE-", "DE-XX", "us-fed", "-BY", "NYSE", "GBR", "DE-BY-"]
)
def test_no_such_calendar(name):
    with pytest.raises(InvalidInput) as refused:
        calendar(name)

    assert refused.value.errors[0].pointer == "/terms/business_days/calendar"
    assert "US-FED" in refused.value.detail


def test_the_calendar_of_terms():
    named = BusinessDays(calendar="TARGET", convention=Convention.FOLLOWING)

    assert for_terms(Terms()) is NO_HOLIDAYS
    assert for_terms(Terms(business_days=named)) is calendar("TARGET")


def test_every_calendar_knows_the_last_year_there_is():
    """The package ends where the horizon lies: beyond it nobody would notice a missing holiday."""
    for name in ("US-FED", "US-6103A", "GB", "TARGET", "DE", "FR", "CA", "AU"):
        assert calendar(name).in_year(LAST_YEAR), name
    assert not is_business_day(date(2100, 11, 25), calendar("US-FED"))  # Thanksgiving
    with pytest.raises(InvalidInput, match="2100-12-31"):
        is_business_day(date(2105, 11, 26), calendar("US-FED"))
