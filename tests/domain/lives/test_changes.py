"""Random lives of a plan whose schedule changes: whatever moves, what is owed does not.

The lives are those of `test_random_lives`, with re-ages, re-amortizations, reschedules,
deferrals, the relief of `relief.py` and their undoing among the deeds.
"""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.books.enter import close_draft
from app.domain.facts.accounts import Placement
from app.domain.facts.changes import (
    AccountReAge,
    Change,
    Deferral,
    DueDate,
    DueDayChange,
    MovedRow,
    PaymentHoliday,
    ReAge,
    Reamortization,
    Reschedule,
    RevisionUndo,
)
from app.domain.facts.payments import Payment
from app.domain.replay.installments import coming, movable
from app.domain.replay.relief import ACCELERATED
from app.domain.replay.replay import fold, in_force
from app.domain.values import replace
from tests.domain.lives.test_random import (
    DEEDS,
    PLACED,
    POLICIES,
    START,
    Life,
    Step,
    check_books,
)
from tests.domain.support.entering import enter
from tests.domain.support.relief import RELIEF, Relief
from tests.factories import book, fact, plan_opened, policy

MOVES = ["re_age", "re_amortize", "reschedule", "defer", *RELIEF]
OURS = [*MOVES, *MOVES, "undo", "undo", "undo", "re_age_account"]


def steps_of(deeds, **sizes):
    return st.lists(
        st.tuples(
            st.sampled_from(deeds),
            st.integers(1, 400_00),
            st.integers(0, 40),
            st.integers(0, 60),
            st.integers(0, 1000),
        ),
        **sizes,
    )


class ChangingLife(Relief, Life):
    """A life with deeds that change the schedule, as the service would enter them."""

    def changes(self, plan, *, ever=False):
        among = self.facts if ever else in_force(self.facts)
        return [f for f in among if isinstance(f.body, Change) and f.body.plan_id == plan.id]

    @property
    def plan_to_change(self):
        plan = self.state.live_plan
        return plan if plan and movable(plan.installments) and not self.disputed else None

    def number(self, plan):
        return 2 + len(self.changes(plan, ever=True))

    def dates(self, first, count):
        days = (first + timedelta(days=30 * k) for k in range(count))
        return tuple(DueDate(nominal_due_on=day, due_on=day) for day in days)

    def re_age(self, step):
        if plan := self.plan_to_change:
            first = self.today + timedelta(days=step.which % 40)
            due = self.dates(first, step.which % 5 + 1)
            number = self.number(plan)
            self.enter(ReAge(plan_id=plan.id, number=number, due=due, reason="x"))

    def re_age_account(self, step):
        self.enter(AccountReAge(reason="x"))

    def re_amortize(self, step):
        if (plan := self.plan_to_change) and coming(plan, self.today):
            unit = step.pick((1, 100))
            self.enter(Reamortization(plan_id=plan.id, number=self.number(plan), unit_minor=unit))

    def reschedule(self, step):
        if (plan := self.plan_to_change) and (rows := coming(plan, self.today)):
            later = timedelta(days=step.which % 20)
            moved = tuple(
                MovedRow(installment_id=r.id, nominal_due_on=r.due_on, due_on=r.due_on + later)
                for r in rows[step.which % len(rows) :]
            )
            added = self.dates(moved[-1].due_on + timedelta(days=30), step.which % 3)
            number = self.number(plan)
            self.enter(
                Reschedule(plan_id=plan.id, number=number, moved=moved, added=added, reason="x")
            )

    def defer(self, step):
        plan = self.plan_to_change
        rows = [r for r in coming(plan, self.today) if movable((r,))] if plan else []
        if rows:
            last = plan.installments[-1].due_on + timedelta(days=30)
            self.enter(
                Deferral(
                    plan_id=plan.id,
                    number=self.number(plan),
                    installment_id=step.pick(rows).id,
                    nominal_due_on=last,
                    due_on=last,
                    reason="x",
                )
            )

    def undo(self, step):
        accelerated = [p for p in self.state.plans[-1:] if p.status_reason == ACCELERATED]
        plan = self.state.live_plan or (accelerated[0] if accelerated else None)
        if plan and (made := self.changes(plan)):
            newest = made[-1]
            self.enter(RevisionUndo(plan_id=plan.id, undoes=newest.id, undone=newest.body.kind))


def begun(rules=None, *, life=ChangingLife):
    rules = rules or policy("unlimited")
    made = life(policies=book(rules))
    made.enter(Placement(balance=PLACED))
    first = START + timedelta(days=10)
    made.enter(plan_opened(300_00, 300_00, 300_00, 65_00, first_due_on=first, by=rules))
    return made


@given(st.sampled_from(POLICIES), steps_of([*DEEDS, *OURS, "accelerate"], max_size=12))
def test_fold_cache_ledger_and_arithmetic_agree_whatever_changes(rules, steps):
    life = begun(rules)
    for one in steps:
        life.take(*one)
        check_books(life)


