"""What may be offered of 1,200.00, owed on 1 March 2026 and paid monthly from 1 April."""

from datetime import date, timedelta

import pytest

from app.domain.errors import InvalidInput
from app.domain.money import MAX_MINOR
from app.domain.options.affordability import LocalExpense
from app.domain.options.options import ChangeKind, month_of
from app.domain.schedule.dates import Holidays
from app.domain.schedule.terms import BusinessDays, Convention, Frequency, Unit
from app.domain.values import replace
from app.domain.vocabulary import Role
from tests.domain.support.asking import (
    BUDGET,
    FIRST,
    FORTNIGHTLY,
    MONTHLY,
    OPENS,
    SEMIMONTHLY,
    STANDARDS,
    STRICT,
    UNLIMITED,
    WEEKLY,
    agent_only,
    amounts,
    changes,
    everyone,
    named,
    plan,
)

# What is offered --------------------------------------------------------------------------


def test_four_offers_ranked_by_the_day_the_debt_is_over():
    answer = plan(150_00)

    assert [(o.rank, o.name, len(amounts(o)), o.schedule.last_due_on) for o in answer.options] == [
        (1, "soonest", 8, date(2026, 11, 1)),
        (2, "best_fit", 9, date(2026, 12, 1)),
        (3, "step_up", 11, date(2027, 2, 1)),
        (4, "lowest", 60, date(2031, 3, 1)),
    ]
    assert answer.nearest == ()


def test_soonest_pays_what_can_be_paid_and_a_smaller_last():
    assert amounts(named(plan(137_53))["soonest"]) == [137_53] * 8 + [99_76]


def test_lowest_is_the_least_that_is_done_within_the_longest_term():
    assert amounts(named(plan())["lowest"]) == [20_00] * 60
    assert amounts(named(plan(balance=1000_00))["lowest"]) == [16_67] * 59 + [16_47]


def test_lowest_stops_at_the_minimum_installment():
    assert amounts(named(plan(20_00, balance=52_00))["lowest"]) == [5_00] * 10 + [2_00]


@pytest.mark.parametrize(
    ("affordable", "frequency", "installment", "count"),
    [
        pytest.param(115_00, MONTHLY, 100_00, 12, id="a whole year"),
        pytest.param(230_00, MONTHLY, 200_00, 6, id="half a year"),
        pytest.param(150_00, MONTHLY, 134_00, 9, id="three quarters"),
        pytest.param(27_00, WEEKLY, 24_00, 50, id="the highest where none is round"),
        pytest.param(26_50, WEEKLY, 23_00, 53, id="52 of 23.08 would be more than the band"),
        pytest.param(55_00, FORTNIGHTLY, 47_00, 26, id="a year of fortnights"),
    ],
)
def test_best_fit_leaves_room_and_ends_on_a_round_count(affordable, frequency, installment, count):
    best = named(plan(affordable, frequency=frequency))["best_fit"]

    assert (amounts(best)[0], len(amounts(best))) == (installment, count)


def test_a_best_fit_below_the_band_is_the_highest_there_is():
    """Two installments of 600.00 are 75 % of what can be paid; one would be too much."""
    assert amounts(named(plan(800_00))["best_fit"]) == [600_00] * 2


def test_step_up_rises_in_three_rungs_to_what_can_be_paid():
    assert amounts(named(plan(150_00))["step_up"]) == (
        [75_00] * 3 + [112_00] * 3 + [150_00] * 4 + [39_00]
    )


def test_a_ladder_starts_higher_where_the_minimum_asks_it_to():
    answer = plan(150_00, limits=everyone(min_installment_minor=85_00))

    assert amounts(named(answer)["step_up"])[0] == 90_00


def test_no_ladder_is_shorter_than_three_payments():
    assert "step_up" not in named(plan(600_00))


def test_no_ladder_where_its_rungs_would_be_the_same():
    assert "step_up" not in named(plan(2, balance=50, limits=UNLIMITED))


