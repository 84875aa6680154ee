"""What each change of a schedule does to the rows of a plan of three installments of 100.00.

Placed on 1 January 2026 with 300.00; due on 1 February, 1 March and 1 April; the change comes on
10 March, with the first two missed.
"""

from datetime import date

import pytest

from app.domain.account.plan import PlanStatus
from app.domain.facts.changes import (
    Deferral,
    DueDate,
    MovedRow,
    ReAge,
    Reamortization,
    Reschedule,
    RevisionUndo,
)
from app.domain.facts.kinds import FactKind
from app.domain.facts.plans import PlanCancelled
from app.domain.money import Remainder
from app.domain.replay.replay import fold
from app.domain.values import replace
from app.domain.vocabulary import PaymentKind
from tests.factories import (
    book,
    charged,
    fact_id,
    history,
    paid,
    placed,
    plan_due,
    policy,
    row_id,
)

JAN, FEB, MAR, APR, MAY, JUN = (date(2026, month, 1) for month in range(1, 7))
ON = date(2026, 3, 10)
PLAN = fact_id(2)
POLICY = replace(policy("unlimited"), grace_days=5)


def dates(*days):
    return tuple(DueDate(nominal_due_on=day, due_on=day) for day in days)


def re_age(*days, number=2, **how):
    due = dates(*(days or (MAY, JUN)))
    return ReAge(plan_id=PLAN, number=number, due=due, reason="x", **how)


def lived(*entries, through=ON):
    opening = plan_due(FEB, MAR, APR, by=POLICY)
    facts = history((JAN, placed()), (JAN, opening), *entries)
    return fold(facts, book(POLICY), through=through)


def rows(made):
    """Due date, due and paid of every row that holds something."""
    (plan,) = made.state.plans
    return [
        (row.due_on, row.amount_minor, row.paid.total_minor)
        for row in plan.installments
        if row.voided_on is None
    ]


def told(made, *types):
    return [(v.type.value, v.subject, v.on) for v in made.verdicts if v.type in types]


# Re-ages --------------------------------------------------------------------------------------


def test_a_re_age_moves_what_is_open_and_keeps_what_was_paid():
    made = lived((FEB, paid(130_00)), (ON, re_age()))

    assert rows(made) == [(FEB, 100_00, 100_00), (MAR, 30_00, 30_00), (MAY, 85_00, 0),
                          (JUN, 85_00, 0)]  # fmt: skip
    (plan,) = made.state.plans
    last = plan.installments[2]
    assert (last.voided_on, last.satisfied_on, last.amount_minor) == (ON, ON, 0)
    assert (plan.revision, plan.missed_total, plan.taken.total_minor) == (2, 0, 170_00)
    assert plan.installments[-1].id == row_id(2, of=4)


def test_what_was_missed_is_cured_by_the_change_and_not_by_money():
    made = lived((ON, re_age()))
    cured = [v for v in made.verdicts if v.type == "installment.cured"]

    assert [(v.subject, v.data["by"]) for v in cured] == [
        (row_id(1), "re_age"), (row_id(2), "re_age"),
    ]  # fmt: skip
    assert told(made, "installment.paid") == []


def test_charges_stay_and_age_no_more_on_rows_due_before():
    made = lived(
        (FEB, charged(7_00, due_on=FEB, plan=2)),
        (ON, re_age()),
        through=date(2026, 4, 20),
    )
    (plan,) = made.state.plans
    first = plan.installments[0]

    assert rows(made)[0] == (FEB, 7_00, 0)
    assert (first.relieved_on, plan.status, plan.missed_total) == (ON, PlanStatus.ACTIVE, 0)
    assert made.state.bucket == "current"


def test_a_charge_on_a_row_still_to_come_ages_as_ever():
    made = lived((FEB, charged(7_00, due_on=APR, plan=2)), (ON, re_age()), through=date(2026, 4, 7))

    assert made.state.plans[0].missed_total == 1
    assert made.state.plans[0].installments[2].missed_on == date(2026, 4, 7)


