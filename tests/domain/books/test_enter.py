"""What each entry adds to the books: rows of the ledger, and what is told.

300.00 placed current on 1 January 2026, owed in three installments of 100.00 due on 1 February,
1 March and 1 April; grace is 5 days.
"""

from datetime import date
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.state import State
from app.domain.books.enter import Draft, HistoryNeeded, close_draft
from app.domain.entries.events import EventType
from app.domain.entries.postings import PostingKind
from app.domain.facts.accounts import Adjustment, ChargeReversal, HoldRelease
from app.domain.facts.payments import Reversal
from app.domain.facts.plans import PlanApproved, PlanCancelled, PlanProposed, PlanRejected
from app.domain.money import NOTHING, Amounts, Component
from app.domain.replay.replay import fold
from app.domain.values import replace
from tests.domain.support.entering import enter
from tests.factories import (
    book,
    charged,
    fact,
    fact_id,
    held,
    history,
    paid,
    placed,
    plan_due,
    row_id,
)

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
PLAN = fact_id(2)
OPENING = ((JAN, placed(fees_minor=40_00)), (JAN, plan_due(FEB, MAR, APR)))


def kept(*entries):
    """The drafts after each entry, each holding only what that entry added."""
    drafts, facts = [Draft(state=State())], history(*entries)
    for number, one in enumerate(facts):
        before = replace(Draft(state=drafts[-1].state), events=())
        before = close_draft(before, book(), business_date=one.business_date)
        drafts.append(enter(before, one, book(), history=facts[:number]))
    return drafts[1:]


def lines(draft):
    return [
        (p.kind, p.components, p.unapplied_minor, p.balance_after_minor) for p in draft.postings
    ]


def returned(n):
    return Reversal(payment_id=fact_id(n), reason_code="R01")


# Rows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "kind", "components", "unapplied", "balance"),
    [
        pytest.param([], PostingKind.PLACEMENT, Amounts(principal_minor=300_00, fees_minor=40_00),
                     0, 340_00, id="placement"),
        pytest.param([(FEB, paid(50_00))], PostingKind.PAYMENT,
                     Amounts(principal_minor=-10_00, fees_minor=-40_00), 0, 290_00, id="payment"),
        pytest.param([(FEB, paid(400_00))], PostingKind.PAYMENT,
                     Amounts(principal_minor=-300_00, fees_minor=-40_00), -60_00, 0, id="too much"),
        pytest.param([(FEB, charged(5_00, due_on=FEB, kind="cost"))], PostingKind.CHARGE,
                     Amounts(costs_minor=5_00), 0, 345_00, id="charge"),
        pytest.param([(FEB, Adjustment(component=Component.FEES, amount_minor=5_00, reason="r"))],
                     PostingKind.ADJUSTMENT, Amounts(fees_minor=-5_00), 0, 335_00, id="waiver"),
        pytest.param([(FEB, paid(400_00)), (MAR, returned(2))], PostingKind.REVERSAL,
                     Amounts(principal_minor=300_00, fees_minor=40_00), 60_00, 340_00, id="return"),
        pytest.param([(FEB, charged(5_00, due_on=FEB, kind="cost")),
                      (MAR, ChargeReversal(charge_id=fact_id(2), reason="r"))],
                     PostingKind.REVERSAL, Amounts(costs_minor=-5_00), 0, 340_00, id="uncharge"),
    ],
)  # fmt: skip
def test_each_fact_that_moves_money_is_one_row(entries, kind, components, unapplied, balance):
    draft = kept(OPENING[0], *entries)[-1]

    assert lines(draft) == [(kind, components, unapplied, balance)]
    assert [p.id for p in draft.postings] == [p.fact_id for p in draft.postings]
    assert [p.fact_id for p in draft.postings] == [f.id for f in draft.facts]
    assert draft.postings[0].amount_minor == components.total_minor + unapplied


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(plan_due(FEB, MAR), id="a plan"),
        pytest.param(PlanCancelled(plan_id=PLAN, reason="x"), id="its end"),
        pytest.param(held("dispute", FEB), id="a hold"),
    ],
)
def test_what_moves_no_money_is_no_row(body):
    assert kept(*OPENING, (FEB, body))[-1].postings == ()


