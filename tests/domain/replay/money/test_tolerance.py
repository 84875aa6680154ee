"""Tolerance: what so little is left of is complete, and comes back with what left it.

300.00 placed current on 1 January 2026, owed in three installments of 100.00 due on 1 February,
1 March and 1 April; the policy lets 0.05 go.
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.plan import PlanStatus
from app.domain.entries.postings import PostingKind
from app.domain.facts.accounts import Adjustment, Placement
from app.domain.facts.payments import Payment, Reversal
from app.domain.money import NOTHING, Amounts, Component
from app.domain.replay.money.tolerance import tolerable
from app.domain.replay.replay import fold, in_force
from app.domain.values import replace
from tests.domain.lives.test_random import PLACED, Life, step
from tests.factories import book, charged, fact_id, history, paid, placed, plan_due, policy

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
PLAN = fact_id(2)
LENIENT = policy(allocation=replace(policy().allocation, tolerance_minor=5))
OPENING = ((JAN, placed()), (JAN, plan_due(FEB, MAR, APR, by=LENIENT)))


def state_after(*entries, through=APR):
    return fold(history(*OPENING, *entries), book(LENIENT), through=through).state


def let_go(minor, *, of, component=Component.PRINCIPAL):
    return Adjustment(
        component=component, amount_minor=minor, reason="tolerance", because_of=fact_id(of)
    )


@pytest.mark.parametrize(
    ("minor", "expected"),
    [
        pytest.param(300_00, None, id="nothing is left"),
        pytest.param(299_99, Amounts(principal_minor=1), id="a cent"),
        pytest.param(299_95, Amounts(principal_minor=5), id="as much as may be"),
        pytest.param(299_94, None, id="a cent more"),
    ],
)
def test_what_may_be_let_go(minor, expected):
    state = state_after((FEB, paid(minor)), through=FEB)
    plan = state.plan(PLAN)

    assert tolerable(state, plan, LENIENT) == expected
    assert tolerable(state, plan, policy()) is None


def test_every_component_of_the_plan_is_named():
    entries = (
        (JAN, placed(299_98, fees_minor=2)),
        (JAN, plan_due(FEB, MAR, APR, by=LENIENT)),
        (JAN, charged(3, due_on=FEB, kind="penalty", plan=2)),
        (JAN, charged(50_00, due_on=FEB)),  # beside the plan: none of its business
    )
    made = fold(history(*entries), book(LENIENT), through=JAN).state
    wide = replace(LENIENT, allocation=replace(LENIENT.allocation, tolerance_minor=400_00))

    found = tolerable(made, made.plan(PLAN), wide)
    assert found == Amounts(principal_minor=299_98, fees_minor=2, penalties_minor=3)


def test_let_go_the_plan_is_complete_on_that_day():
    state = state_after((FEB, paid(299_97)), (FEB, let_go(3, of=3)))
    plan = state.plan(PLAN)

    assert (plan.status, plan.ended_on, state.balance) == (PlanStatus.COMPLETED, FEB, NOTHING)
    assert plan.paid_minor == plan.total_minor == 299_97


def test_it_goes_with_the_payment_that_left_it():
    reversal = Reversal(payment_id=fact_id(3), reason_code="R01")
    entries = ((FEB, paid(299_97)), (FEB, let_go(3, of=3)), (MAR, reversal))
    facts = history(*OPENING, *entries)

    assert [one.sequence for one in in_force(facts)] == [1, 2]
    assert replace(state_after(*entries), sequence=2) == state_after()


def test_it_stays_when_another_payment_goes():
    reversal = Reversal(payment_id=fact_id(3), reason_code="R01")
    entries = ((FEB, paid(100_00)), (MAR, paid(199_97)), (MAR, let_go(3, of=4)), (APR, reversal))
    state = state_after(*entries)

    assert state.balance == Amounts(principal_minor=100_00)
    assert state.plan(PLAN).status is PlanStatus.ACTIVE


class Tolerant(Life):
    """A life whose policy lets almost everything go, as the service does after each payment."""

    def pay(self, one):
        super().pay(one)
        self.tolerate()

    def tolerate(self):
        plan, last = self.state.live_plan, self.facts[-1]
        if plan is None or not isinstance(last.body, Payment):
            return
        rest = tolerable(self.state, plan, self.policies.pinned(plan.policy))
        if rest is None or not any(row.plan_id == plan.id for row in self.draft.splits[last.id]):
            return
        for component in Component:
            if rest[component]:
                back = (self.today - last.effective_on).days
                body = replace(
                    let_go(rest[component], of=0, component=component), because_of=last.id
                )
                self.enter(body, back)


def tolerant():
    most = policy(allocation=replace(policy().allocation, tolerance_minor=200_00))
    life = Tolerant(policies=book(most))
    life.enter(Placement(balance=PLACED))
    return life


@given(steps=st.lists(step, max_size=14))
def test_the_books_agree_whatever_is_let_go(steps):
    life = tolerant()
    for one in steps:
        life.take(*one)
        ledger = life.draft.postings
        balance = life.state.balance.total_minor
        made = fold(life.facts, life.policies, through=life.state.judged_on)

        assert made.state == life.state
        assert sum(p.components.total_minor for p in ledger) == balance
        assert all(p.balance_after_minor >= 0 for p in ledger)


@given(steps=st.lists(step, max_size=10), minor=st.integers(1, 1_000_00), back=st.integers(0, 60))
def test_posting_and_reversing_what_completes_a_plan_is_as_if_nothing_happened(steps, minor, back):
    life = tolerant()
    for one in steps:
        life.take(*one)
    before, owed = life.state, life.state.balance.total_minor
    life.enter(Payment(amount_minor=minor, reference="gone"), back)
    gone = life.facts[-1].id
    life.tolerate()
    life.enter(Reversal(payment_id=gone, reason_code="R01"))

    assert replace(life.state, sequence=0) == replace(before, sequence=0)
    assert life.draft.postings[-1].balance_after_minor == owed


def test_the_ledger_takes_it_back_row_by_row():
    life = tolerant()
    life.plan(type("Step", (), {"which": 3, "minor": 1, "back": 0})())
    owed = life.state.balance.total_minor
    life.enter(Payment(amount_minor=owed - 3, reference="almost"))
    payment = life.facts[-1].id
    life.tolerate()
    waived = life.draft.postings[-1]
    life.enter(Reversal(payment_id=payment, reason_code="R01"))

    assert (waived.kind, waived.payment_id) == (PostingKind.ADJUSTMENT, payment)
    rows = [p for p in life.draft.postings if p.kind is PostingKind.REVERSAL]
    assert sorted(p.amount_minor for p in rows) == [3, owed - 3]
    assert {p.reverses for p in rows} == {payment, waived.id}
    assert {p.payment_id for p in rows} == {payment}