def test_money_pays_what_a_re_age_left_behind_first():
    made = lived((FEB, charged(7_00, due_on=FEB, plan=2)), (ON, re_age()), (ON, paid(8_00)))

    assert rows(made) == [(FEB, 7_00, 7_00), (MAY, 150_00, 1_00), (JUN, 150_00, 0)]
    assert told(made, "installment.cured") == [
        ("installment.cured", row_id(1), ON), ("installment.cured", row_id(2), ON),
    ]  # fmt: skip


def test_a_row_due_on_the_day_of_the_change_is_told_due():
    made = lived((ON, re_age(ON, JUN)))

    assert told(made, "installment.due")[-1] == ("installment.due", row_id(1, of=3), ON)


def test_the_contract_and_the_first_delinquency_go_on():
    before, after = lived().state, lived((ON, re_age())).state

    assert (before.reported_since_on, after.reported_since_on) == (FEB, None)
    assert after.contract_since_on == before.contract_since_on == FEB
    assert after.first_delinquency_on == before.first_delinquency_on == FEB
    assert after.contract_carried_minor == 200_00
    later = lived((ON, re_age()), (ON, paid(199_00))).state
    assert (later.contract_since_on, later.contract_carried_minor) == (FEB, 1_00)
    cured = lived((ON, re_age()), (ON, paid(200_00))).state
    assert (cured.contract_since_on, cured.first_delinquency_on) == (None, None)


def test_reported_late_again_from_the_next_overdue_due_date():
    state = lived((ON, re_age()), through=date(2026, 5, 2)).state

    assert (state.reported_since_on, state.first_delinquency_on) == (MAY, FEB)


@pytest.mark.parametrize(
    ("unit", "remainder", "expected"),
    [
        pytest.param(1, Remainder.LAST, [42_86] * 6 + [42_84], id="last"),
        pytest.param(1, Remainder.FIRST, [42_84] + [42_86] * 6, id="first"),
        pytest.param(100, Remainder.LAST, [43_00] * 6 + [42_00], id="whole units"),
    ],
)
def test_the_split_is_the_terms_own(unit, remainder, expected):
    days = [date(2026, 5, day) for day in range(1, 8)]
    made = lived((ON, re_age(*days, unit_minor=unit, remainder=remainder)))

    assert [due for _, due, _ in rows(made)] == expected


def test_nothing_left_to_move_is_no_effect_and_no_error():
    """Money entered later, dated before, had paid it all."""
    made = lived((ON, re_age()), (FEB, paid(300_00)))

    assert rows(made) == [(FEB, 100_00, 100_00), (MAR, 100_00, 100_00), (APR, 100_00, 100_00)]
    assert (made.state.plans[0].status, made.state.plans[0].revision) == (PlanStatus.COMPLETED, 1)


def test_less_left_than_rows_goes_to_the_last():
    made = lived((ON, re_age(MAY, JUN)), (FEB, paid(299_99)))

    assert rows(made)[-1] == (JUN, 1, 0)
    assert made.state.plans[0].installments[-2].voided_on == ON


def test_re_aged_twice_the_first_new_rows_are_emptied_too():
    again = re_age(JUN, number=3)
    later = date(2026, 3, 20)
    made = lived((ON, re_age()), (later, again), through=later)

    assert rows(made) == [(JUN, 300_00, 0)]
    assert made.state.plans[0].revision == 3


def test_on_the_day_it_is_due_a_charge_ages_as_ever():
    """Only rows due before the re-age are relieved."""
    made = lived(
        (FEB, charged(7_00, due_on=FEB, plan=2)), (FEB, re_age()), through=date(2026, 2, 7)
    )

    assert made.state.plans[0].installments[0].relieved_on is None
    assert made.state.plans[0].missed_total == 1


