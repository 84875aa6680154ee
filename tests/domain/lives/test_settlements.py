"""Random lives of settlements: whatever happens in whatever order, forgiveness follows the money.

`settled.check_books` holds after every step: forgiven + recovered + outstanding = placed + charges
less what was waived; forgiveness stands iff a satisfied settlement does, and at most one
satisfaction stands at a time; the stored state is the fold of all facts; the ledger sums to it, and
reverses each row of forgiveness at most once, by its id.
"""

from datetime import date, timedelta

import pytest
from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.account.plan import PlanStatus
from app.domain.facts.accounts import Adjustment, Charge, ChargeReversal, HoldRelease
from app.domain.facts.payments import Chargeback, ChargebackReversal, Payment, Refund, Reversal
from app.domain.facts.plans import PlanCancelled, PlanReinstated
from app.domain.facts.settlements import SettlementApproved, SettlementClosed, SettlementOutcome
from app.domain.money import Amounts, Component
from app.domain.policy.model import Policy
from app.domain.refusals.accounts import WaivedMoreThanOwed
from app.domain.replay.replay import fold, in_force
from app.domain.vocabulary import ChargeKind, PaymentMethod, SettlementStatus
from tests.domain.support.settled import (
    JAN,
    Books,
    accepted,
    begun,
    check_books,
    days,
    offered,
    settling,
)
from tests.factories import held, plan_opened

OWED = Amounts(principal_minor=900_00, interest_minor=40_00, fees_minor=25_00)
POLICIES = (
    settling(),
    settling(cure_days=20, void_after_grace_days=0),
    settling(cure_days=40, clearing_days=(("ach", 4), ("card", 9)), tolerance_minor=5_00),
    settling(max_open_offers=None, tolerance_minor=1),
)
BACK = st.integers(0, 40)
WHICH = st.integers(0, 1000)
MINOR = st.integers(1, 500_00)


