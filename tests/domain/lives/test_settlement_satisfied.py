"""What satisfies a settlement, when, and what that forgives. The account is that of `settled`."""

from datetime import date

import pytest

from app.domain.account.plan import PlanStatus
from app.domain.entries.postings import PostingKind
from app.domain.facts.accounts import Adjustment, HoldRelease
from app.domain.facts.payments import Refund, Reversal
from app.domain.money import NOTHING, Amounts, Component
from app.domain.standing.status import account_status
from app.domain.values import replace
from app.domain.vocabulary import PaymentMethod, SettlementStatus
from tests.domain.support.settled import (
    APR,
    FEB,
    JAN,
    MAR,
    TAKEN,
    accepted,
    agreed,
    begun,
    offered,
    settling,
)
from tests.factories import charged, held

IN_PARTS = ((FEB, 400_00), (MAR, 300_00), (APR, 300_00))
GIVEN = (PostingKind.FORGIVENESS, PostingKind.REVERSAL)
LAST_GRACE_DAY, VOID_DAY = date(2026, 2, 6), date(2026, 2, 7)


class TestSatisfied:
    def test_the_payment_that_reaches_the_amount_forgives_the_rest(self):
        owed = Amounts(principal_minor=1500_00, fees_minor=300_00, costs_minor=200_00)
        books = agreed(owed=owed)
        books.today = date(2026, 1, 20)
        payment = books.pay(TAKEN)

        assert books.one.status is SettlementStatus.SATISFIED
        assert books.one.satisfied_on == date(2026, 1, 20)
        assert books.one.forgiven == Amounts(principal_minor=1000_00)
        assert books.state.balance == NOTHING
        assert account_status(books.state) == "settled"
        assert books.state.plan(books.one.plan_id).status is PlanStatus.COMPLETED
        row = books.draft.postings[-1]
        assert (row.kind, row.amount_minor) == (PostingKind.FORGIVENESS, -1000_00)
        assert (row.plan_id, row.payment_id) == (books.one.plan_id, payment.id)
        assert row.balance_after_minor == 0

    def test_all_parts_are_needed(self):
        books = agreed(*IN_PARTS)
        for on, minor in IN_PARTS[:-1]:
            books.wait(on).pay(minor)
        assert books.one.status is SettlementStatus.ACCEPTED
        assert books.state.balance.total_minor == 1300_00

        books.wait(APR).pay(300_00)
        assert books.one.forgiven.total_minor == 1000_00
        assert books.told("settlement.satisfied") == [("settlement.satisfied", APR, False)]

    def test_more_than_the_amount_is_unapplied_and_can_be_given_back(self):
        books = agreed()
        payment = books.pay(1200_00)

        assert books.one.forgiven.total_minor == 1000_00
        assert books.state.unapplied_minor == 200_00
        books.enter(Refund(payment_id=payment.id, amount_minor=200_00))
        assert books.one.status is SettlementStatus.SATISFIED
        assert books.state.unapplied == ()

    def test_money_its_payer_directs_pays_the_rest_instead(self):
        owed = Amounts(principal_minor=1500_00, fees_minor=1000_00)
        by = policy_principal_first()
        books = agreed(by=by, owed=owed)
        books.pay(100_00, component=Component.FEES)
        books.pay(TAKEN)

        assert books.one.forgiven == Amounts(principal_minor=500_00, fees_minor=900_00)

    @pytest.mark.parametrize(("short", "status"), [(0, "satisfied"), (1, "accepted")])
    def test_a_cent_short_is_short(self, short, status):
        books = agreed()
        books.pay(TAKEN - short)

        assert books.one.status == status

    @pytest.mark.parametrize(("short", "status"), [(50, "satisfied"), (51, "accepted")])
    def test_within_tolerance_the_little_left_is_forgiven_too(self, short, status):
        books = agreed(by=settling(tolerance_minor=50))
        books.pay(TAKEN - short)

        assert books.one.status == status
        forgiven = 1000_00 + short if status == "satisfied" else 0
        assert books.one.forgiven.total_minor == forgiven

    def test_nothing_paid_is_never_within_tolerance(self):
        books = agreed(by=settling(tolerance_minor=TAKEN))

        assert books.one.status is SettlementStatus.ACCEPTED

    def test_a_charge_meanwhile_is_forgiven_with_the_rest(self):
        books = agreed()
        books.enter(charged(30_00, due_on=JAN))
        books.pay(TAKEN)

        assert books.one.forgiven == Amounts(principal_minor=1000_00, fees_minor=30_00)

    def test_a_charge_on_its_plan_is_to_be_paid_too(self):
        books = agreed()
        books.enter(charged(30_00, due_on=JAN, plan=3))
        books.pay(TAKEN)
        assert books.one.status is SettlementStatus.ACCEPTED

        books.pay(30_00)
        assert books.one.forgiven == Amounts(principal_minor=1000_00)

    def test_a_payment_from_before_the_acceptance_lowers_what_is_forgiven(self):
        books = begun()
        books.wait(date(2026, 1, 10))
        books.enter(accepted(books.enter(offered())))
        books.pay(TAKEN)
        books.pay(250_00, on=JAN)

        assert books.one.forgiven.total_minor == 750_00
        assert books.rows(*GIVEN) == [
            (PostingKind.FORGIVENESS, date(2026, 1, 10), -1000_00),
            (PostingKind.REVERSAL, date(2026, 1, 10), 1000_00),
            (PostingKind.FORGIVENESS, date(2026, 1, 10), -750_00),
        ]
        changed = books.draft.events[-1]
        assert changed.corrects
        assert changed.before["forgiven_minor"] == 1000_00
        assert changed.data["forgiven_minor"] == 750_00

    def test_money_entered_late_may_satisfy_it_earlier(self):
        books = agreed()
        books.wait(date(2026, 1, 20)).pay(TAKEN)
        books.pay(TAKEN, on=date(2026, 1, 10))

        assert books.one.satisfied_on == date(2026, 1, 10)
        assert books.state.unapplied_minor == TAKEN
        assert books.rows(*GIVEN) == [
            (PostingKind.FORGIVENESS, date(2026, 1, 20), -1000_00),
            (PostingKind.REVERSAL, date(2026, 1, 20), 1000_00),
            (PostingKind.FORGIVENESS, date(2026, 1, 10), -1000_00),
        ]

    def test_it_ends_every_clock(self):
        books = agreed()
        assert (books.state.contract_since_on, books.state.first_delinquency_on) == (JAN, JAN)
        books.wait(FEB).pay(TAKEN)

        assert books.state.contract_since_on is None
        assert books.state.first_delinquency_on is None
        assert (books.state.contract_due_minor, books.state.bucket) == (0, "current")

    def test_an_adjustment_that_now_comes_after_it_lowers_what_is_forgiven(self):
        books = agreed(*IN_PARTS)
        books.wait(date(2026, 1, 20))
        books.enter(
            Adjustment(component=Component.PRINCIPAL, amount_minor=700_00, reason="goodwill")
        )
        books.pay(TAKEN, on=date(2026, 1, 10))

        assert books.one.satisfied_on == date(2026, 1, 10)
        assert books.one.forgiven.total_minor == 300_00
        told = next(e for e in books.draft.events if e.type == "settlement.satisfied")
        assert told.data["forgiven_minor"] == 300_00

    def test_one_entered_late_corrects_what_was_told(self):
        books = begun()
        books.wait(date(2026, 1, 10))
        books.enter(accepted(books.enter(offered())))
        books.wait(date(2026, 1, 20)).enter(
            Adjustment(component=Component.PRINCIPAL, amount_minor=700_00, reason="goodwill")
        )
        books.pay(TAKEN, on=date(2026, 1, 10))
        books.pay(250_00, on=JAN)
        first, second = (e for e in books.draft.events if e.type == "settlement.satisfied")

        assert (first.data["forgiven_minor"], second.corrects) == (300_00, True)
        assert second.before["forgiven_minor"] == 300_00
        assert second.data["forgiven_minor"] == books.one.forgiven.total_minor == 50_00

    def test_what_is_charged_afterwards_is_owed(self):
        books = agreed()
        books.pay(TAKEN)
        books.enter(charged(30_00, due_on=JAN))
        assert account_status(books.state) == "open"

        books.pay(30_00)
        assert account_status(books.state) == "settled"


