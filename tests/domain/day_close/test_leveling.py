"""Plans that bear interest and change: leveled anew, owing what the days bear, to the end.

1,200.00 placed on 1 January 2025 and owed at 12 %; twelve level installments on the 1st.
"""

from datetime import date

import pytest

from app.domain.facts.changes import (
    Deferral,
    DueDate,
    MovedRow,
    ReAge,
    Reamortization,
    Reschedule,
)
from app.domain.replay.replay import fold
from app.domain.schedule.build import build
from app.domain.schedule.dates import NO_HOLIDAYS
from app.domain.schedule.terms import DayCount, Frequency, StepUp, Terms, Unit
from app.domain.values import replace
from tests.domain.day_close.test_interest import BY, JAN, PRINCIPAL, lived, opened, plan_of, quoted
from tests.factories import book, fact_id, history, paid, placed, row_id

PLAN = fact_id(2)
FEB, MAR, APR, MAY = (date(2025, month, 1) for month in (2, 3, 4, 5))
LEVEL = quoted().installments[0].amount_minor


def months(first, count):
    days = (date(first.year + (first.month + k - 1) // 12, (first.month + k - 1) % 12 + 1,
                 first.day) for k in range(count))  # fmt: skip
    return tuple(DueDate(nominal_due_on=day, due_on=day) for day in days)


def asked(plan):
    """What each row with anything on it comes to, as it is shown."""
    return [
        (row.due_on, row.due.total_minor + row.expected_interest_minor)
        for row in plan.installments
        if row.voided_on is None
    ]


def re_age(*due, number=2, **how):
    return ReAge(plan_id=PLAN, number=number, due=due, reason="x", **how)


def from_february(count):
    """What all of it costs in so many level rows from 1 March, interest from 1 February."""
    schedule = build(
        Terms(
            installment_count=count,
            frequency=Frequency(every=1, unit=Unit.MONTH),
            first_due_on=MAR,
            annual_rate_bps=1200,
            day_count=DayCount.ACTUAL_365,
        ),
        opens_on=FEB,
        amount_minor=PRINCIPAL,
        holidays=NO_HOLIDAYS,
    )
    return [row.amount_minor for row in schedule.installments]


# --- What the levels become ---------------------------------------------------------------------


@pytest.mark.parametrize("day_count", DayCount)
@pytest.mark.parametrize(("count", "unit"), [(1, 1), (6, 1), (24, 1), (24, 5_00), (24, 20_00)])
def test_re_aged_on_its_first_day_it_is_the_schedule_of_the_new_terms(day_count, count, unit):
    """On further days than it had, periods are equal no more: days are counted by actual/365."""
    by_periods = {DayCount.EQUAL_PERIODS, DayCount.ACTUAL_ACTUAL_ICMA}
    moved = day_count in by_periods and count > 12
    by = DayCount.ACTUAL_365 if moved else day_count
    terms = Terms(
        installment_count=count,
        frequency=Frequency(every=1, unit=Unit.MONTH),
        first_due_on=FEB,
        annual_rate_bps=1200,
        day_count=by,
        rounding_unit_minor=unit,
    )
    schedule = build(terms, opens_on=JAN, amount_minor=PRINCIPAL, holidays=NO_HOLIDAYS)
    change = re_age(*months(FEB, count), unit_minor=unit)
    made = lived((JAN, change), through=JAN, day_count=day_count)

    assert [
        (row.due.principal_minor, row.expected_interest_minor)
        for row in plan_of(made).installments
        if row.voided_on is None
    ] == [(row.principal_minor, row.interest_minor) for row in schedule.installments]


def test_a_re_age_levels_what_is_open_over_the_new_rows_from_the_running_period_on():
    on = date(2025, 2, 16)
    made = lived((on, re_age(*months(MAR, 6))), through=on)
    first, *rows = asked(plan_of(made))

    assert first == (FEB, 12_23)  # earned interest stays on its row, owed and first in line
    assert [day for day, _ in rows] == [d.due_on for d in months(MAR, 6)]
    assert [minor for _, minor in rows] == from_february(6)
    new = next(row for row in plan_of(made).installments if row.expected_interest_minor)
    assert new.expected_interest_minor == 11_05  # all 28 days of February
    assert made.earned == lived(through=on).earned


