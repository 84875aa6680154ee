"""How an account, its plan and each installment stand on a day.

Three installments of 100.00, due on 1 February, 1 March and 1 April 2026; grace is 5 days.
"""

from datetime import date

import pytest

from app.domain.account.plan import PlanStatus
from app.domain.account.state import Held, State
from app.domain.facts.plans import PlanApproved, PlanProposed, PlanRejected
from app.domain.money import Amounts
from app.domain.replay.replay import fold
from app.domain.schedule.agreed import AgreedInstallment
from app.domain.standing.status import account_status, installment_status, standing
from app.domain.values import replace
from app.domain.vocabulary import HoldKind, InstallmentKind, PlanKind
from tests.factories import (
    book,
    fact_id,
    history,
    ninety_percent,
    paid,
    placed,
    plan,
    plan_due,
    policy,
    row,
    row_id,
)

FEB, MAR, APR = date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)
THREE = plan(row(1, FEB), row(2, MAR), row(3, APR))
PAID = Amounts(principal_minor=100_00)


def dispute(starts_on, released_on=None):
    return Held(id=fact_id(9), kind=HoldKind.DISPUTE, starts_on=starts_on, released_on=released_on)


def first_paid(minor):
    first, *others = THREE.installments
    return replace(
        THREE, installments=(replace(first, paid=Amounts(principal_minor=minor)), *others)
    )


@pytest.mark.parametrize(
    ("owed", "charged_off_on", "status"),
    [
        pytest.param(1, None, "open", id="a cent is owed"),
        pytest.param(0, None, "paid", id="nothing is owed"),
        pytest.param(1, FEB, "charged_off", id="charged off"),
        pytest.param(0, FEB, "paid", id="charged off, and paid since"),
    ],
)
def test_an_account_is_the_first_that_holds(owed, charged_off_on, status):
    state = State(balance=Amounts(fees_minor=owed), charged_off_on=charged_off_on)

    assert account_status(state) == status


@pytest.mark.parametrize(
    ("on", "owing", "holds", "expected"),
    [
        pytest.param(date(2026, 1, 31), THREE, (), "current", id="nothing due yet"),
        pytest.param(FEB, THREE, (), "due", id="due today"),
        pytest.param(date(2026, 2, 2), THREE, (), "in_grace", id="overdue"),
        pytest.param(date(2026, 2, 6), THREE, (), "in_grace", id="last day of grace"),
        pytest.param(date(2026, 2, 7), THREE, (), "delinquent", id="grace over"),
        pytest.param(MAR, THREE, (), "delinquent", id="late with one, another due today"),
        pytest.param(MAR, first_paid(100_00), (), "due", id="only today's is open"),
        pytest.param(date(2026, 2, 7), first_paid(100_00), (), "current", id="all paid"),
        pytest.param(FEB, first_paid(100_00), (), "current", id="today's is paid"),
        pytest.param(MAR, THREE, (dispute(FEB),), "paused", id="disputed"),
        pytest.param(MAR, THREE, (dispute(FEB, MAR),), "paused", id="released today"),
        pytest.param(date(2026, 3, 2), THREE, (dispute(FEB, MAR),), "in_grace",
                     id="released yesterday"),
    ],
)  # fmt: skip
def test_an_active_plan_stands_as_the_first_that_holds(on, owing, holds, expected):
    state = State(plans=(owing,), holds=holds)

    assert standing(state, owing, policy(), on=on) == expected


@pytest.mark.parametrize("status", [s for s in PlanStatus if s is not PlanStatus.ACTIVE])
def test_a_plan_that_is_not_active_has_no_standing(status):
    ended = replace(THREE, status=status)

    assert standing(State(plans=(ended,)), ended, policy(), on=MAR) is None


