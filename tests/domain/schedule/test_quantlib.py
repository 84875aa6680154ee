"""A second opinion: QuantLib on random dates, for what both it and we know.

As many as the profile of `tests.conftest` has it: 1,000 new ones at the desk, 10,000 in CI, the
same each time.

The years are those both describe: QuantLib knows the calendars by today's rules, so the test
begins when TARGET took its present form (2002, a day in, for days step back) and ends before its
own dates do.
"""

import random
from datetime import date, timedelta
from functools import cache

import pytest
import QuantLib
from hypothesis import settings

from app.domain.schedule import icma
from app.domain.schedule.dates import adjust, is_business_day
from app.domain.schedule.interest import days_between
from app.domain.schedule.terms import Convention, DayCount, Unit
from app.services.holidays import calendar
from tests.domain.oracles.interest import year_fraction

FIRST, LAST = date(2002, 1, 2), date(2099, 12, 31)
COUNT = min(10_000, 100 * settings.default.max_examples)
SEED = 3 if settings.default.derandomize else None
DATES = random.Random(SEED).sample(range(FIRST.toordinal(), LAST.toordinal()), COUNT)
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
    Convention.MODIFIED_PRECEDING: QuantLib.ModifiedPreceding,
    Convention.NEAREST: QuantLib.Nearest,
}
DAY_COUNTS = {
    DayCount.ACTUAL_365: QuantLib.Actual365Fixed(),
    DayCount.ACTUAL_360: QuantLib.Actual360(),
    DayCount.THIRTY_360: QuantLib.Thirty360(QuantLib.Thirty360.BondBasis),
    DayCount.THIRTY_E_360: QuantLib.Thirty360(QuantLib.Thirty360.EurobondBasis),
    DayCount.THIRTY_E_360_ISDA: QuantLib.Thirty360(QuantLib.Thirty360.ISDA),
    DayCount.THIRTY_360_US: QuantLib.Thirty360(QuantLib.Thirty360.USA),
    DayCount.ACTUAL_ACTUAL: QuantLib.ActualActual(QuantLib.ActualActual.ISDA),
}
#: A serial of QuantLib's is a day of ours, this many later.
EPOCH = date(1899, 12, 30).toordinal()


def theirs(ordinal):
    return QuantLib.Date(ordinal - EPOCH)


def test_both_count_days_alike():
    assert theirs(date(2026, 2, 28).toordinal()) == QuantLib.Date(28, 2, 2026)


@cache
def both():
    """Each day as ours and as theirs."""
    return [(date.fromordinal(ordinal), theirs(ordinal)) for ordinal in DATES]


def test_every_convention_has_its_other():
    assert CONVENTIONS.keys() == {*Convention}


@pytest.mark.parametrize("name", CALENDARS)
def test_calendars_and_conventions(name):
    holidays, other = calendar(name), CALENDARS[name]
    differing = []
    for day, their_day in both():
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
    for start, their_start in both():
        length = spans.randrange(4000)
        end = start + timedelta(length)
        span = (their_start, their_start + length)
        exact = float(year_fraction(day_count, start, end))
        if days_between(day_count, start, end) != other.dayCount(*span) or (
            abs(exact - other.yearFraction(*span)) > 1e-12
        ):
            differing.append((start, end))

    assert not differing


def test_30e_360_isda_knows_the_day_the_debt_ends():
    differing, spans = [], random.Random(31)
    for start, their_start in both()[:300]:
        for year in (start.year + 1, start.year + spans.randrange(2, 9)):
            end = date(year, 3, 1) - timedelta(1)
            their_end = theirs(end.toordinal())
            other = QuantLib.Thirty360(QuantLib.Thirty360.ISDA, their_end)
            ours = days_between(DayCount.THIRTY_E_360_ISDA, start, end, matures_on=end)
            if ours != other.dayCount(their_start, their_end):
                differing.append((start, end))

    assert not differing


@pytest.mark.parametrize("months", [1, 2, 3, 4, 6, 12])
def test_actual_actual_icma_by_regular_periods(months):
    """A first period, long or short; at the ends of months QuantLib steps otherwise."""
    other, differing, spans = (
        QuantLib.ActualActual(QuantLib.ActualActual.ISMA),
        [],
        random.Random(3),
    )
    for end, their_end in both()[:400]:
        length = spans.randrange(1, 3 * 31 * months)
        start = end - timedelta(length)
        if end.day >= 28:
            continue
        periods = icma.regular(start, end, every=months, unit=Unit.MONTH)
        exact = icma.parts(periods, start, end) * months / (icma.scale(periods) * 12)
        their_last = theirs(periods[-1][0].toordinal())
        their_fraction = other.yearFraction(their_end - length, their_end, their_last, their_end)
        if abs(exact - their_fraction) > 1e-9:
            differing.append((start, end))

    assert not differing


def test_regular_periods_step_from_the_end_of_a_month_to_the_ends_of_months():
    periods = icma.regular(date(2026, 1, 15), date(2026, 4, 30), every=1, unit=Unit.MONTH)

    assert [end for _, end in periods] == [date(2026, month, day) for month, day in
                                           ((1, 31), (2, 28), (3, 31), (4, 30))]  # fmt: skip
