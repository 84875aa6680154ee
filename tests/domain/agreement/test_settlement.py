"""What may be offered and accepted: amounts, days, room, authority, each refusal by its name."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.agreement.settlement import (
    OfferDays,
    amount_of,
    check_acceptable,
    check_authority,
    check_days,
    check_room,
    check_status,
    forgives_minor,
    paid_minor,
    remaining_minor,
)
from app.domain.errors import InvalidInput
from app.domain.money import Amounts
from app.domain.refusals.accounts import ExceedsBalance
from app.domain.refusals.settlements import (
    OfferInsideValidation,
    OfferTooLong,
    SettlementExpired,
    SettlementNotOpen,
    SettlementOpen,
    SettlementOutdated,
)
from app.domain.values import replace
from app.domain.vocabulary import Role, SettlementStatus
from tests.domain.support.settled import (
    APR,
    FEB,
    JAN,
    MAR,
    TAKEN,
    accepted,
    begun,
    days,
    offered,
    settling,
)
from tests.factories import policy

OFFER = OfferDays(offered_on=JAN, expires_on=JAN + days(30), first_due_on=FEB, last_due_on=MAR)
PLACED = begun().state


class TestAmount:
    def test_as_given_or_as_a_share(self):
        assert amount_of(2000_00, amount_minor=1) == 1
        assert amount_of(2000_00, amount_minor=2000_00) == 2000_00
        assert amount_of(2000_00, share_bps=6000) == 1200_00

    @given(st.integers(1, 10**9), st.integers(1, 10_000))
    def test_a_share_is_the_first_unit_that_is_no_less(self, balance, bps):
        amount = amount_of(balance, share_bps=bps)

        assert amount * 10_000 >= balance * bps > (amount - 1) * 10_000
        assert amount <= balance

    @given(st.integers(1, 10**9))
    def test_who_asks_for_the_least_share_it_may_take_may(self, balance):
        state = replace(PLACED, balance=Amounts(principal_minor=balance))
        amount = amount_of(balance, share_bps=6000)

        found = check_authority(
            state, policy(), role=Role.AGENT, amount_minor=amount, parts=1, on=JAN
        )
        assert found == ()

    @pytest.mark.parametrize("asked", [{}, {"amount_minor": 1, "share_bps": 1}])
    def test_one_of_them_is_given(self, asked):
        with pytest.raises(InvalidInput):
            amount_of(2000_00, **asked)

    @pytest.mark.parametrize("asked", [{"amount_minor": 0}, {"share_bps": 0}])
    def test_it_comes_to_something(self, asked):
        with pytest.raises(InvalidInput, match=next(iter(asked))):
            amount_of(2000_00, **asked)

    def test_no_more_than_is_owed(self):
        with pytest.raises(ExceedsBalance):
            amount_of(2000_00, amount_minor=2000_01)


class TestDays:
    def check(self, validation_ends_on=None, offer_days=30, **changes):
        by = settling(offer_days=offer_days)
        check_days(replace(OFFER, **changes), policy=by, validation_ends_on=validation_ends_on)

    def test_to_the_last_day_the_policy_gives(self):
        self.check()
        with pytest.raises(OfferTooLong) as refused:
            self.check(expires_on=JAN + days(31))
        assert refused.value.latest_on == JAN + days(30)

    def test_no_longer_than_its_own_last_due_date(self):
        self.check(offer_days=None, expires_on=MAR)
        with pytest.raises(OfferTooLong):
            self.check(offer_days=None, expires_on=MAR + days(1))

    @pytest.mark.parametrize("ends_on", [JAN + days(30), JAN + days(45)])
    def test_never_inside_the_validation_period(self, ends_on):
        with pytest.raises(OfferInsideValidation):
            self.check(validation_ends_on=ends_on)

    def test_beyond_the_validation_period_it_may_end(self):
        self.check(validation_ends_on=JAN + days(29))

    def test_it_is_not_over_before_it_began(self):
        self.check(expires_on=JAN)
        with pytest.raises(InvalidInput, match="expires_on"):
            self.check(expires_on=JAN - days(1))

    def test_nothing_is_due_before_it_is_offered(self):
        with pytest.raises(InvalidInput, match="first_due_on"):
            self.check(first_due_on=JAN - days(1))


class TestRoom:
    def test_one_offer_at_a_time(self):
        books = begun()
        check_room(books.state, policy())
        first = books.enter(offered())
        with pytest.raises(SettlementOpen) as refused:
            check_room(books.state, policy())
        assert refused.value.existing_settlement_id == first.id
        assert refused.value.limit == 1

    def test_the_one_that_is_countered_makes_room(self):
        books = begun()
        books.enter(offered())
        check_room(books.state, policy(), supersedes=books.one)

    @pytest.mark.parametrize(("limit", "room"), [(2, True), (None, True), (1, False)])
    def test_as_many_as_the_policy_says(self, limit, room):
        books = begun()
        books.enter(offered())
        by = settling(max_open_offers=limit)
        if room:
            check_room(books.state, by)
        else:
            with pytest.raises(SettlementOpen):
                check_room(books.state, by)

    def test_none_beside_one_that_is_being_paid(self):
        books = begun()
        books.enter(accepted(books.enter(offered())))
        with pytest.raises(SettlementOpen, match="accepted"):
            check_room(books.state, settling(max_open_offers=None))

    def test_what_is_over_takes_no_room(self):
        books = begun()
        books.enter(accepted(books.enter(offered())))
        books.wait(date(2026, 2, 7))
        check_room(books.state, policy())


class TestAuthority:
    @pytest.mark.parametrize(
        ("role", "share", "parts", "rules"),
        [
            (Role.AGENT, 6000, 1, set()),
            (Role.AGENT, 5999, 1, {"min_share_bps"}),
            (Role.AGENT, 6999, 2, {"max_count"}),
            (Role.AGENT, 7000, 3, set()),
            (Role.SUPERVISOR, 4000, 12, set()),
            (Role.SUPERVISOR, 4000, 13, {"max_count"}),
            (Role.ADMIN, 1, 99, set()),
        ],
    )
    def test_the_matrix_of_the_default_policy(self, role, share, parts, rules):
        state = begun().state
        amount = state.balance.total_minor * share // 10_000
        found = check_authority(
            state, policy(), role=role, amount_minor=amount, parts=parts, on=JAN
        )
        assert {refusal.rule for refusal in found} == rules

    def test_the_debt_s_age_is_the_contract_s(self):
        row = replace(policy().settlement.matrix[0], from_days_past_due=90)
        by = settling(matrix=(row,))
        state = begun().wait(APR + days(30)).state

        def rules(on):
            amount = state.balance.total_minor * 9 // 10
            found = check_authority(state, by, role=Role.AGENT, amount_minor=amount, parts=1, on=on)
            return [one.rule for one in found]

        assert rules(JAN + days(89)) != []
        assert rules(JAN + days(90)) == []


class TestAcceptable:
    def check(self, books, on):
        check_acceptable(books.state, books.one, first_due_on=FEB, on=on)

    def test_to_the_end_of_its_last_day(self):
        books = begun()
        books.enter(offered())
        self.check(books, FEB)

    def test_not_after_it(self):
        books = begun()
        books.enter(offered(expires_on=JAN + days(10)))
        with pytest.raises(SettlementExpired):
            self.check(books, JAN + days(11))
        with pytest.raises(SettlementExpired):
            self.check(books.wait(JAN + days(11)), JAN + days(11))

    def test_not_twice(self):
        books = begun()
        books.enter(accepted(books.enter(offered())))
        with pytest.raises(SettlementNotOpen) as refused:
            self.check(books, JAN)
        assert refused.value.settlement_status is SettlementStatus.ACCEPTED

    def test_not_while_it_waits(self):
        books = begun()
        books.enter(offered(waits=True))
        with pytest.raises(SettlementNotOpen, match="pending_approval"):
            self.check(books, JAN)

    def test_not_while_another_is_paid(self):
        books = begun()
        offer = books.enter(offered())
        books.enter(offered((FEB, 1200_00)))
        books.enter(accepted(offer))
        with pytest.raises(SettlementOpen):
            self.check(books, JAN)

    def test_not_once_its_first_part_was_due(self):
        books = begun()
        books.enter(offered((FEB, 500_00), (MAR, 500_00)))
        self.check(books, FEB)
        with pytest.raises(SettlementOutdated):
            self.check(books, FEB + days(1))


def test_it_is_asked_for_a_status():
    books = begun()
    books.enter(offered())
    check_status(books.one, SettlementStatus.OFFERED, on=JAN)
    with pytest.raises(SettlementNotOpen):
        check_status(books.one, SettlementStatus.PENDING_APPROVAL, on=JAN)


def test_its_figures_along_its_life():
    books = begun()
    offer = books.enter(offered((FEB, 400_00), (MAR, 600_00)))

    def figures():
        one, state = books.one, books.state
        return remaining_minor(state, one), paid_minor(state, one), forgives_minor(state, one)

    assert figures() == (TAKEN, 0, 1000_00)
    books.enter(accepted(offer))
    books.pay(400_00)
    assert figures() == (600_00, 400_00, 1000_00)
    books.pay(600_00)
    assert figures() == (0, 1000_00, 1000_00)
