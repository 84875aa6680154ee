"""Random lives with pauses, holds of every kind, promises and plans that come back.

Whatever happens in whatever order, entered when it may be: the books agree with the fold, the
bucket stands still as the rules say, and no day is judged twice or not at all.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.fold import Fold
from app.domain.account.plan import PlanStatus
from app.domain.account.promise import PromiseStatus
from app.domain.books.enter import close_draft
from app.domain.day_close.close import rebucket
from app.domain.facts.accounts import Hold, HoldRelease, Placement, PromiseMade
from app.domain.facts.payments import Chargeback, Payment
from app.domain.facts.plans import Pause, PlanReinstated, Resume
from app.domain.policy.model import Bucket
from app.domain.replay.money.allocation import rest_of
from app.domain.replay.replay import close_days, fold
from app.domain.standing.lateness import explain, stopped, stops_of
from app.domain.values import replace
from app.domain.vocabulary import HoldKind, PaymentKind
from tests.domain.lives.test_random import DEEDS, PLACED, START, Life, check_books
from tests.factories import book, fact_id, history, ninety_percent, paid, placed, plan_due, policy

DAY = timedelta(days=1)
POLICIES = (policy(), policy("unlimited"), ninety_percent(grace_days=2))
MORE = ["pause", "pause", "resume", "any_hold", "any_release", "promise", "promise", "reinstate"]

#: Few deeds, so that plans break and come back, and money counts for promises and bounces.
BREAKING = ["plan", "wait", "wait", "reinstate", "pay", "charge", "plan_charge", "chargeback"]
PROMISING = ["promise", "pay", "pay", "chargeback", "chargeback", "won", "reverse", "wait"]


def doing(*deeds, days=40, back=60):
    """One step: which of the deeds, how much, after and back how many days, and which one."""
    return st.tuples(
        st.sampled_from(deeds),
        st.integers(1, 400_00),
        st.integers(0, days),
        st.integers(0, back),
        st.integers(0, 1000),
    )


step = doing(*DEEDS, *MORE, *MORE)


@dataclass
class PausedLife(Life):
    """An account whose clock is stopped now and then."""

    def pause(self, step):
        plan = self.state.live_plan
        if plan is None:
            return
        starts_on = self.today + timedelta(days=step.which % 30 - step.back)
        starts_on = max(starts_on, plan.opened_on)
        ends_on = starts_on + timedelta(days=1 + step.minor % 50)
        if any(p.starts_on < ends_on and starts_on < p.until_on for p in plan.pauses):
            return
        back = max(0, (self.today - starts_on).days)
        self.enter(Pause(plan_id=plan.id, starts_on=starts_on, ends_on=ends_on, reason="x"), back)

    def resume(self, step):
        plan = self.state.live_plan
        on = self.today - timedelta(days=step.back % 5)
        for one in plan.pauses if plan else ():
            if one.resumed_on is None and one.starts_on <= on <= one.ends_on:
                self.enter(Resume(plan_id=plan.id, pause_id=one.id), (self.today - on).days)
                return

    def any_hold(self, step):
        kind = step.pick(tuple(HoldKind))
        starts_on = max(START, self.today - timedelta(days=step.back))
        ends_on = starts_on + timedelta(days=1 + step.minor % 50) if step.minor % 3 else None
        for one in self.state.holds:
            until = one.released_on or one.ends_on
            if one.kind is kind and (until is None or starts_on < until):
                return
        back = (self.today - starts_on).days
        self.enter(Hold(hold=kind, starts_on=starts_on, ends_on=ends_on, reason="x"), back)

    def any_release(self, step):
        on = max(START, self.today - timedelta(days=step.back % 5))
        if holds := [h for h in self.state.holds if h.stands(on)]:
            self.enter(HoldRelease(hold_id=step.pick(holds).id), (self.today - on).days)

    def promise(self, step):
        due_on = self.today + timedelta(days=step.which % 20)
        self.enter(
            PromiseMade(
                amount_minor=step.minor, due_on=due_on, grace_days=step.back % 4, threshold_bps=9000
            ),
        )

    def reinstate(self, step):
        broken = [p for p in self.state.plans if p.status is PlanStatus.BROKEN]
        if broken and self.state.one_plan is None and self.state.balance:
            self.enter(PlanReinstated(plan_id=step.pick(broken).id, reason="x"))


def lived(rules, steps):
    life = PausedLife(policies=book(rules))
    life.enter(Placement(balance=PLACED, past_due_minor=0))
    for one in steps:
        life.take(*one)
    return life


@given(st.sampled_from(POLICIES), st.lists(step, max_size=12))
def test_fold_cache_ledger_and_arithmetic_agree(rules, steps):
    life = PausedLife(policies=book(rules))
    life.enter(Placement(balance=PLACED))
    for one in steps:
        life.take(*one)
        check_books(life)


@given(st.lists(doing(*BREAKING), min_size=4, max_size=12))
def test_a_plan_that_comes_back_takes_over_what_is_owed(steps):
    """`check_books` has the plan's open principal equal what it took over, cell by cell."""
    broken = replace(policy().broken, max_missed=1)
    life = PausedLife(policies=book(policy(broken=broken, grace_days=0)))
    life.enter(Placement(balance=PLACED, past_due_minor=0))
    life.take("plan", 400_00, 0, 0, 3)
    for one in steps:
        life.take(*one)
        check_books(life)
        plan = life.state.live_plan
        assert all(minor >= 0 for minor in rest_of(life.state.balance, plan))