@given(steps_of(OURS, min_size=1, max_size=15))
def test_what_is_owed_never_changes_by_a_change_of_schedule(steps):
    life = begun()
    for one in steps:
        before = life.state
        life.take(*one)
        after = life.state
        assert after.balance == before.balance
        assert after.unapplied == before.unapplied
        was, now = before.live_plan, after.live_plan
        assert (now.taken, now.paid_minor, now.total_minor) == (
            was.taken, was.paid_minor, was.total_minor,
        )  # fmt: skip
        assert movable(now.installments) == now.taken.total_minor
        assert after.contract_since_on == before.contract_since_on
        assert after.first_delinquency_on == before.first_delinquency_on


@pytest.mark.parametrize("deed", [*MOVES, "accelerate"])
@given(before=steps_of([*DEEDS, *MOVES], max_size=8), one=st.integers(0, 1000))
def test_an_undone_change_leaves_the_very_state_there_was(deed, before, one):
    life = begun()
    for step in before:
        life.take(*step)
    life.draft = close_draft(life.draft, life.policies, business_date=life.today)
    state, entered = life.state, len(life.facts)
    getattr(life, deed)(Step(minor=1, back=0, which=one))
    if len(life.facts) == entered:
        return
    newest = life.facts[-1]
    undo = RevisionUndo(plan_id=newest.body.plan_id, undoes=newest.id, undone=newest.body.kind)
    life.enter(undo)

    assert replace(life.state, sequence=state.sequence) == state


@given(
    before=steps_of([*DEEDS, *MOVES], max_size=5),
    change=st.sampled_from([*MOVES, "accelerate"]),
    which=st.integers(0, 1000),
    after=steps_of(["pay", "charge", "wait", "plan_charge", "reverse"], max_size=5),
)
def test_undoing_is_the_fold_without_it_whatever_came_after(before, change, which, after):
    life = begun()
    for step in before:
        life.take(*step)
    entered = len(life.facts)
    getattr(life, change)(Step(minor=1, back=0, which=which))
    if len(life.facts) == entered:
        return
    newest = life.facts[-1]
    for step in after:
        life.take(*step)
    life.enter(RevisionUndo(plan_id=newest.body.plan_id, undoes=newest.id,
                            undone=newest.body.kind))  # fmt: skip
    check_books(life)

    without = [f for f in life.facts[:-1] if f is not newest]
    folded = fold(without, life.policies, through=max(life.today, life.state.judged_on))
    assert replace(life.state, sequence=0) == replace(folded.state, sequence=0)


@given(
    st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 40), st.integers(0, 1000)),
             min_size=1, max_size=4),
    st.integers(1, 600_00),
    st.integers(0, 20),
)  # fmt: skip
def test_money_entered_after_a_change_is_as_if_it_had_come_in_time(moves, minor, paid_after):
    """A payment dated before every change: entered in time, or afterwards."""
    on = START + timedelta(days=paid_after)
    money = Payment(amount_minor=minor, reference="late")

    def lived(late):
        life = begun()
        life.today = on
        life.draft = close_draft(life.draft, life.policies, business_date=on)
        if not late:
            life.enter(money)
        for deed, days, which in moves:
            life.today += timedelta(days=days + 1)
            life.draft = close_draft(life.draft, life.policies, business_date=life.today)
            getattr(life, deed)(Step(minor=1, back=0, which=which))
        return life

    late = lived(late=True)
    entered = fact(len(late.facts) + 1, money, on=on, entered=late.today)
    state = enter(late.draft, entered, late.policies, history=tuple(late.facts)).state
    # The very facts that were entered without it, with the money first.
    folded = fold((*late.facts, entered), late.policies, through=late.today).state
    in_time = [late.facts[0], late.facts[1], replace(entered, sequence=3)]
    in_time += [replace(f, sequence=f.sequence + 1) for f in late.facts[2:]]
    first = fold(in_time, late.policies, through=late.today).state

    assert state == folded
    assert replace(state, sequence=0) == replace(first, sequence=0)


@given(steps_of([*DEEDS, *MOVES], max_size=8), st.integers(0, 1000))
def test_the_dates_of_a_change_are_kept_in_every_replay(steps, which):
    """Whatever money comes or goes, an installment is due when the newest change said."""
    life = begun()
    for step in steps:
        life.take(*step)
    plan = life.state.live_plan
    said = {}
    for made in life.changes(plan) if plan else ():
        if isinstance(made.body, ReAge):
            said |= {made.id.int + n: d.due_on for n, d in enumerate(made.body.due, 1)}
        if isinstance(made.body, Reschedule | DueDayChange | PaymentHoliday):
            said |= {row.installment_id.int: row.due_on for row in made.body.moved}
    for row in plan.installments if plan else ():
        if row.id.int in said and row.voided_on is None:
            assert row.due_on == said[row.id.int]
