"""Who may be re-aged: the worked cases of the FFIEC policy, and what counts as a payment."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.agreement.reage import (
    CyclePaid,
    Evidence,
    Failing,
    InWorkout,
    Prior,
    assess,
    cycles_of,
    priors_of,
    workout_of,
)
from app.domain.facts.changes import AccountReAge, Cycle, ReAgeKind, Workout
from app.domain.facts.payments import Chargeback
from app.domain.values import replace
from app.domain.vocabulary import FundedBy, PaymentKind, Product
from tests.factories import fact_id, history, paid, placed, plan, policy, row

CASES = json.loads((Path(__file__).parents[2] / "cases" / "ffiec_reage_cases.json").read_text())[
    "cases"
]
RULES = policy().re_age
ON = date(2025, 6, 15)


def minor(text):
    return int(Decimal(text) * 100)


def evidence_of(case):
    said = case["input"]
    account, workout = said["account"], said.get("workout")
    payment = next((c["workout_payment"] for c in said["cycles"] if "workout_payment" in c), "0")
    return Evidence(
        product=Product(account["type"]),
        opened_on=date.fromisoformat(account["opened_on"]),
        charged_off=account["charged_off"],
        documented=said["willingness_and_ability_documented"],
        cycles=tuple(
            CyclePaid(
                due_on=date.fromisoformat(cycle["due_date"]),
                minimum_due_minor=minor(cycle["minimum_due"]),
                paid_minor=minor(cycle["paid_by_borrower"]),
            )
            for cycle in said["cycles"]
        ),
        priors=tuple(
            Prior(on=date.fromisoformat(one["date"]), kind=ReAgeKind(one["kind"]))
            for one in said["prior_reages"]
        ),
        workout=InWorkout(
            entered_on=date.fromisoformat(workout["entered_on"]), payment_minor=minor(payment)
        )
        if workout
        else None,
    )


def rules_of(case):
    said = case["input"].get("policy", {})
    rules = RULES
    if "max_lifetime" in said:
        rules = replace(rules, max_lifetime=said["max_lifetime"])
    if "payments_required" in said:
        rules = replace(rules, min_payments=said["payments_required"])
    return rules


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_worked_case_of_the_policy(case):
    said = case["input"]
    got = assess(
        evidence_of(case),
        rules_of(case),
        kind=ReAgeKind(said["kind"]),
        on=date.fromisoformat(said["as_of"]),
    )

    assert set(got.failed) == set(case["expected"]["failed"])
    assert got.eligible == case["expected"]["eligible"]
    assert [one.rule for one in got.refusals] == list(got.failed)


def test_every_reason_comes_at_once_with_its_figures():
    worst = Evidence(
        product=Product.INVOICE,
        opened_on=date(2025, 1, 1),
        charged_off=True,
        documented=False,
        cycles=(),
        priors=(
            Prior(on=date(2025, 5, 1), kind=ReAgeKind.STANDARD),
            Prior(on=date(2025, 3, 1), kind=ReAgeKind.STANDARD),
            Prior(on=date(2025, 2, 1), kind=ReAgeKind.WORKOUT),
        ),
    )
    rules = replace(RULES, max_lifetime=3, cool_down_days=90)
    standard = assess(worst, rules, kind=ReAgeKind.STANDARD, on=ON)
    workout = assess(worst, rules, kind=ReAgeKind.WORKOUT, on=ON)

    assert standard.failed == (
        Failing.NOT_OPEN_END, Failing.CHARGED_OFF, Failing.WILLINGNESS_NOT_DOCUMENTED,
        Failing.ACCOUNT_TOO_NEW, Failing.INSUFFICIENT_PAYMENTS, Failing.TWELVE_MONTH_LIMIT,
        Failing.FIVE_YEAR_LIMIT, Failing.LIFETIME_LIMIT, Failing.COOL_DOWN,
    )  # fmt: skip
    assert {one.rule: (one.limit, one.actual) for one in standard.refusals}["COOL_DOWN"] == (90, 45)
    assert set(workout.failed) - set(standard.failed) == {
        Failing.NOT_IN_WORKOUT, Failing.WORKOUT_FIVE_YEAR_LIMIT,
    }  # fmt: skip
    assert Failing.TWELVE_MONTH_LIMIT not in workout.failed
    assert standard.final
    assert standard.counters.months_on_book == 5


def evidence(*paid_minor, **how):
    """Monthly cycles of 50.00 up to June 2025, paid so much each."""
    days = [date(2025, 7 - n, 1) for n in range(len(paid_minor), 0, -1)]
    cycles = (
        CyclePaid(due_on=day, minimum_due_minor=50_00, paid_minor=minor)
        for day, minor in zip(days, paid_minor, strict=True)
    )
    return Evidence(**{"product": Product.OPEN_END, "opened_on": date(2020, 1, 1),
                       "charged_off": False, "documented": True, "cycles": tuple(cycles),
                       **how})  # fmt: skip


@pytest.mark.parametrize(
    ("paid_in", "counted"),
    [
        pytest.param((50_00, 50_00, 50_00), 3, id="exactly the minimum"),
        pytest.param((50_00, 0, 50_00), 1, id="in a row, up to now"),
        pytest.param((50_00, 50_00, 49_99), 0, id="the last is short"),
    ],
)
def test_payments_are_counted_in_a_row(paid_in, counted):
    got = assess(evidence(*paid_in), RULES, kind=ReAgeKind.STANDARD, on=ON)

    assert got.counters.qualifying_payments == counted


@pytest.mark.parametrize(("days", "failed"), [(29, (Failing.COOL_DOWN,)), (30, ())])
def test_the_cool_down_ends_on_its_day(days, failed):
    rules = replace(RULES, cool_down_days=30, max_in_12_months=None)
    priors = (Prior(on=ON - timedelta(days=days), kind=ReAgeKind.STANDARD),)
    asked = evidence(50_00, 50_00, 50_00, priors=priors)

    assert assess(asked, rules, kind=ReAgeKind.STANDARD, on=ON).failed == failed


@pytest.mark.parametrize(
    ("entered_on", "failed"),
    [
        pytest.param(date(2025, 3, 31), (), id="the day before"),
        pytest.param(date(2025, 4, 1), (Failing.INSUFFICIENT_PAYMENTS,), id="on the due date"),
    ],
)
def test_cycles_count_that_are_due_after_the_programme_was_entered(entered_on, failed):
    workout = InWorkout(entered_on=entered_on, payment_minor=30_00)
    asked = evidence(30_00, 30_00, 30_00, workout=workout)

    assert assess(asked, RULES, kind=ReAgeKind.WORKOUT, on=ON).failed == failed


def test_what_was_charged_back_was_not_paid():
    facts = history(
        (date(2025, 1, 1), placed(500_00)),
        (date(2025, 1, 1), Cycle(due_on=date(2025, 4, 1), minimum_due_minor=50_00)),
        (date(2025, 3, 20), paid(50_00)),
        (date(2025, 4, 5), Chargeback(payment_id=fact_id(3), amount_minor=20_00, reason_code="C")),
    )

    assert [cycle.paid_minor for cycle in cycles_of(facts, None, on=ON)] == [30_00]


DUE = (date(2025, 4, 1), date(2025, 5, 1), date(2025, 6, 1))


@pytest.mark.parametrize(
    ("how", "counts"),
    [
        pytest.param({}, True, id="the borrower's own"),
        pytest.param({"funded_by": FundedBy.INSTITUTION}, False, id="advanced by us"),
        pytest.param({"payment": PaymentKind.GOODWILL}, False, id="goodwill"),
        pytest.param({"payment": PaymentKind.MERCHANT_REFUND}, False, id="a merchant's refund"),
    ],
)
def test_whose_money_counts(how, counts):
    facts = history(
        (date(2025, 1, 1), placed(500_00)),
        *((due, Cycle(due_on=due, minimum_due_minor=50_00)) for due in DUE),
        (date(2025, 4, 20), paid(50_00, **how)),
    )
    paid_in = [cycle.paid_minor for cycle in cycles_of(facts, None, on=ON)]

    assert paid_in == [0, 50_00 if counts else 0, 0]


def test_a_payment_counts_in_the_cycle_it_falls_in():
    """After the previous due date, up to its own; the first cycle begins a month before."""
    facts = history(
        (date(2025, 1, 1), placed(500_00)),
        *((date(2025, 1, 1), Cycle(due_on=due, minimum_due_minor=50_00)) for due in DUE),
        (date(2025, 3, 1), paid(1_00)),
        (date(2025, 3, 2), paid(2_00)),
        (date(2025, 4, 1), paid(4_00)),
        (date(2025, 4, 2), paid(8_00)),
        (date(2025, 6, 1), paid(16_00)),
        (date(2025, 6, 2), paid(32_00)),
    )

    assert [c.paid_minor for c in cycles_of(facts, None, on=ON)] == [6_00, 8_00, 16_00]
    assert [c.due_on for c in cycles_of(facts, None, on=date(2025, 5, 31))] == list(DUE[:2])


def test_without_cycles_the_plans_installments_are_the_cycles():
    rows = plan(*(row(n, due) for n, due in enumerate(DUE, 1)))
    facts = history((date(2025, 1, 1), placed()), (date(2025, 5, 1), paid(70_00)))

    found = cycles_of(facts, rows, on=ON)
    assert [(c.minimum_due_minor, c.paid_minor) for c in found] == [
        (100_00, 0), (100_00, 70_00), (100_00, 0),
    ]  # fmt: skip


def test_the_latest_programme_counts_and_every_kind_of_re_age():
    facts = history(
        (date(2025, 1, 1), placed()),
        (date(2025, 1, 2), Workout(programme="a", payment_minor=10_00)),
        (date(2025, 2, 2), Workout(programme="b", payment_minor=20_00)),
        (date(2025, 3, 3), AccountReAge(re_age=ReAgeKind.WORKOUT, reason="x")),
    )

    assert workout_of(facts, on=ON) == InWorkout(entered_on=date(2025, 2, 2), payment_minor=20_00)
    assert workout_of(facts, on=date(2025, 1, 1)) is None
    assert priors_of(facts, on=ON) == (Prior(on=date(2025, 3, 3), kind=ReAgeKind.WORKOUT),)