def test_a_row_is_cured_once_however_often_the_plan_is_re_aged():
    later = date(2026, 3, 20)
    made = lived(
        (FEB, charged(7_00, due_on=FEB, plan=2)),
        (ON, re_age()),
        (later, re_age(number=3)),
        through=later,
    )

    assert [subject for _, subject, _ in told(made, "installment.cured")] == [
        row_id(1), row_id(2),
    ]  # fmt: skip


def test_the_revision_is_the_number_the_change_was_given():
    assert lived((ON, re_age(number=5))).state.plans[0].revision == 5


def test_what_was_moved_ahead_adds_up_and_stays_past_due_when_the_plan_ends():
    """200.00 by the first re-age, half of the rest, due since, by the second."""
    second, third = date(2026, 5, 10), date(2026, 5, 20)
    again = re_age(date(2026, 7, 1), date(2026, 8, 1), number=3)
    changes = ((ON, re_age()), (second, again))
    state = lived(*changes, through=second).state
    assert state.contract_carried_minor == 350_00
    ended = lived(*changes, (third, PlanCancelled(plan_id=PLAN, reason="x")), through=third).state

    assert (ended.contract_due_minor, ended.contract_carried_minor) == (350_00, 0)
    assert ended.contract_since_on == FEB


def test_the_last_due_date_is_that_of_a_row_that_holds_something():
    made = lived((ON, re_age(date(2026, 3, 20))))

    assert made.state.plans[0].installments[-1].due_on == APR
    assert made.state.plans[0].last_due_on == date(2026, 3, 20)


def test_the_fields_own_case_of_a_re_age():
    """AL-20: 750.00 of three rows into six monthly ones of 125.00; nothing is late any more."""
    days = [date(2024, month, 1) for month in range(3, 9)]
    facts = history(
        (date(2024, 1, 1), placed(750_00)),
        (
            date(2024, 1, 1),
            plan_due(date(2024, 1, 16), date(2024, 1, 31), date(2024, 2, 15), minor=250_00,
                     by=POLICY),
        ),
        (date(2024, 2, 20), re_age(*days)),
    )  # fmt: skip
    made = fold(facts, book(POLICY), through=date(2024, 2, 20))

    assert rows(made) == [(day, 125_00, 0) for day in days]
    assert made.state.bucket == "current"
    assert [row.amount_minor for row in made.state.plans[0].installments[:3]] == [0, 0, 0]


# Re-amortizations, reschedules, deferrals -------------------------------------------------------


def test_what_is_due_is_spread_over_what_is_still_to_come():
    made = lived((FEB, paid(50_00)), (ON, Reamortization(plan_id=PLAN, number=2)))

    assert rows(made) == [(FEB, 50_00, 50_00), (APR, 250_00, 0)]


def test_a_row_due_on_the_day_is_spread_too():
    made = lived((MAR, Reamortization(plan_id=PLAN, number=2)), through=MAR)

    assert rows(made) == [(APR, 300_00, 0)]


def test_a_row_paid_ahead_opens_again_for_its_share():
    made = lived(
        (FEB, paid(100_00, payment=PaymentKind.GOODWILL)),
        (ON, Reamortization(plan_id=PLAN, number=2)),
        (FEB, charged(1_00, due_on=APR, plan=2)),
    )

    assert made.state.plans[0].status is PlanStatus.ACTIVE
    assert sum(due - done for _, due, done in rows(made)) == 201_00


def test_a_satisfied_row_is_open_again():
    last = paid(100_00, payment=PaymentKind.GOODWILL)
    made = lived((JAN, last), (ON, Reamortization(plan_id=PLAN, number=2)))
    row = made.state.plans[0].installments[2]

    assert (row.amount_minor, row.paid.total_minor, row.satisfied_on) == (300_00, 100_00, None)