def test_a_row_says_what_it_is_about():
    charge, payment, reversal = (
        draft.postings[0]
        for draft in kept(
            *OPENING,
            (JAN, replace(charged(5_00, due_on=FEB, plan=2), reason="letter")),
            (FEB, paid(50_00, component=Component.PRINCIPAL)),
            (MAR, returned(4)),
        )[2:]
    )

    assert (charge.plan_id, charge.reason, charge.payment_id) == (PLAN, "letter", None)
    assert (payment.plan_id, payment.payment_id) == (PLAN, fact_id(4))
    assert (reversal.payment_id, reversal.reverses) == (fact_id(4), fact_id(4))
    assert (reversal.reason, reversal.effective_on, reversal.business_date) == ("R01", FEB, MAR)


def test_every_row_names_who_entered_it():
    facts = history(OPENING[0], (MAR, paid(100_00)), (FEB, paid(30_00)))
    before = kept(OPENING[0], (MAR, paid(100_00)))[-1]
    by_ann = replace(facts[2], actor="ann")

    draft = enter(Draft(state=before.state), by_ann, book(), history=facts[:2])

    assert [p.actor for p in draft.postings] == ["ann", "ann"]


def test_reversing_a_charge_or_waiving_says_why():
    drafts = kept(
        OPENING[0],
        (FEB, charged(9_00, due_on=FEB)),
        (FEB, charged(5_00, due_on=FEB)),
        (FEB, ChargeReversal(charge_id=fact_id(3), reason="in error")),
        (FEB, Adjustment(component=Component.FEES, amount_minor=1, reason="goodwill")),
    )

    assert [(p.reverses, p.amount_minor, p.reason) for d in drafts[3:] for p in d.postings] == [
        (fact_id(3), -5_00, "in error"),
        (None, -1, "goodwill"),
    ]


# Reallocations --------------------------------------------------------------------------------


def test_a_payment_split_anew_is_reallocated_by_a_row_of_amount_0():
    facts = (OPENING[0], (MAR, paid(100_00)), (FEB, paid(30_00)))

    draft = kept(*facts)[-1]

    assert lines(draft) == [
        (PostingKind.PAYMENT, Amounts(fees_minor=-30_00), 0, 210_00),
        (PostingKind.REALLOCATION, Amounts(fees_minor=30_00, principal_minor=-30_00), 0, 210_00),
    ]
    moved = next(p for p in draft.postings if p.kind is PostingKind.REALLOCATION)
    assert (moved.amount_minor, moved.payment_id) == (0, fact_id(2))
    assert (moved.fact_id, moved.reason) == (fact_id(3), "payment entered")
    assert (moved.effective_on, moved.business_date) == (FEB, MAR)


@pytest.mark.parametrize("minor", [1, 340_00])
def test_rows_that_raise_what_is_owed_come_first(minor):
    """A backdated payment pushes the later one out: its money is unapplied again."""
    draft = kept(OPENING[0], (MAR, paid(340_00)), (FEB, paid(minor)))[-1]

    assert [(p.kind, p.components.total_minor, p.unapplied_minor) for p in draft.postings] == [
        (PostingKind.REALLOCATION, minor, -minor),
        (PostingKind.PAYMENT, -minor, 0),
    ]
    assert [p.balance_after_minor for p in draft.postings] == [minor, 0]
    assert [p.id.int - fact_id(3).int for p in draft.postings] == [1, 0]


def test_a_return_is_raised_before_other_money_takes_its_place():
    draft = kept(OPENING[0], (FEB, paid(340_00)), (MAR, paid(100_00)), (APR, returned(2)))[-1]

    assert lines(draft) == [
        (PostingKind.REVERSAL, Amounts(principal_minor=300_00, fees_minor=40_00), 0, 340_00),
        (
            PostingKind.REALLOCATION,
            Amounts(principal_minor=-60_00, fees_minor=-40_00),
            100_00,
            240_00,
        ),
    ]
    assert [p.id.int - fact_id(4).int for p in draft.postings] == [0, 2]


def test_only_new_and_changed_splits_are_written():
    drafts = kept(OPENING[0], (FEB, paid(10_00)), (MAR, paid(100_00)), (FEB, paid(30_00)))

    assert [set(d.splits) for d in drafts] == [
        set(),
        {fact_id(2)},
        {fact_id(3)},
        {fact_id(3), fact_id(4)},
    ]
    assert [p.payment_id for p in drafts[3].postings] == [fact_id(4), fact_id(3)]


# Events ---------------------------------------------------------------------------------------


