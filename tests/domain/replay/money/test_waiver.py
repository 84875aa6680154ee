"""What is waived, and where: an account of 300.00 principal and 40.00 fees.

A plan took over 300.00 of it (all fees, 260.00 principal) in three installments of 100.00.
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.state import Charged, State
from app.domain.facts.accounts import Adjustment
from app.domain.facts.plans import PlanCancelled
from app.domain.money import Amounts, Component
from app.domain.refusals.accounts import WaivedMoreThanOwed
from app.domain.replay.money.waiver import waivable_minor, waive
from app.domain.replay.replay import fold
from app.domain.values import replace
from app.domain.vocabulary import ChargeKind, PaymentKind
from tests.factories import (
    book,
    charged,
    fact_id,
    history,
    paid,
    placed,
    plan,
    plan_due,
    row,
    row_id,
)

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
FEES, PRINCIPAL, INTEREST = Component.FEES, Component.PRINCIPAL, Component.INTEREST
PLAN = fact_id(2)


def waived(minor, component=FEES, *, charge=None):
    return Adjustment(
        component=component,
        amount_minor=minor,
        reason="kind",
        charge_id=fact_id(charge) if charge else None,
    )


def lived(*entries, through=None):
    facts = history(
        (JAN, placed(300_00, fees_minor=40_00)), (JAN, plan_due(FEB, MAR, APR)), *entries
    )
    return fold(facts, book(), through=through or max(one.effective_on for one in facts))


def due(state):
    return [r.due.total_minor for r in state.plans[0].installments]


# Which cells ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minor", "component", "dues", "taken"),
    [
        pytest.param(10_00, FEES, [100_00, 100_00, 90_00], (30_00, 260_00), id="fees taken over"),
        pytest.param(40_00, FEES, [100_00, 100_00, 60_00], (0, 260_00), id="all of them"),
        pytest.param(120_00, PRINCIPAL, [100_00, 80_00, 0], (40_00, 140_00), id="last first"),
        pytest.param(260_00, PRINCIPAL, [40_00, 0, 0], (40_00, 0), id="all that was taken over"),
        pytest.param(300_00, PRINCIPAL, [40_00, 0, 0], (40_00, 0), id="then the rest"),
    ],
)
def test_a_waiver_lowers_the_plan_from_its_last_installment(minor, component, dues, taken):
    state = lived((JAN, waived(minor, component))).state

    (lowered,) = state.plans
    assert due(state) == dues
    assert (lowered.taken.fees_minor, lowered.taken.principal_minor) == taken
    assert state.balance.total_minor == 340_00 - minor
    assert state.balance[component] == (40_00 if component is FEES else 300_00) - minor


def test_what_was_charged_on_the_plan_is_waived_before_what_it_took_over():
    state = lived((JAN, charged(20_00, due_on=MAR, plan=2)), (JAN, waived(30_00))).state

    assert [r.due.fees_minor for r in state.plans[0].installments] == [0, 0, 0]
    assert due(state) == [100_00, 100_00, 90_00]
    assert state.plans[0].taken.fees_minor == 30_00


def test_what_was_charged_is_waived_from_the_last_installment_too():
    state = lived(
        (JAN, charged(20_00, due_on=FEB, plan=2)),
        (JAN, charged(20_00, due_on=MAR, plan=2)),
        (JAN, waived(25_00)),
    ).state

    assert [r.due.fees_minor for r in state.plans[0].installments] == [15_00, 0, 0]


def test_a_row_emptied_by_a_waiver_stays_void_and_satisfied():
    made = lived((JAN, waived(120_00, PRINCIPAL)))

    emptied = made.state.plans[0].installments[2]
    assert (emptied.due, emptied.voided_on, emptied.satisfied_on) == (Amounts(), JAN, JAN)
    assert [v.type for v in made.verdicts] == []


def test_a_row_that_was_emptied_keeps_its_day():
    state = lived((JAN, waived(100_00, PRINCIPAL)), (FEB, waived(10_00, PRINCIPAL))).state

    assert due(state) == [100_00, 90_00, 0]
    assert [r.voided_on for r in state.plans[0].installments] == [None, None, JAN]


def test_what_is_paid_of_an_installment_is_not_waived():
    goodwill = paid(60_00, payment=PaymentKind.GOODWILL)

    state = lived((JAN, goodwill), (FEB, waived(100_00, PRINCIPAL))).state

    assert due(state) == [100_00, 40_00, 60_00]


def test_a_waiver_leaves_an_earlier_plan_alone():
    entries = (
        (JAN, PlanCancelled(plan_id=PLAN, reason="x")),
        (JAN, plan_due(MAR, APR)),
        (FEB, waived(50_00, PRINCIPAL)),
    )

    before, after = lived(*entries[:2], through=FEB).state, lived(*entries).state

    assert after.plans[0] == before.plans[0]
    assert [r.due.total_minor for r in after.plans[1].installments] == [100_00, 50_00]


def test_a_row_whose_rest_is_waived_is_paid():
    made = lived((JAN, paid(250_00)), (FEB, waived(50_00, PRINCIPAL)))

    last = made.state.plans[0].installments[2]
    assert (last.due, last.satisfied_on, last.voided_on) == (
        Amounts(principal_minor=50_00),
        FEB,
        None,
    )
    assert [(v.type.value, v.on) for v in made.verdicts] == [
        ("installment.paid", JAN),
        ("installment.paid", JAN),
        ("installment.paid", FEB),
        ("plan.completed", FEB),
    ]


def test_a_row_keeps_the_day_it_was_paid():
    state = lived((JAN, paid(100_00)), (FEB, waived(40_00, PRINCIPAL))).state

    assert [r.satisfied_on for r in state.plans[0].installments] == [JAN, None, None]


def test_a_waiver_cures_what_was_missed():
    missed = date(2026, 4, 10)

    made = lived((FEB, paid(100_00)), (MAR, paid(100_00)), (missed, waived(100_00, PRINCIPAL)))

    (cured,) = (v for v in made.verdicts if v.type == "installment.cured")
    assert (cured.on, cured.data) == (missed, {"missed_on": "2026-04-07", "by": "adjustment"})


def test_without_a_plan_a_waiver_lowers_the_account():
    facts = history((JAN, placed(300_00, past_due_minor=None)), (FEB, waived(120_00, PRINCIPAL)))

    state = fold(facts, book(), through=FEB).state

    assert state.balance == Amounts(principal_minor=180_00)
    assert (state.contract_due_minor, state.contract_since_on) == (180_00, JAN)


def test_waiving_all_that_is_past_due_makes_the_contract_current():
    facts = history((JAN, placed(300_00, past_due_minor=100_00)), (FEB, waived(120_00, PRINCIPAL)))

    state = fold(facts, book(), through=FEB).state

    assert (state.contract_due_minor, state.contract_since_on, state.bucket) == (0, None, "current")


# One charge -----------------------------------------------------------------------------------


def test_a_charge_is_waived_where_it_was_charged():
    state = lived(
        (JAN, charged(20_00, due_on=FEB, plan=2)),
        (JAN, charged(20_00, due_on=MAR, plan=2)),
        (JAN, waived(15_00, charge=3)),
    ).state

    assert [r.due.fees_minor for r in state.plans[0].installments] == [5_00, 20_00, 0]
    assert [c.waived_minor for c in state.charges] == [15_00, 0]
    assert state.plans[0].taken.fees_minor == 40_00


def test_a_charge_beside_the_plan_is_waived_beside_it():
    state = lived(
        (JAN, charged(20_00, due_on=FEB, plan=2)),
        (JAN, charged(20_00, due_on=FEB)),
        (JAN, waived(20_00, charge=4)),
    ).state

    assert [r.due.fees_minor for r in state.plans[0].installments] == [20_00, 0, 0]
    assert (state.balance.fees_minor, state.plans[0].taken.fees_minor) == (60_00, 40_00)


# How much -------------------------------------------------------------------------------------


def charge(minor=20_00, *, waived_minor=0, on_row=None):
    return Charged(
        id=fact_id(3), kind=ChargeKind.FEE, amount_minor=minor, waived_minor=waived_minor,
        plan_id=PLAN if on_row else None, installment_id=on_row,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("paid_minor", "waived_minor", "most"),
    [
        pytest.param(0, 0, 20_00, id="all of it"),
        pytest.param(5_00, 0, 15_00, id="what is not paid"),
        pytest.param(0, 15_00, 5_00, id="what is not waived"),
        pytest.param(20_00, 0, 0, id="nothing"),
    ],
)
def test_a_charge_is_waived_at_most_as_far_as_it_is_open(paid_minor, waived_minor, most):
    second = row(2, MAR, fees_minor=20_00)
    owing = plan(
        row(1, FEB, fees_minor=50_00), replace(second, paid=Amounts(fees_minor=paid_minor))
    )
    state = State(balance=Amounts(principal_minor=200_00, fees_minor=90_00), plans=(owing,))
    one = charge(waived_minor=waived_minor, on_row=second.id)

    assert waivable_minor(state, FEES, one) == most


def test_a_charge_beside_a_plan_is_waived_from_the_rest_of_the_account():
    owing = plan(row(1, FEB, fees_minor=20_00), taken=Amounts(principal_minor=100_00))
    state = State(balance=Amounts(principal_minor=100_00, fees_minor=28_00), plans=(owing,))

    assert waivable_minor(state, FEES, charge()) == 8_00
    assert waivable_minor(state, FEES, None) == 28_00


def test_a_charge_on_a_plan_that_has_ended_is_owed_at_the_account():
    state = State(balance=Amounts(fees_minor=15_00))

    assert waivable_minor(state, FEES, charge(on_row=row(1, FEB).id)) == 15_00


# What earlier money had paid ------------------------------------------------------------------


def test_a_waiver_holds_though_earlier_money_entered_later_paid_for_it():
    made = lived((MAR, waived(40_00)), (FEB, paid(100_00)))

    # 40.00 fees were paid first; the waiver hands them back, as if they had not been owed.
    assert made.state.unapplied_minor == 40_00
    assert made.state.balance == Amounts(principal_minor=240_00)
    assert [r.due.total_minor for r in made.state.plans[0].installments] == [60_00, 100_00, 100_00]
    assert [r.satisfied_on for r in made.state.plans[0].installments] == [FEB, None, None]
    assert [(x.component, x.amount_minor) for x in made.splits[fact_id(4)]] == [(PRINCIPAL, 60_00)]


def test_a_waived_charge_hands_back_its_own_money_and_leaves_what_was_taken_over():
    made = lived(
        (JAN, charged(20_00, due_on=FEB, plan=2)), (MAR, waived(20_00, charge=3)), (FEB, paid(5_00))
    )

    assert made.state.unapplied_minor == 5_00
    assert made.state.plans[0].taken == Amounts(principal_minor=260_00, fees_minor=40_00)
    assert made.splits[fact_id(5)] == ()


def test_of_one_payment_the_last_line_is_handed_back_first():
    made = lived(
        (JAN, charged(10_00, due_on=FEB, plan=2)),
        (JAN, charged(10_00, due_on=MAR, plan=2)),
        (APR, waived(15_00)),
        (MAR, paid(220_00)),
    )

    kept = made.splits[fact_id(6)]
    assert [(x.installment_id, x.component, x.amount_minor) for x in kept] == [
        (row_id(1), FEES, 10_00),
        (row_id(1), FEES, 35_00),
        (row_id(1), PRINCIPAL, 60_00),
        (row_id(2), PRINCIPAL, 100_00),
    ]
    assert due(made.state) == [105_00, 100_00, 100_00]


@pytest.mark.parametrize(
    ("minor", "handed_back"),
    [
        pytest.param(25_00, {4: 20_00, 3: 5_00}, id="the last, then the one before"),
        pytest.param(15_00, {4: 15_00}, id="only the last"),
    ],
)
def test_the_last_paid_is_handed_back_first(minor, handed_back):
    facts = history(
        (JAN, placed(100_00, fees_minor=40_00)),
        (APR, waived(minor)),
        (FEB, paid(20_00)),
        (MAR, paid(25_00)),
    )

    made = fold(facts, book(), through=APR)

    lots = [(lot.payment_id, lot.amount_minor) for lot in made.state.unapplied]
    assert lots == [(fact_id(n), cents) for n, cents in handed_back.items()]
    fees_of = {
        n: sum(x.amount_minor for x in made.splits[fact_id(n)] if x.component is FEES)
        for n in (3, 4)
    }
    assert fees_of == {n: 20_00 - handed_back.get(n, 0) for n in (3, 4)}
    assert made.splits[fact_id(4)][-1].component is PRINCIPAL
    assert made.state.balance == Amounts(principal_minor=95_00)


@pytest.mark.parametrize(
    ("minor", "ahead", "late"), [(15_00, 20_00, 10_00), (30_00, 20_00, 0), (40_00, 10_00, 0)]
)
def test_handed_back_money_is_no_more_paid_in_advance_or_late(minor, ahead, late):
    fee = charged(50_00, plan=2, due_on=FEB)
    facts = history(
        (JAN, placed(300_00)),
        (JAN, plan_due(FEB, MAR, APR)),
        (JAN, fee),
        (APR, waived(minor)),
        (JAN, paid(20_00)),
        (FEB, paid(5_00)),
        (MAR, paid(25_00)),
    )

    first = fold(facts, book(), through=APR).state.plans[0].installments[0]

    assert first.paid_in_advance_minor + first.paid_late_minor <= first.paid.total_minor
    assert (first.paid_in_advance_minor, first.paid_late_minor) == (ahead, late)


def test_a_waiver_of_more_than_there_ever_was_is_refused_with_the_excess():
    with pytest.raises(WaivedMoreThanOwed) as refused:
        lived((JAN, paid(10_00)), (FEB, waived(50_00)))

    assert (refused.value.component, refused.value.excess_minor) == (FEES, 10_00)


def test_a_component_that_is_not_owed_cannot_be_waived():
    with pytest.raises(WaivedMoreThanOwed):
        lived((JAN, waived(1, INTEREST)))


def test_a_plan_that_holds_less_than_it_took_over_is_a_bug():
    torn = plan(row(1, FEB, 50_00), taken=Amounts(principal_minor=100_00))
    state = State(balance=Amounts(principal_minor=100_00), plans=(torn,))

    with pytest.raises(ValueError, match="hold less than it took over"):
        waive(state, {}, waived(80_00, PRINCIPAL), on=FEB)


@given(
    st.lists(st.tuples(st.sampled_from([FEB, MAR]), st.integers(1, 150_00)), max_size=3),
    st.integers(1, 40_00),
    st.booleans(),
)
def test_what_is_owed_does_not_depend_on_what_was_entered_first(payments, minor, waived_first):
    money = [(on, paid(cents)) for on, cents in payments]
    waiver = [(APR, waived(minor))]

    made = lived(*(waiver + money if waived_first else money + waiver), through=APR)

    state = made.state
    assert state.balance.total_minor - state.unapplied_minor == 340_00 - minor - sum(
        cents for _, cents in payments
    )
    for one in (r for p in state.plans for r in p.installments):
        assert all(0 <= got <= owed for got, owed in zip(one.paid, one.due, strict=True))