class Settlements(RuleBasedStateMachine):
    """An account that settles, misses, is cured, bounces, and pays again."""

    books: Books

    @initialize(by=st.sampled_from(POLICIES), parts=st.integers(0, 3))
    def place(self, by: Policy, parts: int) -> None:
        self.books = begun(by, owed=OWED)
        if parts:
            dated = [(JAN + days(10 + 20 * k), 150_00) for k in range(parts)]
            self.books.enter(accepted(self.books.enter(offered(*dated, by=by))))

    def back(self, count: int) -> date:
        return max(JAN, self.books.today - timedelta(days=count))

    def enter(self, body: object, on: date | None = None) -> None:
        try:
            self.books.enter(body, on)
        except WaivedMoreThanOwed:
            event("waived more than was owed")

    def standing(self, kind: type) -> list:
        return [f for f in in_force(self.books.facts) if isinstance(f.body, kind)]

    def returned(self, payment_id: object) -> int:
        back = [*self.standing(Chargeback), *self.standing(Refund)]
        return sum(f.body.amount_minor for f in back if f.body.payment_id == payment_id)

    # --- What is agreed -------------------------------------------------------------------------

    @precondition(lambda self: self.books.state.balance.total_minor >= 4)
    @rule(share=st.integers(1, 4), count=st.integers(1, 3), first=st.integers(0, 30), waits=WHICH)
    def offer(self, share: int, count: int, first: int, waits: int) -> None:
        amount = max(count, self.books.state.balance.total_minor * share // 4)
        each = [amount // count] * (count - 1)
        minors = [*each, amount - sum(each)]
        start = self.books.today + timedelta(days=first)
        dated = [(start + timedelta(days=20 * k), minor) for k, minor in enumerate(minors)]
        open_one = next((s for s in self.books.state.settlements if s.open), None)
        by = self.books.policies.policies[0]
        self.enter(
            offered(
                *dated,
                expires_on=self.books.today + timedelta(days=15),
                by=by,
                waits=waits % 4 == 0,
                supersedes=open_one.id if open_one and waits % 2 else None,
            )
        )

    def open_ones(self) -> list:
        return [s for s in self.books.state.settlements if s.open]

    @precondition(lambda self: self.open_ones())
    @rule(which=WHICH)
    def accept(self, which: int) -> None:
        one = self.open_ones()[which % len(self.open_ones())]
        if one.status is SettlementStatus.PENDING_APPROVAL:
            self.enter(SettlementApproved(settlement_id=one.id))
        self.enter(accepted(next(f for f in self.books.facts if f.id == one.id)))
        event("accepted")

    @precondition(lambda self: self.open_ones())
    @rule(outcome=st.sampled_from(["declined", "withdrawn"]))
    def refuse(self, outcome: str) -> None:
        one = self.open_ones()[-1]
        self.enter(SettlementClosed(settlement_id=one.id, outcome=SettlementOutcome(outcome)))

    @precondition(lambda self: self.books.state.live_plan and self.books.state.live_plan.settles)
    @rule(which=st.sampled_from(["void", "cancel"]))
    def end(self, which: str) -> None:
        plan = self.books.state.live_plan
        one = self.books.state.settlement_of(plan.id)
        if which == "cancel":
            self.enter(PlanCancelled(plan_id=plan.id, reason="x"))
        else:
            self.enter(SettlementClosed(settlement_id=one.id, outcome=SettlementOutcome.VOID))

    def broken(self) -> list:
        state = self.books.state
        if state.one_plan is not None:
            return []
        return [p for p in state.plans if p.status is PlanStatus.BROKEN]

    @precondition(lambda self: self.broken())
    @rule(which=WHICH)
    def reinstate(self, which: int) -> None:
        plan = self.broken()[which % len(self.broken())]
        self.enter(PlanReinstated(plan_id=plan.id, reason="x"))

    @precondition(
        lambda self: self.books.state.one_plan is None and self.books.state.balance.total_minor >= 4
    )
    @rule(first=st.integers(0, 30))
    def plan(self, first: int) -> None:
        total = self.books.state.balance.total_minor
        due = self.books.today + timedelta(days=first)
        by = self.books.policies.policies[0]
        self.enter(plan_opened(total // 2, total - total // 2, first_due_on=due, by=by))

    # --- Money ----------------------------------------------------------------------------------

    @rule(minor=MINOR, back=BACK, method=st.sampled_from(list(PaymentMethod)))
    def pay(self, minor: int, back: int, method: PaymentMethod) -> None:
        body = Payment(amount_minor=minor, reference=f"{len(self.books.facts)}", method=method)
        self.enter(body, self.back(back))

    @precondition(lambda self: self.books.state.live_plan)
    @rule(more=st.integers(-3, 3), rows=st.integers(1, 3), back=st.integers(0, 3))
    def pay_rows(self, more: int, rows: int, back: int) -> None:
        owing = self.books.state.live_plan.owing[:rows]
        minor = sum(row.open_minor for row in owing) + more
        if minor > 0:
            self.pay(minor, back, PaymentMethod.ACH)

    @precondition(lambda self: self.standing(Payment))
    @rule(which=WHICH)
    def reverse(self, which: int) -> None:
        free = [p for p in self.standing(Payment) if not self.returned(p.id)]
        if free:
            self.enter(Reversal(payment_id=free[which % len(free)].id, reason_code="R01"))

    @precondition(lambda self: self.standing(Payment))
    @rule(which=WHICH, minor=MINOR, all_of_it=st.booleans())
    def charge_back(self, which: int, minor: int, all_of_it: bool) -> None:
        money = self.standing(Payment)
        payment = money[which % len(money)]
        left = payment.body.amount_minor - self.returned(payment.id)
        if left:
            amount = left if all_of_it else min(minor, left)
            self.enter(Chargeback(payment_id=payment.id, amount_minor=amount, reason_code="C"))

    @precondition(lambda self: self.standing(Chargeback))
    @rule(which=WHICH)
    def win(self, which: int) -> None:
        lost = self.standing(Chargeback)
        self.enter(ChargebackReversal(chargeback_id=lost[which % len(lost)].id))

    @precondition(lambda self: self.books.state.unapplied)
    @rule(which=WHICH, minor=MINOR)
    def refund(self, which: int, minor: int) -> None:
        lots = self.books.state.unapplied
        lot = lots[which % len(lots)]
        amount = min(minor, lot.amount_minor)
        self.enter(Refund(payment_id=lot.payment_id, amount_minor=amount))

    @rule(minor=st.integers(1, 60_00), on_plan=st.booleans(), back=BACK)
    def charge(self, minor: int, on_plan: bool, back: int) -> None:
        plan = self.books.state.live_plan
        body = Charge(
            charge=ChargeKind.FEE,
            amount_minor=minor,
            due_on=self.books.today,
            plan_id=plan.id if plan and on_plan else None,
        )
        self.enter(body, self.books.today if on_plan else self.back(back))

    @precondition(lambda self: self.standing(Charge))
    @rule(which=WHICH)
    def uncharge(self, which: int) -> None:
        charges = self.standing(Charge)
        self.enter(ChargeReversal(charge_id=charges[which % len(charges)].id))

    @rule(component=st.sampled_from(list(Component)), minor=MINOR)
    def waive(self, component: Component, minor: int) -> None:
        most = min(minor, self.books.state.balance[component])
        if most:
            self.enter(Adjustment(component=component, amount_minor=most, reason="x"))

    # --- Time -----------------------------------------------------------------------------------

    @rule(count=st.integers(1, 30))
    def wait(self, count: int) -> None:
        self.books.wait(self.books.today + timedelta(days=count))

    @rule(kind=st.sampled_from(["dispute", "breathing_space"]))
    def hold(self, kind: str) -> None:
        if not any(hold.stands(self.books.today) for hold in self.books.state.holds):
            self.enter(held(kind, self.books.today))

    @precondition(lambda self: any(h.stands(self.books.today) for h in self.books.state.holds))
    @rule()
    def release(self) -> None:
        hold = next(h for h in self.books.state.holds if h.stands(self.books.today))
        self.enter(HoldRelease(hold_id=hold.id))

    @invariant()
    def books_agree(self) -> None:
        if hasattr(self, "books"):
            check_books(self.books)
            for one in self.books.state.settlements:
                event(one.status)


TestSettlementLives = Settlements.TestCase
TestSettlementLives.settings = settings(stateful_step_count=20)


@pytest.mark.parametrize("by", POLICIES)
def test_every_day_reads_as_it_was_closed(by):
    """A read of any day is the fold through that day, whatever was closed when."""
    books = begun(by, owed=OWED)
    offer = books.enter(offered((JAN + days(10), 300_00), (JAN + days(40), 300_00), by=by))
    books.enter(accepted(offer))
    seen = {}
    for count in range(1, 80):
        books.wait(JAN + days(count))
        if count in {9, 30}:
            books.pay(300_00, method=PaymentMethod.ACH)
        seen[count] = books.state.settlements
    for count, settlements in seen.items():
        as_of = fold(books.facts, books.policies, through=JAN + days(count)).state
        assert as_of.settlements == settlements