def proposal():
    opened = plan_due(FEB, MAR)
    return PlanProposed(
        amount_minor=opened.amount_minor, policy=opened.policy, installments=opened.installments
    )


@pytest.mark.parametrize(
    ("entries", "types", "data"),
    [
        pytest.param([], ["account.created"],
                     {"reference": None, "currency": None, "product": None,
                      "total_minor": 340_00}, id="placement"),
        pytest.param([(JAN, paid(1))], ["payment.posted"],
                     {"reference": "bank-1", "amount_minor": 1, "method": "other",
                      "kind": "repayment"}, id="payment"),
        pytest.param([(JAN, paid(1)), (JAN, returned(2))], ["payment.reversed"],
                     {"reversal_id": fact_id(3), "amount_minor": 1, "reason_code": "R01"},
                     id="return"),
        pytest.param([(JAN, charged(1, due_on=FEB))], ["charge.added"],
                     {"charge_id": fact_id(2), "kind": "fee", "amount_minor": 1, "due_on": FEB},
                     id="charge"),
        pytest.param([(JAN, charged(1, due_on=FEB)), (JAN, ChargeReversal(charge_id=fact_id(2)))],
                     ["charge.reversed"], {"charge_id": fact_id(2), "amount_minor": 1},
                     id="uncharge"),
        pytest.param([(JAN, Adjustment(component=Component.FEES, amount_minor=1, reason="r"))],
                     ["adjustment.posted"],
                     {"adjustment_id": fact_id(2), "component": "fees", "amount_minor": 1,
                      "charge_id": None},
                     id="waiver"),
        pytest.param([(JAN, held("dispute", FEB))], ["hold.placed"],
                     {"hold_id": fact_id(2), "kind": "dispute", "starts_on": FEB, "ends_on": None},
                     id="hold"),
        pytest.param([(JAN, held("dispute", JAN)), (JAN, HoldRelease(hold_id=fact_id(2)))],
                     ["hold.released"], {"hold_id": fact_id(2)}, id="release"),
        pytest.param([(JAN, plan_due(FEB, MAR))], ["plan.created", "plan.activated"],
                     {"kind": "installment", "total_minor": 200_00, "installment_count": 2},
                     id="plan"),
        pytest.param([(JAN, proposal())], ["plan.created"],
                     {"kind": "installment", "total_minor": 200_00, "installment_count": 2},
                     id="proposal"),
        pytest.param([(JAN, proposal()), (JAN, PlanApproved(plan_id=PLAN))],
                     ["plan.approved", "plan.activated"], {}, id="approval"),
        pytest.param([(JAN, proposal()), (JAN, PlanRejected(plan_id=PLAN, reason="x"))],
                     ["plan.rejected"], {}, id="rejection"),
        pytest.param([(JAN, plan_due(FEB, MAR)), (JAN, PlanCancelled(plan_id=PLAN, reason="x"))],
                     ["plan.cancelled"], {}, id="cancellation"),
    ],
)  # fmt: skip
def test_each_fact_is_told(entries, types, data):
    draft = kept(OPENING[0], *entries)[-1]

    assert [event.type.value for event in draft.events] == types
    assert draft.events[0].data == {"effective_on": JAN, **data}
    assert {event.business_date for event in draft.events} == {JAN}
    assert not any(event.corrects or event.key for event in draft.events)


def test_an_event_names_its_plan_and_payment():
    drafts = kept(*OPENING, (JAN, paid(1, plan_id=PLAN)), (JAN, returned(3)),
                  (JAN, charged(1, due_on=FEB, plan=2)),
                  (JAN, PlanCancelled(plan_id=PLAN, reason="x")))  # fmt: skip

    about = [(d.events[0].plan_id, d.events[0].payment_id) for d in drafts]
    assert about == [
        (None, None),
        (PLAN, None),
        (PLAN, fact_id(3)),
        (None, fact_id(3)),
        (PLAN, None),
        (PLAN, None),
    ]


def test_the_day_close_tells_each_verdict_on_its_day():
    opened = Draft(state=kept(*OPENING)[-1].state)

    told = close_draft(opened, book(), business_date=date(2026, 2, 10)).events

    assert [(e.type.value, e.business_date, e.plan_id) for e in told] == [
        ("installment.due", FEB, PLAN),
        ("installment.missed", date(2026, 2, 7), PLAN),
        ("account.bucket_changed", date(2026, 2, 7), PLAN),
    ]
    assert told[0].data == {"installment_id": row_id(1), "due_minor": 100_00}
    assert told[2].data == {"from": "current", "to": "1-29", "delinquent_days": 1}
    assert told[0].key == f"installment.due:{row_id(1)}:2026-02-01:0"


