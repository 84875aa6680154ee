"""Offers and acceptances, and how they read on any day. The account is that of `settled`."""

from datetime import date

import pytest

from app.domain.account.plan import PlanStatus
from app.domain.books.enter import close_draft
from app.domain.facts.payments import Chargeback
from app.domain.facts.settlements import SettlementApproved, SettlementClosed, SettlementOutcome
from app.domain.money import Amounts
from app.domain.replay.replay import fold
from app.domain.standing.status import account_status
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
from tests.factories import plan_opened

IN_PARTS = ((FEB, 400_00), (MAR, 300_00), (APR, 300_00))
LAST_GRACE_DAY, VOID_DAY = date(2026, 2, 6), date(2026, 2, 7)


class TestOffers:
    def test_an_offer_takes_over_nothing(self):
        books = begun()
        books.enter(offered())

        assert books.one.status is SettlementStatus.OFFERED
        assert books.state.plans == ()
        assert account_status(books.state) == "open"

    def test_it_stands_to_the_end_of_its_last_day(self):
        books = begun()
        books.enter(offered(expires_on=date(2026, 1, 20)))

        assert books.wait(date(2026, 1, 20)).one.open
        assert books.wait(date(2026, 1, 21)).one.status is SettlementStatus.EXPIRED
        assert books.one.closed_on == date(2026, 1, 21)
        assert books.told("settlement.expired") == [
            ("settlement.expired", date(2026, 1, 21), False)
        ]

    def test_one_that_waits_expires_too_and_can_be_approved_before(self):
        books = begun()
        offer = books.enter(offered(waits=True))
        assert books.one.status is SettlementStatus.PENDING_APPROVAL

        books.enter(SettlementApproved(settlement_id=offer.id))
        assert books.one.status is SettlementStatus.OFFERED
        assert books.told() == [
            ("settlement.offered", JAN, False),
            ("settlement.approved", JAN, False),
        ]

    def test_what_was_declined_before_it_was_countered_stays_declined(self):
        books = begun()
        first = books.enter(offered())
        books.enter(SettlementClosed(settlement_id=first.id, outcome=SettlementOutcome.DECLINED))
        books.enter(offered((FEB, 1200_00), supersedes=first.id))

        assert [s.status for s in books.state.settlements] == ["declined", "offered"]

    def test_a_counter_offer_of_an_earlier_day_leaves_nothing_to_approve(self):
        books = begun()
        first = books.enter(offered(waits=True))
        books.wait(date(2026, 1, 3))
        books.enter(SettlementApproved(settlement_id=first.id))
        books.enter(offered((FEB, 1200_00), supersedes=first.id), on=date(2026, 1, 2))

        assert [s.status for s in books.state.settlements] == ["withdrawn", "offered"]

    @pytest.mark.parametrize(
        ("outcome", "status"),
        [("declined", "declined"), ("withdrawn", "withdrawn")],
    )
    def test_somebody_ends_it(self, outcome, status):
        books = begun()
        offer = books.enter(offered())
        books.enter(
            SettlementClosed(
                settlement_id=offer.id, outcome=SettlementOutcome(outcome), reason="not_approved"
            )
        )

        assert (books.one.status, books.one.closed_on) == (status, JAN)
        assert books.one.reason == "not_approved"
        assert books.told()[-1] == (f"settlement.{status}", JAN, False)

    def test_a_counter_offer_withdraws_the_one_it_counters(self):
        books = begun()
        first = books.enter(offered())
        books.enter(offered((FEB, 1200_00), supersedes=first.id))

        assert [(s.status, s.reason) for s in books.state.settlements] == [
            ("withdrawn", "superseded"),
            ("offered", None),
        ]
        assert books.told("settlement.withdrawn") == [("settlement.withdrawn", JAN, False)]

    def test_what_was_ended_cannot_be_accepted(self):
        books = begun()
        offer = books.enter(offered(expires_on=date(2026, 1, 20)))
        books.wait(date(2026, 1, 21))

        with pytest.raises(ValueError, match="cannot be accepted"):
            books.enter(accepted(offer))


class TestAcceptance:
    def test_it_opens_a_plan_of_its_own_kind(self):
        books = agreed(*IN_PARTS)
        plan = books.state.live_plan

        assert (books.one.status, books.one.plan_id) == ("accepted", plan.id)
        assert plan.settles
        assert plan.taken == Amounts(principal_minor=TAKEN)
        assert books.state.balance.total_minor == 2000_00

    def test_it_takes_over_by_component_order_and_leaves_the_rest_at_the_account(self):
        owed = Amounts(principal_minor=1500_00, fees_minor=300_00, costs_minor=200_00)
        books = agreed(owed=owed)

        assert books.state.live_plan.taken == Amounts(
            principal_minor=500_00, fees_minor=300_00, costs_minor=200_00
        )

    def test_a_live_plan_ends_and_a_void_does_not_revive_it(self):
        books = begun()
        old = books.enter(plan_opened(500_00, 500_00, first_due_on=MAR))
        books.enter(accepted(books.enter(offered())))

        ended = books.state.plan(old.id)
        assert (ended.status, ended.status_reason) == (PlanStatus.CANCELLED, "superseded")
        assert books.told("plan.cancelled") == [("plan.cancelled", JAN, False)]

        books.wait(VOID_DAY)
        assert books.one.status is SettlementStatus.VOID
        assert books.state.live_plan is None


def test_it_reads_as_of_any_day():
    books = agreed(*IN_PARTS)
    for on, minor in IN_PARTS:
        books.wait(on).pay(minor)
    books.wait(MAY)
    books.enter(Chargeback(payment_id=books.facts[-1].id, amount_minor=300_00, reason_code="C"))

    def as_of(on):
        state = fold(books.facts, books.policies, through=on).state
        return state.settlements[-1].status, state.balance.total_minor

    assert as_of(JAN) == ("accepted", 2000_00)
    assert as_of(MAR) == ("accepted", 1300_00)
    assert as_of(APR) == ("satisfied", 0)
    assert as_of(MAY - days(1)) == ("satisfied", 0)
    assert as_of(MAY) == ("accepted", 1300_00)
    assert as_of(MAY + days(6)) == ("void", 1300_00)


def test_days_closed_one_by_one_or_at_once_are_the_same():
    slowly, at_once = agreed(*IN_PARTS), agreed(*IN_PARTS)
    for on in range(1, 60):
        slowly.draft = close_draft(slowly.draft, slowly.policies, business_date=JAN + days(on))

    at_once.wait(JAN + days(59))
    assert slowly.state == at_once.state
    assert slowly.draft.events == at_once.draft.events
