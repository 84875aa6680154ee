"""Rounding, splitting and currencies: the one place that rounds."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.currencies import exponent
from app.domain.errors import InvalidInput
from app.domain.money import (
    MAX_INSTALLMENTS,
    Amounts,
    Component,
    Remainder,
    apportion,
    round_down,
    round_half_even,
    share,
    split,
    split_by,
)

CASES = Path(__file__).parents[1] / "cases"
SPLITS = json.loads((CASES / "plan_lifecycle_cases.json").read_text())["amount_splits"]
AMORTIZATION = json.loads((CASES / "amortization_cases.json").read_text())["cases"]
EQUAL = [case for case in AMORTIZATION if case["id"].startswith("SPLIT-")]
#: The cases that state an invariant instead of rows.
INVARIANTS = {"SPLIT-7", "SPLIT-8"}


def minor(text):
    return int(Decimal(text) * 100)


@pytest.mark.parametrize(
    "case", [c for c in SPLITS if c["id"] not in INVARIANTS], ids=lambda c: c["id"]
)
def test_splits_of_the_field(case):
    """SPLIT-2 asks for rounding `up` to whole kroner; half-even gives the same rows."""
    if "amount" in case:
        rows = split_by(minor(case["total"]), minor(case["amount"]))
    else:
        unit = minor(case.get("rounding_unit", "0.01"))
        rows = split(minor(case["total"]), case["n"], unit_minor=unit)

    assert rows == tuple(minor(row) for row in case["expect"])


@pytest.mark.parametrize(
    "case", [c for c in SPLITS if c["id"] in INVARIANTS], ids=lambda c: c["id"]
)
def test_splits_sum_to_the_total(case):
    total = minor(case["total"])
    down = share(total, 100 * int(case.get("down_payment_pct", "0")))

    assert down + sum(split(total - down, case["n"])) == total


@pytest.mark.parametrize("case", EQUAL, ids=lambda c: c["id"])
def test_interest_free_amortization(case):
    given = case["input"]
    remainder = {"last": Remainder.LAST, "spread_first": Remainder.SPREAD}[given["residual"]]

    rows = split(minor(given["total"]), given["n"], remainder=remainder)

    assert rows == tuple(minor(row) for row in case["expected"]["installments"])


@pytest.mark.parametrize(
    ("numerator", "denominator", "unit", "expected"),
    [
        pytest.param(5, 2, 1, 2, id="a tie goes to the even one below"),
        pytest.param(7, 2, 1, 4, id="a tie goes to the even one above"),
        pytest.param(26, 10, 1, 3, id="more than half"),
        pytest.param(24, 10, 1, 2, id="less than half"),
        pytest.param(-5, 2, 1, -2, id="a negative tie"),
        pytest.param(150, 1, 100, 200, id="a tie between hundreds"),
        pytest.param(250, 1, 100, 200, id="the other tie between hundreds"),
        pytest.param(0, 7, 100, 0, id="nothing"),
    ],
)
def test_rounding_half_even(numerator, denominator, unit, expected):
    assert round_half_even(numerator, denominator, unit_minor=unit) == expected


def test_rounding_down():
    assert round_down(299, 1, unit_minor=100) == 200
    assert round_down(29, 10) == 2


@pytest.mark.parametrize(
    ("total", "count", "options", "expected"),
    [
        pytest.param(93750, 4, {}, (23438, 23438, 23438, 23436), id="rules: 93750 / 4"),
        pytest.param(83750, 3, {}, (27917, 27917, 27916), id="rules: 83750 / 3"),
        pytest.param(25000, 6, {}, (4167,) * 5 + (4165,), id="rules: 25000 / 6"),
        pytest.param(
            100, 3, {"remainder": Remainder.FIRST}, (34, 33, 33), id="remainder on the first"
        ),
        pytest.param(
            102, 4, {"remainder": Remainder.SPREAD}, (26, 26, 25, 25), id="one more to the first"
        ),
        pytest.param(
            20350,
            6,
            {"unit_minor": 100, "remainder": Remainder.SPREAD},
            (3400, 3400, 3400, 3400, 3400, 3350),
            id="what is less than a unit joins the last",
        ),
        pytest.param(6, 4, {}, (1, 1, 1, 3), id="rounding up would leave the last with nothing"),
        pytest.param(
            1150, 4, {"unit_minor": 100}, (300, 300, 300, 250), id="a tie between even hundreds"
        ),
        pytest.param(
            1870,
            5,
            {"unit_minor": 100, "minimum_minor": 300},
            (300, 300, 300, 300, 670),
            id="the last would fall below the minimum: the others round down",
        ),
        pytest.param(1500, 3, {"minimum_minor": 500}, (500, 500, 500), id="just the minimum"),
        pytest.param(50, 1, {"unit_minor": 100}, (50,), id="one row is the total"),
    ],
)
def test_splitting(total, count, options, expected):
    assert split(total, count, **options) == expected
    assert sum(expected) == total


@pytest.mark.parametrize(
    ("total", "count", "options", "most"),
    [
        pytest.param(3, 5, {}, "at most 3", id="fewer cents than rows"),
        pytest.param(1499, 3, {"minimum_minor": 500}, "at most 2", id="below the minimum"),
        pytest.param(350, 4, {"unit_minor": 100}, "at most 3", id="below one unit"),
        pytest.param(
            99, 10, {"remainder": Remainder.SPREAD, "minimum_minor": 10}, "at most 9", id="spread"
        ),
        pytest.param(400, 1, {"minimum_minor": 500}, "no count fits", id="nothing fits"),
    ],
)
def test_a_split_that_does_not_fit_names_the_largest_count_that_does(total, count, options, most):
    with pytest.raises(InvalidInput) as refused:
        split(total, count, **options)

    assert refused.value.errors[0].pointer == "/terms/installment_count"
    assert most in refused.value.detail


def test_the_pointer_is_the_callers():
    with pytest.raises(InvalidInput) as refused:
        split(3, 5, pointer="/installment_count")

    assert refused.value.errors[0].pointer == "/installment_count"


def test_splitting_by_an_installment_leaves_a_smaller_last():
    assert split_by(20300, 5000) == (5000, 5000, 5000, 5000, 300)
    assert split_by(20000, 5000) == (5000,) * 4
    assert split_by(300, 5000) == (300,)
    assert len(split_by(100_000, 100)) == MAX_INSTALLMENTS


def test_too_many_installments_name_the_least_that_would_do():
    with pytest.raises(InvalidInput, match="at least 101"):
        split_by(100_001, 100)


def test_apportioning_by_largest_remainder():
    assert apportion(10000, (50000, 100000, 23300, 20000)) == (2587, 5173, 1205, 1035)
    assert apportion(100, (1, 1, 1)) == (34, 33, 33)
    assert apportion(0, (1, 2)) == (0, 0)


@pytest.mark.parametrize("weights", [(0, 0), (), (3, -1)])
def test_weights_that_share_nothing_are_a_bug(weights):
    with pytest.raises(ValueError, match="weights"):
        apportion(100, weights)


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("USD", 2), ("EUR", 2), ("CZK", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("TND", 3)],
)
def test_decimals_of_a_currency(currency, decimals):
    assert exponent(currency) == decimals


@pytest.mark.parametrize("currency", ["XXX", "usd", "", "DEM", "XAU"])
def test_no_such_currency(currency):
    with pytest.raises(InvalidInput) as refused:
        exponent(currency)

    assert refused.value.errors[0].pointer == "/currency"


def test_amounts_by_component():
    debt = Amounts(principal_minor=1000, fees_minor=50)

    assert debt.total_minor == 1050
    assert debt[Component.FEES] == 50
    assert debt - Amounts.of(Component.FEES, 50) == Amounts(principal_minor=1000)
    assert bool(debt - debt) is False
