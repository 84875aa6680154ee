"""Random lives of plans that bear interest and change: they owe what the days bear, to the end.

1,200.00 placed on 1 January 2025 and owed at 12 %; twelve level installments on the 1st.
"""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.fold import Fold
from app.domain.books.enter import close_draft
from app.domain.day_close.interest import accrued, running
from app.domain.facts.changes import (
    ReAge,
    RevisionUndo,
)
from app.domain.facts.payments import Payment
from app.domain.money import NOTHING, Component
from app.domain.replay.installments import movable
from app.domain.replay.money.payments import pay
from app.domain.replay.replay import advance, close_days, fold
from app.domain.schedule.terms import DayCount
from app.domain.values import replace
from tests.domain.day_close.test_interest import BY, JAN, PRINCIPAL, opened, plan_of, quoted
from tests.domain.day_close.test_leveling import PLAN, asked
from tests.domain.lives.test_changes import MOVES, ChangingLife, steps_of
from tests.domain.lives.test_random import Step
from tests.domain.support.entering import enter
from tests.domain.support.every_day import judged_every_day
from tests.factories import book, fact, paid, placed


def paid_out(facts, *, since):
    """The life of these facts, everything paid on the day it falls due from then on."""
    policies, day = book(BY), since
    made = fold(facts, policies, through=since)
    while made.state.live_plan:
        due = sum(r.open_minor for r in made.state.plans[0].owing if r.due_on <= day)
        if due:
            facts = (*facts, fact(len(facts) + 1, paid(due), on=day))
            made = advance(made, facts[-1], policies)
        day = made.state.next_review_on
        if day is None:
            break
        made = close_days(made, policies, through=day)
    assert made.state == fold(facts, policies, through=made.state.judged_on).state
    return facts, made


def borne(made):
    """What the days bear by plain arithmetic: principal, day by day, at 12 % of 365 days."""
    lowered = {}
    for payment, lines in made.splits.items():
        on = made.effective[payment]
        minor = sum(line.amount_minor for line in lines if line.cell is Component.PRINCIPAL)
        lowered[on] = lowered.get(on, 0) + minor
    total, principal, day = Fraction(0), PRINCIPAL, JAN
    while principal:
        principal -= lowered.get(day, 0)
        total += Fraction(principal * 12, 100 * 365)
        day += timedelta(days=1)
    return total


class BearingLife(ChangingLife):
    """Changes as the service allows them on such plans: nothing is due on the change's day."""

    def enter(self, body, back=0):
        on = max(JAN, self.today - timedelta(days=back))
        made = fact(len(self.facts) + 1, body, on=on, entered=self.today)
        self.draft = enter(self.draft, made, self.policies, history=tuple(self.facts))
        self.draft = replace(self.draft, facts=())
        self.facts.append(made)

    def re_age(self, step):
        if plan := self.plan_to_change:
            due = self.dates(self.today + timedelta(days=step.which % 40 + 1), step.which % 5 + 1)
            self.enter(ReAge(plan_id=plan.id, number=self.number(plan), due=due, reason="x"))


DAY_COUNTS = st.sampled_from(DayCount)
LIVES = ["pay", "pay", "wait", "reverse", "plan_charge", "chargeback", *MOVES, *MOVES, "undo"]
SAME_RATE = [move for move in MOVES if move != "rewrite"]  # which ends what a period bore


def begun(day_count=DayCount.ACTUAL_365):
    life = BearingLife(policies=book(BY), today=JAN)
    life.enter(placed(PRINCIPAL))
    life.enter(opened(quoted(day_count), day_count))
    return life


@given(DAY_COUNTS, steps_of(LIVES, max_size=10))
def test_fold_cache_and_ledger_agree_whatever_changes(day_count, steps):
    life = begun(day_count)
    for step in steps:
        life.take(*step)
        state = life.state
        folded = fold(life.facts, life.policies, through=max(life.today, state.judged_on))
        assert state == folded.state
        assert sum((p.components for p in life.draft.postings), NOTHING) == state.balance
        assert all(p.balance_after_minor >= 0 for p in life.draft.postings)
        plan = state.plans[0]
        if plan.live:
            assert movable(plan.installments) == plan.taken.total_minor
            assert all(minor >= 0 for r in plan.installments for minor in r.due - r.paid)


@given(DAY_COUNTS, steps_of(LIVES, max_size=8), st.integers(0, 60))
def test_closing_day_by_day_is_closing_in_one_jump(day_count, steps, after):
    life = begun(day_count)
    for step in steps:
        life.take(*step)
    through = life.today + timedelta(days=after)

    jumped = fold(life.facts, life.policies, through=through)
    walked = judged_every_day(life.facts, life.policies, through)

    same = {"told": (), "sequence": 0, "latest_on": JAN}
    assert replace(walked.state, **same) == replace(jumped.state, **same)


