"""What is forgiven, and who tells the tax office: 600.00 USD is the line (26 USC 6050P)."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import NOTHING, Amounts
from app.domain.policy.model import DebtReliefRules
from app.domain.reporting.form_1099c import debt_relief
from app.services.policy_documents.reader import parse, policy_of, shipped

FILE = json.loads(
    (Path(__file__).parents[2] / "cases" / "settlement_cases.json").read_text(encoding="utf-8")
)
SATISFIED = [case for case in FILE["cases"] if case["expected"]["state"] == "SATISFIED"]
RULES = DebtReliefRules(applicable_entity=True, threshold_minor=600_00, currency="USD")
ON = date(2026, 3, 10)


def cents(text):
    return int(Decimal(text) * 100)


def forgiven(minor, **other):
    return Amounts(principal_minor=minor, **other)


@pytest.mark.parametrize("case", SATISFIED, ids=lambda case: case["id"])
def test_the_figures_of_the_worked_cases(case):
    """The cases leave the entity unsaid where it is one that files."""
    said, expected = case["input"], case["expected"]
    entity = said.get("is_applicable_financial_entity", True)
    told = debt_relief(
        forgiven(cents(said["balance"]) - cents(said["settlement_amount"])),
        satisfied_on=date.fromisoformat(said["payments"][-1]["date"]),
        currency="USD",
        rules=DebtReliefRules(applicable_entity=entity, threshold_minor=600_00, currency="USD"),
    )

    assert told.forgiven.total_minor == cents(expected["forgiven"])
    assert told.form_1099c is expected["form_1099c"]
    assert told.client_feed is expected.get("client_feed", False)
    assert told.event_code == expected.get("event_code", "F")
    assert FILE["_meta"]["event_codes"][told.event_code] == "By agreement"
    assert told.tax_year == expected.get("tax_year", 2026)


@pytest.mark.parametrize(
    ("minor", "currency", "entity", "expected"),
    [
        pytest.param(600_00, "USD", True, (True, True, False), id="just enough"),
        pytest.param(599_99, "USD", True, (False, False, False), id="a cent less is exempt"),
        pytest.param(600_00, "USD", False, (True, False, True), id="the creditor files"),
        pytest.param(599_99, "USD", False, (False, False, False), id="nobody files"),
        pytest.param(600_00, "EUR", True, (False, False, False), id="another currency"),
    ],
)
def test_who_files(minor, currency, entity, expected):
    rules = DebtReliefRules(applicable_entity=entity, threshold_minor=600_00, currency="USD")
    told = debt_relief(forgiven(minor), satisfied_on=ON, currency=currency, rules=rules)

    assert (told.reportable, told.form_1099c, told.client_feed) == expected


def test_all_components_count_toward_the_line():
    amounts = forgiven(500_00, interest_minor=60_00, fees_minor=40_00)
    told = debt_relief(amounts, satisfied_on=ON, currency="USD", rules=RULES)

    assert told.form_1099c
    assert told.forgiven.interest_minor == 60_00


def test_nothing_forgiven_has_no_figures():
    with pytest.raises(ValueError, match="nothing"):
        debt_relief(NOTHING, satisfied_on=ON, currency="USD", rules=RULES)


def test_a_creditor_may_be_one_that_files():
    said = parse(
        {
            "effective_from": "2026-01-01",
            "creditors": {"BANK": {"settlement": {"debt_relief": {"applicable_entity": True}}}},
        },
        name="own",
    )

    assert policy_of([said], version=1, creditor="BANK").settlement.debt_relief == RULES
    assert not policy_of([said], version=1).settlement.debt_relief.applicable_entity
    assert shipped("default").sources["/settlement/debt_relief"].startswith("[S] 26 USC 6050P")


@given(minor=st.integers(1, 10**9), entity=st.booleans(), day=st.dates())
def test_one_files_or_nobody_and_more_is_never_told_less(minor, entity, day):
    rules = DebtReliefRules(applicable_entity=entity, threshold_minor=600_00, currency="USD")

    def told(amount):
        return debt_relief(forgiven(amount), satisfied_on=day, currency="USD", rules=rules)

    one = told(minor)
    assert one.form_1099c + one.client_feed == one.reportable == (minor >= 600_00)
    assert one.reportable <= told(minor + 1).reportable
    assert one.tax_year == day.year
