"""A part missed makes a settlement void; a cure window may restore it.

Grace for a part is 5 days, by `void_after_grace_days`: a part due on 1 February is missed, and
the settlement void, at the opening of the 7th. The account is that of `settled`.
"""

from datetime import date, timedelta

import pytest

from app.domain.account.plan import PlanStatus
from app.domain.books.enter import HistoryNeeded
from app.domain.entries.postings import PostingKind
from app.domain.facts.payments import Chargeback, Reversal
from app.domain.facts.plans import PlanCancelled, PlanProposed, PlanReinstated
from app.domain.facts.settlements import SettlementClosed, SettlementOutcome
from app.domain.money import NOTHING
from app.domain.vocabulary import FutureRule, PaymentKind, SettlementStatus
from tests.domain.support.entering import enter
from tests.domain.support.settled import (
    APR,
    FEB,
    JAN,
    MAR,
    MAY,
    TAKEN,
    Books,
    accepted,
    agreed,
    days,
    offered,
    settling,
)
from tests.factories import (
    book,
    charged,
    fact,
    held,
    ninety_percent,
    paid,
    placed,
    plan_opened,
)

IN_PARTS = ((FEB, 400_00), (MAR, 300_00), (APR, 300_00))
LAST_GRACE_DAY, VOID_DAY = date(2026, 2, 6), date(2026, 2, 7)


class TestVoid:
    def test_the_first_day_after_due_and_grace(self):
        books = agreed(*IN_PARTS)
        books.wait(LAST_GRACE_DAY)
        assert books.one.status is SettlementStatus.ACCEPTED

        books.wait(VOID_DAY)
        assert (books.one.status, books.one.voided_on) == ("void", VOID_DAY)
        assert books.one.reason == "missed"
        plan = books.state.plan(books.one.plan_id)
        assert (plan.status, plan.status_reason) == (PlanStatus.BROKEN, "missed")
        assert books.told("settlement.voided") == [("settlement.voided", VOID_DAY, False)]

    def test_money_dated_on_the_last_grace_day_keeps_it_whenever_it_is_entered(self):
        books = agreed(*IN_PARTS)
        books.wait(date(2026, 2, 20))
        assert books.one.status is SettlementStatus.VOID

        books.pay(400_00, on=LAST_GRACE_DAY)
        assert books.one.status is SettlementStatus.ACCEPTED
        assert books.told("settlement.voided") == [
            ("settlement.voided", VOID_DAY, False),
            ("settlement.voided", VOID_DAY, True),
        ]

    def test_what_was_paid_stays_credited_and_the_rest_is_owed(self):
        books = agreed(*IN_PARTS)
        books.wait(FEB).pay(400_00)
        books.wait(date(2026, 3, 7))

        assert books.one.voided_on == date(2026, 3, 7)
        assert books.state.balance.total_minor == 1600_00
        books.pay(700_00)
        assert books.state.balance.total_minor == 900_00
        assert books.one.forgiven == NOTHING

    @pytest.mark.parametrize("grace", [0, 14])
    def test_its_own_grace_replaces_the_plan_s(self, grace):
        books = agreed(*IN_PARTS, by=settling(void_after_grace_days=grace))
        books.wait(FEB + days(grace))
        assert books.one.status is SettlementStatus.ACCEPTED

        assert books.wait(FEB + days(grace + 1)).one.status is SettlementStatus.VOID

    def test_almost_all_of_a_part_is_not_the_part(self):
        """By 90 % an installment counts as paid; a settlement is judged by its own amount."""
        by = ninety_percent(settlement=settling().settlement)
        books = agreed(*IN_PARTS, by=by)
        books.wait(FEB).pay(360_00)
        assert books.wait(LAST_GRACE_DAY).one.status is SettlementStatus.ACCEPTED
        assert [row.open_minor for row in books.state.live_plan.aging][:2] == [40_00, 300_00]

        assert books.wait(VOID_DAY).one.status is SettlementStatus.VOID

    def test_the_last_part_has_its_grace_by_any_method(self):
        by = ninety_percent(settlement=settling().settlement)
        books = agreed(*IN_PARTS, by=by)
        books.pay(960_00)
        assert books.wait(APR + days(5)).one.status is SettlementStatus.ACCEPTED

        assert books.wait(APR + days(6)).one.voided_on == APR + days(6)

    @pytest.mark.parametrize("kind", ["breathing_space", "dispute", "hardship"])
    def test_a_hold_that_stops_the_clock_holds_it(self, kind):
        books = agreed(*IN_PARTS)
        books.wait(date(2026, 2, 3))
        books.enter(held(kind, date(2026, 2, 3), date(2026, 3, 4)))
        books.wait(date(2026, 3, 8))
        assert books.one.status is SettlementStatus.ACCEPTED

        # 2 days before the hold and 4 after its last day: more than 5 at the opening of the 9th
        assert books.wait(date(2026, 3, 9)).one.voided_on == date(2026, 3, 9)

    def test_a_miss_made_good_while_the_clock_stood_still_voids_nothing(self):
        books = agreed((FEB, 500_00), (MAY, 500_00))
        books.enter(held("breathing_space", VOID_DAY, date(2026, 4, 7)))
        books.wait(date(2026, 2, 20)).pay(500_00)

        assert books.wait(APR + days(20)).one.status is SettlementStatus.ACCEPTED

    def test_cancelling_its_plan_voids_it(self):
        books = agreed(*IN_PARTS)
        books.enter(PlanCancelled(plan_id=books.one.plan_id, reason="moved away"))

        assert (books.one.status, books.one.voided_on) == ("void", JAN)
        told = next(e for e in books.draft.events if e.type == "settlement.voided")
        assert told.data == {"settlement_id": books.one.id, "reason": "cancelled"}

    def test_reinstating_its_plan_revives_it(self):
        books = agreed(*IN_PARTS)
        books.wait(VOID_DAY)
        books.enter(PlanReinstated(plan_id=books.one.plan_id, reason="was in hospital"))
        assert (books.one.status, books.one.voided_on) == ("accepted", None)
        assert books.told("settlement.reopened") == [("settlement.reopened", VOID_DAY, False)]

        books.wait(date(2026, 2, 20)).pay(TAKEN)
        assert books.one.status is SettlementStatus.SATISFIED

    def test_somebody_voids_it_after_a_return(self):
        books = agreed(*IN_PARTS)
        books.wait(FEB).pay(400_00)
        books.enter(
            SettlementClosed(
                settlement_id=books.one.id, outcome=SettlementOutcome.VOID, reason="returned"
            )
        )

        assert (books.one.status, books.one.reason) == ("void", "returned")
        assert books.one.curable_until_on is None
        assert books.told("settlement.voided", "plan.broken") == [
            ("plan.broken", FEB, False),
            ("settlement.voided", FEB, False),
        ]


