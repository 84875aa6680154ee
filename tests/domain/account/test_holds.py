"""Holds, pauses and plans that come back, rule by rule, on the usual plan.

Three installments of 100.00 due on 1 February, March and April 2026; grace is 5 days, and two
missed at once break it: on 7 March, when nothing is paid.
"""

from datetime import date, timedelta

import pytest

from app.domain.account.holds import STOPS, Stopped, kinds_stopping
from app.domain.account.plan import PlanStatus
from app.domain.facts.accounts import HoldRelease
from app.domain.facts.plans import Pause, PlanReinstated
from app.domain.replay.replay import fold
from app.domain.standing.lateness import contract_clock, explain
from app.domain.values import replace
from app.domain.vocabulary import HoldKind
from tests.domain.day_close.test_interest import JAN as OPENED
from tests.domain.day_close.test_interest import lived as bearing
from tests.factories import (
    book,
    fact_id,
    history,
    ninety_percent,
    paid,
    placed,
    plan_due,
    policy,
)
from tests.factories import held as hold

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in range(1, 5))
BROKEN_ON = date(2026, 3, 7)
DAY = timedelta(days=1)


def held(kind, starts_on, ends_on=None):
    return (starts_on, hold(kind, starts_on, ends_on))


def lived(*entries, through, by=None):
    facts = history((JAN, placed()), (JAN, plan_due(FEB, MAR, APR, by=by)), *entries)
    return fold(facts, book(by), through=through)


def paused(starts_on, ends_on):
    return (starts_on, Pause(plan_id=fact_id(2), starts_on=starts_on, ends_on=ends_on, reason="x"))


def reinstated(on):
    return (on, PlanReinstated(plan_id=fact_id(2), reason="x"))


def broke_on(made):
    return [v.on for v in made.verdicts if v.type == "plan.broken"]


# What a hold stops ------------------------------------------------------------------------------


def test_the_table_has_a_row_for_every_hold():
    assert set(STOPS) == set(HoldKind)
    assert HoldKind.HARDSHIP in kinds_stopping(Stopped.CLOCK)
    assert HoldKind.MILITARY not in kinds_stopping(Stopped.CLOCK)


@pytest.mark.parametrize("kind", HoldKind)
def test_nothing_breaks_while_a_hold_stops_the_clock(kind):
    made = lived(held(kind, MAR), through=APR + 30 * DAY)

    if Stopped.CLOCK in STOPS[kind]:
        assert made.state.live_plan is not None
        assert made.state.bucket == "1-29"
    else:
        assert broke_on(made) == [BROKEN_ON]


def test_a_plan_that_waited_for_a_hold_to_end_breaks_after_it():
    ends_on = date(2026, 3, 20)
    made = lived(held("hardship", date(2026, 3, 5), ends_on), through=APR)

    # 1 March counts four days before the hold; the sixth is over on the third day after its end.
    assert broke_on(made) == [ends_on + 3 * DAY]


def test_no_hold_and_no_pause_stops_the_contracts_clock():
    on = date(2026, 5, 1)
    plain = lived(through=on, by=policy("unlimited"))
    stopped = lived(
        held("bankruptcy", FEB + 3 * DAY), paused(FEB + 9 * DAY, APR), through=on,
        by=policy("unlimited"),
    )  # fmt: skip

    assert contract_clock(stopped.state, on=on) == contract_clock(plain.state, on=on)
    assert stopped.state.first_delinquency_on == plain.state.first_delinquency_on == FEB


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        pytest.param("breathing_space", 21, id="ten days, the last one too"),
        pytest.param("hardship", 31, id="interest goes on"),
        pytest.param("military", 21 + 10 / 2, id="capped at 6 %, half of what was agreed"),
    ],
)
def test_days_of_a_hold_that_freezes_interest_bear_none(kind, days):
    first, last = OPENED + 10 * DAY, OPENED + 19 * DAY
    made = bearing((first, hold(kind, first, last)), through=OPENED + 31 * DAY)

    assert made.earned[0].amount_minor == round(1200 * days * 12 / 365)


def test_a_treatment_that_ended_ends_the_breathing_space_thirty_days_later():
    start, told_on = date(2026, 2, 20), date(2026, 3, 10)
    made = lived(
        held("breathing_space", start),
        (told_on, HoldRelease(hold_id=fact_id(3), treatment_ends_on=told_on)),
        through=MAR + 90 * DAY,
    )

    (space,) = made.state.holds
    assert (space.released_on, space.ends_on) == (None, told_on + 30 * DAY)
    assert space.stands(told_on + 30 * DAY)
    assert not space.stands(told_on + 31 * DAY)
    assert broke_on(made)[0] > told_on + 30 * DAY