def test_what_was_missed_joins_the_rows_to_come_and_each_asks_for_the_same_more():
    on = date(2025, 2, 10)
    made = lived((on, Reamortization(plan_id=PLAN, number=2)), through=on)
    rows = asked(plan_of(made))

    assert rows[0] == (FEB, 12_23)
    assert [minor for _, minor in rows[1:]] == from_february(11)


def test_re_amortizing_keeps_the_steps_of_a_ladder():
    steps = (StepUp(from_number=7, installment_minor=150_00),)
    schedule = quoted(step_ups=steps)
    on = date(2025, 2, 10)
    change = (on, Reamortization(plan_id=PLAN, number=2))
    rows = asked(plan_of(lived(change, through=on, schedule=schedule)))[1:]

    assert rows[5][1] - rows[4][1] == 150_00 - schedule.installments[0].amount_minor
    assert len({minor for _, minor in rows[:5]}) == 1


def test_rows_that_move_keep_their_level_and_the_last_absorbs_the_days():
    moved = tuple(
        MovedRow(installment_id=row_id(n), nominal_due_on=to.due_on, due_on=to.due_on)
        for n, to in zip(range(2, 13), months(APR, 11), strict=True)
    )
    change = Reschedule(plan_id=PLAN, number=2, moved=moved, reason="x")
    made = lived((FEB, paid(LEVEL)), (FEB, change), through=FEB)
    rows = asked(plan_of(made))

    assert {minor for _, minor in rows[:-1]} == {LEVEL}
    last = quoted().installments[-1].amount_minor
    assert rows[-1][1] - last in range(10_50, 13_50)  # a month of 1,105.64, and what that bears


def test_a_row_moved_on_its_own_day_is_earned_again_on_its_new_one():
    later = date(2025, 2, 15)
    moved = (MovedRow(installment_id=row_id(1), nominal_due_on=later, due_on=later),)
    change = Reschedule(plan_id=PLAN, number=2, moved=moved, reason="x")
    made = lived((FEB, change), through=later)
    first = plan_of(made).installments[0]

    assert [e.amount_minor for e in made.earned] == [12_23, round(1200 * 14 * 12 / 365)]
    assert (first.due.interest_minor, first.amount_minor) == (12_23 + 5_52, LEVEL)


def test_pooled_with_further_rows_they_share_one_level():
    rows = quoted().installments[1:]
    moved = tuple(
        MovedRow(installment_id=row_id(n), nominal_due_on=r.due_on, due_on=r.due_on)
        for n, r in enumerate(rows, 2)
    )
    added = months(date(2026, 2, 1), 6)
    change = Reschedule(plan_id=PLAN, number=2, moved=moved, added=added, reason="x")
    made = lived((FEB, paid(LEVEL)), (FEB, change), through=FEB)

    levels = [minor for _, minor in asked(plan_of(made))[1:]]
    assert len(levels) == 17
    assert len(set(levels[:-1])) == 1
    assert abs(levels[-1] - levels[0]) < 17


def level_but_the_last(levels):
    return len(set(levels[:-1])) == 1 and abs(levels[-1] - levels[0]) < len(levels)


def pooled(first_row, first_on, *earlier, more=6):
    """On 1 February that row and all later ones move to monthly dates, with more after them."""
    rows = range(first_row, 13)
    due = months(first_on, len(rows) + more)
    moved = tuple(
        MovedRow(installment_id=row_id(n), nominal_due_on=to.due_on, due_on=to.due_on)
        for n, to in zip(rows, due, strict=False)
    )
    change = Reschedule(plan_id=PLAN, number=2, moved=moved, added=due[len(rows) :], reason="x")
    return lived(*earlier, (FEB, change), through=FEB)