@given(st.sampled_from(POLICIES), st.lists(step, max_size=10), st.lists(st.integers(1, 30)))
def test_closing_once_often_or_late_tells_the_same(rules, steps, gaps):
    life = lived(rules, steps)
    at_once = close_days(Fold(state=life.state), life.policies, through=life.today + 200 * DAY)
    made, on = Fold(state=life.state), life.today
    for gap in gaps:
        on = min(on + gap * DAY, life.today + 200 * DAY)
        made = close_days(made, life.policies, through=on)
        again = close_days(made, life.policies, through=on)
        assert again == made
    made = close_days(made, life.policies, through=life.today + 200 * DAY)

    assert made == at_once
    assert len({one.key for one in made.verdicts}) == len(made.verdicts)


@given(st.sampled_from(POLICIES), st.lists(step, max_size=10), st.integers(0, 120))
def test_the_days_of_a_clock_add_up(rules, steps, ahead):
    life = lived(rules, steps)
    on = life.today + ahead * DAY
    state = close_days(Fold(state=life.state), life.policies, through=on).state
    plan = state.live_plan
    if plan is None:
        return
    clock = explain(state, plan, rules, on=on)

    left = clock.past_due_days - clock.grace_days - clock.paused_days
    assert clock.delinquent_days == (max(0, left) if clock.oldest_due_on else 0)
    assert clock.paused_days == sum(one.counted_days for one in clock.pauses)
    assert 0 <= clock.paused_days <= clock.past_due_days
    if not stopped(stops_of(state), on):
        assert clock.bucket == rules.bucket_of(clock.delinquent_days)


def looked_at(facts, rules, on):
    state = fold(facts, book(rules), through=on).state
    return state, explain(state, state.plans[0], rules, on=on)


#: Three installments of 100.00 a month apart.
DUE = (date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1))
span = st.tuples(st.integers(0, 120), st.integers(1, 60)).map(
    lambda s: (START + s[0] * DAY, START + (s[0] + s[1]) * DAY)
)
money = st.lists(st.tuples(st.integers(0, 150), st.integers(1, 120_00)), max_size=4)
#: Nothing breaks, and every second day is another bucket.
HARMLESS = policy(
    "unlimited",
    grace_days=3,
    buckets=tuple(
        Bucket(name=f"from {day}", from_days=day, to_days=day + 1 if day < 99 else None)
        for day in range(1, 100, 2)
    ),
)


def story(pause, payments):
    entries = [(START, placed(300_00)), (START, plan_due(*DUE, by=HARMLESS))]
    if pause:
        body = Pause(plan_id=fact_id(2), starts_on=pause[0], ends_on=pause[1], reason="x")
        entries.append((pause[0], body))
    entries += [(START + day * DAY, paid(minor)) for day, minor in payments]
    return history(*entries)