# Pauses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [FEB + 35 * DAY, FEB + 50 * DAY])
def test_a_pause_from_the_day_a_bucket_would_change_keeps_the_bucket_before(day):
    """On 8 March the first installment is 30 days past grace."""
    rules = policy("unlimited", grace_days=5)
    made = lived(paused(FEB + 35 * DAY, FEB + 60 * DAY), through=day, by=rules)

    assert lived(through=FEB + 35 * DAY, by=rules).state.bucket == "30-59"
    assert made.state.bucket == "1-29"


def test_a_payment_inside_a_pause_judges_the_bucket_again():
    rules = policy("unlimited", grace_days=5)
    start = FEB + 35 * DAY
    made = lived(
        paused(start, start + 20 * DAY), (start + 3 * DAY, paid(1)), through=start + 5 * DAY,
        by=rules,
    )  # fmt: skip

    assert made.state.bucket == "30-59"


def test_a_pause_to_come_is_no_pause_until_it_comes():
    start = FEB + 20 * DAY
    before = (JAN, Pause(plan_id=fact_id(2), starts_on=start, ends_on=start + DAY, reason="x"))
    made = lived(before, through=start - DAY)

    clock = explain(made.state, made.state.plans[0], policy(), on=start - DAY)
    assert (clock.paused_days, clock.delinquent_days, clock.bucket) == (0, 14, "1-29")


# Reinstated -------------------------------------------------------------------------------------


def test_a_cause_that_stands_breaks_again_only_after_a_further_miss():
    back_on = date(2026, 3, 10)
    made = lived(reinstated(back_on), through=APR + 30 * DAY)

    assert broke_on(made) == [BROKEN_ON, APR + 6 * DAY]
    live = lived(reinstated(back_on), through=APR + 5 * DAY).state.plans[0]
    assert (live.missed_total, live.excused) == (0, ("max_consecutive_missed",))


def test_a_cause_that_did_not_stand_breaks_it_without_a_further_miss():
    rules = policy(
        grace_days=5,
        broken=replace(policy().broken, max_missed=1, max_consecutive_missed=None),
    )
    first = FEB + 6 * DAY
    made = lived(
        reinstated(first), (MAR, paid(100_00)), (MAR, paid(100_00)), (APR, paid(99_00)),
        through=APR + 90 * DAY, by=rules,
    )  # fmt: skip

    # Reinstated with one missed, sixty days reached by the last cent's row: a further miss.
    assert broke_on(made) == [first, APR + 6 * DAY]


def test_a_reinstatement_of_what_never_broke_is_nothing():
    entries = ((FEB, paid(100_00)), (MAR, paid(100_00)))
    facts = lived(*entries, reinstated(date(2026, 3, 10)), through=APR)

    assert facts.state.plans[0] == lived(*entries, through=APR).state.plans[0]


# Missed by either method -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "missed_on"),
    [
        pytest.param(policy(), [FEB + 6 * DAY], id="aggregate: a cent short is short"),
        pytest.param(ninety_percent(), [], id="ninety percent: nine tenths are full"),
    ],
)
def test_what_is_missed_by_either_method(rules, missed_on):
    made = lived((FEB, paid(95_00)), through=FEB + 20 * DAY, by=rules)

    assert [v.on for v in made.verdicts if v.type == "installment.missed"] == missed_on
    clock = explain(made.state, made.state.plans[0], rules, on=FEB + 20 * DAY)
    assert clock.overdue_minor == (5_00 if missed_on else 0)
    assert clock.full_installments_past_due == 0


def test_after_the_last_due_date_nine_tenths_help_no_more():
    payments = [(day, paid(95_00)) for day in (FEB, MAR, APR)]
    rules = ninety_percent()

    before = lived(*payments, through=APR, by=rules)
    after = lived(*payments, through=APR + 6 * DAY, by=rules)

    assert [v for v in before.verdicts if v.type == "installment.missed"] == []
    assert after.state.plans[0].status is PlanStatus.BROKEN
    assert len([v for v in after.verdicts if v.type == "installment.missed"]) > 1
