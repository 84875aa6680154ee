"""A breathing space that is known late: charges of its days never were.

300.00 is placed on 1 January 2026; the space stands from 1 February for sixty days, to 1 April.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.state import State
from app.domain.books.enter import Draft, close_draft
from app.domain.entries.postings import PostingKind
from app.domain.facts.accounts import Adjustment, ChargeReversal, Hold, HoldRelease, Placement
from app.domain.money import NOTHING, Amounts, Component
from app.domain.replay.replay import fold
from app.domain.values import replace
from app.domain.vocabulary import HoldKind
from tests.domain.lives.test_pauses import POLICIES, PausedLife, step
from tests.domain.lives.test_random import PLACED, START, check_books
from tests.domain.support.entering import enter
from tests.factories import book, charged, fact, fact_id, paid, placed, plan_due

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
TODAY = date(2026, 4, 20)
SPACE = Hold(
    hold=HoldKind.BREATHING_SPACE, starts_on=FEB, ends_on=APR, variant="standard", reason="x"
)


def entered(*entries):
    """Each (effective on, entered on, body) as the service would enter it: every row and event."""
    draft, facts = Draft(state=State()), ()
    for number, (on, day, body) in enumerate(((JAN, JAN, placed()), *entries), start=1):
        one = fact(number, body, on=on, entered=day)
        draft = close_draft(draft, book(), business_date=day)
        draft = replace(enter(draft, one, book(), history=facts), facts=())
        facts = (*facts, one)
    assert draft.state == fold(facts, book(), through=draft.state.judged_on).state
    ledger = NOTHING
    for row in draft.postings:
        ledger += row.components
        assert row.balance_after_minor == ledger.total_minor >= 0
    assert ledger == draft.state.balance
    return draft


def fee(on, minor=10_00, **how):
    return (on, on, charged(minor, due_on=on, **how))


@pytest.mark.parametrize(
    ("on", "gone"),
    [
        pytest.param(date(2026, 1, 31), False, id="the day before"),
        pytest.param(FEB, True, id="its first day"),
        pytest.param(MAR, True, id="within"),
        pytest.param(APR, True, id="its last day"),
        pytest.param(date(2026, 4, 2), False, id="the day after"),
    ],
)
def test_a_charge_of_its_days_is_taken_back(on, gone):
    draft = entered(fee(on), (FEB, TODAY, SPACE))

    assert draft.state.balance.fees_minor == (0 if gone else 10_00)
    if gone:
        row = draft.postings[-1]
        assert (row.kind, row.effective_on, row.amount_minor) == (PostingKind.REVERSAL, on, -10_00)
        assert row.reverses == fact_id(2)
        (told,) = (e for e in draft.events if e.type == "charge.reversed")
        assert told.business_date == on
        assert told.data == {"charge_id": fact_id(2), "by": "breathing_space"}


def test_a_charge_of_the_day_it_begins_goes_though_it_was_entered_before():
    space = replace(SPACE, starts_on=TODAY, ends_on=TODAY + timedelta(days=59))

    assert not entered(fee(TODAY), (TODAY, TODAY, space)).state.balance.fees_minor


def test_what_had_paid_it_pays_what_is_owed():
    draft = entered(fee(MAR), (MAR, MAR, paid(50_00)), (FEB, TODAY, SPACE))

    assert draft.state.balance == Amounts(principal_minor=250_00)
    assert {row.kind.value for row in draft.postings[-2:]} == {"reallocation", "reversal"}


def test_a_charge_on_a_plan_leaves_its_row():
    plan = (JAN, JAN, plan_due(date(2026, 5, 1), date(2026, 6, 1), minor=150_00))
    draft = entered(plan, fee(MAR, plan=2), (FEB, TODAY, SPACE))

    assert [row.amount_minor for row in draft.state.plans[0].installments] == [150_00, 150_00]


def test_what_was_waived_of_it_comes_back_with_it():
    waiver = Adjustment(
        component=Component.FEES, amount_minor=4_00, reason="x", charge_id=fact_id(2)
    )
    draft = entered(fee(MAR), (MAR, MAR, waiver), (FEB, TODAY, SPACE))

    assert draft.state.balance == Amounts(principal_minor=300_00)
    assert sorted((row.kind.value, row.amount_minor) for row in draft.postings[-2:]) == [
        ("adjustment", 4_00),
        ("reversal", -10_00),
    ]


def test_a_waiver_that_named_no_charge_waives_what_there_still_is():
    waiver = Adjustment(component=Component.FEES, amount_minor=12_00, reason="x")
    charges = (fee(date(2026, 1, 20), 5_00), fee(MAR))
    draft = entered(*charges, (MAR, MAR, waiver), (FEB, TODAY, SPACE))

    # Of 15.00 there were only 5.00 to waive; of the 12.00 waived, 7.00 were of what never was.
    assert draft.state.balance == Amounts(principal_minor=300_00)
    assert sorted((row.kind.value, row.amount_minor) for row in draft.postings[-2:]) == [
        ("adjustment", 7_00),
        ("reversal", -10_00),
    ]


def test_a_space_that_ended_before_gives_it_back():
    release = HoldRelease(hold_id=fact_id(3))
    draft = entered(fee(MAR), (FEB, TODAY, SPACE), (date(2026, 2, 20), TODAY, release))

    assert draft.state.balance.fees_minor == 10_00
    assert draft.postings[-1].amount_minor == 10_00
    told = [e for e in draft.events if e.type == "charge.reversed"]
    assert [e.withdrawn for e in told] == [False, True]


def test_it_is_free_again_on_the_day_of_the_release():
    release = HoldRelease(hold_id=fact_id(3))
    draft = entered(fee(MAR), (FEB, TODAY, SPACE), (MAR, TODAY, release))

    assert draft.state.balance.fees_minor == 0  # charged before the release was known of
    assert entered((FEB, FEB, SPACE), (MAR, MAR, HoldRelease(hold_id=fact_id(2))), fee(MAR))


def test_a_charge_taken_back_before_is_not_taken_back_twice():
    undone = (MAR, MAR, ChargeReversal(charge_id=fact_id(2)))

    assert entered(fee(MAR), undone, (FEB, TODAY, SPACE)).state.balance.total_minor == 300_00


@dataclass
class SpaceLife(PausedLife):
    """A life in which breathing spaces become known late."""

    def space(self, step):
        starts_on = max(START, self.today - timedelta(days=step.back))
        ends_on = starts_on + timedelta(days=step.which % 60)
        for one in self.state.holds:
            until = one.released_on or one.ends_on
            if one.kind is HoldKind.BREATHING_SPACE and (until is None or starts_on <= until):
                return
        body = replace(SPACE, starts_on=starts_on, ends_on=ends_on)
        self.enter(body, (self.today - starts_on).days)


deeds = st.sampled_from(
    ["space", "space", "charge", "charge", "plan_charge", "waive", "pay", "uncharge"]
)
more = st.tuples(deeds, st.integers(1, 400_00), st.integers(0, 20), st.integers(0, 60),
                 st.integers(0, 1000))  # fmt: skip


@given(st.sampled_from(POLICIES), st.lists(st.one_of(more, step), max_size=14))
def test_the_books_agree_however_late_a_space_becomes_known(rules, steps):
    life = SpaceLife(policies=book(rules))
    life.enter(Placement(balance=PLACED))
    for one in steps:
        life.take(*one)
        check_books(life)