@given(span, money, st.integers(0, 200))
def test_a_pause_outside_the_overdue_window_changes_nothing(pause, payments, days):
    on = START + days * DAY
    _, without = looked_at(story(None, payments), HARMLESS, on)
    oldest = without.oldest_due_on
    if oldest is not None and pause[0] <= on and pause[1] > oldest:
        return
    _, beside = looked_at(story(pause, payments), HARMLESS, on)

    if pause[0] <= on <= pause[1]:  # frozen: the bucket has a rule of its own
        without = replace(without, bucket=beside.bucket)
    missed = {"missed_total": beside.missed_total}  # what was missed in an earlier window
    assert beside == replace(without, **missed)


@given(span, money, st.integers(0, 200))
def test_a_pause_never_makes_anything_look_worse(pause, payments, days):
    on = START + days * DAY
    _, without = looked_at(story(None, payments), HARMLESS, on)
    _, beside = looked_at(story(pause, payments), HARMLESS, on)

    assert beside.delinquent_days <= without.delinquent_days
    assert beside.missed_total <= without.missed_total
    assert set(beside.missed) <= set(without.missed)
    assert (beside.overdue_minor, beside.past_due_days) == (
        without.overdue_minor, without.past_due_days,
    )  # fmt: skip


@given(span, money, st.integers(0, 150), st.integers(1, 50_00), st.integers(1, 30))
def test_looking_earlier_or_paying_more_never_looks_worse(pause, payments, days, more, later):
    on = START + days * DAY
    _, clock = looked_at(story(pause, payments), HARMLESS, on)
    _, richer = looked_at(story(pause, [*payments, (0, more)]), HARMLESS, on)
    quiet = [(day, minor) for day, minor in payments if day <= days]
    _, next_ = looked_at(story(pause, quiet), HARMLESS, on + later * DAY)

    for better in (richer, clock):
        worse = clock if better is richer else next_
        assert better.overdue_minor <= worse.overdue_minor
        assert better.delinquent_days <= worse.delinquent_days
        assert better.missed_total <= worse.missed_total


@given(span, money, st.integers(0, 200))
def test_under_a_pause_the_bucket_is_that_of_the_last_that_judges(pause, payments, days):
    """The day before it began, or the newest payment inside it, whichever came later."""
    on = START + days * DAY
    if not pause[0] <= on <= pause[1]:
        return
    facts = story(pause, payments)
    state, _ = looked_at(facts, HARMLESS, on)
    money_days = (f.effective_on for f in facts if isinstance(f.body, Payment | Chargeback))
    money_days = (f.effective_on for f in facts if isinstance(f.body, Payment | Chargeback))
    inside = [day for day in money_days if pause[0] <= day <= on]
    if inside:
        day = max(inside)
        then, _ = looked_at(facts, HARMLESS, day)
        expected = rebucket(then, book(HARMLESS), on=day, by_payment=True).state.bucket
    else:
        expected = fold(facts, book(HARMLESS), through=pause[0] - DAY).state.bucket

    assert state.bucket == expected


@given(st.lists(doing(*PROMISING, days=7, back=5), min_size=3, max_size=10))
def test_a_promise_is_one_function_of_facts_and_date(steps):
    """What is stored is what plain arithmetic over the facts says on that day."""
    life = lived(POLICIES[0], [("promise", 60_00, 0, 2, 15), *steps])
    life.draft = close_draft(life.draft, life.policies, business_date=life.today)
    payments = {f.id: f for f in life.standing(Payment)
                if f.body.payment is PaymentKind.REPAYMENT}  # fmt: skip
    for one in life.state.promises:
        made = next(f for f in life.facts if f.id == one.id)
        counted = {
            f.id: f for f in payments.values()
            if one.made_on <= f.effective_on <= one.last_on
            and (f.effective_on, f.sequence) > (made.effective_on, made.sequence)
        }  # fmt: skip
        back = sum(f.body.amount_minor for f in life.standing(Chargeback)
                   if f.body.payment_id in counted)  # fmt: skip
        net = sum(f.body.amount_minor for f in counted.values()) - back
        status = (
            PromiseStatus.KEPT if net * 10_000 >= one.amount_minor * 9000
            else PromiseStatus.OPEN if life.today <= one.last_on
            else PromiseStatus.PARTIAL if net else PromiseStatus.BROKEN
        )  # fmt: skip
        assert (one.received_minor, one.status) == (net, status)
