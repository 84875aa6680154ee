"""What relief and its end do to the rows of a plan of four installments of 100.00.

Placed on 1 January 2026 with 400.00; due on the 1st of February to May; the change comes on
10 February, with the first one overdue.
"""

from datetime import date

import pytest

from app.domain.account.plan import PlanStatus
from app.domain.facts.changes import (
    Acceleration,
    DueDate,
    DueDayChange,
    MovedRow,
    PaymentHoliday,
    RevisionUndo,
    Rewrite,
    StepDown,
)
from app.domain.facts.kinds import FactKind
from app.domain.money import Component
from app.domain.policy.book import PolicyBook
from app.domain.replay.relief import in_order, lowered
from app.domain.replay.replay import fold
from app.domain.schedule.agreed import AgreedInstallment
from app.domain.values import replace
from app.domain.vocabulary import InstallmentKind, PolicyRef
from tests.factories import (
    charged,
    fact_id,
    history,
    paid,
    placed,
    plan_due,
    policy,
    row_id,
)

JAN, FEB, MAR, APR, MAY, JUN, JUL, AUG = (date(2026, month, 1) for month in range(1, 9))
ON = date(2026, 2, 10)
PLAN = fact_id(2)
POLICY = policy("unlimited", grace_days=5)
NEWER = replace(POLICY, ref=PolicyRef(name=POLICY.ref.name, version=2), grace_days=30)
BOOK = PolicyBook(name=POLICY.ref.name, policies=(POLICY, NEWER))
OF_PLAN = {"plan_id": PLAN, "number": 2, "reason": "x"}


def moved(**to):
    """`second=day, …`: the rows of the plan by their place."""
    places = ("first", "second", "third", "fourth")
    return tuple(
        MovedRow(installment_id=row_id(places.index(p) + 1), nominal_due_on=day, due_on=day)
        for p, day in to.items()
    )


def step_down(minor, until_on, *added, added_minor=0, **how):
    due = tuple(DueDate(nominal_due_on=day, due_on=day) for day in added)
    body = {"installment_minor": minor, "until_on": until_on, "added_minor": added_minor}
    return StepDown(**OF_PLAN, **body, added=due, **how)


def rewrite(*rows, policy=POLICY.ref, **how):
    planned = tuple(
        AgreedInstallment(nominal_due_on=day, due_on=day, principal_minor=minor, kind=kind)
        for day, minor, kind in (
            (*row, InstallmentKind.INSTALLMENT) if len(row) == 2 else row for row in rows
        )
    )
    return Rewrite(**OF_PLAN, quote_id=fact_id(9), policy=policy, installments=planned,
                   anchor_on=planned[0].due_on, **how)  # fmt: skip


def lived(*entries, through=ON, past_due_minor=0):
    opening = plan_due(FEB, MAR, APR, MAY, by=POLICY)
    account = placed(400_00, past_due_minor=past_due_minor)
    return fold(history((JAN, account), (JAN, opening), *entries), BOOK, through=through)


def rows(made):
    """Due date, due and paid of every row that holds something."""
    (plan,) = made.state.plans
    return [
        (row.due_on, row.amount_minor, row.paid.total_minor)
        for row in plan.installments
        if row.voided_on is None
    ]


def told(made, kind):
    return [(v.subject, v.on) for v in made.verdicts if v.type == kind]


# Another due day, and holidays ----------------------------------------------------------------


@pytest.mark.parametrize("change", [
    DueDayChange(**OF_PLAN, moved=moved(second=date(2026, 3, 15), third=date(2026, 4, 15)),
                 anchor_on=date(2026, 3, 15)),
    PaymentHoliday(**OF_PLAN, installments=1,
                   moved=moved(second=date(2026, 3, 15), third=date(2026, 4, 15))),
], ids=["due day", "holiday"])  # fmt: skip
def test_the_named_rows_move_and_nothing_else(change):
    made = lived((FEB, paid(100_00)), (ON, change))

    assert rows(made) == [
        (FEB, 100_00, 100_00), (date(2026, 3, 15), 100_00, 0), (date(2026, 4, 15), 100_00, 0),
        (MAY, 100_00, 0),
    ]  # fmt: skip
    (plan,) = made.state.plans
    assert (plan.revision, plan.taken.total_minor) == (2, 300_00)
    assert [row.id for row in plan.installments] == [row_id(n) for n in (1, 2, 3, 4)]


