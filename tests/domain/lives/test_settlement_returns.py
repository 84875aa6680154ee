"""Money that comes back: what was forgiven is owed again, and forgiven again at most once."""

from datetime import date

from app.domain.account.plan import PlanStatus
from app.domain.entries.postings import PostingKind
from app.domain.facts.payments import Chargeback, ChargebackReversal, Reversal
from app.domain.money import NOTHING
from app.domain.standing.status import account_status
from app.domain.values import replace
from app.domain.vocabulary import SettlementStatus
from tests.domain.support.settled import (
    APR,
    FEB,
    JAN,
    MAR,
    MAY,
    TAKEN,
    accepted,
    agreed,
    begun,
    days,
    offered,
)
from tests.factories import charged, plan_opened

IN_PARTS = ((FEB, 400_00), (MAR, 300_00), (APR, 300_00))
GIVEN = (PostingKind.FORGIVENESS, PostingKind.REVERSAL)


class TestMoneyThatComesBack:
    def satisfied(self):
        books = agreed(*IN_PARTS)
        for on, minor in IN_PARTS:
            books.wait(on).pay(minor)
        return books

    def test_a_reversed_part_reopens_it_and_the_day_close_voids_it(self):
        books = self.satisfied()
        books.wait(APR + days(2))
        books.enter(Reversal(payment_id=books.facts[-1].id, reason_code="R01"))

        assert (books.one.status, books.one.satisfied_on) == ("accepted", None)
        assert books.state.balance.total_minor == 1300_00
        assert books.told("settlement.satisfied") == [
            ("settlement.satisfied", APR, False),
            ("settlement.satisfied", APR, True),
        ]
        assert books.wait(APR + days(5)).one.status is SettlementStatus.ACCEPTED
        assert books.wait(APR + days(6)).one.voided_on == APR + days(6)

    def test_reversed_after_its_grace_it_is_void_on_the_day_it_would_have_been(self):
        books = self.satisfied()
        second = books.facts[-2]
        books.wait(date(2026, 4, 20))
        books.enter(Reversal(payment_id=second.id, reason_code="R01"))

        assert (books.one.status, books.one.voided_on) == ("void", date(2026, 3, 7))
        assert books.state.balance.total_minor == 1300_00

    def test_a_late_cure_satisfies_it_again_exactly_once(self):
        books = self.satisfied()
        books.wait(APR + days(2))
        books.enter(Reversal(payment_id=books.facts[-1].id, reason_code="R01"))
        books.wait(APR + days(4)).pay(300_00)

        assert books.one.satisfied_on == APR + days(4)
        assert books.one.forgiven.total_minor == 1000_00
        assert books.told("settlement.satisfied") == [
            ("settlement.satisfied", APR, False),
            ("settlement.satisfied", APR, True),
            ("settlement.satisfied", APR + days(4), False),
        ]

    def test_a_chargeback_takes_forgiveness_back_and_the_plan_goes_on(self):
        books = self.satisfied()
        books.wait(MAY)
        books.enter(Chargeback(payment_id=books.facts[-1].id, amount_minor=300_00, reason_code="C"))

        assert (books.one.status, books.one.forgiven) == ("accepted", NOTHING)
        assert books.state.balance.total_minor == 1300_00
        assert books.state.live_plan.id == books.one.plan_id
        assert [row.open_minor for row in books.state.live_plan.owing] == [300_00]
        assert books.told("settlement.reopened") == [("settlement.reopened", MAY, False)]
        reversal = next(r for r in books.draft.postings if r.kind is PostingKind.REVERSAL)
        assert (reversal.effective_on, reversal.amount_minor) == (MAY, 1000_00)
        books.wait(MAY + days(1))
        assert books.state.contract_due_minor == 1300_00
        assert books.state.contract_since_on == MAY

    def test_paid_again_it_is_satisfied_again_and_unpaid_it_is_void(self):
        books = self.satisfied()
        payment = books.facts[-1]
        books.wait(MAY)
        books.enter(Chargeback(payment_id=payment.id, amount_minor=300_00, reason_code="C"))
        unpaid = replace(books, facts=list(books.facts)).wait(MAY + days(6))
        assert unpaid.one.voided_on == MAY + days(6)

        books.wait(MAY + days(5)).pay(300_00)
        assert books.one.satisfied_on == MAY + days(5)
        assert books.told("settlement.satisfied") == [
            ("settlement.satisfied", APR, False),
            ("settlement.satisfied", MAY + days(5), False),
        ]

    def test_a_chargeback_that_was_won_gives_it_back(self):
        books = self.satisfied()
        before = books.one
        books.wait(MAY)
        back = books.enter(
            Chargeback(payment_id=books.facts[-1].id, amount_minor=300_00, reason_code="C")
        )
        books.wait(MAY + days(20))
        assert books.one.status is SettlementStatus.VOID

        books.enter(ChargebackReversal(chargeback_id=back.id))
        assert books.one == before
        assert books.rows(*GIVEN)[-1] == (PostingKind.FORGIVENESS, APR, -1000_00)

    def test_covered_by_unapplied_money_nothing_reopens(self):
        books = agreed()
        first = books.pay(TAKEN)
        books.pay(TAKEN)
        books.enter(Chargeback(payment_id=first.id, amount_minor=TAKEN, reason_code="C"))

        assert books.one.status is SettlementStatus.SATISFIED
        assert books.state.unapplied == ()
        assert books.rows(PostingKind.REVERSAL) == []

    def test_what_stood_in_for_it_is_its_money_then(self):
        books = agreed()
        first = books.pay(TAKEN)
        second = books.pay(TAKEN)
        books.enter(Chargeback(payment_id=first.id, amount_minor=TAKEN, reason_code="C"))
        books.enter(Chargeback(payment_id=second.id, amount_minor=TAKEN, reason_code="C"))

        assert books.one.status is SettlementStatus.ACCEPTED
        assert books.state.balance.total_minor == 2000_00

    def test_a_payment_from_before_it_that_is_charged_back_is_owed_beside_it(self):
        books = begun()
        early = books.pay(100_00)
        books.enter(accepted(books.enter(offered())))
        books.pay(TAKEN)
        books.enter(Chargeback(payment_id=early.id, amount_minor=100_00, reason_code="C"))

        assert books.one.status is SettlementStatus.SATISFIED
        assert books.state.balance.total_minor == 100_00
        assert account_status(books.state) == "open"

    def test_beside_another_plan_it_is_void_and_its_rest_is_owed(self):
        books = agreed()
        payment = books.pay(TAKEN)
        books.enter(charged(90_00, due_on=JAN))
        other = books.enter(plan_opened(45_00, 45_00, first_due_on=FEB))
        books.enter(Chargeback(payment_id=payment.id, amount_minor=TAKEN, reason_code="C"))

        assert (books.one.status, books.one.reason) == ("void", "superseded")
        assert books.state.live_plan.id == other.id
        assert books.state.balance.total_minor == 2090_00

    def test_a_reversal_beside_another_plan_breaks_its_plan(self):
        books = agreed()
        payment = books.pay(TAKEN)
        books.enter(charged(90_00, due_on=JAN))
        books.enter(plan_opened(45_00, 45_00, first_due_on=FEB))
        books.enter(Reversal(payment_id=payment.id, reason_code="R01"))

        assert (books.one.status, books.one.reason) == ("void", "superseded")
        assert books.state.plan(books.one.plan_id).status is PlanStatus.BROKEN
