"""The field's worked cases: where the cents of a payment go."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.allocation import pay_plan
from app.domain.facts import PaymentKind
from app.domain.money import Amounts, Component
from app.domain.policy import AllocationOrder, FutureRule
from app.domain.replay import fold
from tests.factories import book, history, paid, placed, plan, plan_due, policy, row

CASES = json.loads(
    (Path(__file__).parents[1] / "cases" / "allocation_cases.json").read_text(encoding="utf-8")
)["cases"]

#: RULES part I, "Interest on a plan": money ahead pays principal and posted charges, never
#: unearned interest. These two pay interest that was not earned yet.
SET_ASIDE = {"AL-05", "AL-07"}
#: What the case needs, and the fold does not know yet.
WAITING = {
    "AL-20": "re-ages",
    "AL-31": "late fees that do not pyramid",
    "AL-33": "card balances by rate",
    "AL-41": "payoffs by the US Rule",
    "AL-43": "payoffs by the US Rule",
}
RUN = [case for case in CASES if case["id"] not in SET_ASIDE | WAITING.keys()]

COMPONENTS = {
    "costs": Component.COSTS,
    "fee": Component.FEES,
    "interest": Component.INTEREST,
    "principal": Component.PRINCIPAL,
}


def minor(text):
    return int(Decimal(text) * 100)


def cells(texts):
    return {f"{COMPONENTS[name]}_minor": minor(texts[name]) for name in COMPONENTS if name in texts}


def test_every_case_is_run_or_says_why_not():
    assert [case["id"] for case in RUN] == ["AL-01", "AL-03", "AL-09", "AL-11"]


@pytest.mark.parametrize("case", RUN, ids=lambda c: f"{c['id']} {c['description']}")
def test_payments_of_the_field(case):
    given = case["input"]
    order = (*(COMPONENTS[name] for name in given["component_order"]), Component.PENALTIES)
    rules = replace(policy().allocation, components=order, order=AllocationOrder(given["mode"]))
    owing = plan(
        *(
            replace(row(one["n"], date.fromisoformat(one["due"])), due=Amounts(**cells(one)))
            for one in given["installments"]
        )
    )

    after, _, left = pay_plan(
        owing,
        minor(given["amount"]),
        on=date.fromisoformat(given["as_of"]),
        policy=policy(allocation=rules),
        future=FutureRule(given["future"]),
    )

    expected = case["expected"]
    assert [r.paid for r in after.installments] == [
        Amounts(**cells(expected["allocations"].get(str(one["n"]), {})))
        for one in given["installments"]
    ]
    assert left == minor(expected["unapplied"])


def test_reamortizing_over_uneven_balances():
    """Apache Fineract, Loan:2303: 400.00 as a merchant's refund, 50.00 repaid, 40.00 refunded."""
    dues = (date(2023, 1, 1), date(2023, 1, 16), date(2023, 1, 31), date(2023, 2, 15))
    facts = history(
        (dues[0], placed(500_00)),
        (dues[0], plan_due(*dues, minor=125_00)),
        (date(2023, 1, 2), paid(400_00, payment=PaymentKind.MERCHANT_REFUND)),
        (date(2023, 1, 4), paid(50_00)),
        (date(2023, 1, 6), paid(40_00, payment=PaymentKind.MERCHANT_REFUND)),
    )

    def paid_by(day):
        rows = fold(facts, book(), through=date(2023, 1, day)).state.plans[0].installments
        return [r.paid.total_minor for r in rows]

    assert paid_by(2) == [125_00, 91_67, 91_67, 91_66]
    assert paid_by(4) == [125_00, 125_00, 108_34, 91_66]
    assert paid_by(6) == [125_00, 125_00, 125_00, 115_00]