def test_no_ladder_longer_than_any_schedule():
    """1.22 takes 984 months; with two lower rungs it would be more than a thousand."""
    assert "step_up" not in named(plan(1_22, limits=UNLIMITED))


def test_no_best_fit_below_the_minimum():
    """Twelve equal installments would be 83.34; eleven more than 90 % of what can be paid."""
    answer = plan(100_00, balance=1000_00, limits=agent_only(min_installment_minor=85_00))

    assert list(named(answer)) == ["soonest", "lowest"]


def test_what_is_the_same_schedule_is_offered_once():
    answer = plan(20_00, limits=everyone(max_count=60, max_term_months=60))

    assert list(named(answer)) == ["soonest"]
    assert amounts(answer.options[0]) == [20_00] * 60


def test_what_is_suggested_to_a_role_without_limits_can_be_kept():
    """Not 896 payments of a dollar and some until 2100, though an admin may agree to them."""
    monthly = named(plan(150_00, limits=UNLIMITED))["lowest"]
    weekly = named(plan(150_00, limits=UNLIMITED, frequency=WEEKLY))["lowest"]

    assert amounts(monthly) == [20_00] * 60
    assert (amounts(weekly)[0], weekly.schedule.last_due_on) == (4_67, date(2031, 2, 26))
    assert plan(10_00, limits=UNLIMITED).options == ()


def test_what_is_suggested_to_a_role_without_limits_is_what_a_lesser_one_may_agree_to():
    limits = replace(
        UNLIMITED,
        agent=replace(UNLIMITED.agent, max_count=12, min_installment_minor=25_00),
        supervisor=replace(UNLIMITED.supervisor, max_count=24),
    )
    found = named(plan(500_00, limits=limits, role=Role.ADMIN))

    assert len(amounts(found["lowest"])) == 24
    low = plan(15_00, balance=100_00, limits=limits, role=Role.ADMIN)
    assert low.options == ()
    (own,) = [one for one in low.nearest if one.schedule is not None]
    assert (own.role, own.overrides) == (Role.SUPERVISOR, ())


def test_a_role_that_may_agree_to_no_installment_offers_nothing():
    answer = plan(1200_00, limits=agent_only(max_count=0))

    assert [change.kind for change in answer.nearest] == ["longer_term"]


def test_all_at_once_where_it_can_be_paid():
    assert amounts(plan(5000_00).options[0]) == [1200_00]


def test_a_currency_without_decimals_and_one_with_three():
    yen = plan(15_000, balance=120_001, currency="JPY", limits=UNLIMITED)
    dinar = plan(15_500, balance=120_001, currency="KWD", limits=UNLIMITED)

    assert amounts(named(yen)["best_fit"])[0] == 13_334
    assert amounts(named(dinar)["best_fit"])[0] % 1_000 == 0


def test_due_dates_move_to_business_days():
    days = BusinessDays(calendar="TEST", convention=Convention.FOLLOWING)
    answer = plan(business_days=days, holidays=Holidays.of([FIRST]))

    first = answer.options[0].schedule.installments[0]
    assert (first.nominal_due_on, first.due_on) == (FIRST, date(2026, 4, 2))


def test_a_month_end_does_not_drift():
    answer = plan(400_00, opens_on=date(2026, 1, 20), first_due_on=date(2026, 1, 31))

    assert [row.due_on for row in answer.options[0].schedule.installments] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
    ]


# A down payment ---------------------------------------------------------------------------


def test_a_required_down_payment_is_the_first_payment():
    """`strict` asks agents for 10 % down: 120.00, here in one with the first installment."""
    answer = plan(300_00, limits=STRICT, first_due_on=date(2026, 3, 31))

    first = answer.options[0].schedule.installments
    assert [(row.kind, row.due_on, row.amount_minor) for row in first[:2]] == [
        ("down_payment", date(2026, 3, 31), 300_00),
        ("installment", date(2026, 4, 30), 300_00),
    ]
    assert first[2].due_on == date(2026, 5, 31)
    assert amounts(named(answer)["lowest"])[0] == 120_00
    assert all(option.breaches == () for option in answer.options)


