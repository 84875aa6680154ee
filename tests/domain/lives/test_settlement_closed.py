"""A settlement on an account that is closed. The account is that of `settled`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.entries.postings import PostingKind
from app.domain.facts.accounts import Closed, ClosureUndone
from app.domain.facts.payments import Chargeback, ChargebackReversal, Payment, Reversal
from app.domain.money import NOTHING
from app.domain.replay.replay import in_force
from app.domain.standing.status import account_status
from app.domain.vocabulary import SettlementStatus
from tests.domain.support.settled import FEB, OWED, TAKEN, agreed, begun, days, offered


def test_an_open_offer_is_withdrawn():
    books = begun()
    books.enter(offered())
    books.enter(Closed(reason="sold"))

    assert (books.one.status, books.one.reason) == ("withdrawn", "account_closed")
    assert [name for name, *_ in books.told()] == ["settlement.offered", "settlement.withdrawn"]


def test_one_that_is_being_paid_is_void_and_comes_back_with_the_account():
    books = agreed((FEB, TAKEN))
    closed = books.enter(Closed(reason="sold"))
    assert (books.one.status, books.one.reason) == ("void", "account_closed")

    books.enter(ClosureUndone(closure_id=closed.id, reason="unsold"))
    assert books.one.status is SettlementStatus.ACCEPTED
    assert books.told("settlement.voided")[-1][-1] is True  # withdrawn


def test_one_that_was_satisfied_stays_so():
    books = agreed()
    books.pay(TAKEN)
    books.enter(Closed(reason="done"))

    assert account_status(books.state) == "closed"
    assert books.one.status is SettlementStatus.SATISFIED
    assert not books.state.written_off


@pytest.mark.parametrize("minor", [TAKEN, 1])
def test_until_its_money_goes_back_then_what_it_forgave_is_written_off_too(minor):
    books = agreed()
    payment = books.pay(TAKEN)
    books.enter(Closed(reason="done"))
    books.wait(FEB)
    gone = books.enter(Chargeback(payment_id=payment.id, amount_minor=minor, reason_code="C"))

    assert (books.one.status, books.one.reason) == ("void", "account_closed")
    assert books.one.forgiven == NOTHING
    assert books.state.written_off.total_minor == OWED - TAKEN + minor
    plan = books.state.plan(books.one.plan_id)
    assert (plan.status, plan.status_reason) == ("cancelled", "account_closed")
    assert books.told("settlement.voided") == [("settlement.voided", FEB, False)]
    assert books.rows(PostingKind.REVERSAL, PostingKind.WRITE_OFF) == [
        (PostingKind.REVERSAL, FEB, OWED - TAKEN),
        (PostingKind.WRITE_OFF, FEB, -(OWED - TAKEN + minor)),
    ]

    books.enter(ChargebackReversal(chargeback_id=gone.id))
    assert books.one.status is SettlementStatus.SATISFIED
    assert not books.state.written_off


def test_or_its_money_never_was():
    books = agreed()
    payment = books.pay(TAKEN)
    books.enter(Closed(reason="done"))
    books.enter(Reversal(payment_id=payment.id, reason_code="R01"))

    assert books.one.status is SettlementStatus.VOID
    assert books.state.written_off.total_minor == 2000_00


RETURNS = st.tuples(
    st.sampled_from(["charge back", "charge back", "win", "reverse"]),
    st.integers(0, 1000),
    st.integers(1, TAKEN),
)


@given(st.lists(st.integers(1, TAKEN // 4), max_size=3), st.lists(RETURNS, max_size=6))
def test_whatever_goes_back_afterwards_forgiveness_follows_the_money(payments, returns):
    """`check_books` holds after every step; reopened, the account is as if it had stayed open."""
    books = agreed((FEB, TAKEN))
    for minor in payments:
        books.pay(minor)
    books.pay(books.state.plans[0].owing[0].open_minor)
    assert books.one.status is SettlementStatus.SATISFIED
    closure = books.enter(Closed(reason="done"))

    for what, which, minor in returns:
        books.wait(books.today + days(which % 20))
        counting = in_force(books.facts)
        money = [f for f in counting if isinstance(f.body, Payment)]
        taken = [f for f in counting if isinstance(f.body, Chargeback)]
        of = {f.id: sum(c.body.amount_minor for c in taken if c.body.payment_id == f.id)
              for f in money}  # fmt: skip
        left = [f for f in money if of[f.id] < f.body.amount_minor]
        whole = [f for f in money if not of[f.id]]
        if what == "charge back" and left:
            one = left[which % len(left)]
            most = one.body.amount_minor - of[one.id]
            back = Chargeback(payment_id=one.id, amount_minor=min(minor, most), reason_code="C")
            books.enter(back)
        elif what == "win" and taken:
            books.enter(ChargebackReversal(chargeback_id=taken[which % len(taken)].id))
        elif what == "reverse" and whole:
            books.enter(Reversal(payment_id=whole[which % len(whole)].id, reason_code="R01"))
        assert not books.state.balance

    books.enter(ClosureUndone(closure_id=closure.id, reason="not done"))
    assert not books.state.written_off
