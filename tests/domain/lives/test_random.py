"""Random lives of an account: whatever happens in whatever order, the books agree.

Each life enters facts one by one as the service does (going on from the state where it can,
replaying where it must) and after every one compares with the fold of all facts from scratch.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.state import State
from app.domain.books.enter import Draft, close_draft
from app.domain.facts.accounts import (
    Adjustment,
    Charge,
    ChargeReversal,
    Hold,
    HoldRelease,
    Placement,
)
from app.domain.facts.fact import Fact
from app.domain.facts.payments import Chargeback, ChargebackReversal, Payment, Refund, Reversal
from app.domain.facts.plans import PlanApproved, PlanCancelled, PlanProposed, PlanRejected
from app.domain.money import NOTHING, Amounts, Component
from app.domain.refusals.accounts import WaivedMoreThanOwed
from app.domain.replay.replay import fold, in_force
from app.domain.values import replace
from app.domain.vocabulary import AllocationOrder, ChargeKind, HoldKind, PaymentKind
from tests.domain.support.entering import enter
from tests.factories import book, fact, plan_opened, policy

START = date(2026, 1, 5)
PLACED = Amounts(principal_minor=900_00, interest_minor=40_00, fees_minor=25_00)

POLICIES = (
    policy(),
    policy("unlimited"),
    policy(
        allocation=replace(policy().allocation, order=AllocationOrder.VERTICAL),
        grace_days=0,
    ),
)

DEEDS = [
    "pay",
    "pay",
    "pay",
    "charge",
    "plan_charge",
    "waive",
    "reverse",
    "uncharge",
    "plan",
    "plan",
    "propose",
    "approve",
    "reject",
    "cancel",
    "hold",
    "release",
    "wait",
    "chargeback",
    "chargeback",
    "won",
    "refund",
]

step = st.tuples(
    st.sampled_from(DEEDS),
    st.integers(1, 400_00),  # how much
    st.integers(0, 40),  # days that pass before it
    st.integers(0, 60),  # days it is dated back
    st.integers(0, 1000),  # which one, where there is a choice
)


@dataclass(frozen=True)
class Step:
    """How much, how far back, and which one where there is a choice."""

    minor: int
    back: int
    which: int

    def pick(self, among):
        return among[self.which % len(among)]


@dataclass
class Life:
    """An account as the service would keep it."""

    policies: object
    today: date = START
    facts: list[Fact] = field(default_factory=list)
    draft: Draft = field(default_factory=lambda: Draft(state=State()))

    def enter(self, body, back=0):
        on = max(START, self.today - timedelta(days=back)) if self.facts else START
        made = fact(len(self.facts) + 1, body, on=on, entered=self.today)
        try:
            self.draft = enter(self.draft, made, self.policies, history=tuple(self.facts))
        except WaivedMoreThanOwed:
            return
        self.draft = replace(self.draft, facts=())
        self.facts.append(made)

    def standing(self, kind):
        gone = {fact.body.undoes for fact in self.facts}
        return [f for f in self.facts if isinstance(f.body, kind) and f.id not in gone]

    def returned(self, payment_id):
        back = self.standing(Chargeback | Refund)
        return sum(f.body.amount_minor for f in back if f.body.payment_id == payment_id)

    def take(self, what, minor, days, back, which):
        """One step: some days pass, the days are closed, and a deed is done if it can be."""
        self.today += timedelta(days=days)
        self.draft = close_draft(self.draft, self.policies, business_date=self.today)
        getattr(self, what)(Step(minor=minor, back=back, which=which))

    @property
    def state(self):
        return self.draft.state

    @property
    def disputed(self):
        return self.state.held(self.today, HoldKind.DISPUTE)

    def wait(self, step):
        pass

    def pay(self, step):
        body = Payment(
            amount_minor=step.minor,
            reference=str(len(self.facts)),
            payment=step.pick(tuple(PaymentKind)),
        )
        self.enter(body, step.back)

    def charge(self, step):
        kind = step.pick(tuple(ChargeKind))
        self.enter(Charge(charge=kind, amount_minor=step.minor, due_on=self.today))

    def plan_charge(self, step):
        if plan := self.state.live_plan:
            due = self.today + timedelta(days=step.which % 90)
            self.enter(
                Charge(charge=ChargeKind.FEE, amount_minor=step.minor, due_on=due, plan_id=plan.id)
            )

    def waive(self, step):
        component = step.pick(tuple(Component))
        if most := self.state.balance[component]:
            amount = min(step.minor, most)
            self.enter(Adjustment(component=component, amount_minor=amount, reason="x"))

    def reverse(self, step):
        if free := [p for p in self.standing(Payment) if not self.returned(p.id)]:
            self.enter(Reversal(payment_id=step.pick(free).id, reason_code="R01"))

    def uncharge(self, step):
        if charges := self.standing(Charge):
            self.enter(ChargeReversal(charge_id=step.pick(charges).id))

    def terms(self, step):
        total = max(4, self.state.balance.total_minor * (step.which % 4 + 1) // 4)
        parts = (total // 4, total // 4, total // 4, total - 3 * (total // 4))
        first = self.today + timedelta(days=step.which % 35)
        return plan_opened(*parts, first_due_on=first, by=self.policies.policies[0])

    @property
    def may_agree(self):
        owed = self.state.balance.total_minor
        return self.state.one_plan is None and owed >= 4 and not self.disputed

    def plan(self, step):
        if self.may_agree:
            self.enter(self.terms(step))

    def propose(self, step):
        if self.may_agree:
            agreed = self.terms(step)
            self.enter(
                PlanProposed(
                    amount_minor=agreed.amount_minor,
                    policy=agreed.policy,
                    installments=agreed.installments,
                )
            )

    def approve(self, step):
        plan = self.state.one_plan
        if plan and plan.waiting and plan.installments[0].due_on >= self.today:
            self.enter(PlanApproved(plan_id=plan.id))

    def reject(self, step):
        plan = self.state.one_plan
        if plan and plan.waiting:
            self.enter(PlanRejected(plan_id=plan.id, reason="x"))

    def cancel(self, step):
        if plan := self.state.live_plan:
            self.enter(PlanCancelled(plan_id=plan.id, reason="x"))

    def chargeback(self, step):
        for payment in self.standing(Payment)[-step.which % 3 :]:
            if left := payment.body.amount_minor - self.returned(payment.id):
                amount = min(step.minor, left)
                self.enter(Chargeback(payment_id=payment.id, amount_minor=amount, reason_code="C"))
                return

    def won(self, step):
        if won := self.standing(Chargeback):
            self.enter(ChargebackReversal(chargeback_id=step.pick(won).id))

    def refund(self, step):
        if self.state.unapplied:
            lot = step.pick(self.state.unapplied)
            amount = min(step.minor, lot.amount_minor)
            self.enter(Refund(payment_id=lot.payment_id, amount_minor=amount))

    def hold(self, step):
        if not self.disputed:
            self.enter(Hold(hold=HoldKind.DISPUTE, starts_on=self.today, reason="x"))

    def release(self, step):
        if self.disputed:
            hold = next(h for h in self.state.holds if h.stands(self.today))
            self.enter(HoldRelease(hold_id=hold.id))


def check_books(life: Life) -> None:
    """The stored state, the fold, the ledger and plain arithmetic say the same."""
    state = life.draft.state
    folded = fold(life.facts, life.policies, through=max(life.today, state.judged_on))
    assert state == folded.state

    ledger, unapplied = NOTHING, 0
    for posting in life.draft.postings:
        ledger += posting.components
        unapplied += posting.unapplied_minor
        assert posting.balance_after_minor >= 0
    assert ledger == state.balance
    assert -unapplied == state.unapplied_minor
    assert all(minor >= 0 for minor in state.balance)

    placed = next(f.body.balance for f in in_force(life.facts) if isinstance(f.body, Placement))
    owed = placed.total_minor + sum(c.body.amount_minor for c in life.standing(Charge))
    owed -= sum(f.body.amount_minor for f in life.facts if isinstance(f.body, Adjustment))
    owed -= sum(one.amounts.total_minor for one in folded.barred.values())
    owed -= state.written_off.total_minor
    money = sum(p.body.amount_minor for p in life.standing(Payment))
    back = sum(f.body.amount_minor for f in life.standing(Chargeback | Refund))
    assert state.balance.total_minor - state.unapplied_minor == owed - money + back

    for payment in life.standing(Payment):
        lines = folded.splits[payment.id]
        lots = sum(t.amount_minor for t in state.unapplied if t.payment_id == payment.id)
        from_lots = sum(
            f.body.amount_minor - folded.restored[f.id].amounts.total_minor
            for f in life.standing(Refund)
            if f.body.payment_id == payment.id
        )
        paid = sum(line.amount_minor for line in lines)
        assert paid + lots + from_lots == payment.body.amount_minor
        assert life.draft.splits[payment.id] == lines
    for plan in state.plans:
        for row in plan.installments:
            assert all(0 <= paid <= due for paid, due in zip(row.paid, row.due, strict=True))
        if plan.live:
            open_principal = sum(
                r.due.principal_minor - r.paid.principal_minor for r in plan.installments
            )
            assert open_principal == plan.taken.total_minor


@given(st.sampled_from(POLICIES), st.lists(step, max_size=12))
def test_fold_cache_ledger_and_arithmetic_agree(rules, steps):
    life = Life(policies=book(rules))
    life.enter(Placement(balance=PLACED))
    for one in steps:
        life.take(*one)
        check_books(life)


@given(
    st.lists(st.tuples(st.integers(1, 300_00), st.integers(0, 100)), min_size=1, max_size=6),
    st.randoms(),
)
def test_the_order_of_entry_of_payments_on_different_days_changes_nothing(payments, chance):
    on_days = {days: minor for minor, days in payments}

    def state_after(order):
        life = Life(policies=book())
        life.enter(Placement(balance=PLACED))
        life.enter(plan_opened(300_00, 300_00, 365_00, first_due_on=START + timedelta(days=10)))
        life.today = START + timedelta(days=100)
        for days in order:
            life.draft = close_draft(life.draft, life.policies, business_date=life.today)
            life.enter(Payment(amount_minor=on_days[days], reference=str(days)), back=100 - days)
        return life.draft.state

    shuffled = sorted(on_days)
    chance.shuffle(shuffled)
    first, second = state_after(sorted(on_days)), state_after(shuffled)
    same = {"unapplied": (), "sequence": 0, "told": ()}
    assert replace(first, **same) == replace(second, **same)
    assert first.unapplied_minor == second.unapplied_minor


@given(st.lists(step, max_size=6), st.integers(1, 500_00), st.integers(0, 60))
def test_posting_and_reversing_a_payment_is_as_if_nothing_happened(steps, minor, back):
    life = Life(policies=book())
    life.enter(Placement(balance=PLACED))
    for one in steps:
        life.take(*one)
    life.draft = close_draft(life.draft, life.policies, business_date=life.today)
    before = life.draft.state
    life.enter(Payment(amount_minor=minor, reference="gone"), back)
    life.enter(Reversal(payment_id=life.facts[-1].id, reason_code="R01"))

    assert replace(life.draft.state, sequence=0) == replace(before, sequence=0)