def test_a_down_payment_above_what_can_be_paid_needs_a_higher_role():
    answer = plan(119_99, limits=STRICT, first_due_on=date(2026, 3, 31))

    change = changes(answer)[ChangeKind.OTHER_LIMITS]
    assert change.role is Role.SUPERVISOR
    assert "min_down_payment_bps" in [refusal.rule for refusal in change.overrides]


def test_a_down_payment_counts_among_the_payments_of_a_best_fit():
    answer = plan(115_00, limits=agent_only(min_down_payment_bps=500))

    assert amounts(named(answer)["best_fit"]) == [100_00] * 12


def test_something_is_left_after_a_down_payment():
    answer = plan(5000_00, limits=STRICT, first_due_on=date(2026, 3, 31))

    assert amounts(answer.options[0]) == [600_00, 600_00]


# What counts as affordable ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "frequency", "affordable"),
    [
        pytest.param(None, MONTHLY, 360_00, id="a tenth of the surplus stays"),
        pytest.param(500_00, MONTHLY, 360_00, id="no more than the budget shows"),
        pytest.param(200_00, MONTHLY, 200_00, id="no more than was said"),
        pytest.param(None, WEEKLY, 83_07, id="52 weeks a year"),
        pytest.param(None, FORTNIGHTLY, 166_15, id="26 fortnights a year"),
        pytest.param(None, SEMIMONTHLY, 180_00, id="24 half months a year"),
    ],
)
def test_the_lower_of_stated_and_derived_counts(stated, frequency, affordable):
    answer = plan(stated, frequency=frequency, budget=BUDGET)

    assert answer.affordable_minor == affordable
    assert answer.capacity.surplus_minor == 400_00
    assert amounts(answer.options[0])[0] == affordable


@pytest.mark.parametrize(
    ("expenses", "size", "local", "surplus"),
    [
        pytest.param(1000_00, 1, (), 1400_00, id="as stated above the standard"),
        pytest.param(100_00, 1, (), 1561_00, id="never below the standard"),
        pytest.param(100_00, 3, (), 525_00, id="of the whole household"),
        pytest.param(100_00, 1, ((700_00, 600_00),), 961_00, id="local: the lesser counts"),
    ],
)
def test_expenses_reach_at_least_the_household_standard(expenses, size, local, surplus):
    budget = replace(
        BUDGET,
        essential_expenses_minor=expenses,
        household_size=size,
        local=tuple(LocalExpense(actual_minor=a, standard_minor=s) for a, s in local),
    )

    assert month_of(budget, STANDARDS).surplus_minor == surplus


# Bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"affordable": None}, "/affordable_minor"),
        ({"affordable": -1}, "/affordable_minor"),
        ({"affordable": MAX_MINOR + 1}, "/affordable_minor"),
        ({"first_due_on": OPENS - timedelta(1)}, "/first_due_on"),
        ({"frequency": Frequency(every=0, unit=Unit.WEEK)}, "/frequency/every"),
        ({"frequency": Frequency(unit=Unit.SEMIMONTH)}, "/frequency/days"),
        ({"budget": replace(BUDGET, income_minor=-1)}, "/budget/income_minor"),
        (
            {"budget": replace(BUDGET, essential_expenses_minor=-1)},
            "/budget/essential_expenses_minor",
        ),
        (
            {"budget": replace(BUDGET, other_debt_payments_minor=-1)},
            "/budget/other_debt_payments_minor",
        ),
        ({"budget": replace(BUDGET, household_size=0)}, "/budget/household_size"),
        ({"currency": "XXX"}, "/currency"),
    ],
)
def test_what_cannot_be_meant_is_named(asked, pointer):
    with pytest.raises(InvalidInput) as caught:
        plan(**asked)

    assert [each.pointer for each in caught.value.errors] == [pointer]


@pytest.mark.parametrize("balance", [0, -1, MAX_MINOR + 1])
def test_a_balance_of_nothing_is_a_bug(balance):
    with pytest.raises(ValueError, match="nothing to plan"):
        plan(balance=balance)