def test_what_is_due_today_is_not_for_the_others_to_collect():
    made = pooled(2, MAR)
    today, *levels = [minor for _, minor in asked(plan_of(made))]

    assert today == LEVEL
    assert level_but_the_last(levels)


def test_interest_earned_on_a_row_that_moves_is_part_of_its_level():
    made = pooled(1, date(2025, 2, 15))
    first = plan_of(made).installments[0]

    assert (first.due.interest_minor, first.earned_on) == (12_23, None)
    assert level_but_the_last([minor for _, minor in asked(plan_of(made))])


def test_money_ahead_on_a_row_counts_towards_its_level():
    """150.00 on the first day pay the first row's principal and some of the second's."""
    on = date(2025, 2, 16)
    made = lived((JAN, paid(150_00)), (on, Reamortization(plan_id=PLAN, number=2)), through=on)
    second = next(row for row in plan_of(made).installments if row.due_on == MAR)

    assert second.paid.principal_minor > 50_00
    assert level_but_the_last([minor for _, minor in asked(plan_of(made))[1:]])


def test_a_skipped_row_is_asked_for_at_the_end_and_the_next_bears_both_periods():
    at_the_end = date(2026, 2, 1)
    change = Deferral(plan_id=PLAN, number=2, installment_id=row_id(2), nominal_due_on=at_the_end,
                      due_on=at_the_end, reason="x")  # fmt: skip
    made = lived((FEB, paid(LEVEL)), (FEB, change), through=FEB)
    rows = asked(plan_of(made))

    assert [day for day, _ in rows] == [FEB, *(d.due_on for d in months(APR, 11))]
    assert {minor for _, minor in rows[:-2]} == {LEVEL}
    bears = (PRINCIPAL - LEVEL + 12_23) * 59 * 12
    assert plan_of(made).installments[2].expected_interest_minor == round(bears / 36_500)


def test_rows_that_money_ahead_emptied_end_no_period_any_more():
    ahead, in_sixty = (JAN, paid(1_000_00)), quoted(installment_count=60)
    on = date(2025, 2, 16)
    before = lived(ahead, through=on, schedule=in_sixty)
    change = (on, Reamortization(plan_id=PLAN, number=2))
    made = lived(ahead, change, through=on, schedule=in_sixty)

    empty = {row.id for row in plan_of(before).installments if row.voided_on}
    assert empty
    rows = [row for row in plan_of(made).installments if row.id in empty]
    assert all(row.voided_on and not row.level_minor for row in rows)


def test_days_after_the_last_period_bear_nothing_even_if_re_aged_later():
    on = date(2026, 3, 1)
    before = lived(through=on)
    made = lived((on, re_age(DueDate(nominal_due_on=date(2026, 4, 1), due_on=date(2026, 4, 1)))),
                 through=date(2026, 4, 1))  # fmt: skip

    assert made.earned[:-1] == before.earned
    assert made.earned[-1].amount_minor == round(1200 * 31 * 12 / 365)


def test_due_on_the_very_day_what_the_days_bore_is_owed_at_once():
    """The service refuses such dates; a fold of such a fact still loses no day."""
    on = date(2025, 1, 16)
    made = lived((on, re_age(DueDate(nominal_due_on=on, due_on=on))), through=on)

    assert [e.amount_minor for e in made.earned] == [5_92]
    assert made.state.balance.total_minor == PRINCIPAL + 5_92


def test_a_plan_without_interest_knows_no_levels():
    schedule = quoted(annual_rate_bps=0)
    plain = replace(opened(schedule), interest=None)
    made = fold(
        history((JAN, placed(PRINCIPAL)), (JAN, plain), (FEB, re_age(*months(MAR, 6)))),
        book(BY),
        through=MAY,
    )

    assert made.earned == ()
    assert not any(row.level_minor for row in made.state.plans[0].installments)
