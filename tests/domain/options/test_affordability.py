"""Surplus, caps, and fair shares among creditors."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.errors import InvalidInput
from app.domain.options.affordability import (
    Debt,
    HouseholdStandards,
    LocalExpense,
    allowable,
    cap_per_period,
    capacity,
    pro_rata,
)
from app.domain.schedule.terms import Frequency, Unit
from tests.domain.oracles.affordability import per_period, suggestion

WORKED = json.loads((Path(__file__).parents[2] / "cases" / "affordability_cases.json").read_text())
CASES = WORKED["cases"]
STANDARDS = HouseholdStandards(
    by_size_minor=tuple(100 * n for n in WORKED["_meta"]["irs_national_standards_2025"]["total"]),
    each_additional_minor=100 * WORKED["_meta"]["irs_national_standards_2025"]["each_additional"],
    source="IRS national standards from 2025-04-21",
)
WEEKLY, MONTHLY = Frequency(unit=Unit.WEEK), Frequency(unit=Unit.MONTH)
FREQUENCIES = {
    "weekly": WEEKLY,
    "biweekly": Frequency(every=2, unit=Unit.WEEK),
    "semimonthly": Frequency(unit=Unit.SEMIMONTH, days=(15, 31)),
    "monthly": MONTHLY,
}


def minor(text):
    return int(Decimal(text) * 100)


def cases(prefix):
    return pytest.mark.parametrize(
        "case", [c for c in CASES if c["id"].startswith(prefix)], ids=lambda c: c["id"]
    )


@cases("PRO-")
def test_pro_rata_cases(case):
    """PRO-05 and PRO-07 share out more than is owed: who caps what is available is the caller."""
    given, expected = case["input"], case["expected"]
    debts = [Debt(balance_minor=minor(balance)) for balance in given["debts"].values()]

    shares = pro_rata(minor(given["available"]), debts)

    assert shares == tuple(minor(share) for share in expected["shares"].values())
    assert sum(shares) == minor(expected["sum"])


@cases("IRS-")
def test_disposable_income_cases(case):
    given, expected = case["input"], case["expected"]
    housing = LocalExpense(
        actual_minor=minor(given["housing_actual"]), standard_minor=minor(given["housing_standard"])
    )

    outgoings = allowable(
        STANDARDS,
        household_size=given["household"],
        local=[housing],
        other_necessary_minor=minor(given["other_necessary"]),
    )
    left = capacity(income_minor=minor(given["monthly_income"]), outgoings_minor=outgoings)

    assert STANDARDS.allowed_minor(given["household"]) == minor(expected["national_standard"])
    assert outgoings == minor(expected["allowable"])
    assert left.surplus_minor == minor(expected["disposable"])
    assert (left.max_installment_minor > 0) is expected["plan_affordable"]


@cases("AFF-")
def test_installment_cap_cases(case):
    given, expected = case["input"], case["expected"]

    left = capacity(
        income_minor=minor(given["income"]),
        outgoings_minor=minor(given["essential"]),
        buffer_bps=int(Decimal(given["buffer_ratio"]) * 10_000),
    )

    assert left.surplus_minor == minor(expected["surplus"])
    assert left.max_installment_minor == minor(expected["max_installment"])
    suggested = suggestion(left, minor(given["proposed_monthly"]))
    assert (suggested == "accept") is expected["affordable"]
    assert suggested == expected["suggest"].lower()


@cases("CONV-")
def test_conversion_cases(case):
    given = case["input"]

    converted = per_period(
        minor(given["amount"]),
        given=FREQUENCIES[given["from"]],
        wanted=FREQUENCIES[given["to"]],
    )

    assert converted == minor(case["expected"]["amount"])


def test_every_case_is_played():
    assert {c["id"].split("-")[0] for c in CASES} == {"PRO", "IRS", "AFF", "CONV"}


@pytest.mark.parametrize(
    ("size", "allowed"), [(1, 839_00), (2, 1481_00), (4, 2129_00), (5, 2523_00), (7, 3311_00)]
)
def test_standards_by_household_size(size, allowed):
    assert STANDARDS.allowed_minor(size) == allowed


def test_nobody_is_no_household():
    with pytest.raises(InvalidInput, match="household_size"):
        STANDARDS.allowed_minor(0)


def test_a_local_expense_above_its_standard_counts_at_the_standard():
    assert LocalExpense(actual_minor=1600_00, standard_minor=1500_00).allowed_minor == 1500_00


def test_a_cap_never_rounds_up():
    assert capacity(income_minor=101, outgoings_minor=0, buffer_bps=1).max_installment_minor == 100
    assert cap_per_period(100_00, given=MONTHLY, wanted=WEEKLY) == 23_07
    assert per_period(100_00, given=MONTHLY, wanted=WEEKLY) == 23_08


def test_priority_debts_are_served_first():
    debts = [
        Debt(balance_minor=500_00),
        Debt(balance_minor=60_00, priority=True),
        Debt(balance_minor=1500_00),
    ]

    assert pro_rata(100_00, debts) == (10_00, 60_00, 30_00)
    assert pro_rata(50_00, debts) == (0, 50_00, 0)
    assert pro_rata(10_00, [debts[1]]) == (10_00,)


@pytest.mark.parametrize(
    ("available", "balances", "minimum", "expected"),
    [
        pytest.param(20_00, (5_00, 995_00, 1000_00), 1_00, (1_00, 948, 952), id="raised to it"),
        pytest.param(5_00, (1_00, 1_00, 98_00), 2_00, (1_00, 1_00, 3_00), id="no more than owed"),
        pytest.param(2_00, (1_00, 1_00, 98_00), 2_00, (2, 2, 196), id="no room for minimums"),
        pytest.param(3_00, (9_00, 9_00, 1_00), 1_00, (1_00, 1_00, 1_00), id="just room"),
    ],
)
def test_minimum_shares(available, balances, minimum, expected):
    debts = [Debt(balance_minor=balance) for balance in balances]

    assert pro_rata(available, debts, minimum_minor=minimum) == expected