class TestCureWindow:
    CURABLE = settling(cure_days=10)

    def void(self, by=CURABLE):
        books = agreed(*IN_PARTS, by=by)
        books.wait(date(2026, 2, 10))
        assert books.one.status is SettlementStatus.VOID
        return books

    def test_what_is_overdue_restores_it(self):
        books = self.void()
        assert books.one.curable_until_on == date(2026, 2, 17)
        books.wait(date(2026, 2, 17)).pay(400_00)

        assert (books.one.status, books.one.voided_on) == ("accepted", None)
        assert [row.open_minor for row in books.state.live_plan.owing] == [300_00, 300_00]
        assert books.told("settlement.reopened") == [
            ("settlement.reopened", date(2026, 2, 17), False)
        ]
        books.wait(MAR).pay(600_00)
        assert books.one.forgiven.total_minor == 1000_00

    def test_a_day_too_late_it_is_the_account_s(self):
        books = self.void()
        books.wait(date(2026, 2, 18)).pay(400_00)

        assert books.one.status is SettlementStatus.VOID
        assert books.state.balance.total_minor == 1600_00

    def test_without_a_window_there_is_none(self):
        books = self.void(by=settling())
        books.pay(TAKEN)

        assert books.one.status is SettlementStatus.VOID
        assert books.state.balance.total_minor == 1000_00

    def test_less_than_that_stays_at_the_account_until_it_is_enough(self):
        books = self.void()
        books.pay(150_00)
        assert books.one.status is SettlementStatus.VOID
        assert books.state.balance.total_minor == 1850_00

        books.wait(date(2026, 2, 15)).pay(250_00)
        assert books.one.status is SettlementStatus.ACCEPTED
        assert books.state.plan(books.one.plan_id).paid_minor == 400_00
        assert [row[2] for row in books.rows(PostingKind.REALLOCATION)] in ([], [0])

    def test_all_of_it_at_once_satisfies_it(self):
        books = self.void()
        books.pay(1100_00)

        assert books.one.status is SettlementStatus.SATISFIED
        assert books.one.forgiven.total_minor == 1000_00
        assert books.state.unapplied_minor == 100_00

    def test_the_cure_falls_with_its_payment(self):
        books = self.void()
        books.pay(150_00)
        cure = books.pay(250_00)
        books.enter(Reversal(payment_id=cure.id, reason_code="R01"))

        assert books.one.status is SettlementStatus.VOID
        assert books.state.balance.total_minor == 1850_00

    @pytest.mark.parametrize(
        ("how", "open_minors"),
        [
            ({}, [200_00, 300_00]),
            ({"payment": PaymentKind.GOODWILL}, [300_00, 200_00]),
            ({"payment": PaymentKind.MERCHANT_REFUND}, [250_00, 250_00]),
            ({"payment": PaymentKind.GOODWILL, "future": FutureRule.NEXT}, [200_00, 300_00]),
        ],
    )
    def test_its_money_pays_what_is_not_due_yet_by_its_own_rule(self, how, open_minors):
        books = self.void()
        books.pay(500_00, **how)

        assert books.one.status is SettlementStatus.ACCEPTED
        assert [row.open_minor for row in books.state.live_plan.owing] == open_minors

    def test_a_further_miss_voids_it_again(self):
        books = self.void()
        books.pay(400_00)
        books.wait(date(2026, 3, 7))

        assert books.one.voided_on == date(2026, 3, 7)
        assert books.one.curable_until_on == date(2026, 3, 17)

    def test_beside_another_plan_it_stays_void(self):
        books = self.void()
        books.enter(plan_opened(500_00, 500_00, first_due_on=MAR))
        books.pay(400_00)

        assert books.one.status is SettlementStatus.VOID

    def test_beside_a_plan_that_waits_it_stays_void_too(self):
        books = self.void()
        terms = plan_opened(500_00, 500_00, first_due_on=MAR)
        books.enter(
            PlanProposed(
                amount_minor=terms.amount_minor,
                policy=terms.policy,
                installments=terms.installments,
            )
        )
        books.pay(400_00)

        assert books.one.status is SettlementStatus.VOID

    def test_what_is_due_that_very_day_is_not_overdue(self):
        dated = ((FEB, 400_00), (date(2026, 2, 12), 600_00))
        books = agreed(*dated, by=self.CURABLE)
        books.wait(date(2026, 2, 12)).pay(400_00)

        assert books.one.status is SettlementStatus.ACCEPTED

    def test_money_that_went_back_does_not_count(self):
        books = self.void()
        payment = books.pay(300_00)
        books.enter(Chargeback(payment_id=payment.id, amount_minor=100_00, reason_code="C"))
        books.pay(200_00)
        assert books.one.status is SettlementStatus.VOID

        books.pay(200_00)
        assert books.one.status is SettlementStatus.ACCEPTED

    def test_what_else_is_past_due_by_the_contract_stays_so(self):
        books = Books(policies=book(self.CURABLE))
        books.enter(placed(2000_00))  # placed current: its plan is the contract
        books.enter(accepted(books.enter(offered(*IN_PARTS, by=self.CURABLE))))
        books.wait(VOID_DAY)
        books.enter(charged(50_00, due_on=VOID_DAY - timedelta(days=1)))
        books.pay(400_00)

        assert books.one.status is SettlementStatus.ACCEPTED
        assert books.state.contract_due_minor + books.state.contract_carried_minor == 50_00
        assert books.state.contract_since_on is not None

    def test_only_a_miss_is_cured(self):
        books = agreed(*IN_PARTS, by=self.CURABLE)
        books.enter(PlanCancelled(plan_id=books.one.plan_id, reason="asked for"))
        books.pay(TAKEN)

        assert books.one.status is SettlementStatus.VOID

    def test_it_needs_the_history(self):
        books = self.void()
        entry = fact(9, paid(400_00), on=books.today)

        with pytest.raises(HistoryNeeded):
            enter(books.draft, entry, books.policies)

    def test_fees_charged_meanwhile_are_owed_beside_its_parts(self):
        books = self.void()
        books.enter(charged(50_00, due_on=books.today))
        books.pay(400_00)

        assert books.one.status is SettlementStatus.ACCEPTED
        assert books.state.balance.total_minor == 1650_00
        assert [row.open_minor for row in books.state.live_plan.owing] == [300_00, 300_00]
