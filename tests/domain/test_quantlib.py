"""A second opinion: QuantLib on 10,000 random dates, for what both it and we know.

The years are those both describe: QuantLib knows the calendars by today's rules, so the test
begins when TARGET took its present form (2002) and ends before its own dates do.
"""

import random
from datetime import date, timedelta

import pytest
import QuantLib

from app.domain.calendar import adjust, is_business_day
from app.domain.interest import days_between, year_fraction
from app.domain.terms import Convention, DayCount
from app.services.calendars import calendar

FIRST, LAST = date(2002, 1, 1), date(2099, 12, 31)
DATES = random.Random(3).sample(range(FIRST.toordinal(), LAST.toordinal()), 10_000)
CALENDARS = {
    "US-FED": QuantLib.UnitedStates(QuantLib.UnitedStates.FederalReserve),
    "GB": QuantLib.UnitedKingdom(QuantLib.UnitedKingdom.Settlement),
    "TARGET": QuantLib.TARGET(),
}
CONVENTIONS = {
    Convention.NONE: QuantLib.Unadjusted,
    Convention.FOLLOWING: QuantLib.Following,
    Convention.PRECEDING: QuantLib.Preceding,
    Convention.MODIFIED_FOLLOWING: QuantLib.ModifiedFollowing,
}
DAY_COUNTS = {
    DayCount.ACTUAL_365: QuantLib.Actual365Fixed(),
    DayCount.ACTUAL_360: QuantLib.Actual360(),
    DayCount.THIRTY_360: QuantLib.Thirty360(QuantLib.Thirty360.BondBasis),
    DayCount.THIRTY_E_360: QuantLib.Thirty360(QuantLib.Thirty360.EurobondBasis),
    DayCount.THIRTY_360_US: QuantLib.Thirty360(QuantLib.Thirty360.USA),
    DayCount.ACTUAL_ACTUAL: QuantLib.ActualActual(QuantLib.ActualActual.ISDA),
}
#: A serial of QuantLib's is a day of ours, this many later.
EPOCH = date(1899, 12, 30).toordinal()


def theirs(ordinal):
    return QuantLib.Date(ordinal - EPOCH)


def test_both_count_days_alike():
    assert theirs(date(2026, 2, 28).toordinal()) == QuantLib.Date(28, 2, 2026)


@pytest.mark.parametrize("name", CALENDARS)
def test_calendars_and_conventions(name):
    holidays, other = calendar(name), CALENDARS[name]
    differing = []
    for ordinal in DATES:
        day, their_day = date.fromordinal(ordinal), theirs(ordinal)
        if is_business_day(day, holidays) != other.isBusinessDay(their_day):
            differing.append(day)
        for convention, their_convention in CONVENTIONS.items():
            moved = adjust(day, convention, holidays)
            if (
                moved.toordinal() - EPOCH
                != other.adjust(their_day, their_convention).serialNumber()
            ):
                differing.append((convention, day))

    assert not differing


@pytest.mark.parametrize("day_count", DAY_COUNTS)
def test_day_counts(day_count):
    other, spans = DAY_COUNTS[day_count], random.Random(30)
    differing = []
    for ordinal in DATES:
        length = spans.randrange(4000)
        start, end = date.fromordinal(ordinal), date.fromordinal(ordinal) + timedelta(length)
        span = (theirs(ordinal), theirs(ordinal + length))
        exact = float(year_fraction(day_count, start, end))
        if days_between(day_count, start, end) != other.dayCount(*span) or (
            abs(exact - other.yearFraction(*span)) > 1e-12
        ):
            differing.append((start, end))

    assert not differing
