"""Schedules with a rate: level payments, daily interest, what credit costs a year."""

from datetime import date

import pytest

from app.domain.schedule import build as schedule
from app.domain.schedule.dates import NO_HOLIDAYS, Holidays
from app.domain.schedule.terms import (
    BusinessDays,
    Convention,
    DayCount,
    Frequency,
    StepUp,
    Terms,
    Unit,
)
from app.domain.values import replace

OPENS = date(2026, 1, 31)
MONTHLY = Frequency(every=1, unit=Unit.MONTH)
TERMS = Terms(installment_count=9, frequency=MONTHLY)
FED = Holidays.of([date(2026, 5, 25), date(2026, 6, 19)])


def build(terms=TERMS, amount=900_00, opens_on=OPENS, holidays=NO_HOLIDAYS, minimum=0):
    return schedule.build(
        terms,
        opens_on=opens_on,
        amount_minor=amount,
        holidays=holidays,
        min_installment_minor=minimum,
    )


def amounts(built):
    return [row.amount_minor for row in built.installments]


def test_equal_periods_are_the_textbooks_level_payment():
    """AM-11: 1,200.00 at 12 % in twelve: 106.62 and a last of 106.60, interest 79.42."""
    terms = replace(
        TERMS, installment_count=12, annual_rate_bps=1200, day_count=DayCount.EQUAL_PERIODS
    )

    built = build(terms, amount=1200_00)

    assert amounts(built) == [106_62] * 11 + [106_60]
    assert (built.total_minor, built.finance_charge_minor) == (1279_42, 79_42)
    assert built.installments[0].interest_minor == 12_00
    assert built.apr_bps == 1200


def test_daily_interest_counts_the_days_to_each_due_date():
    terms = replace(TERMS, installment_count=3, annual_rate_bps=1200, first_due_on=date(2026, 3, 2))

    first, second, third = build(terms, amount=1000_00).installments

    assert first.interest_minor == 9_86  # 30 days from 31 January on 1,000.00
    assert second.interest_minor == round((1000_00 - first.principal_minor) * 0.12 * 31 / 365)
    assert first.amount_minor == second.amount_minor
    assert abs(third.amount_minor - first.amount_minor) <= 2
    assert first.principal_minor + second.principal_minor + third.principal_minor == 1000_00


def test_interest_follows_the_day_money_is_due():
    """31 May 2026 is a Sunday: following moves the due date, and a day's interest, to June."""
    terms = Terms(
        installment_count=1,
        first_due_on=date(2026, 5, 31),
        annual_rate_bps=3650,
        business_days=BusinessDays(calendar="US-FED", convention=Convention.FOLLOWING),
    )

    (row,) = build(terms, amount=1000_00, opens_on=date(2026, 5, 1), holidays=FED).installments

    assert row.due_on == date(2026, 6, 1)
    assert row.interest_minor == 31_00


def test_a_first_due_date_moved_before_the_opening_day_earns_nothing():
    terms = Terms(
        installment_count=1,
        first_due_on=date(2026, 5, 31),
        annual_rate_bps=3650,
        business_days=BusinessDays(calendar="US-FED", convention=Convention.PRECEDING),
    )

    (row,) = build(terms, amount=1000_00, opens_on=date(2026, 5, 31), holidays=FED).installments

    assert (row.due_on, row.interest_minor) == (date(2026, 5, 29), 0)


def test_a_given_installment_pays_interest_first_and_ends_smaller():
    terms = replace(
        TERMS,
        installment_count=None,
        installment_minor=250_00,
        annual_rate_bps=1200,
        day_count=DayCount.EQUAL_PERIODS,
    )

    built = build(terms, amount=900_00)

    assert [row.interest_minor for row in built.installments] == [9_00, 6_59, 4_16, 1_70]
    assert amounts(built) == [250_00, 250_00, 250_00, 171_45]


def test_an_installment_short_in_the_long_months_still_amortizes():
    """31 days earn 10.59 of 900.00, 28 days 9.57: by the US Rule the 19 cents wait."""
    terms = replace(TERMS, installment_count=None, installment_minor=10_40, annual_rate_bps=1386)

    built = build(terms)

    assert [row.interest_minor for row in built.installments[:3]] == [9_57, 10_40, 10_40]
    assert sum(row.principal_minor for row in built.installments) == 900_00


def test_a_later_down_payment_pays_its_own_interest_first():
    terms = replace(
        TERMS,
        installment_count=2,
        down_payment_minor=100_00,
        down_payment_on=date(2026, 2, 10),
        annual_rate_bps=3650,
    )

    down, first, _ = build(terms, amount=1000_00).installments

    assert (down.amount_minor, down.interest_minor, down.principal_minor) == (100_00, 10_00, 90_00)
    assert first.interest_minor == 16_38  # 18 days on 910.00


@pytest.mark.parametrize(
    ("terms", "opens_on", "apr"),
    [
        pytest.param(
            Terms(installment_count=24, frequency=MONTHLY, annual_rate_bps=969),
            OPENS,
            965,
            id="24 months, the first of 28 days",
        ),
        pytest.param(
            Terms(
                installment_count=24,
                frequency=MONTHLY,
                annual_rate_bps=969,
                day_count=DayCount.EQUAL_PERIODS,
            ),
            OPENS,
            969,
            id="24 equal months, whatever their days",
        ),
        pytest.param(
            Terms(installment_count=1, first_due_on=date(2027, 1, 31), annual_rate_bps=1000),
            OPENS,
            1000,
            id="one payment in a year",
        ),
        pytest.param(
            Terms(installment_count=1, first_due_on=date(2026, 4, 30), annual_rate_bps=3650),
            OPENS,
            3650,
            id="one payment in 89 days",
        ),
        pytest.param(
            Terms(
                installment_count=2,
                frequency=MONTHLY,
                annual_rate_bps=1200,
                down_payment_bps=5000,
                day_count=DayCount.EQUAL_PERIODS,
            ),
            OPENS,
            1200,
            id="a down payment on the opening day",
        ),
    ],
)
def test_apr_of_a_schedule(terms, opens_on, apr):
    assert build(terms, amount=5000_00, opens_on=opens_on).apr_bps == apr


def test_a_ladder_with_interest_ends_at_nothing():
    terms = replace(
        TERMS,
        installment_count=6,
        annual_rate_bps=1200,
        step_ups=(StepUp(from_number=4, installment_minor=200_00),),
    )

    built = build(terms, amount=900_00)

    assert amounts(built)[3:5] == [200_00, 200_00]
    assert len({*amounts(built)[:3]}) == 1
    assert abs(amounts(built)[5] - 200_00) <= 3
    assert sum(row.principal_minor for row in built.installments) == 900_00
