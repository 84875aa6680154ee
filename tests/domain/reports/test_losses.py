"""What of a plan's balance was written down: waived, forgiven, written off, charged off.

300.00 in three installments of 100.00, on the 10th of February, March and April 2026.
"""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings

from app.domain.entries.postings import PostingKind
from app.domain.facts.accounts import Adjustment, ChargedOff, ChargeOffUndone, Closed
from app.domain.facts.plans import PlanCancelled
from app.domain.money import Component
from app.domain.overview.definitions.agreements import NOT_ACTIVE
from app.domain.overview.definitions.beginnings import vintages
from app.domain.overview.definitions.losses import written_down
from app.domain.overview.question import Question
from app.domain.overview.seen import Looked, Seen
from app.domain.replay.replay import fold
from app.domain.reports.books import Basis
from tests.domain.reports.test_reports import ledger, lived, lives, looked
from tests.factories import book, fact_id, history, paid, placed, plan_due, policy

JAN, FEB, MARCH = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)
DUE = (FEB, MARCH, date(2026, 4, 10))
LAST = date(2026, 7, 1)
BY = policy("unlimited")
OFF = ChargedOff(reason="r")


def seen(*entries, on=LAST):
    facts = history((JAN, placed()), (JAN, plan_due(*DUE, by=BY)), *entries)
    made = fold(facts, book(BY), through=on)
    at = Looked(
        on=on, fold=made, balance=made.state.balance, unapplied_minor=0, policies=book(BY),
        placed=True,
    )  # fmt: skip
    return Seen(
        id=UUID(int=1), reference="A-1", currency="USD", product="other", policy="unlimited",
        creditor=None, at=at, facts=facts,
    )  # fmt: skip


def lost(*entries):
    """By plan, in their order: each day and what was lost on it."""
    return [
        [(one.on, one.minor) for one in found] for found in written_down(seen(*entries)).values()
    ]


def waived(minor):
    return Adjustment(component=Component.PRINCIPAL, amount_minor=minor, reason="r")


def test_money_writes_nothing_down():
    assert lost((FEB, paid(100_00))) == []


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        pytest.param([(FEB, waived(5_00))], [(FEB, 5_00)], id="waived"),
        pytest.param([(MARCH, Closed(reason="r"))], [(MARCH, 300_00)], id="written off"),
        pytest.param([(FEB, paid(100_00)), (MARCH, OFF)], [(MARCH, 200_00)], id="charged off"),
        pytest.param(
            [(FEB, waived(5_00)), (MARCH, OFF), (LAST, Closed(reason="r"))],
            [(FEB, 5_00), (MARCH, 295_00)], id="what is written off was charged off before",
        ),
        pytest.param(
            [(MARCH, waived(5_00)), (MARCH, OFF)], [(MARCH, 5_00), (MARCH, 295_00)],
            id="waived on that day before it",
        ),
        pytest.param([(MARCH, OFF), (MARCH, waived(5_00))], [(MARCH, 300_00)], id="and after it"),
        pytest.param([(MARCH, OFF), (LAST, paid(100_00))], [(MARCH, 300_00)], id="recovered"),
    ],
)  # fmt: skip
def test_what_is_lost_counts_once(entries, found):
    assert lost(*entries) == [found]


def test_a_charge_off_taken_back_lost_nothing():
    off = (MARCH, OFF)
    undone = (date(2026, 3, 12), ChargeOffUndone(charge_off_id=fact_id(3)))
    assert lost(off, undone, (date(2026, 4, 1), waived(5_00))) == [[(date(2026, 4, 1), 5_00)]]


def test_a_loss_is_the_plans_that_was_the_last_to_begin():
    cancelled = PlanCancelled(plan_id=fact_id(2), reason="r")
    again = plan_due(date(2026, 4, 10), date(2026, 5, 10), by=BY)
    april = date(2026, 4, 1)
    found = lost(
        (date(2026, 1, 20), waived(1_00)), (FEB, cancelled), (date(2026, 2, 20), waived(2_00)),
        (MARCH, again), (april, waived(4_00)),
    )  # fmt: skip
    assert found == [[(date(2026, 1, 20), 1_00), (date(2026, 2, 20), 2_00)], [(april, 4_00)]]


def test_a_cohort_tells_it_by_its_months():
    asked = Question(
        report="vintages", as_of=LAST, known_on=LAST, basis=Basis.RESTATED, from_on=JAN, to_on=LAST,
        by=("cohort", "age"),
    )  # fmt: skip
    one = seen((JAN, waived(1_00)), (date(2026, 3, 11), waived(5_00)))
    told = {e.key[1]: e.adds["written_down_minor"] for e in vintages(one, asked)}
    assert told == {"0": 0, "1": 1_00, "2": 1_00, "3": 6_00, "4": 6_00, "5": 6_00}


@given(lives)
@settings(max_examples=25)
def test_without_a_charge_off_it_is_what_the_ledger_took_off(drawn):
    """Over random lives, of accounts whose plan began on the day they were placed."""
    gone = {PostingKind.ADJUSTMENT, PostingKind.FORGIVENESS, PostingKind.WRITE_OFF}
    for life in lived(drawn):
        at = looked(life, life.today)
        found = written_down(
            Seen(
                id=UUID(int=1), reference="A", currency="USD", product="other", policy="default",
                creditor=None, at=at, facts=life.facts,
            )
        )  # fmt: skip
        agreed = [plan for plan in at.state.plans if plan.status not in NOT_ACTIVE]
        begun = min((plan.opened_on for plan in agreed), default=None)
        charged = any(one.type.value == "account.charged_off" for one in at.fold.verdicts)
        if begun is None or charged:
            continue
        _, rows = ledger(life, life.today)
        taken = -sum(
            one.components.total_minor
            for one in rows
            if one.kind in gone and one.effective_on >= begun
        )
        assert sum(one.minor for of in found.values() for one in of) == taken
