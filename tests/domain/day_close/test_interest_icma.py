"""Actual/actual ICMA on a plan whose first period is none of the regular ones: ten weeks long."""

from datetime import date, timedelta

from app.domain.day_close.interest import earn_due
from app.domain.day_close.leveling import by_days
from app.domain.money import NOTHING
from app.domain.replay.replay import fold
from app.domain.schedule.terms import DayCount
from tests.domain.day_close.test_interest import BY, JAN, PRINCIPAL, lived, opened, plan_of, quoted
from tests.factories import book, history, paid, placed

ICMA = DayCount.ACTUAL_ACTUAL_ICMA
FIRST = date(2025, 3, 12)  # a month and twenty-two of the thirty-one days before 12 January
LONG = quoted(ICMA, first_due_on=FIRST)


def test_whoever_pays_on_time_pays_the_quoted_schedule():
    money = [(row.due_on, paid(row.amount_minor)) for row in LONG.installments]
    made = lived(*money, through=date(2026, 3, 1), schedule=LONG, day_count=ICMA)

    assert LONG.installments[0].interest_minor == round(12_00 * (2 + 11 / 31))
    assert [(r.due.principal_minor, r.due.interest_minor) for r in plan_of(made).installments] == [
        (row.principal_minor, row.interest_minor) for row in LONG.installments
    ]
    assert made.state.balance == NOTHING


def test_money_within_it_lowers_what_the_days_left_of_it_bear():
    """Half is paid on 12 February: 1,200.00 for eleven days and a month, 600.00 for a month."""
    made = lived((date(2025, 2, 12), paid(600_00)), through=FIRST, schedule=LONG, day_count=ICMA)

    assert made.earned[0].amount_minor == round(12_00 * (1 + 11 / 31) + 6_00)


def test_where_its_days_are_counted_from_a_change_on_it_has_borne_as_many():
    on = date(2025, 2, 12)
    facts = history((JAN, placed(PRINCIPAL)), (JAN, opened(LONG, ICMA)), (on, paid(1)))
    plan = plan_of(fold(facts, book(BY), through=on))
    counted = by_days(plan, plan)

    assert counted.interest.day_count is DayCount.ACTUAL_365
    # 42 days, told in parts of months of 31, 31 and 28: an average day's worth of them.
    assert abs(counted.bearing / PRINCIPAL - 42) < 2
    assert by_days(counted, counted) is counted
    due, _ = earn_due(fold(facts, book(BY), through=FIRST - timedelta(1)).state, FIRST)
    assert due.live_plan.bearing == 0
