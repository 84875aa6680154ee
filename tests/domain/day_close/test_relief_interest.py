"""Relief on a plan that bears interest: what is owed stays, and paid on its days it ends at zero.

1,200.00 of 1 January 2025 at 12 %, in twelve level installments of 106.62; the change comes on
10 April, the first three paid.
"""

from datetime import date

import pytest

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
from app.domain.money import NOTHING
from app.domain.replay.installments import movable
from app.domain.replay.replay import fold
from app.domain.schedule.agreed import AgreedInstallment, AgreedInterest
from app.domain.schedule.terms import DayCount
from app.domain.vocabulary import PolicyRef
from tests.domain.day_close.test_interest import BY, JAN, PRINCIPAL, opened, quoted
from tests.factories import book, fact_id, history, paid, placed, row_id

ON = date(2025, 4, 10)
LEVEL = quoted().installments[0].amount_minor
OF_PLAN = {"plan_id": fact_id(2), "number": 2, "reason": "x"}
COMING = [(row_id(n), date(2025 + n // 12, n % 12 + 1, 1)) for n in range(4, 13)]
FIRST = [(row.due_on, paid(row.amount_minor)) for row in quoted().installments[:3]]


def moved(by_months=0, day=1):
    def to(due_on):
        months = due_on.month - 1 + by_months
        return date(due_on.year + months // 12, months % 12 + 1, day)

    return tuple(
        MovedRow(installment_id=row, nominal_due_on=to(due_on), due_on=to(due_on))
        for row, due_on in COMING
    )


def due(*months):
    days = (date(2026, month, 1) for month in months)
    return tuple(DueDate(nominal_due_on=day, due_on=day) for day in days)


DUE_DAY = DueDayChange(**OF_PLAN, moved=moved(day=20), anchor_on=date(2025, 5, 20))
HOLIDAY = PaymentHoliday(**OF_PLAN, installments=2, moved=moved(by_months=2))
STEP_DOWN = StepDown(**OF_PLAN, installment_minor=50_00, until_on=date(2025, 7, 31))
TO_THE_END = StepDown(**OF_PLAN, installment_minor=50_00, until_on=date(2026, 1, 31),
                      added=due(2, 3, 4, 5, 6), added_minor=LEVEL)  # fmt: skip
CHANGES = [DUE_DAY, HOLIDAY, STEP_DOWN, TO_THE_END]
NAMES = ["due day", "holiday", "step-down", "step-down to the end"]


def entered(*entries):
    opening = ((JAN, placed(PRINCIPAL)), (JAN, opened(quoted())))
    return [*opening, *FIRST, *entries]


def lived(*entries, through=ON):
    return fold(history(*entered(*entries)), book(BY), through=through)


def rows(made):
    (plan,) = made.state.plans
    return [row for row in plan.installments if row.voided_on is None and row.due_on > ON]


def asked(row):
    return row.due.total_minor + row.expected_interest_minor


ACCELERATION = Acceleration(**OF_PLAN)


def test_an_acceleration_earns_nothing_and_forgives_nothing():
    """Interest of the running period was never due; what was earned is owed at the account."""
    late, ended = lived(), lived((ON, ACCELERATION))

    (plan,) = ended.state.plans
    assert (plan.status, plan.status_reason, plan.revision) == ("broken", "accelerated", 2)
    assert ended.state.balance == late.state.balance
    assert ended.earned == late.earned


def test_an_accelerated_plan_bears_no_interest_any_more():
    ended = lived((ON, ACCELERATION), through=date(2026, 6, 1))

    assert ended.earned == lived().earned
    assert ended.state.balance == lived().state.balance


def test_interest_earned_and_unpaid_is_owed_at_the_account_after_an_acceleration():
    on = date(2025, 5, 15)  # the row of 1 May fell due and nothing was paid on it
    late, ended = lived(through=on), lived((on, ACCELERATION), through=on)
    assert late.state.balance.interest_minor > 0
    assert ended.state.balance == late.state.balance

    paid_off = lived(
        (on, ACCELERATION), (on, paid(late.state.balance.total_minor)), through=date(2026, 6, 1)
    )
    assert paid_off.state.balance == NOTHING
    assert paid_off.state.unapplied == ()


def test_an_undone_acceleration_earns_the_days_it_was_not_there():
    undo = RevisionUndo(plan_id=fact_id(2), undoes=fact_id(6), undone=FactKind.ACCELERATION)
    undone = lived((ON, ACCELERATION), (date(2025, 5, 15), undo), through=date(2025, 6, 10))

    assert undone.earned == lived(through=date(2025, 6, 10)).earned
    assert undone.state.plans == lived(through=date(2025, 6, 10)).state.plans


@pytest.mark.parametrize("change", CHANGES, ids=NAMES)
def test_no_change_earns_or_forgives_anything(change):
    before, after = lived(), lived((ON, change))

    assert after.state.balance == before.state.balance
    assert after.earned == before.earned
    (plan,) = after.state.plans
    assert movable(plan.installments) == plan.taken.total_minor
    assert plan.revision == 2


@pytest.mark.parametrize("change", CHANGES, ids=NAMES)
def test_paid_on_its_days_it_ends_with_the_last_row(change):
    money = [(row.due_on, paid(asked(row))) for row in rows(lived((ON, change)))]
    made = lived((ON, change), *money, through=date(2027, 1, 1))

    assert made.state.balance == NOTHING
    assert (made.state.plans[0].status, made.state.plans[0].ended_on) == (
        "completed", money[-1][0],
    )  # fmt: skip
    assert made.state.unapplied == ()


def test_moved_rows_keep_their_level_and_the_last_absorbs_what_the_days_bear():
    for change in (DUE_DAY, HOLIDAY):
        amounts = [asked(row) for row in rows(lived((ON, change)))]
        assert set(amounts[:-1]) == {LEVEL}
        assert amounts[-1] > LEVEL


def test_lowered_rows_ask_for_the_amount_and_later_ones_for_the_same_amount_more():
    amounts = [asked(row) for row in rows(lived((ON, STEP_DOWN)))]

    assert amounts[:3] == [50_00] * 3  # May, June, July
    assert len(set(amounts[3:-1])) == 1
    assert amounts[3] > LEVEL
    assert abs(amounts[-1] - amounts[3]) < 1_00


def test_rows_added_behind_lowered_ones_share_the_rest_equally():
    made = lived((ON, TO_THE_END))
    amounts = [asked(row) for row in rows(made)]

    assert amounts[:9] == [50_00] * 9
    assert [row.id for row in rows(made)[9:]] == [row_id(n, of=6) for n in (1, 2, 3, 4, 5)]
    assert max(amounts[9:-1]) - min(amounts[9:-1]) <= LEVEL
    assert (
        sum(row.due.principal_minor for row in rows(made)) == made.state.plans[0].taken["principal"]
    )


@pytest.mark.parametrize("rate_bps", [None, 600], ids=["to none", "to another rate"])
def test_a_rewrite_takes_the_quotes_rate(rate_bps):
    """Interest that was earned stays owed; what the running period bore is not earned."""
    left = lived().state.plans[0].taken.total_minor
    half = left // 2
    quotedly = (
        AgreedInstallment(nominal_due_on=d.due_on, due_on=d.due_on, principal_minor=minor,
                           interest_minor=3_00 if rate_bps else 0)
        for d, minor in zip(due(1, 2), (half, left - half), strict=True)
    )  # fmt: skip
    interest = (
        AgreedInterest(annual_rate_bps=rate_bps, day_count=DayCount.ACTUAL_365)
        if rate_bps
        else None
    )
    change = Rewrite(**OF_PLAN, quote_id=fact_id(99), policy=PolicyRef(name="unlimited", version=1),
                     installments=tuple(quotedly), interest=interest,
                     anchor_on=date(2026, 1, 1))  # fmt: skip
    made = lived((ON, change))
    (plan,) = made.state.plans

    assert made.state.balance == lived().state.balance
    assert made.earned == lived().earned
    assert plan.interest == interest
    new = rows(made)
    assert [row.due_on for row in new] == [date(2026, 1, 1), date(2026, 2, 1)]
    assert sum(row.due.principal_minor for row in new) == left
    # from 10 April to 1 January, by days; then on half of it for a month
    first = round(left * 266 * 600 / (365 * 10_000)) if rate_bps else 0
    assert new[0].expected_interest_minor == first
    money = [(row.due_on, paid(asked(row))) for row in new]
    assert lived((ON, change), *money, through=date(2027, 1, 1)).state.balance == NOTHING