@pytest.mark.parametrize(
    ("on", "changes", "by", "expected"),
    [
        pytest.param(date(2026, 1, 31), {}, policy(), "upcoming", id="not due yet"),
        pytest.param(date(2026, 1, 31), {"paid": Amounts(principal_minor=1)}, policy(), "partial",
                     id="a cent paid ahead"),
        pytest.param(FEB, {"paid": Amounts(principal_minor=1)}, policy(), "due", id="due today"),
        pytest.param(date(2026, 2, 2), {}, policy(), "overdue", id="overdue"),
        pytest.param(date(2026, 2, 6), {}, policy(), "overdue", id="last day of grace"),
        pytest.param(date(2026, 2, 7), {}, policy(), "missed", id="grace over"),
        pytest.param(date(2026, 2, 7), {"paid": Amounts(principal_minor=99_99)}, policy(), "missed",
                     id="a cent short"),
        pytest.param(date(2026, 2, 7), {"paid": PAID}, policy(), "paid", id="paid"),
        pytest.param(date(2026, 1, 1), {"paid": PAID}, policy(), "paid", id="paid ahead"),
        pytest.param(date(2026, 2, 7), {"voided_on": FEB}, policy(), "void", id="void"),
        pytest.param(date(2026, 2, 7), {"voided_on": FEB, "paid": PAID}, policy(), "void",
                     id="void before all else"),
        pytest.param(MAR, {"paid": Amounts(principal_minor=90_00)}, ninety_percent(), "overdue",
                     id="ninety percent is not missed"),
        pytest.param(date(2026, 4, 2), {"paid": Amounts(principal_minor=90_00)}, ninety_percent(),
                     "missed", id="until the last due date has passed"),
    ],
)  # fmt: skip
def test_an_installment_is_the_first_that_holds(on, changes, by, expected):
    first = replace(row(1, FEB), **changes)
    owing = plan(first, row(2, MAR), row(3, APR))

    assert installment_status(State(plans=(owing,)), owing, first, by, on=on) == expected


@pytest.mark.parametrize(
    ("released_on", "expected"),
    [
        pytest.param(None, "overdue", id="while it stands"),
        pytest.param(date(2026, 2, 10), "missed", id="once it is over"),
    ],
)
def test_a_disputed_installment_is_overdue_and_not_missed(released_on, expected):
    state = State(plans=(THREE,), holds=(dispute(FEB, released_on),))

    first = THREE.installments[0]
    assert installment_status(state, THREE, first, policy(), on=MAR) == expected


def test_the_rows_of_a_plan_that_waits_are_upcoming():
    waiting = replace(THREE, status=PlanStatus.PENDING_APPROVAL)

    first = waiting.installments[0]
    assert installment_status(State(), waiting, first, policy(), on=APR) == "upcoming"


# What was agreed -------------------------------------------------------------------------------


JAN, PLAN = date(2026, 1, 1), fact_id(2)
OPENED = plan_due(FEB, MAR, APR)
PROPOSED = PlanProposed(
    amount_minor=OPENED.amount_minor, policy=OPENED.policy, installments=OPENED.installments
)


def lived(*entries, opening=PROPOSED, through):
    return fold(history((JAN, placed()), (JAN, opening), *entries), book(), through=through)


def test_a_plan_is_as_it_was_agreed():
    down = AgreedInstallment(
        kind=InstallmentKind.DOWN_PAYMENT,
        nominal_due_on=date(2026, 1, 31),
        due_on=FEB,
        principal_minor=50_00,
    )
    opening = replace(
        OPENED, plan=PlanKind.SETTLEMENT, installments=(*OPENED.installments[1:], down)
    )

    (agreed,) = lived(opening=opening, through=JAN).state.plans

    assert (agreed.kind, agreed.id, agreed.revision) == (PlanKind.SETTLEMENT, PLAN, 1)
    assert [(r.id, r.kind, r.nominal_due_on, r.due_on) for r in agreed.installments] == [
        (row_id(3), InstallmentKind.DOWN_PAYMENT, date(2026, 1, 31), FEB),
        (row_id(1), InstallmentKind.INSTALLMENT, MAR, MAR),
        (row_id(2), InstallmentKind.INSTALLMENT, APR, APR),
    ]