class TestClearing:
    SLOW = settling(clearing_days=(("ach", 4),))

    def test_money_that_has_not_cleared_forgives_nothing_yet(self):
        books = agreed(by=self.SLOW)
        books.wait(date(2026, 1, 30)).pay(TAKEN, method=PaymentMethod.ACH)

        assert books.one.status is SettlementStatus.ACCEPTED
        assert books.one.clears_on == date(2026, 2, 3)
        assert books.state.live_plan.owing == ()
        assert books.state.balance.total_minor == 1000_00

    def test_the_day_it_has_cleared_satisfies(self):
        books = agreed(by=self.SLOW)
        books.wait(date(2026, 1, 30)).pay(TAKEN, method=PaymentMethod.ACH)
        books.wait(date(2026, 2, 2))
        assert books.one.status is SettlementStatus.ACCEPTED

        books.wait(date(2026, 2, 20))
        assert books.one.satisfied_on == date(2026, 2, 3)
        row = books.draft.postings[-1]
        assert (row.kind, row.effective_on) == (PostingKind.FORGIVENESS, date(2026, 2, 3))
        assert row.payment_id == books.one.paid_by
        assert row.balance_after_minor == 0

    def test_the_slowest_money_decides(self):
        books = agreed(by=self.SLOW)
        books.pay(400_00, method=PaymentMethod.ACH)
        books.wait(date(2026, 1, 2)).pay(600_00, method=PaymentMethod.CASH)
        assert books.one.status is SettlementStatus.ACCEPTED

        assert books.wait(date(2026, 1, 5)).one.status is SettlementStatus.SATISFIED

    def test_money_that_bounces_before_it_clears_forgives_nothing(self):
        books = agreed(by=self.SLOW)
        payment = books.wait(date(2026, 1, 30)).pay(TAKEN, method=PaymentMethod.ACH)
        books.wait(date(2026, 2, 2))
        books.enter(Reversal(payment_id=payment.id, reason_code="R01"))
        books.wait(VOID_DAY)

        assert books.one.status is SettlementStatus.VOID
        assert books.rows(PostingKind.FORGIVENESS) == []

    def test_money_that_bounces_after_it_cleared_is_owed_again(self):
        books = agreed(by=self.SLOW)
        payment = books.pay(TAKEN, method=PaymentMethod.ACH)
        books.wait(date(2026, 1, 10))
        books.enter(Reversal(payment_id=payment.id, reason_code="R10"))

        assert books.one.status is SettlementStatus.ACCEPTED
        assert books.rows(*GIVEN) == [
            (PostingKind.FORGIVENESS, date(2026, 1, 5), -1000_00),
            (PostingKind.REVERSAL, date(2026, 1, 5), 1000_00),
            (PostingKind.REVERSAL, JAN, TAKEN),
        ]

    def test_unapplied_money_clears_from_the_day_it_came(self):
        books = agreed(by=self.SLOW)
        books.enter(held("dispute", JAN))
        dispute = books.facts[-1]
        books.pay(TAKEN, method=PaymentMethod.ACH)
        books.wait(date(2026, 1, 3))
        books.enter(HoldRelease(hold_id=dispute.id))
        assert books.one.clears_on == date(2026, 1, 5)

        assert books.wait(date(2026, 1, 5)).one.status is SettlementStatus.SATISFIED


def policy_principal_first():
    order = (Component.PRINCIPAL, *(c for c in Component if c is not Component.PRINCIPAL))
    by = settling()
    return replace(by, allocation=replace(by.allocation, components=order))