def test_into_more_rows_than_cents_the_emptied_ones_are_void():
    moved = tuple(
        MovedRow(installment_id=row_id(n), nominal_due_on=day, due_on=day)
        for n, day in ((2, MAR), (3, APR))
    )
    change = Reschedule(plan_id=PLAN, number=2, moved=moved, added=dates(MAY, JUN), reason="x")
    made = lived((FEB, change), (JAN, paid(299_99)))
    by_due = {row.due_on: row for row in made.state.plans[0].installments}

    assert rows(made) == [(FEB, 100_00, 100_00), (MAR, 100_00, 100_00), (APR, 99_99, 99_99),
                          (JUN, 1, 0)]  # fmt: skip
    assert (by_due[MAR].satisfied_on, by_due[APR].satisfied_on) == (JAN, FEB)
    assert by_due[MAY].voided_on == FEB


def test_charges_of_a_re_amortized_row_go_on_aging():
    made = lived(
        (FEB, charged(7_00, due_on=FEB, plan=2)), (ON, Reamortization(plan_id=PLAN, number=2))
    )

    assert rows(made) == [(FEB, 7_00, 0), (APR, 300_00, 0)]
    assert made.state.plans[0].installments[0].relieved_on is None
    assert made.state.reported_since_on == FEB
    assert made.state.contract_carried_minor == 200_00


def test_after_the_last_due_date_there_is_nothing_to_spread_over():
    made = lived((date(2026, 4, 2), Reamortization(plan_id=PLAN, number=2)),
                 through=date(2026, 4, 2))  # fmt: skip

    assert len(rows(made)) == 3


def test_rescheduled_rows_keep_their_ids_and_what_was_paid():
    moved = tuple(
        MovedRow(installment_id=row_id(n), nominal_due_on=day, due_on=day)
        for n, day in ((2, date(2026, 3, 15)), (3, date(2026, 4, 15)))
    )
    change = Reschedule(plan_id=PLAN, number=2, moved=moved, reason="x")
    made = lived((FEB, paid(130_00)), (FEB, change))

    assert rows(made) == [(FEB, 100_00, 100_00), (date(2026, 3, 15), 100_00, 30_00),
                          (date(2026, 4, 15), 100_00, 0)]  # fmt: skip
    assert [row.id for row in made.state.plans[0].installments] == [row_id(n) for n in (1, 2, 3)]


def test_into_more_installments_the_open_amounts_are_pooled():
    moved = tuple(
        MovedRow(installment_id=row_id(n), nominal_due_on=day, due_on=day)
        for n, day in ((2, MAR), (3, APR))
    )
    change = Reschedule(plan_id=PLAN, number=2, moved=moved, added=dates(MAY, JUN), reason="x")
    made = lived((FEB, paid(140_00)), (FEB, change))

    assert rows(made) == [(FEB, 100_00, 100_00), (MAR, 80_00, 40_00), (APR, 40_00, 0),
                          (MAY, 40_00, 0), (JUN, 40_00, 0)]  # fmt: skip


def test_a_deferred_row_is_appended_at_the_end_with_what_was_open():
    change = Deferral(plan_id=PLAN, number=2, installment_id=row_id(2), nominal_due_on=MAY,
                      due_on=MAY, reason="x")  # fmt: skip
    made = lived((FEB, paid(130_00)), (FEB, change))

    assert rows(made) == [(FEB, 100_00, 100_00), (MAR, 30_00, 30_00), (APR, 100_00, 0),
                          (MAY, 70_00, 0)]  # fmt: skip


# Undoing --------------------------------------------------------------------------------


def test_an_undone_change_counts_on_no_day():
    undo = RevisionUndo(plan_id=PLAN, undoes=fact_id(3), undone=FactKind.RE_AGE)
    later = date(2026, 3, 20)
    facts = ((ON, re_age()), (later, undo))

    assert lived(*facts, through=ON).state.plans == lived(through=ON).state.plans
    assert lived(*facts, through=later).state.plans == lived(through=later).state.plans