def test_a_proposed_plan_takes_over_nothing_and_no_money():
    state = lived((FEB, paid(50_00)), through=date(2026, 4, 30)).state

    (waiting,) = state.plans
    assert (waiting.status, waiting.taken, waiting.paid_minor) == ("pending_approval", Amounts(), 0)
    assert state.live_plan is None
    assert state.one_plan == waiting
    assert waiting.missed_total == 0


def test_an_approved_plan_opens_on_the_day_of_its_approval():
    approval = PlanApproved(plan_id=PLAN)

    made = lived((date(2026, 1, 20), approval), through=date(2026, 2, 7))

    (opened,) = made.state.plans
    assert (opened.status, opened.opened_on) == ("active", date(2026, 1, 20))
    assert opened.taken.total_minor == 300_00
    missed = [v.on for v in made.verdicts if v.type == "installment.missed"]
    assert missed == [date(2026, 2, 7)]


def test_a_rejected_plan_never_was():
    rejection = PlanRejected(plan_id=PLAN, reason="too long")

    state = lived((FEB, rejection), through=FEB).state

    (rejected,) = state.plans
    assert (rejected.status, rejected.status_reason, rejected.ended_on) == (
        "rejected",
        "too long",
        FEB,
    )
    assert state.one_plan is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(PlanApproved(plan_id=PLAN), id="approved"),
        pytest.param(PlanRejected(plan_id=PLAN, reason="x"), id="rejected"),
        pytest.param(PlanApproved(plan_id=fact_id(99)), id="an unknown one, approved"),
        pytest.param(PlanRejected(plan_id=fact_id(99), reason="x"), id="an unknown one, rejected"),
    ],
)
def test_only_a_plan_that_waits_is_decided_on(body):
    with pytest.raises(ValueError, match="does not wait for approval"):
        lived((FEB, body), opening=OPENED, through=FEB)


def test_a_new_proposal_stands_beside_what_was_rejected():
    state = lived(
        (JAN, PlanRejected(plan_id=PLAN, reason="too long")), (JAN, PROPOSED), through=JAN
    ).state

    assert [p.status.value for p in state.plans] == ["rejected", "pending_approval"]
    assert state.one_plan == state.plans[1]


# Placement ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("past_due_minor", "since_on", "clock", "due_minor"),
    [
        pytest.param(None, None, JAN, 300_00, id="all of it, from the day it is placed"),
        pytest.param(None, date(2025, 11, 1), date(2025, 11, 1), 300_00, id="since November"),
        pytest.param(
            80_00, date(2025, 11, 1), date(2025, 11, 1), 80_00, id="a part since November"
        ),
        pytest.param(0, date(2025, 11, 1), None, 0, id="current"),
    ],
)
def test_a_placement_starts_the_clocks(past_due_minor, since_on, clock, due_minor):
    body = replace(
        placed(past_due_minor=past_due_minor),
        delinquent_since_on=since_on,
        charged_off_on=date(2025, 12, 31),
    )

    state = fold(history((JAN, body)), book(), through=JAN).state

    assert (state.placed_on, state.balance.total_minor) == (JAN, 300_00)
    assert (state.contract_since_on, state.first_delinquency_on, state.reported_since_on) == (
        clock,
        clock,
        clock,
    )
    assert (state.contract_due_minor, state.contract_is_plan) == (due_minor, past_due_minor == 0)
    assert state.charged_off_on == date(2025, 12, 31)


@pytest.mark.parametrize(
    ("minor", "running"),
    [
        pytest.param(79_99, True, id="a cent short"),
        pytest.param(80_00, False, id="what was past due"),
        pytest.param(90_00, False, id="more than that"),
        pytest.param(300_00, False, id="everything"),
    ],
)
def test_the_contract_is_current_once_what_was_past_due_is_paid(minor, running):
    facts = history((JAN, placed(past_due_minor=80_00)), (FEB, paid(minor)))

    state = fold(facts, book(), through=MAR).state

    assert state.contract_due_minor == max(0, 80_00 - minor)
    assert state.contract_since_on == (JAN if running else None)
    assert state.first_delinquency_on == (JAN if running else None)
    assert state.reported_since_on == (JAN if running else None)
    assert state.bucket == ("30-59" if running else "current")
