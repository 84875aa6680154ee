"""What the contract asks for is late once it is due: by its own day, not by who entered it when.

The lives are those of people who met such faults elsewhere; the properties hold of any life.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.fold import Fold
from app.domain.account.verdicts import VerdictType
from app.domain.facts.accounts import Adjustment
from app.domain.facts.payments import Chargeback, Reversal
from app.domain.facts.plans import PlanCancelled
from app.domain.money import Component
from app.domain.policy.model import Broken
from app.domain.replay.replay import fold
from app.domain.schedule.agreed import AgreedInstallment
from app.domain.values import replace
from app.domain.vocabulary import InstallmentKind
from tests.domain.support.every_day import judged_every_day, read_every_day
from tests.factories import book, charged, fact_id, history, paid, placed, plan_due, policy

JAN = date(2026, 1, 5)
UNBROKEN = policy(
    broken=Broken(max_missed=None, max_consecutive_missed=None, max_delinquent_days=None)
)


def day(month, number):
    return date(2026, month, number)


def clocks(state):
    return (state.contract_since_on, state.first_delinquency_on, state.reported_since_on)


def folded(*entries, through) -> Fold:
    return fold(history(*entries), book(UNBROKEN), through=through)


def state_of(*entries, through):
    return folded(*entries, through=through).state


def taken_back(minor, *, of):
    return Chargeback(payment_id=fact_id(of), amount_minor=minor, reason_code="R10")


# A charge waits for its day ---------------------------------------------------------------------


class TestAChargeNotDueYet:
    LATE = replace(placed(200_00, past_due_minor=50_00), delinquent_since_on=date(2025, 12, 1))
    LIFE = (
        (JAN, LATE),
        (day(1, 20), charged(15_00, due_on=day(6, 5))),
        (day(2, 10), paid(50_00)),
    )

    def test_is_not_past_due_before(self):
        state = state_of(*self.LIFE[:2], through=day(1, 31))
        assert (state.contract_due_minor, state.reported_since_on) == (50_00, date(2025, 12, 1))

    @pytest.mark.parametrize("on", [day(2, 10), day(4, 10), day(6, 5)])
    def test_keeps_nothing_late(self, on):
        state = state_of(*self.LIFE, through=on)
        assert (state.contract_due_minor, clocks(state)) == (0, (None, None, None))
        assert state.bucket == "current"

    def test_is_past_due_from_the_day_after_its_own(self):
        made = folded(*self.LIFE, through=day(7, 10))
        state = made.state
        assert (state.contract_due_minor, clocks(state)) == (15_00, (day(6, 5),) * 3)
        assert state.bucket == "30-59"
        every_day = judged_every_day(history(*self.LIFE), book(UNBROKEN), day(7, 10))
        assert made.verdicts == every_day.verdicts

    def test_is_a_day_to_look_at(self):
        assert state_of(*self.LIFE, through=day(3, 1)).next_review_on == day(6, 6)


class TestTwoCharges:
    SOON = (day(1, 20), charged(10_00, due_on=day(2, 1)))
    LATER = (day(1, 20), charged(15_00, due_on=day(3, 5)))

    @pytest.mark.parametrize("fees", [(SOON, LATER), (LATER, SOON)])
    def test_the_oldest_open_one_is_read_whichever_came_first(self, fees):
        state = state_of((JAN, placed()), *fees, through=day(2, 20))
        assert (state.contract_due_minor, clocks(state)) == (10_00, (day(2, 1),) * 3)
        assert state.bucket == "1-29"

    def test_one_paid_in_time_is_a_run_that_ended(self):
        life = ((JAN, placed()), self.SOON, self.LATER, (day(2, 10), paid(10_00)))
        assert clocks(state_of(*life, through=day(3, 5))) == (None, None, None)
        assert clocks(state_of(*life, through=day(3, 6))) == (day(3, 5),) * 3

    def test_one_paid_within_a_run_leaves_the_oldest_that_is_open(self):
        life = ((JAN, placed()), self.SOON, self.LATER, (day(3, 10), paid(10_00)))
        state = state_of(*life, through=day(3, 10))
        assert clocks(state) == (day(2, 1), day(2, 1), day(3, 5))


def test_a_charge_due_before_it_was_entered_is_late_at_once():
    state = state_of((JAN, placed()), (day(2, 20), charged(10_00, due_on=JAN)), through=day(2, 20))
    assert (state.contract_due_minor, clocks(state)) == (10_00, (JAN,) * 3)


def test_on_a_plan_beside_the_contract_it_is_late_by_its_row():
    life = (
        (JAN, placed(past_due_minor=50_00)),
        (JAN, plan_due(day(2, 1), day(3, 1), day(4, 1), by=UNBROKEN)),
        (day(1, 10), charged(10_00, due_on=day(1, 10), plan=2)),
        (day(1, 11), paid(50_00)),
    )
    assert state_of(*life, through=day(2, 1)).contract_due_minor == 0
    assert state_of(*life, through=day(2, 2)).contract_due_minor == 10_00


# What is taken back -----------------------------------------------------------------------------


class TestAPlacementThatIsCurrent:
    LIFE = (
        (JAN, placed(1200_00)),
        (JAN, plan_due(*(day(month, 10) for month in range(2, 12)), minor=120_00, by=UNBROKEN)),
        (day(2, 10), paid(120_00)),
    )

    def test_ages_by_its_plan_alone(self):
        back = (day(2, 12), taken_back(120_00, of=3))
        on_time = ((day(3, 10), paid(240_00)), (day(4, 10), paid(120_00)))
        state = state_of(*self.LIFE, back, *on_time, through=day(5, 10))
        assert (state.contract_due_minor, clocks(state)) == (0, (None, None, None))

        late = state_of(*self.LIFE, back, *on_time, through=day(5, 20))
        assert clocks(late) == (day(5, 10),) * 3

    def test_cancelled_with_nothing_overdue_leaves_nothing_past_due(self):
        cancelled = (day(2, 15), PlanCancelled(plan_id=fact_id(2), reason="x"))
        state = state_of(
            *self.LIFE, (day(2, 12), taken_back(120_00, of=3)), cancelled, through=day(3, 1)
        )
        assert (state.contract_due_minor, clocks(state)) == (0, (None, None, None))

    def test_what_was_paid_ahead_on_a_plan_that_ended_is_taken_first(self):
        life = (
            *self.LIFE[:2],
            (day(1, 20), paid(240_00)),
            (day(1, 25), PlanCancelled(plan_id=fact_id(2), reason="x")),
            (day(2, 12), taken_back(200_00, of=3)),
        )
        assert clocks(state_of(*life, through=day(3, 1))) == (None, None, None)


def test_what_was_paid_ahead_is_remembered():
    life = (
        (JAN, placed(1000_00, past_due_minor=200_00)),
        (day(2, 10), paid(500_00)),
        (day(2, 12), taken_back(100_00, of=2)),
    )
    assert clocks(state_of(*life, through=day(4, 12))) == (None, None, None)

    more = (*life, (day(2, 12), taken_back(250_00, of=2)))
    state = state_of(*more, through=day(2, 13))
    assert (state.contract_due_minor, clocks(state)) == (50_00, (day(2, 12),) * 3)


def test_what_waits_for_a_charge_is_ahead_until_its_day():
    life = (
        (JAN, placed(1000_00)),
        (day(1, 10), charged(15_00, due_on=day(6, 5))),
        (day(2, 10), paid(15_00)),
        (day(3, 1), taken_back(15_00, of=3)),
    )
    assert clocks(state_of(*life, through=day(6, 5))) == (None, None, None)
    assert clocks(state_of(*life, through=day(6, 6))) == (day(6, 5),) * 3


def test_a_charge_is_not_paid_by_what_was_ahead_before_it():
    life = (
        (JAN, placed(1000_00, past_due_minor=200_00)),
        (day(2, 10), paid(500_00)),
        (day(3, 1), charged(15_00, due_on=day(3, 1))),
    )
    assert clocks(state_of(*life, through=day(3, 2))) == (day(3, 1),) * 3


def test_money_that_stood_in_for_anothers_is_owed_on_the_plan_again():
    """The same, whichever of the two payments is charged back last."""
    life = (
        (JAN, placed()),
        (JAN, plan_due(day(2, 5), day(3, 5), day(4, 5), by=UNBROKEN)),
        (JAN, paid(300_00)),
        (JAN, paid(100_00)),
        (day(1, 10), taken_back(100_00, of=3)),
    )
    for payment in (3, 4):
        state = state_of(*life, (day(1, 12), taken_back(50_00, of=payment)), through=day(1, 20))
        assert state.live_plan is not None
        assert [row.open_minor for row in state.live_plan.owing] == [50_00]
        assert clocks(state) == (None, None, None)


# What is waived ---------------------------------------------------------------------------------


def waived(minor, component=Component.PRINCIPAL, charge=None):
    charge_id = fact_id(charge) if charge else None
    return Adjustment(component=component, amount_minor=minor, reason="x", charge_id=charge_id)


class TestAWaiver:
    FEE = (day(1, 10), charged(5_00, due_on=day(1, 10)))
    PLAN = (JAN, plan_due(day(6, 1), day(7, 1), day(8, 1), by=UNBROKEN))

    @pytest.mark.parametrize("plan", [(), (PLAN,)], ids=["alone", "with a plan"])
    def test_of_principal_ends_no_fees_lateness(self, plan):
        life = ((JAN, placed()), *plan, self.FEE, (day(3, 1), waived(5_00)))
        state = state_of(*life, through=day(4, 14))
        assert (state.contract_due_minor, clocks(state)) == (5_00, (day(1, 10),) * 3)

    def test_of_a_fee_leaves_what_else_is_late(self):
        late = placed(past_due_minor=5_00)
        life = ((JAN, late), (day(1, 10), charged(5_00, due_on=day(6, 1))))
        for fee in (None, 2):
            off = waived(5_00, Component.FEES, charge=fee)
            state = state_of(*life, (day(3, 1), off), through=day(4, 1))
            assert (state.contract_due_minor, state.contract_since_on) == (5_00, JAN)

    @pytest.mark.parametrize("charge", [None, 2])
    def test_of_all_that_is_late_ends_it(self, charge):
        off = waived(5_00, Component.FEES, charge=charge)
        life = ((JAN, placed()), self.FEE, (day(3, 1), off))
        assert clocks(state_of(*life, through=day(3, 1))) == (None, None, None)


# Where a plan has it ----------------------------------------------------------------------------


def with_down_payment():
    plan = plan_due(JAN, day(3, 1), by=UNBROKEN)
    down, last = plan.installments
    down = AgreedInstallment(
        kind=InstallmentKind.DOWN_PAYMENT,
        nominal_due_on=down.due_on,
        due_on=down.due_on,
        principal_minor=down.principal_minor,
    )
    return replace(plan, installments=(down, last))


def test_a_down_payment_takes_neither_charge_nor_chargeback():
    life = ((JAN, placed(200_00)), (JAN, with_down_payment()), (JAN, paid(100_00)))
    for more in (charged(10_00, due_on=JAN, plan=2), taken_back(10_00, of=3)):
        state = state_of(*life, (JAN, more), through=JAN)
        assert [row.open_minor for row in state.live_plan.installments] == [0, 110_00]


class TestAChargeOntoAPlanThatEarlierMoneyCompletes:
    LIFE = (
        (JAN, placed(100_00)),
        (JAN, plan_due(day(6, 1), by=UNBROKEN)),
        (day(1, 20), charged(10_00, due_on=day(3, 1), plan=2)),
        (day(1, 10), paid(100_00)),
    )

    def test_becomes_the_accounts_and_is_told(self):
        made = folded(*self.LIFE, through=day(1, 31))
        assert made.state.live_plan is None
        assert made.state.balance.total_minor == 10_00
        assert clocks(made.state) == (None, None, None)
        moved = [one for one in made.verdicts if one.type is VerdictType.CHARGE_MOVED]
        assert [(one.subject, one.on, one.plan_id) for one in moved] == [
            (fact_id(3), day(1, 20), fact_id(2))
        ]
        assert clocks(folded(*self.LIFE, through=day(3, 2)).state) == (day(3, 1),) * 3

    def test_is_the_plans_again_when_that_money_never_came(self):
        undone = Reversal(payment_id=fact_id(4), reason_code="R01")
        made = folded(*self.LIFE, (day(1, 30), undone), through=day(1, 31))
        assert made.state.live_plan.total_minor == 110_00
        assert VerdictType.CHARGE_MOVED not in {one.type for one in made.verdicts}


# Whatever the life ------------------------------------------------------------------------------

UNTIL = JAN + timedelta(days=150)
dated = st.builds(lambda days: JAN + timedelta(days=days), st.integers(0, 110))
amount = st.integers(1, 120_00)
few_days = st.builds(lambda days: JAN + timedelta(days=days), st.sampled_from([5, 30, 31]))
fees = st.tuples(dated, amount, st.integers(0, 60))
start = st.sampled_from([0, 30_00, 90_00, None])
agreed = st.sampled_from([None, 20, 45])


def opening(past_due, plan):
    """Half of it on a plan, if there is one: money finds something to pay beside it."""
    life = [(JAN, placed(600_00, past_due_minor=past_due))]
    if plan is not None:
        due = [JAN + timedelta(days=plan + 30 * k) for k in range(3)]
        life.append((JAN, plan_due(*due, by=UNBROKEN)))
    return tuple(life)


def fee_of(one, plan):
    on, minor, ahead = one
    return on, charged(minor, due_on=on + timedelta(days=ahead), plan=2 if plan else None)


def read(facts):
    days = read_every_day(facts, book(UNBROKEN), since=JAN, until=UNTIL)
    return [(on, clocks(made.state), made.state.contract_due_minor) for on, made in days]


@given(
    start,
    st.lists(st.tuples(few_days, amount, st.integers(0, 60)), min_size=1, max_size=5),
    st.lists(st.tuples(few_days, amount), max_size=4),
    st.randoms(),
)
def test_order_of_entry_changes_no_clock(past_due, charges, payments, chance):
    """Charges and money, also those of one day, entered in one order and in another."""
    later = [fee_of(one, plan=False) for one in charges]
    later += [(on, paid(minor)) for on, minor in payments]
    shuffled = list(later)
    chance.shuffle(shuffled)
    first = history(*opening(past_due, None), *later)
    assert read(first) == read(history(*opening(past_due, None), *shuffled))


@given(start, agreed, st.lists(fees, max_size=4), st.lists(st.tuples(dated, amount), max_size=4))
def test_no_clock_begins_before_something_was_due(past_due, plan, charges, payments):
    life = [*opening(past_due, plan), *(fee_of(one, plan=False) for one in charges)]
    life += [(on, paid(minor)) for on, minor in payments]
    for on, (since, first, reported), due in read(history(*life)):
        assert all(one is None or one < on or one == JAN for one in (since, first, reported))
        assert (due == 0) or since is not None


@given(
    start,
    agreed,
    st.lists(fees, max_size=3),
    st.lists(st.tuples(dated, amount), max_size=4),
    fees,
)
def test_a_charge_begins_and_ends_no_other_lateness(past_due, plan, charges, payments, fee):
    """Until its own day everything is as it is without it; after, at most so much more is late."""
    life = [*opening(past_due, plan), *(fee_of(one, plan=False) for one in charges)]
    life += [(on, paid(minor)) for on, minor in payments]
    on, body = fee_of(fee, plan=False)
    without, with_it = read(history(*life)), read(history(*life, (on, body)))
    for (today, clock, due), (_, other, more) in zip(without, with_it, strict=True):
        if today <= body.due_on:
            assert (clock, due) == (other, more)
        else:
            assert due <= more <= due + body.amount_minor
            assert clock[0] is None or (other[0] is not None and other[0] <= clock[0])


@given(start, agreed, st.lists(fees, max_size=3), dated, amount)
def test_a_chargeback_makes_late_what_left_and_no_more(past_due, plan, charges, on, minor):
    """Until its day all is as if the money had stayed; after, what is late stays so."""
    life = [*opening(past_due, plan), *(fee_of(one, plan=False) for one in charges)]
    payment, left_on = (on, paid(minor)), on + timedelta(days=10)
    back = (left_on, taken_back(minor, of=len(life) + 1))
    kept, left = read(history(*life, payment)), read(history(*life, payment, back))
    for (today, clock, due), (_, other, more) in zip(kept, left, strict=True):
        if today <= left_on:
            assert (clock, due) == (other, more)
        else:
            assert due <= more <= due + minor
            assert clock[0] is None or (other[0] is not None and other[0] <= clock[0])


@given(start, agreed, st.lists(fees, min_size=1, max_size=4), dated, st.integers(1, 300_00))
def test_a_waiver_of_principal_ends_no_fees_lateness(past_due, plan, charges, on, minor):
    life = [*opening(past_due, plan), *(fee_of(one, plan=False) for one in charges)]
    off = (on, waived(minor))
    for today, (since, _, _), due in read(history(*life, off)):
        owed = [fee for fee in charges if fee[0] + timedelta(days=fee[2]) < today]
        owed = [(f[0] + timedelta(days=f[2]), f[1]) for f in owed if f[0] <= today]
        assert due >= sum(minor for _, minor in owed)
        assert not owed or since <= min(on for on, _ in owed)
