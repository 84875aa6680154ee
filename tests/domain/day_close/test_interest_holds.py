"""Interest under holds, and what is foretold of it: 1,200.00 at 12 %, twelve rows on the 1st."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.holds import MILITARY_RATE_BPS
from app.domain.facts.accounts import HoldRelease
from app.domain.facts.changes import Acceleration
from app.domain.facts.plans import PlanCancelled, PlanReinstated
from app.domain.schedule.terms import DayCount
from tests.domain.day_close.test_interest import JAN, lived, plan_of, quoted
from tests.factories import fact_id, held, paid

DAY = timedelta(days=1)
ON, ENDS = date(2025, 3, 11), date(2025, 5, 9)  # sixty days
LEVEL = quoted().installments[0].amount_minor
PAID = [(row.due_on, paid(row.amount_minor)) for row in quoted().installments]


def borne(principal_minor, start, end, *, capped):
    """Cents of simple interest, day by day, at 12 % or at what service caps it to."""
    days = [start + timedelta(n) for n in range((end - start).days)]
    bps = sum(MILITARY_RATE_BPS if capped(day) else 1200 for day in days)
    return round(principal_minor * bps / 10_000 / 365)


def expected(made):
    return [row.expected_interest_minor for row in plan_of(made).installments]


def test_service_from_the_first_day_halves_twelve_per_cent():
    made = lived((JAN, held("military", JAN)), through=date(2025, 2, 1))

    assert made.earned[0].amount_minor == borne(1200_00, JAN, date(2025, 2, 1), capped=bool)


@pytest.mark.parametrize("released", [False, True])
def test_service_caps_the_days_it_stands_and_no_others(released):
    first, last = date(2025, 1, 11), date(2025, 1, 20)
    entries = [(first, held("military", first, None if released else last))]
    if released:
        entries.append((last + DAY, HoldRelease(hold_id=fact_id(3))))
    made = lived(*entries, through=date(2025, 2, 1))

    assert made.earned[0].amount_minor == borne(
        1200_00, JAN, date(2025, 2, 1), capped=lambda day: first <= day <= last
    )


def test_what_service_forgave_is_never_owed_again_and_the_last_installment_shrinks():
    plain = lived(*PAID, through=date(2026, 1, 1))
    service = lived(
        (JAN, held("military", JAN, date(2025, 6, 30))), *PAID, through=date(2026, 1, 1)
    )

    rows, others = plan_of(service).installments, plan_of(plain).installments
    assert [row.amount_minor for row in rows[:-1]] == [row.amount_minor for row in others[:-1]]
    assert rows[-1].amount_minor < others[-1].amount_minor
    assert plan_of(service).status == "completed"
    assert service.state.balance.total_minor == 0


@pytest.mark.parametrize("day_count", DayCount)
def test_a_rate_within_the_cap_is_what_it_was(day_count):
    schedule = quoted(day_count, annual_rate_bps=600)
    plain = lived(through=date(2025, 6, 1), schedule=schedule, day_count=day_count)
    service = lived(
        (JAN, held("military", JAN)),
        through=date(2025, 6, 1),
        schedule=schedule,
        day_count=day_count,
    )

    halved = [one.amount_minor / 2 for one in plain.earned]
    assert [one.amount_minor for one in service.earned] == pytest.approx(halved, abs=1)


def test_a_hold_that_freezes_goes_before_one_that_caps():
    both = lived(
        (JAN, held("military", JAN)), (JAN, held("breathing_space", JAN)), through=date(2025, 2, 1)
    )

    assert both.earned == ()


# What is foretold ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["breathing_space", "military", "hardship"])
@pytest.mark.parametrize("ends_on", [ENDS, None])
def test_a_hold_that_stands_is_known_to_the_forecast(kind, ends_on):
    """Paid on its days, every row is what the first day of the hold said it would be."""
    paid_before = [one for one in PAID if one[0] < ON]
    on_its_day = lived(*paid_before, (ON, held(kind, ON, ends_on)), through=ON)
    later = [
        (row.due_on, paid(row.amount_minor + row.expected_interest_minor))
        for row in plan_of(on_its_day).installments
        if row.due_on > ON
    ]
    made = lived(*paid_before, (ON, held(kind, ON, ends_on)), *later, through=date(2026, 1, 1))

    earned = {one.on: one.amount_minor for one in made.earned}
    for row in plan_of(on_its_day).installments:
        if row.due_on > ON:
            assert row.expected_interest_minor == earned.get(row.due_on, 0)


@given(
    money=st.lists(st.tuples(st.integers(0, 330), st.integers(1, 200_00)), max_size=4),
    on=st.integers(1, 330),
    kind=st.sampled_from(["breathing_space", "military", "hardship"]),
    first=st.integers(0, 300),
    days=st.integers(1, 90),
    day_count=st.sampled_from(DayCount),
)
def test_the_running_period_is_foretold_as_earned(*, money, on, kind, first, days, day_count):
    """Whatever was missed before: nothing more is paid, and no due date lies between."""
    on = JAN + timedelta(on)
    starts_on = JAN + timedelta(first)
    entries = sorted(
        [
            (starts_on, held(kind, starts_on, starts_on + timedelta(days))),
            *((JAN + timedelta(day), paid(minor)) for day, minor in money),
        ],
        key=lambda entry: entry[0],
    )
    known = [entry for entry in entries if entry[0] <= on]
    made = lived(*known, through=on, day_count=day_count)
    plan = plan_of(made)
    row = next((one for one in plan.installments if one.level_minor and not one.earned_on), None)
    if not plan.live or row is None or on.day == 1:
        return
    then = lived(*known, through=row.due_on, day_count=day_count)

    earned = sum(one.amount_minor for one in then.earned if one.on == row.due_on)
    assert row.expected_interest_minor == earned


def test_a_missed_row_is_not_foretold_as_paid():
    """Due on 1 February and unpaid: from the 2nd on, what it holds is expected to bear."""
    due = lived(through=date(2025, 2, 1))
    late = lived(through=date(2025, 2, 2))

    assert expected(due)[1] == quoted().installments[1].interest_minor
    assert expected(late)[1] == borne(
        1200_00, date(2025, 2, 1), date(2025, 3, 1), capped=lambda _: False
    )


# What ended ---------------------------------------------------------------------------------------


def test_a_plan_that_ended_expects_nothing_and_one_that_comes_back_does():
    on, cancelled = date(2025, 1, 11), PlanCancelled(plan_id=fact_id(2), reason="x")
    ended = plan_of(lived((on, cancelled), through=on))
    assert ended.expected_interest_minor == 0
    assert {row.expected_interest_minor for row in ended.installments} == {0}

    broken = (on, Acceleration(plan_id=fact_id(2), number=2, reason="x"))
    back = (on, PlanReinstated(plan_id=fact_id(2), reason="x"))
    assert expected(lived(broken, through=on)) == [0] * 12
    assert expected(lived(broken, back, through=on))[1:] == pytest.approx(
        expected(lived(through=on))[1:], abs=5_00
    )