@given(DAY_COUNTS, steps_of(LIVES, max_size=8), st.sampled_from(MOVES), st.integers(0, 1000))
def test_no_change_earns_anything_nor_what_paying_off_would_cost(day_count, steps, deed, which):
    life = begun(day_count)
    for step in steps:
        life.take(*step)
    life.draft = close_draft(life.draft, life.policies, business_date=life.today)
    before, entered = life.state, len(life.facts)
    getattr(life, deed)(Step(minor=1, back=0, which=which))
    after = life.state
    if len(life.facts) == entered:
        return

    assert (after.balance, after.unapplied) == (before.balance, before.unapplied)
    was, now = before.live_plan, after.live_plan
    assert (now.taken, now.paid_minor, now.total_minor) == (
        was.taken, was.paid_minor, was.total_minor,
    )  # fmt: skip
    if now.interest == was.interest:
        assert payoff(life, before) == payoff(life, after)


def payoff(life, state):
    """What is earned by a payment that clears everything today."""
    money = fact(len(life.facts) + 1, Payment(amount_minor=9_999_99, reference="off"),
                 on=life.today)  # fmt: skip
    state = accrued(state, life.today)
    return sum(e.amount_minor for e in pay(Fold(state=state), money, life.policies).earned)


@given(steps_of(["pay", "wait", *SAME_RATE, *SAME_RATE, "undo"], max_size=5))
def test_paid_on_its_days_it_ends_at_nothing_and_costs_what_the_days_bear(steps):
    life = begun()
    for what, minor, days, back, which in steps:
        life.take("wait", 1, days, 0, 0)
        if not (plan := life.state.live_plan) or not running(plan):
            return  # days on which no period runs bear nothing
        life.take(what, minor, 0, back, which)
    facts, made = paid_out(tuple(life.facts), since=life.today)

    assert made.state.balance == NOTHING
    assert plan_of(made).status == "completed"
    rows = plan_of(made).installments
    assert sum(row.due.principal_minor for row in rows) == PRINCIPAL
    earned = sum(e.amount_minor for e in made.earned)
    assert abs(earned - borne(made)) <= Fraction(len(made.earned) + 1, 2)
    assert sum(f.body.amount_minor for f in facts if isinstance(f.body, Payment)) >= (
        PRINCIPAL + earned
    )


@given(DAY_COUNTS, steps_of(["pay", "wait", *MOVES, *MOVES], max_size=4))
def test_paid_on_its_days_every_row_is_what_was_shown(day_count, steps):
    """As the changes left it: nothing of the projection was a guess."""
    life = begun(day_count)
    for step in steps:
        life.take(*step)
    plan = life.state.plans[0]
    if not plan.live or any(row.due_on <= life.today for row in plan.owing):
        return
    shown = dict(asked(plan))
    _, made = paid_out(tuple(life.facts), since=life.today)

    assert dict(asked(plan_of(made))) == shown


@pytest.mark.parametrize("deed", MOVES)
@given(day_count=DAY_COUNTS, before=steps_of(LIVES, max_size=6), which=st.integers(0, 1000),
       after=steps_of(["pay", "wait", "reverse"], max_size=3))  # fmt: skip
def test_undoing_is_the_fold_without_it(deed, day_count, before, which, after):
    life = begun(day_count)
    for step in before:
        life.take(*step)
    life.draft = close_draft(life.draft, life.policies, business_date=life.today)
    state, entered = life.state, len(life.facts)
    getattr(life, deed)(Step(minor=1, back=0, which=which))
    if len(life.facts) == entered:
        return
    newest = life.facts[-1]
    for step in after:
        life.take(*step)
    life.enter(RevisionUndo(plan_id=PLAN, undoes=newest.id, undone=newest.body.kind))

    without = [one for one in life.facts[:-1] if one is not newest]
    folded = fold(without, life.policies, through=max(life.today, life.state.judged_on))
    assert replace(life.state, sequence=0) == replace(folded.state, sequence=0)
    if not after:
        assert replace(life.state, sequence=state.sequence) == state


@given(st.sampled_from(MOVES), st.integers(0, 1000), st.integers(1, 900_00), st.integers(0, 30))
def test_money_entered_after_a_change_is_as_if_it_had_come_in_time(deed, which, minor, day):
    on, changed_on = JAN + timedelta(days=day), JAN + timedelta(days=40)
    life = begun()
    life.today = changed_on
    life.draft = close_draft(life.draft, life.policies, business_date=changed_on)
    getattr(life, deed)(Step(minor=1, back=0, which=which))
    late = fact(len(life.facts) + 1, paid(minor), on=on, entered=changed_on)
    state = enter(life.draft, late, life.policies, history=tuple(life.facts)).state
    change = [replace(one, sequence=4) for one in life.facts[2:]]
    in_time = fold(
        (*life.facts[:2], replace(late, sequence=3), *change), life.policies, through=changed_on
    )

    assert replace(state, sequence=0) == replace(in_time.state, sequence=0)