# Corrections ----------------------------------------------------------------------------------


def corrections(draft):
    return [
        (e.type.value, e.business_date, e.before, None if e.withdrawn else e.data)
        for e in draft.events
        if e.corrects
    ]


def test_money_entered_late_withdraws_the_verdicts_it_takes_away():
    draft = kept(*OPENING, (date(2026, 2, 10), held("military", FEB)), (FEB, paid(100_00)))[-1]

    missed = {"installment_id": row_id(1), "due_on": "2026-02-01", "short_minor": 100_00}
    bucket = {"from": "current", "to": "1-29", "delinquent_days": 1}
    assert corrections(draft) == [
        ("installment.missed", date(2026, 2, 7), missed, None),
        ("account.bucket_changed", date(2026, 2, 7), bucket, None),
    ]
    new = [(e.type.value, e.business_date) for e in draft.events if not e.corrects]
    assert new == [("payment.posted", date(2026, 2, 10)), ("installment.paid", FEB)]


def test_a_verdict_that_changes_says_what_it_was_and_is():
    draft = kept(*OPENING, (date(2026, 2, 10), held("military", FEB)), (FEB, paid(40_00)))[-1]

    (corrected,) = (e for e in draft.events if e.corrects)
    assert (corrected.type, corrected.withdrawn) == (EventType.INSTALLMENT_MISSED, False)
    assert (corrected.before["short_minor"], corrected.data["short_minor"]) == (100_00, 60_00)
    assert corrected.key == f"installment.missed:{row_id(1)}:2026-02-07:0"


def test_a_cure_is_no_correction():
    draft = kept(*OPENING, (date(2026, 2, 10), paid(100_00)))[-1]

    assert corrections(draft) == []
    assert [e.type.value for e in draft.events] == [
        "installment.due",
        "installment.missed",
        "account.bucket_changed",
        "payment.posted",
        "installment.paid",
        "installment.cured",
        "account.bucket_changed",
    ]


# Going on, and going back ---------------------------------------------------------------------


def test_the_past_is_asked_for():
    draft = kept(*OPENING, (MAR, paid(1)))[-1]

    with pytest.raises(HistoryNeeded):
        enter(draft, fact(4, paid(1), on=FEB, entered=MAR), book())


def test_a_draft_with_nothing_in_it_changes_nothing():
    draft = close_draft(Draft(state=State()), book(), business_date=JAN)

    assert not draft.changes
    assert kept(OPENING[0])[-1].changes
    assert close_draft(Draft(state=kept(*OPENING)[-1].state), book(), business_date=FEB).changes


def test_facts_of_one_draft_see_each_other():
    facts = history(OPENING[0], (MAR, paid(100_00)), (FEB, paid(30_00)))
    draft = Draft(state=State())
    for one in facts:
        draft = enter(close_draft(draft, book(), business_date=one.business_date), one, book(),
                      history=())  # fmt: skip

    assert draft.facts == facts
    assert draft.state == fold(facts, book(), through=MAR).state
    assert [p.balance_after_minor for p in draft.postings][-1] == 210_00
    assert set(draft.splits) == {fact_id(2), fact_id(3)}


entry = st.tuples(st.integers(0, 100), st.integers(1, 200_00))


@given(st.lists(entry, min_size=1, max_size=5))
def test_entering_one_by_one_is_folding_all(payments):
    entries = [(date.fromordinal(JAN.toordinal() + day), paid(cents)) for day, cents in payments]

    drafts = kept(*OPENING, *entries)

    facts = tuple(f for d in drafts for f in d.facts)
    folded = fold(facts, book(), through=max(on for on, _ in entries))
    assert drafts[-1].state == folded.state
    rows = [p for d in drafts for p in d.postings]
    assert all(p.components.total_minor + p.unapplied_minor == 0
               for p in rows if p.kind is PostingKind.REALLOCATION)  # fmt: skip
    running = [
        total.total_minor for total in accumulate((p.components for p in rows), initial=NOTHING)
    ]
    assert [p.balance_after_minor for p in rows] == running[1:]
    assert min(running) >= 0