def test_money_on_a_moved_row_stays_on_it_and_its_new_day_decides_what_is_late():
    holiday = PaymentHoliday(
        **OF_PLAN, installments=2, moved=moved(second=MAY, third=JUN, fourth=JUL)
    )
    made = lived((FEB, paid(150_00)), (ON, holiday), through=date(2026, 5, 7))

    assert rows(made) == [(FEB, 100_00, 100_00), (MAY, 100_00, 50_00), (JUN, 100_00, 0),
                          (JUL, 100_00, 0)]  # fmt: skip
    assert told(made, "installment.missed") == [(row_id(2), date(2026, 5, 7))]


# Step-downs -----------------------------------------------------------------------------------


def test_installments_fall_and_the_later_ones_share_what_they_are_short_of():
    made = lived((ON, step_down(40_00, MAR)))

    assert rows(made) == [(FEB, 100_00, 0), (MAR, 40_00, 0), (APR, 130_00, 0), (MAY, 130_00, 0)]
    assert made.state.plans[0].installments[1].id == row_id(2)


def test_what_is_overdue_does_not_fall_nor_what_is_low_enough():
    same = lived((ON, step_down(100_00, APR)))

    assert rows(same) == rows(lived())
    assert same.state.plans[0].revision == 1  # nothing moved, so nothing was revised
    low = lowered(lived().state.plans[0], on=ON, until_on=APR, to_minor=60_00)
    assert low == {row_id(2): 40_00, row_id(3): 40_00}


def test_the_split_goes_by_the_terms_unit_and_remainder():
    made = lived((ON, step_down(49_99, MAR, unit_minor=1_00)))

    assert [amount for _, amount, _ in rows(made)] == [100_00, 49_99, 125_00, 125_01]


def test_what_was_paid_ahead_on_a_lowered_row_stays_paid():
    made = lived((FEB, paid(180_00)), (ON, step_down(40_00, APR)))

    assert rows(made) == [(FEB, 100_00, 100_00), (MAR, 80_00, 80_00), (APR, 40_00, 0),
                          (MAY, 180_00, 0)]  # fmt: skip
    assert made.state.plans[0].installments[1].satisfied_on == ON


def test_without_later_installments_new_ones_follow():
    """Until July inclusive the new ones are low, too; after it, as high as they were."""
    change = step_down(40_00, JUN, JUN, JUL, AUG, added_minor=100_00)
    made = lived((ON, change))

    assert rows(made) == [
        (FEB, 100_00, 0), (MAR, 40_00, 0), (APR, 40_00, 0), (MAY, 40_00, 0), (JUN, 40_00, 0),
        (JUL, 100_00, 0), (AUG, 40_00, 0),
    ]  # fmt: skip
    assert [row.id for row in made.state.plans[0].installments[4:]] == [
        row_id(n, of=3) for n in (1, 2, 3)
    ]


def test_charges_stay_on_lowered_rows():
    made = lived((FEB, charged(7_00, due_on=MAR, plan=2)), (ON, step_down(40_00, MAR)))

    assert rows(made)[1] == (MAR, 47_00, 0)


@pytest.mark.parametrize(
    ("minor", "expected"),
    [(250, (100, 100, 50)), (350, (100, 100, 150)), (90, (90, 0, 0)), (0, (0, 0, 0))],
)
def test_places_are_filled_in_order(minor, expected):
    assert in_order(minor, (100, 100, 100)) == expected
    assert in_order(minor, ()) == ()


# Rewrites -------------------------------------------------------------------------------------


def test_a_rewrite_moves_what_is_open_to_the_quoted_rows():
    change = rewrite((ON, 50_00, InstallmentKind.DOWN_PAYMENT), (MAR, 100_00), (JUN, 110_00))
    made = lived((FEB, paid(140_00)), (ON, change))

    assert rows(made) == [
        (FEB, 100_00, 100_00), (ON, 50_00, 0), (MAR, 40_00, 40_00), (MAR, 100_00, 0),
        (JUN, 110_00, 0),
    ]  # fmt: skip
    (plan,) = made.state.plans
    new = [row for row in plan.installments if row.voided_on is None and not row.paid]
    assert [(row.id, row.kind.value) for row in new] == [
        (row_id(1, of=4), "down_payment"), (row_id(2, of=4), "installment"),
        (row_id(3, of=4), "installment"),
    ]  # fmt: skip
    assert (row_id(1, of=4), ON) in told(made, "installment.due")


def test_charges_stay_owed_and_late_after_a_rewrite():
    """No re-age: what is not principal is hidden from no clock."""
    late = date(2026, 2, 20)
    made = lived((FEB, charged(7_00, due_on=FEB, plan=2)), (late, rewrite((JUN, 400_00))),
                 through=late)  # fmt: skip
    first = made.state.plans[0].installments[0]

    assert rows(made) == [(FEB, 7_00, 0), (JUN, 400_00, 0)]
    assert (first.relieved_on, made.state.bucket) == (None, "1-29")


