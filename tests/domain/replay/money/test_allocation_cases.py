"""The field's worked cases: where the cents of a payment go."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.agreement.charges import pyramids
from app.domain.money import Amounts, Component
from app.domain.replay.money.allocation import pay_plan
from app.domain.replay.replay import fold
from app.domain.schedule.terms import DayCount
from app.domain.values import replace
from app.domain.vocabulary import AllocationOrder, FutureRule, PaymentKind
from tests.domain.oracles.card_payments import excess_by_rate
from tests.domain.oracles.payoff import Loan, Received, actuarial, merchants_rule, us_rule
from tests.factories import book, history, paid, placed, plan, plan_due, policy, row

CASES = json.loads(
    (Path(__file__).parents[3] / "cases" / "allocation_cases.json").read_text(encoding="utf-8")
)["cases"]

#: "Interest on a plan": money ahead pays principal and posted charges, never
#: unearned interest. These two pay interest that was not earned yet.
SET_ASIDE = {"AL-05", "AL-07"}
#: Not a payment over rows: run by tests of their own below (AL-20: test_change_facts' re-age).
OTHERWISE = {"AL-20", "AL-31", "AL-33", "AL-41", "AL-43"}
RUN = [case for case in CASES if case["id"] not in SET_ASIDE | OTHERWISE]
BY_ID = {case["id"]: case for case in CASES}

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


def test_al_31_a_payment_short_by_itself_may_bear_a_late_fee():
    given = BY_ID["AL-31"]["input"]
    owed = minor(given["installment"]) + minor(given["unpaid_late_fee"])

    refused = pyramids(
        short_minor=owed - minor(given["payment"]),
        late_fees_minor=minor(given["unpaid_late_fee"]),
    )

    assert (not refused) is BY_ID["AL-31"]["expected"]["late_fee_allowed"]


def test_a_full_payment_short_only_by_an_earlier_late_fee_may_not():
    assert pyramids(short_minor=25_00, late_fees_minor=25_00)
    assert not pyramids(short_minor=25_01, late_fees_minor=25_00)
    assert pyramids(short_minor=0, late_fees_minor=0)


def test_al_33_what_a_card_is_paid_above_the_minimum_goes_to_the_highest_rate():
    given = BY_ID["AL-33"]["input"]
    balances = {
        int(Decimal(one["apr"]) * 10_000): minor(one["amount"]) for one in given["balances"]
    }

    taken = excess_by_rate(
        minor(given["payment"]), minimum_minor=minor(given["minimum"]), balances_minor=balances
    )

    expected = BY_ID["AL-33"]["expected"]["excess_to"]
    assert taken == {int(Decimal(apr) * 10_000): minor(text) for apr, text in expected.items()}


@pytest.mark.parametrize("case_id", ["AL-41", "AL-43"])
def test_what_pays_a_debt_off_by_three_rules(case_id):
    given, expected = BY_ID[case_id]["input"], BY_ID[case_id]["expected"]
    loan = Loan(
        principal_minor=minor(given["principal"]),
        annual_rate_bps=int(Decimal(given["annual_rate"]) * 10_000),
        day_count=DayCount.ACTUAL_365,
        starts_on=date.fromisoformat(given["start"]),
    )
    received = [
        Received(on=date.fromisoformat(one["date"]), amount_minor=minor(one["amount"]))
        for one in given["payments"]
    ]
    as_of = date.fromisoformat(given["as_of"])

    by_law = us_rule(loan, received, as_of=as_of)
    by_others = {
        "actuarial_compounding_payoff": actuarial(loan, received, as_of=as_of),
        "merchants_rule_payoff": merchants_rule(loan, received, as_of=as_of),
    }

    assert {
        "principal": round(by_law.principal),
        "unpaid_interest": round(by_law.unpaid_interest),
        "payoff": round(by_law.total),
    } == {name: minor(text) for name, text in expected["us_rule"].items()}
    for name, payoff in by_others.items():
        assert round(payoff.total) == minor(expected[name])
