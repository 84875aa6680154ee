"""A settlement on an account that is closed. The account is that of `settled`."""

from app.domain.closing import Closed, ClosureUndone
from app.domain.facts import Chargeback, Reversal
from app.domain.lifecycle import account_status
from app.domain.settling import SettlementStatus
from tests.domain.settled import FEB, TAKEN, agreed, begun, offered


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
    payment = books.pay(TAKEN)
    books.enter(Closed(reason="done"))
    assert account_status(books.state) == "closed"

    books.enter(Chargeback(payment_id=payment.id, amount_minor=TAKEN, reason_code="C"))
    assert books.one.status is SettlementStatus.SATISFIED
    assert books.state.written_off.total_minor == TAKEN


def test_unless_its_money_never_was():
    books = agreed()
    payment = books.pay(TAKEN)
    books.enter(Closed(reason="done"))
    books.enter(Reversal(payment_id=payment.id, reason_code="R01"))

    assert books.one.status is SettlementStatus.VOID
    assert books.state.written_off.total_minor == 2000_00
