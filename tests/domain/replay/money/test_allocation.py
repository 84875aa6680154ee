"""Three installments of 100.00, due on 1 February, 1 March and 1 April 2026."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import Amounts, Component
from app.domain.replay.money.allocation import pay_plan, rest_of
from app.domain.replay.replay import fold
from app.domain.values import replace
from app.domain.vocabulary import AllocationOrder, FutureRule
from tests.factories import (
    book,
    charged,
    fact_id,
    history,
    ninety_percent,
    paid,
    placed,
    plan,
    plan_due,
    policy,
    row,
)

FEB, MAR, APR = date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)
JAN_15, MAR_15 = date(2026, 1, 15), date(2026, 3, 15)
THREE = plan(row(1, FEB), row(2, MAR), row(3, APR))
COSTS, FEES, PENALTIES, INTEREST, PRINCIPAL = (
    Component.COSTS,
    Component.FEES,
    Component.PENALTIES,
    Component.INTEREST,
    Component.PRINCIPAL,
)


def vertical(**changes):
    return policy(
        allocation=replace(policy().allocation, order=AllocationOrder.VERTICAL, **changes)
    )


def ordered(*components):
    return policy(allocation=replace(policy().allocation, components=components))


def poured(owing, minor, on, *, by=None, future=FutureRule.NEXT):
    """The installment, cents and rule of each line, and what the rows did not need."""
    _, lines, left = pay_plan(owing, minor, on=on, policy=by or policy(), future=future)
    number = {r.id: n for n, r in enumerate(owing.installments, start=1)}
    return [(number[x.installment_id], x.amount_minor, x.rule) for x in lines], left


# Which installment first ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "minor", "expected"),
    [
        pytest.param(
            MAR_15,
            250_00,
            [
                (1, 100_00, "past_due_oldest_first"),
                (2, 100_00, "past_due_oldest_first"),
                (3, 50_00, "in_advance_next"),
            ],
            id="past due oldest first, then in advance",
        ),
        pytest.param(
            MAR,
            250_00,
            [
                (1, 100_00, "past_due_oldest_first"),
                (2, 100_00, "due_today"),
                (3, 50_00, "in_advance_next"),
            ],
            id="past due, due today, in advance",
        ),
        pytest.param(MAR, 100_00, [(1, 100_00, "past_due_oldest_first")], id="only the oldest"),
        pytest.param(
            JAN_15,
            150_00,
            [(1, 100_00, "in_advance_next"), (2, 50_00, "in_advance_next")],
            id="all in advance",
        ),
    ],
)
def test_past_due_comes_first_then_due_today_then_the_future(on, minor, expected):
    assert poured(THREE, minor, on) == (expected, 0)


@pytest.mark.parametrize(
    ("future", "minor", "expected"),
    [
        pytest.param(FutureRule.NEXT, 150_00, {1: 100_00, 2: 50_00}, id="next"),
        pytest.param(FutureRule.LAST, 150_00, {3: 100_00, 2: 50_00}, id="last"),
        pytest.param(FutureRule.REAMORTIZE, 150_00, {1: 50_00, 2: 50_00, 3: 50_00}, id="equal"),
        pytest.param(
            FutureRule.REAMORTIZE, 100_00, {1: 33_33, 2: 33_33, 3: 33_34}, id="remainder last"
        ),
        pytest.param(FutureRule.REAMORTIZE, 1, {3: 1}, id="a single cent"),
        pytest.param(FutureRule.REAMORTIZE, 2, {3: 2}, id="too little for a cent each"),
        pytest.param(FutureRule.REAMORTIZE, 3, {1: 1, 2: 1, 3: 1}, id="a cent each"),
        pytest.param(FutureRule.REAMORTIZE, 4, {1: 1, 2: 1, 3: 2}, id="one cent over"),
    ],
)
def test_money_ahead_of_its_time_goes_by_rule(future, minor, expected):
    lines, left = poured(THREE, minor, JAN_15, future=future)

    assert {number: cents for number, cents, _ in lines} == expected
    assert {rule for *_, rule in lines} == {f"in_advance_{future}"}
    assert left == 0


@pytest.mark.parametrize(
    ("minor", "shares"),
    [
        pytest.param(90_00, [10_00, 40_00, 40_00], id="once"),
        pytest.param(120_00, [10_00, 45_00, 65_00], id="and again"),
    ],
)
def test_a_share_that_an_installment_cannot_take_is_shared_again(minor, shares):
    owing = plan(row(1, FEB, 10_00), row(2, MAR, 45_00), row(3, APR))

    lines, _ = poured(owing, minor, JAN_15, future=FutureRule.REAMORTIZE)

    assert [cents for _, cents, _ in lines] == shares


@pytest.mark.parametrize("future", FutureRule)
def test_what_no_installment_needs_is_handed_back(future):
    lines, left = poured(THREE, 300_01, MAR, future=future)

    assert sum(cents for _, cents, _ in lines) == 300_00
    assert left == 1


# Which cell first -----------------------------------------------------------------------------

EACH = {
    "interest_minor": 10_00,
    "fees_minor": 20_00,
    "penalties_minor": 30_00,
    "costs_minor": 40_00,
}


@pytest.mark.parametrize(
    ("by", "cells"),
    [
        pytest.param(policy(), [COSTS, FEES, PENALTIES, INTEREST, PRINCIPAL], id="default"),
        pytest.param(
            ordered(INTEREST, PRINCIPAL, FEES, PENALTIES, COSTS),
            [INTEREST, PRINCIPAL, FEES, PENALTIES, COSTS],
            id="interest and principal before fees",
        ),
    ],
)
def test_within_an_installment_cells_are_paid_in_the_policys_order(by, cells):
    owing = plan(row(1, FEB, **EACH))

    _, lines, _ = pay_plan(owing, 200_00, on=FEB, policy=by, future=FutureRule.NEXT)

    assert [line.cell for line in lines] == cells
    assert [line.component for line in lines] == cells


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        pytest.param(policy(), [(1, 20_00), (1, 100_00), (2, 20_00), (2, 10_00)], id="horizontal"),
        pytest.param(vertical(), [(1, 20_00), (2, 20_00), (1, 100_00), (2, 10_00)], id="vertical"),
    ],
)
def test_horizontal_finishes_an_installment_and_vertical_a_component(by, expected):
    owing = plan(row(1, FEB, fees_minor=20_00), row(2, MAR, fees_minor=20_00), row(3, APR))

    lines, _ = poured(owing, 150_00, MAR_15, by=by)

    assert [(number, cents) for number, cents, _ in lines] == expected


def test_vertical_stays_within_its_class():
    owing = plan(row(1, FEB, fees_minor=20_00), row(2, MAR, fees_minor=20_00))

    lines, _ = poured(owing, 130_00, MAR, by=vertical())

    assert lines == [
        (1, 20_00, "past_due_oldest_first"),
        (1, 100_00, "past_due_oldest_first"),
        (2, 10_00, "due_today"),
    ]


def test_money_on_a_principal_cell_lowers_what_was_taken_over_in_the_policys_order():
    taken = Amounts(principal_minor=200_00, interest_minor=40_00, fees_minor=60_00)
    owing = replace(THREE, taken=taken)

    after, lines, _ = pay_plan(owing, 150_00, on=FEB, policy=policy(), future=FutureRule.NEXT)

    assert [(line.cell, line.component, line.amount_minor) for line in lines] == [
        (PRINCIPAL, FEES, 60_00),
        (PRINCIPAL, INTEREST, 40_00),
        (PRINCIPAL, PRINCIPAL, 50_00),
    ]
    assert {line.plan_id for line in lines} == {owing.id}
    assert after.taken == Amounts(principal_minor=150_00)


def test_money_on_another_cell_leaves_what_was_taken_over_alone():
    owing = plan(row(1, FEB, fees_minor=20_00), taken=Amounts(fees_minor=100_00))

    after, lines, _ = pay_plan(owing, 20_00, on=FEB, policy=policy(), future=FutureRule.NEXT)

    assert [(line.cell, line.component) for line in lines] == [(FEES, FEES)]
    assert after.taken == Amounts(fees_minor=100_00)


@pytest.mark.parametrize(
    ("on", "minor", "ahead", "late", "satisfied_on"),
    [
        pytest.param(JAN_15, 100_00, 100_00, 0, JAN_15, id="before its day"),
        pytest.param(FEB, 100_00, 0, 0, FEB, id="on its day"),
        pytest.param(date(2026, 2, 2), 100_00, 0, 100_00, date(2026, 2, 2), id="a day late"),
        pytest.param(JAN_15, 99_99, 99_99, 0, None, id="a cent short"),
    ],
)
def test_a_row_says_when_it_was_paid(on, minor, ahead, late, satisfied_on):
    after, *_ = pay_plan(THREE, minor, on=on, policy=policy(), future=FutureRule.NEXT)

    first = after.installments[0]
    assert first.paid == Amounts(principal_minor=minor)
    assert (first.paid_in_advance_minor, first.paid_late_minor) == (ahead, late)
    assert first.satisfied_on == satisfied_on


def test_payments_on_one_row_add_up():
    once, *_ = pay_plan(THREE, 30_00, on=JAN_15, policy=policy(), future=FutureRule.NEXT)
    twice, *_ = pay_plan(once, 20_00, on=JAN_15, policy=policy(), future=FutureRule.NEXT)
    late, *_ = pay_plan(twice, 10_00, on=MAR, policy=policy(), future=FutureRule.NEXT)
    later, *_ = pay_plan(late, 15_00, on=MAR, policy=policy(), future=FutureRule.NEXT)

    first = later.installments[0]
    assert first.paid.total_minor == 75_00
    assert (first.paid_in_advance_minor, first.paid_late_minor) == (50_00, 25_00)


# Ninety percent -------------------------------------------------------------------------------


def test_shortfalls_wait_until_what_is_past_due_and_due_today_is_paid():
    short = replace(row(1, FEB), paid=Amounts(principal_minor=95_00))
    owing = plan(short, row(2, date(2026, 2, 15)), row(3, MAR), row(4, APR))

    lines, _ = poured(owing, 210_00, MAR, by=ninety_percent())

    assert lines == [
        (2, 100_00, "past_due_oldest_first"),
        (3, 100_00, "due_today"),
        (1, 5_00, "past_due_shortfall"),
        (4, 5_00, "in_advance_next"),
    ]


# What the plan did not take over --------------------------------------------------------------


def account(*entries):
    """An account of 300.00 principal and 40.00 costs; a plan took over 300.00 of the 340.00."""
    facts = history(
        (date(2026, 1, 1), placed(300_00, costs_minor=40_00)),
        (date(2026, 1, 1), plan_due(FEB, MAR, APR)),
        *entries,
    )
    return fold(facts, book(), through=max(fact.effective_on for fact in facts))


@pytest.mark.parametrize(
    ("payment", "on_plan", "on_rest", "unapplied"),
    [
        pytest.param(paid(300_00), 300_00, 0, 0, id="the plan first"),
        pytest.param(paid(300_01), 300_00, 1, 0, id="then the rest of the account"),
        pytest.param(paid(340_01), 300_00, 40_00, 1, id="then unapplied"),
        pytest.param(paid(50_00, component=PRINCIPAL), 10_00, 40_00, 0, id="as the payer directs"),
        pytest.param(paid(30_00, component=PRINCIPAL), 0, 30_00, 0, id="all as directed"),
        pytest.param(
            paid(30_00, component=PENALTIES), 30_00, 0, 0, id="nothing there to direct to"
        ),
    ],
)
def test_the_rest_of_the_account_comes_after_the_plan(payment, on_plan, on_rest, unapplied):
    made = account((FEB, payment))

    lines = made.splits[fact_id(3)]
    assert sum(line.amount_minor for line in lines if line.plan_id) == on_plan
    assert sum(line.amount_minor for line in lines if not line.plan_id) == on_rest
    assert made.state.unapplied_minor == unapplied
    assert made.state.balance.total_minor == 340_00 - on_plan - on_rest


@pytest.mark.parametrize(
    ("payment", "rule"),
    [
        pytest.param(paid(1, component=PRINCIPAL), "directed_by_payer", id="directed"),
        pytest.param(paid(1), "due_today", id="not directed"),
    ],
)
def test_a_line_names_the_rule_that_sent_it(payment, rule):
    assert [line.rule for line in account((FEB, payment)).splits[fact_id(3)]] == [rule]


def test_a_charge_without_a_plan_is_paid_after_the_plan():
    made = account((JAN_15, charged(25_00, due_on=JAN_15)), (FEB, paid(320_00)))

    rest = [line for line in made.splits[fact_id(4)] if not line.plan_id]
    assert [(line.component, line.amount_minor) for line in rest] == [(FEES, 20_00)]
    assert {line.rule for line in rest} == {"account_by_component"}


def test_without_a_plan_the_account_is_paid_by_component():
    facts = history(
        (FEB, placed(100_00, interest_minor=20_00, fees_minor=10_00)), (MAR, paid(25_00))
    )

    lines = fold(facts, book(), through=MAR).splits[fact_id(2)]

    assert [(line.component, line.amount_minor) for line in lines] == [
        (FEES, 10_00),
        (INTEREST, 15_00),
    ]


def test_rows_that_are_void_hold_nothing_of_the_account():
    void = replace(row(2, MAR, fees_minor=20_00), voided_on=FEB)
    open_row = replace(row(1, FEB, fees_minor=8_00), paid=Amounts(fees_minor=3_00))
    owing = plan(open_row, void, taken=Amounts(principal_minor=100_00))
    balance = Amounts(principal_minor=130_00, fees_minor=45_00)

    assert rest_of(balance, owing) == Amounts(principal_minor=30_00, fees_minor=40_00)
    assert rest_of(balance, None) == balance


# Whatever the payment -------------------------------------------------------------------------

cells = st.builds(
    Amounts,
    principal_minor=st.integers(0, 200_00),
    interest_minor=st.integers(0, 50_00),
    fees_minor=st.integers(0, 50_00),
)
policies = st.sampled_from([policy(), vertical(), ninety_percent()])


@st.composite
def plans(draw):
    rows = []
    for n, due_on in enumerate((FEB, MAR, APR), start=1):
        due = draw(cells)
        share = draw(st.integers(0, 100))
        rows.append(
            replace(
                row(n, due_on),
                due=due,
                paid=Amounts(principal_minor=due.principal_minor * share // 100),
            )
        )
    return plan(*rows)


@given(plans(), st.integers(1, 700_00), st.sampled_from([JAN_15, FEB, MAR_15, APR]), policies,
       st.sampled_from(FutureRule))  # fmt: skip
def test_every_cent_is_somewhere_and_nothing_is_paid_twice(owing, minor, on, by, future):
    after, lines, left = pay_plan(owing, minor, on=on, policy=by, future=future)

    assert sum(line.amount_minor for line in lines) + left == minor
    assert all(line.amount_minor > 0 for line in lines)
    assert after.paid_minor - owing.paid_minor == minor - left
    assert left == 0 or not after.owing
    for one in after.installments:
        assert all(0 <= p <= due for p, due in zip(one.paid, one.due, strict=True))
    lowered = sum(line.amount_minor for line in lines if line.cell is PRINCIPAL)
    assert owing.taken.total_minor - after.taken.total_minor == lowered


@given(plans(), st.integers(1, 700_00), st.sampled_from(FutureRule))
def test_nothing_is_paid_ahead_while_something_is_past_due(owing, minor, future):
    after, *_ = pay_plan(owing, minor, on=MAR_15, policy=policy(), future=future)

    if any(r.open_minor for r in after.installments[:2]):
        assert after.installments[2] == owing.installments[2]
    if after.installments[0].open_minor:
        assert after.installments[1].paid == owing.installments[1].paid
