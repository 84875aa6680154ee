"""Charged off, closed, and either taken back; what bounces on a closed account.

300.00 is placed on 1 January 2026, all of it past due.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.plan import PlanStatus
from app.domain.account.state import State
from app.domain.books.enter import Draft, close_draft
from app.domain.entries.postings import PostingKind
from app.domain.facts.accounts import ChargedOff, ChargeOffUndone, Closed, ClosureUndone
from app.domain.facts.payments import Chargeback, ChargebackReversal, Reversal
from app.domain.money import NOTHING, Amounts
from app.domain.replay.replay import fold
from app.domain.standing.status import AccountStatus, account_status
from app.domain.values import replace
from tests.domain.lives.test_random import DEEDS, PLACED, START, Life, check_books
from tests.domain.support.entering import enter
from tests.domain.support.settled import TAKEN, accepted, begun, offered
from tests.factories import (
    book,
    fact_id,
    history,
    paid,
    placed,
    plan_due,
    policy,
)

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
DAY = timedelta(days=1)


def lived(*entries, through=APR):
    return fold(history((JAN, placed(past_due_minor=None)), *entries), book(), through=through)


def entered(*entries):
    """Entered one by one as the service would: the draft, with every row and event it wrote."""
    draft, facts = Draft(state=State()), ()
    for one in history((JAN, placed(past_due_minor=None)), *entries):
        draft = close_draft(draft, book(), business_date=one.business_date)
        draft = replace(enter(draft, one, book(), history=facts), facts=())
        facts = (*facts, one)
    assert draft.state == fold(facts, book(), through=draft.state.judged_on).state
    ledger = NOTHING
    for row in draft.postings:
        ledger += row.components
        assert row.balance_after_minor == ledger.total_minor >= 0
    assert ledger == draft.state.balance
    return draft


def write_offs(draft):
    return [
        (p.effective_on, p.amount_minor) for p in draft.postings if p.kind is PostingKind.WRITE_OFF
    ]


# Charged off ----------------------------------------------------------------------------------


def test_a_charge_off_moves_no_money_and_payments_go_on():
    draft = entered((FEB, ChargedOff(reason="policy")), (MAR, paid(100_00)))

    assert account_status(draft.state) is AccountStatus.CHARGED_OFF
    assert draft.state.charged_off_on == FEB
    assert draft.state.balance == Amounts(principal_minor=200_00)
    assert [row.kind for row in draft.postings] == ["placement", "payment"]
    assert [e.data for e in draft.events if e.type == "account.charged_off"] == [
        {"balance_minor": 300_00}
    ]


def test_a_charged_off_account_that_is_paid_is_paid():
    made = lived((FEB, ChargedOff(reason="policy")), (MAR, paid(300_00)))

    assert account_status(made.state) is AccountStatus.PAID


def test_a_live_plan_stays_when_its_account_is_charged_off():
    entries = (JAN, plan_due(FEB, MAR, APR)), (JAN + DAY, ChargedOff(reason="policy"))
    made = lived(*entries, through=FEB)

    assert account_status(made.state) is AccountStatus.CHARGED_OFF
    assert made.state.live_plan is not None


def test_an_undone_charge_off_never_was():
    undone = lived(
        (FEB, ChargedOff(reason="policy")),
        (MAR, ChargeOffUndone(charge_off_id=fact_id(2))),
    )

    assert replace(undone.state, sequence=0) == replace(lived().state, sequence=0)


def test_taking_a_charge_off_back_corrects_what_was_told():
    draft = entered(
        (FEB, ChargedOff(reason="policy")),
        (MAR, ChargeOffUndone(charge_off_id=fact_id(2))),
    )

    first, second = (e for e in draft.events if e.type == "account.charged_off")
    assert (first.business_date, first.corrects) == (FEB, False)
    assert (second.business_date, second.corrects, second.withdrawn) == (FEB, True, True)
    assert second.before == {"balance_minor": 300_00}
    assert second.key == first.key


# Closed ---------------------------------------------------------------------------------------


def test_a_closure_writes_off_what_is_owed_by_component():
    placement = placed(280_00, past_due_minor=None, fees_minor=20_00)
    draft = Draft(state=State())
    for one in history((JAN, placement), (FEB, paid(50_00)), (MAR, Closed(reason="uneconomic"))):
        draft = close_draft(draft, book(), business_date=one.business_date)
        draft = enter(draft, one, book())

    row = draft.postings[-1]
    assert (row.kind, row.effective_on, row.reason) == ("write_off", MAR, "uneconomic")
    assert row.components == Amounts(principal_minor=-250_00)  # the fees were paid first
    assert row.balance_after_minor == 0
    assert account_status(draft.state) is AccountStatus.CLOSED
    assert draft.state.written_off == Amounts(principal_minor=250_00)


def test_closed_it_ages_no_more_but_its_first_delinquency_stays():
    state = lived((FEB, Closed(reason="x")), through=date(2027, 1, 1)).state

    assert (state.bucket, state.reported_since_on, state.contract_since_on) == (
        "current",
        None,
        None,
    )
    assert state.first_delinquency_on == JAN
    assert state.next_review_on is None


def test_a_paid_account_is_closed_without_a_posting():
    draft = entered((FEB, paid(300_00)), (MAR, Closed(reason="done")))

    assert [row.kind for row in draft.postings] == ["placement", "payment"]
    assert account_status(draft.state) is AccountStatus.CLOSED


def test_an_undone_closure_restores_everything_to_the_cent():
    draft = entered(
        (FEB, paid(50_00)),
        (MAR, Closed(reason="x")),
        (APR, ClosureUndone(closure_id=fact_id(3), reason="in error")),
    )

    assert write_offs(draft) == [(MAR, -250_00), (MAR, 250_00)]
    without = lived((FEB, paid(50_00))).state
    assert replace(draft.state, sequence=0) == replace(without, sequence=0)
    assert [e.withdrawn for e in draft.events if e.type == "account.closed"] == [False, True]


def test_a_payment_returned_after_the_closure_is_written_off_with_it():
    draft = entered(
        (FEB, paid(100_00)),
        (MAR, Closed(reason="x")),
        (APR, Reversal(payment_id=fact_id(2), reason_code="R01")),
    )

    assert write_offs(draft) == [(MAR, -200_00), (MAR, -100_00)]
    assert draft.state.written_off.total_minor == 300_00
    correction = [e for e in draft.events if e.type == "account.closed"][-1]
    assert (correction.before, correction.data) == (
        {"written_off_minor": 200_00},
        {"written_off_minor": 300_00},
    )


def test_a_chargeback_after_the_closure_is_written_off_on_its_day():
    draft = entered(
        (FEB, paid(300_00)),
        (MAR, Closed(reason="x")),
        (APR, Chargeback(payment_id=fact_id(2), amount_minor=120_00, reason_code="C")),
    )

    assert [row.kind for row in draft.postings[-2:]] == ["chargeback", "write_off"]
    assert write_offs(draft) == [(APR, -120_00)]
    assert not draft.state.balance


def test_what_was_given_up_is_all_of_it():
    draft = entered(
        (FEB, paid(100_00)),
        (MAR, Closed(reason="x")),
        (APR, Chargeback(payment_id=fact_id(2), amount_minor=60_00, reason_code="C")),
    )

    assert write_offs(draft) == [(MAR, -200_00), (APR, -60_00)]
    assert draft.state.written_off.total_minor == 260_00


def test_a_chargeback_that_is_won_takes_its_write_off_back():
    draft = entered(
        (FEB, paid(300_00)),
        (MAR, Closed(reason="x")),
        (APR, Chargeback(payment_id=fact_id(2), amount_minor=120_00, reason_code="C")),
        (APR, ChargebackReversal(chargeback_id=fact_id(4))),
    )

    assert write_offs(draft) == [(APR, -120_00), (APR, 120_00)]
    assert draft.state.written_off == NOTHING


def test_the_completed_plan_of_a_closed_account_does_not_come_back():
    draft = entered(
        (JAN, plan_due(FEB, MAR, APR)),
        (FEB, paid(300_00)),
        (MAR, Closed(reason="x")),
        (APR, Chargeback(payment_id=fact_id(3), amount_minor=120_00, reason_code="C")),
    )

    assert draft.state.plans[0].status is PlanStatus.COMPLETED


def test_a_plan_that_had_not_completed_after_all_ends_with_the_closure():
    draft = entered(
        (JAN, plan_due(FEB, MAR, APR)),
        (FEB, paid(300_00)),
        (MAR, Closed(reason="x")),
        (APR, Reversal(payment_id=fact_id(3), reason_code="R01")),
    )

    (plan,) = draft.state.plans
    assert (plan.status, plan.status_reason, plan.ended_on) == (
        PlanStatus.CANCELLED,
        "account_closed",
        MAR,
    )
    assert any(e.type == "plan.cancelled" for e in draft.events)
    assert draft.state.written_off.total_minor == 300_00


@pytest.mark.parametrize(
    ("undoing", "written_off"),
    [
        pytest.param(
            lambda paid_by: Chargeback(payment_id=paid_by, amount_minor=400_00, reason_code="C"),
            1400_00, id="charged back",
        ),
        pytest.param(
            lambda paid_by: Reversal(payment_id=paid_by, reason_code="R01"),
            2000_00, id="returned",
        ),
    ],
)  # fmt: skip
def test_the_settlement_of_a_closed_account_is_not_paid_again(undoing, written_off):
    books = begun()
    offer = books.enter(offered())
    books.enter(accepted(offer))
    payment = books.wait(FEB).pay(TAKEN)
    closure = books.wait(MAR).enter(Closed(reason="x"))
    books.wait(APR).enter(undoing(payment.id))

    assert books.one.status == "void"
    assert books.state.written_off.total_minor == written_off
    assert books.state.live_plan is None
    books.enter(ClosureUndone(closure_id=closure.id))
    assert not books.state.written_off


# Random lives ---------------------------------------------------------------------------------

ENDINGS = ["charge_off", "charge_off", "undo_charge_off", "close", "close", "reopen"]
step = st.tuples(
    st.sampled_from([*DEEDS, *ENDINGS]),
    st.integers(1, 400_00),
    st.integers(0, 40),
    st.integers(0, 60),
    st.integers(0, 1000),
)
#: What may still happen to a closed account.
STILL_TAKEN = {"reverse", "uncharge", "chargeback", "won", "refund", "release", "wait", "reopen"}


@dataclass
class EndingLife(Life):
    """An account that leaves the books now and then, as the service lets it."""

    def take(self, what, minor, days, back, which):
        super().take("wait", minor, days, back, which)
        if self.state.closed_on is None or what in STILL_TAKEN:
            super().take(what, minor, 0, back, which)

    def charge_off(self, step):
        if self.state.charged_off_on is None and self.state.balance:
            self.enter(ChargedOff(reason="x"), step.back)

    def undo_charge_off(self, step):
        if (done := self.standing_of(ChargedOff)) is not None:
            self.enter(ChargeOffUndone(charge_off_id=done))

    def close(self, step):
        if self.state.one_plan is None and not self.state.unapplied:
            latest = max(f.effective_on for f in self.facts)
            self.enter(Closed(reason="x"), min(step.back, (self.today - latest).days))

    def reopen(self, step):
        if (done := self.standing_of(Closed)) is not None:
            self.enter(ClosureUndone(closure_id=done))

    def standing_of(self, kind):
        gone = {getattr(f.body, n, None) for f in self.facts for n in ("closure_id",
                                                                      "charge_off_id")}  # fmt: skip
        return next((f.id for f in self.facts if isinstance(f.body, kind) and f.id not in gone),
                    None)  # fmt: skip


@given(st.sampled_from([policy(), policy("unlimited")]), st.lists(step, max_size=12))
def test_fold_ledger_and_arithmetic_agree_whatever_leaves_the_books(rules, steps):
    life = EndingLife(policies=book(rules))
    life.enter(placed_with(PLACED))
    for one in steps:
        life.take(*one)
        check_books(life)
        if life.state.closed_on is not None:
            assert not life.state.balance
            assert life.state.live_plan is None


@given(st.lists(step, max_size=10), st.integers(0, 40))
def test_closing_and_reopening_is_as_if_nothing_happened(steps, days):
    life = EndingLife(policies=book())
    life.enter(placed_with(PLACED))
    for one in steps:
        life.take(*one)
    life.take("cancel", 1, 0, 0, 0)
    life.take("reject", 1, 0, 0, 0)
    if life.state.closed_on is not None or life.state.unapplied:
        return
    before = life.draft.state
    life.take("close", 1, 0, 0, 0)
    assert life.state.closed_on is not None
    life.today += timedelta(days=days)
    life.draft = close_draft(life.draft, life.policies, business_date=life.today)
    life.take("reopen", 1, 0, 0, 0)

    as_if = close_draft(Draft(state=before), life.policies, business_date=life.today).state
    assert replace(life.state, sequence=0) == replace(as_if, sequence=0)


def placed_with(balance):
    return replace(placed(past_due_minor=None), balance=balance)


@pytest.mark.parametrize("back", [0, 5])
def test_what_was_charged_back_before_the_closure_and_won_after_it_shrinks_it(back):
    closed_on = START + timedelta(days=20)
    draft = entered(
        (START, paid(300_00)),
        (START + DAY, Chargeback(payment_id=fact_id(2), amount_minor=80_00, reason_code="C")),
        (closed_on, Closed(reason="x")),
        (closed_on + timedelta(days=back), ChargebackReversal(chargeback_id=fact_id(3))),
    )

    assert write_offs(draft) == [(closed_on, -80_00), (closed_on, 80_00)]
