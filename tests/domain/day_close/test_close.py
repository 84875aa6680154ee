"""What is judged of an unpaid plan, and of what is paid on it, on which day (see `unpaid.py`)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from app.domain.account.plan import PlanStatus
from app.domain.account.state import State
from app.domain.day_close.close import close
from app.domain.replay.replay import fold
from app.domain.values import replace
from tests.domain.day_close.unpaid import (
    DUE,
    FEB,
    JAN,
    MAR,
    PLAN,
    UNBROKEN,
    breaking,
    lived,
    told,
)
from tests.factories import (
    book,
    charged,
    held,
    history,
    ninety_percent,
    paid,
    placed,
    plan_due,
    policy,
    row_id,
)

# The days of an unpaid plan -------------------------------------------------------------------


def test_an_unpaid_plan_is_due_missed_and_broken_on_its_days():
    made = lived(through=date(2026, 3, 31))

    assert told(made) == [
        ("installment.due", FEB),
        ("installment.missed", date(2026, 2, 7)),
        ("account.bucket_changed", date(2026, 2, 7)),
        ("installment.due", MAR),
        ("installment.missed", date(2026, 3, 7)),
        ("plan.broken", date(2026, 3, 7)),
        ("account.bucket_changed", date(2026, 3, 7)),
    ]
    assert [(v.subject, v.plan_id) for v in made.verdicts] == [
        (row_id(1), PLAN),
        (row_id(1), PLAN),
        (None, PLAN),
        (row_id(2), PLAN),
        (row_id(2), PLAN),
        (PLAN, PLAN),
        (None, None),
    ]


def test_each_verdict_carries_its_figures():
    due, missed, bucket, _, _, broken, rest = lived(through=date(2026, 3, 31)).verdicts

    assert due.data == {"due_minor": 100_00}
    assert missed.data == {"due_on": "2026-02-01", "short_minor": 100_00}
    assert bucket.data == {"from": "current", "to": "1-29", "delinquent_days": 1}
    assert broken.data == {
        "reason": "missed",
        "rule": "max_consecutive_missed",
        "limit": 2,
        "actual": 2,
    }
    assert rest.data == {"from": "1-29", "to": "30-59", "delinquent_days": 34}


def test_a_broken_plan_is_void_and_the_account_counts_from_its_own_day():
    state = lived((FEB, paid(99_99)), through=date(2026, 3, 7)).state

    (ended,) = state.plans
    assert (ended.status, ended.status_reason) == (PlanStatus.BROKEN, "missed")
    assert ended.ended_on == date(2026, 3, 7)
    assert [r.voided_on for r in ended.installments] == [date(2026, 3, 7)] * 3
    assert [r.missed_on for r in ended.installments] == [date(2026, 2, 7), date(2026, 3, 7), None]
    assert ended.missed_total == 2
    assert (state.reported_since_on, state.contract_since_on, state.first_delinquency_on) == (
        FEB,
        FEB,
        FEB,
    )
    assert state.balance.total_minor == 200_01


def test_an_installment_is_due_with_what_is_still_open():
    made = lived((JAN, paid(130_00)), through=date(2026, 3, 1))

    assert told(made, "installment.due") == [("installment.due", MAR)]
    assert made.verdicts[-1].data == {"due_minor": 70_00}


@pytest.mark.parametrize(
    ("days_late", "missed", "cured"),
    [
        pytest.param(0, False, False, id="on the due date"),
        pytest.param(5, False, False, id="on the last day of grace"),
        pytest.param(6, True, True, id="the day after: missed first, then cured"),
    ],
)
def test_a_day_is_judged_at_its_opening(days_late, missed, cured):
    day = FEB + timedelta(days=days_late)

    made = lived((day, paid(100_00)), through=day)

    types = [type_ for type_, _ in told(made, "installment.missed", "installment.cured")]
    assert types == ["installment.missed"] * missed + ["installment.cured"] * cured
    assert made.state.bucket == "current"
    assert made.state.plans[0].missed_total == int(missed)


def test_something_paid_does_not_mean_not_missed():
    made = lived((FEB, paid(99_99)), through=date(2026, 2, 7))

    (missed,) = (v for v in made.verdicts if v.type == "installment.missed")
    assert missed.data["short_minor"] == 1


def test_ninety_percent_is_enough_until_the_last_due_date_has_passed():
    by = ninety_percent(broken=UNBROKEN)
    facts = history(
        (JAN, placed()),
        (JAN, plan_due(*DUE, by=by)),
        *((day, paid(90_00)) for day in DUE),
    )

    made = fold(facts, book(by), through=date(2026, 4, 10))

    assert told(made, "installment.missed") == [
        ("installment.missed", date(2026, 4, 2)),
        ("installment.missed", date(2026, 4, 2)),
        ("installment.missed", date(2026, 4, 7)),
    ]


def test_verdicts_of_one_kind_on_one_day_are_told_apart():
    made = lived(
        (FEB, paid(200_00)),
        (FEB, charged(5_00, due_on=FEB, plan=2)),
        (FEB, paid(5_00)),
        through=FEB,
    )

    keys = [v.key for v in made.verdicts if v.type == "installment.paid"]
    assert keys == [
        f"installment.paid:{row_id(1)}:2026-02-01:0",
        f"installment.paid:{row_id(2)}:2026-02-01:0",
        f"installment.paid:{row_id(1)}:2026-02-01:1",
    ]


def test_a_state_remembers_what_was_told_on_the_latest_day_only():
    state = lived(through=date(2026, 2, 7)).state

    assert state.told == (
        f"installment.missed:{row_id(1)}:2026-02-07:0",
        "account.bucket_changed::2026-02-07:0",
    )


def test_one_run_of_delinquency_keeps_its_first_day():
    state = lived((date(2026, 3, 3), paid(100_00)), through=date(2026, 3, 20)).state

    assert state.plans[0].installments[0].satisfied_on == date(2026, 3, 3)
    assert (state.contract_since_on, state.first_delinquency_on, state.reported_since_on) == (
        FEB,
        FEB,
        FEB,
    )


# What breaks a plan ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "payments", "broken_on"),
    [
        pytest.param(breaking(), (), None, id="nothing, without a limit"),
        pytest.param(breaking(max_missed=1), (), date(2026, 2, 7), id="the first missed"),
        pytest.param(breaking(max_missed=3), (), date(2026, 4, 7), id="the third missed"),
        pytest.param(breaking(max_missed=2), ((date(2026, 2, 10), 100_00),), date(2026, 3, 7),
                     id="two missed, one of them cured"),
        pytest.param(breaking(max_consecutive_missed=2), (), date(2026, 3, 7), id="two in a row"),
        pytest.param(breaking(max_consecutive_missed=2), ((date(2026, 2, 10), 100_00),),
                     date(2026, 4, 7), id="a cure ends the row"),
        pytest.param(breaking(max_consecutive_missed=2), ((date(2026, 2, 10), 99_99),),
                     date(2026, 3, 7), id="a cent short is no cure"),
        pytest.param(ninety_percent(broken=replace(UNBROKEN, max_consecutive_missed=1)),
                     tuple((day, 90_00) for day in DUE), date(2026, 4, 2),
                     id="ninety percent each, once the last due date has passed"),
        pytest.param(breaking(max_delinquent_days=10), (), date(2026, 2, 16), id="ten days late"),
        pytest.param(breaking(max_delinquent_days=10), ((date(2026, 2, 15), 100_00),),
                     date(2026, 3, 16), id="ten days late with the next"),
        pytest.param(breaking(max_delinquent_days=60), ((MAR, 50_00),), date(2026, 4, 7),
                     id="sixty days, whatever was paid"),
    ],
)  # fmt: skip
def test_what_breaks_a_plan_and_when(by, payments, broken_on):
    facts = history(
        (JAN, placed()),
        (JAN, plan_due(*DUE, by=by)),
        *((on, paid(minor)) for on, minor in payments),
    )

    made = fold(facts, book(by), through=date(2026, 6, 30))

    expected = [("plan.broken", broken_on)] if broken_on else []
    assert told(made, "plan.broken") == expected


@pytest.mark.parametrize(
    ("figure", "actual"),
    [
        pytest.param("max_missed", 1, id="missed in all"),
        pytest.param("max_consecutive_missed", 1, id="missed and still open"),
        pytest.param("max_delinquent_days", 1, id="days"),
    ],
)
def test_a_broken_plan_names_the_rule_that_broke_it(figure, actual):
    by = breaking(**{figure: 1})
    facts = history((JAN, placed()), (JAN, plan_due(*DUE, by=by)))

    broken = next(v for v in fold(facts, book(by), through=MAR).verdicts if v.type == "plan.broken")

    assert broken.on == date(2026, 2, 7)
    assert broken.data == {"reason": "missed", "rule": figure, "limit": 1, "actual": actual}


# Buckets --------------------------------------------------------------------------------------


def test_buckets_follow_the_delinquent_days_of_the_oldest():
    by = policy(broken=UNBROKEN)
    facts = history(
        (JAN, placed()), (JAN, plan_due(*DUE, by=by)), (date(2026, 3, 20), paid(100_00))
    )

    made = fold(facts, book(by), through=date(2026, 4, 30))

    changed = [
        (v.on, v.data["to"], v.data["delinquent_days"])
        for v in made.verdicts
        if v.type == "account.bucket_changed"
    ]
    assert changed == [
        (date(2026, 2, 7), "1-29", 1),
        (date(2026, 3, 8), "30-59", 30),
        (date(2026, 3, 20), "1-29", 14),
        (date(2026, 4, 5), "30-59", 30),
    ]


def test_an_account_without_a_plan_ages_by_the_day_it_is_reported_late_since():
    made = fold(history((JAN, placed(past_due_minor=None))), book(), through=date(2026, 12, 31))

    changed = [v for v in made.verdicts if v.type == "account.bucket_changed"]
    assert [(v.on, v.data["to"]) for v in changed] == [
        (date(2026, 1, 2), "1-29"),
        (date(2026, 1, 31), "30-59"),
        (date(2026, 3, 2), "60-89"),
        (date(2026, 4, 1), "90-119"),
        (date(2026, 5, 1), "120-149"),
        (date(2026, 5, 31), "150-179"),
        (date(2026, 6, 30), "180+"),
    ]
    assert made.state.next_review_on is None


def test_an_account_goes_on_ageing_once_a_hold_is_over():
    hardship = held("hardship", date(2026, 1, 10), date(2026, 1, 20))
    facts = history((JAN, placed(past_due_minor=None)), (date(2026, 1, 10), hardship))

    made = fold(facts, book(), through=date(2026, 3, 31))

    assert told(made)[-1] == ("account.bucket_changed", date(2026, 3, 13))  # eleven days


# Review days ----------------------------------------------------------------------------------


def test_the_next_review_is_the_next_day_anything_can_change():
    days = [lived(through=JAN).state.next_review_on]
    state = lived(through=JAN).state
    while (on := state.next_review_on) is not None and on < date(2026, 3, 9):
        state = close(state, book(), through=on).state
        days.append(state.next_review_on)

    assert all(earlier < later for earlier, later in pairwise(days))
    assert days[:5] == [FEB, date(2026, 2, 2), date(2026, 2, 7), MAR, date(2026, 3, 2)]


def test_an_account_with_nothing_to_wait_for_is_never_looked_at():
    closed = close(State(), book(), through=date(2030, 1, 1))

    assert closed.verdicts == ()
    assert closed.state == State(judged_on=date(2030, 1, 1))


def test_closing_through_a_day_already_judged_changes_nothing():
    state = lived(through=MAR).state

    assert close(state, book(), through=FEB).state == state