def test_what_money_entered_later_left_is_cut_from_the_last_row_on():
    """150.00 of February, entered after the rewrite of 400.00."""
    change = rewrite((MAR, 200_00), (APR, 200_00))

    assert rows(lived((ON, change), (FEB, paid(150_00)))) == [
        (FEB, 100_00, 100_00), (MAR, 50_00, 50_00), (MAR, 200_00, 0), (APR, 50_00, 0),
    ]  # fmt: skip


def test_the_plan_goes_by_the_quotes_policy_from_then_on():
    """Version 2 of its policy has 30 days of grace; what was judged before stays judged."""
    change = rewrite((MAR, 200_00), (APR, 200_00), policy=NEWER.ref)
    made = lived((ON, change), through=date(2026, 3, 31))

    assert told(made, "installment.missed") == [(row_id(1), date(2026, 2, 7))]
    assert made.state.plans[0].policy == NEWER.ref
    assert told(lived((ON, change), through=APR), "installment.missed")[1:] == [
        (row_id(1, of=3), APR)
    ]


# Accelerations --------------------------------------------------------------------------------


def test_an_accelerated_plan_is_broken_and_everything_open_is_the_accounts():
    made = lived((FEB, paid(30_00)), (ON, Acceleration(**OF_PLAN)), (ON, paid(20_00)))
    (plan,) = made.state.plans

    assert (plan.status, plan.status_reason, plan.ended_on, plan.revision) == (
        PlanStatus.BROKEN, "accelerated", ON, 2,
    )  # fmt: skip
    assert (made.state.balance.total_minor, plan.paid_minor) == (350_00, 30_00)
    assert all(row.voided_on == ON for row in plan.installments)
    assert told(made, "plan.broken") == [(PLAN, ON)]
    (broken,) = (v for v in made.verdicts if v.type == "plan.broken")
    assert broken.data == {"reason": "accelerated"}


def test_what_an_accelerated_plan_left_overdue_stays_past_due_by_the_contract():
    """As with any plan that breaks; paid, the contract is current again."""
    ended = (ON, Acceleration(**OF_PLAN))
    state = lived(ended).state

    assert (state.contract_due_minor, state.contract_since_on) == (100_00, FEB)
    assert lived(ended, (ON, paid(99_99))).state.contract_since_on == FEB
    assert lived(ended, (ON, paid(100_00))).state.contract_since_on is None


def test_a_plan_of_charges_only_can_be_accelerated():
    entries = [
        (FEB, charged(7_00, due_on=MAR, plan=2)),
        (FEB, paid(400_00, component=Component.PRINCIPAL)),
    ]
    made = lived(*entries, (ON, Acceleration(**OF_PLAN)))

    assert made.state.plans[0].status_reason == "accelerated"
    assert made.state.balance.total_minor == 7_00


def test_a_plan_that_completed_meanwhile_is_not_accelerated():
    made = lived((ON, Acceleration(**OF_PLAN)), (FEB, paid(400_00)))

    assert made.state.plans[0].status is PlanStatus.COMPLETED
    assert told(made, "plan.broken") == []


def test_an_undone_acceleration_leaves_no_trace_but_itself():
    undo = RevisionUndo(plan_id=PLAN, undoes=fact_id(4), undone=FactKind.ACCELERATION)
    entries = [(FEB, paid(30_00)), (ON, Acceleration(**OF_PLAN)), (ON, undo)]
    made = lived(*entries)

    assert replace(made.state, sequence=0) == replace(lived((FEB, paid(30_00))).state, sequence=0)
    assert told(made, "plan.broken") == []


# Clocks ---------------------------------------------------------------------------------------

CHANGES = [
    DueDayChange(**OF_PLAN, moved=moved(second=date(2026, 3, 5)), anchor_on=date(2026, 3, 5)),
    PaymentHoliday(**OF_PLAN, installments=1, moved=moved(second=APR, third=MAY, fourth=JUN)),
    step_down(40_00, APR),
    rewrite((MAR, 200_00), (JUN, 200_00)),
    Acceleration(**OF_PLAN),
]


@pytest.mark.parametrize("past_due_minor", [0, None], ids=["plan is contract", "all past due"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.kind)
def test_no_clock_of_the_account_is_touched(change, past_due_minor):
    before = lived(past_due_minor=past_due_minor).state
    after = lived((ON, change), past_due_minor=past_due_minor).state

    assert after.balance == before.balance
    clocks = ("contract_since_on", "reported_since_on", "first_delinquency_on")
    assert [getattr(after, name) for name in clocks] == [getattr(before, name) for name in clocks]
    assert before.first_delinquency_on == (FEB if past_due_minor == 0 else JAN)
