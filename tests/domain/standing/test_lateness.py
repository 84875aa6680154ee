"""Installments of 100.00 fall due on 1 February, 1 March and 1 April 2026; grace is 5 days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.claims import Claim, Claims
from app.domain.account.plan import PlanStatus
from app.domain.account.state import Held, State
from app.domain.money import Amounts
from app.domain.standing.lateness import (
    Contract,
    Stop,
    counted_days,
    day_reaching,
    delinquent_days,
    explain,
    explain_account,
    full_enough,
    is_missed,
    overdue_installments,
    stopped,
    stops_of,
)
from app.domain.values import replace
from app.domain.vocabulary import HoldKind, InstallmentKind
from tests.factories import fact_id, ninety_percent, plan, policy, row, row_id

FEB, MAR, APR = date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)
THREE = plan(row(1, FEB), row(2, MAR), row(3, APR))
AGGREGATE = policy(missed=replace(policy().missed, threshold_bps=9_000))


def credited(minor, *, ordinal=1, due_on=FEB):
    return replace(row(ordinal, due_on), paid=Amounts(principal_minor=minor))


def hold(starts_on, ends_on=None, *, kind=HoldKind.DISPUTE, released_on=None):
    return Held(
        id=fact_id(9), kind=kind, starts_on=starts_on, ends_on=ends_on, released_on=released_on
    )


def clock(on, *holds, owing=THREE, by=None):
    return explain(State(plans=(owing,), holds=holds), owing, by or policy(), on=on)


# What is late ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "overdue_minor", "past_due_days", "late_days", "missed"),
    [
        pytest.param(FEB, 0, 0, 0, (), id="due today is not late"),
        pytest.param(date(2026, 2, 2), 100_00, 1, 0, (), id="overdue, in grace"),
        pytest.param(date(2026, 2, 6), 100_00, 5, 0, (), id="last day of grace"),
        pytest.param(date(2026, 2, 7), 100_00, 6, 1, (1,), id="grace over"),
        pytest.param(MAR, 100_00, 28, 23, (1,), id="the second is due today"),
        pytest.param(date(2026, 3, 6), 200_00, 33, 28, (1,), id="the second in grace"),
        pytest.param(date(2026, 3, 7), 200_00, 34, 29, (1, 2), id="two missed"),
        pytest.param(date(2026, 5, 1), 300_00, 89, 84, (1, 2, 3), id="all of them"),
    ],
)
def test_what_is_late(on, overdue_minor, past_due_days, late_days, missed):
    late = clock(on)

    assert late.overdue_minor == overdue_minor
    assert late.past_due_days == past_due_days
    assert late.delinquent_days == late_days
    assert late.missed == tuple(row_id(n) for n in missed)
    assert late.consecutive_missed == len(missed)


@pytest.mark.parametrize(
    ("first", "oldest_due_on", "overdue_minor"),
    [
        pytest.param(credited(99_99), FEB, 100_01, id="a cent short"),
        pytest.param(credited(100_00), MAR, 100_00, id="paid: the next is the oldest"),
        pytest.param(replace(row(1, FEB), voided_on=FEB), MAR, 100_00, id="void: owes nothing"),
    ],
)
def test_the_clock_counts_from_the_oldest_open_installment(first, oldest_due_on, overdue_minor):
    late = clock(date(2026, 3, 10), owing=plan(first, row(2, MAR), row(3, APR)))

    assert late.oldest_due_on == oldest_due_on
    assert late.delinquent_since_on == oldest_due_on + timedelta(days=5)
    assert late.overdue_minor == overdue_minor


def test_every_number_says_what_it_was_made_of():
    disputed = hold(date(2026, 2, 10), released_on=date(2026, 2, 20))
    state = State(plans=(THREE,), holds=(disputed,), bucket="1-29", contract_since_on=FEB)

    late = explain(state, THREE, policy(), on=MAR)

    assert (late.as_of, late.grace_days, late.policy_version) == (MAR, 5, 1)
    assert (late.past_due_days, late.paused_days, late.delinquent_days) == (28, 10, 13)
    assert [(p.starts_on, p.ends_on, p.counted_days) for p in late.pauses] == [
        (date(2026, 2, 10), date(2026, 2, 20), 10)
    ]
    assert late.bucket == "1-29"
    assert late.contract == Contract(since_on=FEB, days=28)


def test_nothing_is_late_when_nothing_is_overdue():
    late = clock(FEB, hold(date(2026, 1, 10)))

    assert (late.oldest_due_on, late.delinquent_since_on, late.pauses) == (None, None, ())
    assert (late.paused_days, late.missed) == (0, ())
    assert delinquent_days(THREE, policy(), (), on=FEB) == 0


def test_a_plan_that_ended_has_no_clock():
    ended = replace(THREE, status=PlanStatus.CANCELLED)

    late = clock(date(2026, 3, 10), owing=ended)

    assert (late.overdue_minor, late.past_due_days, late.missed) == (0, 0, ())
    assert late.delinquent_days == 0


def test_all_ever_missed_are_counted_beside_those_still_open():
    late = clock(date(2026, 3, 7), owing=replace(THREE, missed_total=7))

    assert (late.missed_total, late.consecutive_missed) == (7, 2)


# Whole installments ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paid_minor", "count", "full"),
    [
        pytest.param(150_00, 6, 3, id="six half payments are three installments (FFIEC)"),
        pytest.param(150_01, 6, 2, id="a cent less is not"),
        pytest.param(0, 6, 6, id="nothing paid"),
    ],
)
def test_overdue_money_is_counted_in_full_installments(paid_minor, count, full):
    rows = (
        replace(row(n, FEB + timedelta(days=n), 300_00), paid=Amounts(principal_minor=paid_minor))
        for n in range(1, count + 1)
    )

    assert clock(APR, owing=plan(*rows)).full_installments_past_due == full


@pytest.mark.parametrize(
    ("first", "full"),
    [
        pytest.param(replace(row(1, FEB, 10_00), kind=InstallmentKind.DOWN_PAYMENT), 1, id="down"),
        pytest.param(replace(row(1, FEB, 10_00), kind=InstallmentKind.CHARGE), 1, id="charge"),
        pytest.param(row(1, FEB, 0, fees_minor=10_00), 1, id="no principal"),
        pytest.param(row(1, FEB, 10_00), 11, id="smaller regular one"),
        pytest.param(row(1, FEB, 1), 100_01, id="of a cent"),
    ],
)
def test_the_regular_installment_is_the_first_real_one(first, full):
    owing = plan(first, row(2, FEB, 100_00), row(3, APR, 50_00))

    assert clock(MAR, owing=owing).full_installments_past_due == full


def test_a_plan_of_charges_only_has_no_regular_installment():
    owing = plan(replace(row(1, FEB, 0, fees_minor=10_00), kind=InstallmentKind.CHARGE))

    assert clock(MAR, owing=owing).full_installments_past_due == 0


# Ninety percent -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minor", "on", "by", "full"),
    [
        pytest.param(90_00, MAR, ninety_percent(), True, id="at the threshold"),
        pytest.param(89_99, MAR, ninety_percent(), False, id="a cent below"),
        pytest.param(90_00, APR, ninety_percent(), True, id="on the last due date"),
        pytest.param(
            90_00, date(2026, 4, 2), ninety_percent(), False, id="after the last due date"
        ),
        pytest.param(100_00, date(2026, 4, 2), ninety_percent(), True, id="paid in full"),
        pytest.param(99_99, MAR, policy(), False, id="aggregate counts every cent"),
        pytest.param(99_99, MAR, AGGREGATE, False, id="aggregate reads no threshold"),
        pytest.param(100_00, MAR, policy(), True, id="aggregate, paid in full"),
    ],
)
def test_what_counts_as_all_of_an_installment(minor, on, by, full):
    one = replace(row(1, FEB), paid=Amounts(principal_minor=minor))

    assert full_enough(one, by, on=on, last_due_on=APR) is full


def test_a_cent_below_the_threshold_is_below_it_however_large_the_installment():
    large = replace(row(1, FEB, 1_000_000_00), paid=Amounts(principal_minor=899_999_99))

    assert not full_enough(large, ninety_percent(), on=MAR, last_due_on=APR)


def test_ninety_percent_keeps_the_clock_until_the_last_due_date_has_passed():
    owing = plan(credited(90_00), credited(100_00, ordinal=2, due_on=MAR))

    assert clock(MAR, owing=owing, by=ninety_percent()).overdue_minor == 0
    late = clock(date(2026, 3, 2), owing=owing, by=ninety_percent())
    assert (late.oldest_due_on, late.overdue_minor, late.missed) == (FEB, 10_00, (row_id(1),))


def test_a_short_installment_below_the_threshold_hides_none_that_is_above():
    owing = plan(credited(90_00), credited(89_99, ordinal=2, due_on=MAR), row(3, APR))

    assert (
        overdue_installments(owing, ninety_percent(), on=date(2026, 3, 10))
        == owing.installments[1:2]
    )
    assert delinquent_days(owing, ninety_percent(), (), on=date(2026, 3, 10)) == 4


# Stops ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "days"),
    [
        pytest.param(hold(date(2026, 1, 1), date(2026, 1, 31)), 0, id="over before it was due"),
        pytest.param(hold(date(2026, 1, 1), FEB), 1, id="its last day is the due date"),
        pytest.param(hold(date(2026, 1, 1), date(2026, 2, 4)), 4, id="from before the due date"),
        pytest.param(hold(date(2026, 2, 10), date(2026, 2, 20)), 11, id="within, its last too"),
        pytest.param(hold(date(2026, 2, 28), date(2026, 2, 28)), 1, id="of one day"),
        pytest.param(hold(date(2026, 2, 10), date(2026, 3, 20)), 19, id="goes on"),
        pytest.param(hold(date(2026, 2, 10)), 19, id="without an end"),
        pytest.param(hold(date(2026, 2, 10), date(2026, 6, 1), released_on=date(2026, 2, 12)), 2,
                     id="released before its end"),
        pytest.param(hold(date(2026, 2, 28)), 1, id="began yesterday"),
        pytest.param(hold(MAR), 0, id="begins today"),
        pytest.param(hold(date(2026, 2, 20), date(2026, 2, 10)), 0, id="ends before it begins"),
        pytest.param(hold(date(2026, 2, 10), kind=HoldKind.MILITARY), 0, id="military goes on"),
        pytest.param(hold(date(2026, 2, 10), kind=HoldKind.CEASE_COMMUNICATION), 0,
                     id="cease communication goes on"),
        pytest.param(hold(date(2026, 2, 10), kind=HoldKind.BANKRUPTCY), 19, id="bankruptcy"),
        pytest.param(hold(date(2026, 2, 10), kind=HoldKind.DECEASED), 19, id="deceased"),
        pytest.param(hold(date(2026, 2, 10), kind=HoldKind.BREATHING_SPACE), 19, id="respite"),
        pytest.param(hold(date(2026, 2, 10), kind=HoldKind.HARDSHIP), 19, id="hardship"),
    ],
)  # fmt: skip
def test_stopped_days_within_the_overdue_window_do_not_count(one, days):
    late = clock(MAR, one)

    assert late.paused_days == days
    assert late.delinquent_days == 28 - 5 - days
    assert [pause.counted_days for pause in late.pauses] == ([days] if days else [])


JAN = [date(2026, 1, day) for day in range(1, 32)]


@pytest.mark.parametrize(
    ("holds", "merged"),
    [
        pytest.param([(JAN[2], JAN[5]), (JAN[8], JAN[9])], [(JAN[2], JAN[5]), (JAN[8], JAN[9])],
                     id="apart"),
        pytest.param([(JAN[2], JAN[4]), (JAN[6], JAN[8]), (JAN[7], JAN[9])],
                     [(JAN[2], JAN[4]), (JAN[6], JAN[9])], id="apart, then overlapping"),
        pytest.param([(JAN[2], JAN[5]), (JAN[5], JAN[9])], [(JAN[2], JAN[9])], id="touching"),
        pytest.param([(JAN[2], JAN[5]), (JAN[4], JAN[9])], [(JAN[2], JAN[9])], id="overlapping"),
        pytest.param([(JAN[2], JAN[9]), (JAN[4], JAN[5])], [(JAN[2], JAN[9])], id="one within"),
        pytest.param([(JAN[4], JAN[9]), (JAN[2], JAN[5])], [(JAN[2], JAN[9])], id="out of order"),
        pytest.param([(JAN[2], None), (JAN[4], JAN[5])], [(JAN[2], None)], id="open, then more"),
        pytest.param([(JAN[2], JAN[5]), (JAN[4], None)], [(JAN[2], None)], id="more, then open"),
        pytest.param([(JAN[2], None), (JAN[4], None)], [(JAN[2], None)], id="both open"),
        pytest.param([(JAN[2], JAN[5]), (JAN[6], JAN[9])], [(JAN[2], JAN[9])], id="day by day"),
        pytest.param([(JAN[2], JAN[2])], [(JAN[2], JAN[2])], id="one day"),
        pytest.param([(JAN[3], JAN[2])], [], id="no day at all"),
    ],
)  # fmt: skip
def test_two_stops_on_one_day_stop_it_once(holds, merged):
    state = State(holds=tuple(hold(*span) for span in holds))

    assert [(stop.starts_on, stop.ends_on) for stop in stops_of(state)] == merged


@pytest.mark.parametrize(
    ("day", "frozen"),
    [
        pytest.param(JAN[1], False, id="the day before"),
        pytest.param(JAN[2], True, id="the first day"),
        pytest.param(JAN[5], True, id="the last day, still frozen"),
        pytest.param(JAN[6], False, id="the day after"),
    ],
)
def test_a_stop_freezes_from_its_first_day_to_its_last(day, frozen):
    assert stopped([Stop(starts_on=JAN[2], ends_on=JAN[5])], day) is frozen


def test_a_stop_without_an_end_freezes_for_good():
    assert stopped([Stop(starts_on=JAN[2], ends_on=None)], date(2030, 1, 1))


@pytest.mark.parametrize(
    ("stop", "missed_on"),
    [
        pytest.param(None, date(2026, 2, 7), id="no stop"),
        pytest.param(Stop(starts_on=date(2026, 2, 3), ends_on=date(2026, 2, 5)), date(2026, 2, 9),
                     id="two days longer"),
        pytest.param(Stop(starts_on=date(2026, 1, 1), ends_on=date(2026, 2, 3)), date(2026, 2, 9),
                     id="from before the due date"),
        pytest.param(Stop(starts_on=date(2026, 1, 1), ends_on=FEB), date(2026, 2, 7),
                     id="over on the due date"),
        pytest.param(Stop(starts_on=date(2026, 2, 7), ends_on=None), date(2026, 2, 7),
                     id="too late to help"),
        pytest.param(Stop(starts_on=date(2026, 2, 6), ends_on=None), None, id="never"),
    ],
)  # fmt: skip
def test_an_installment_is_missed_when_its_own_days_exceed_grace(stop, missed_on):
    stops = [stop] if stop else []

    days = (FEB + timedelta(days=n) for n in range(100))
    found = (d for d in days if is_missed(row(1, FEB), policy(), stops, on=d, last_due_on=APR))
    assert next(found, None) == missed_on
    assert day_reaching(stops, start=FEB, days=6) == missed_on


spans = st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(1, 30)), max_size=4)


@given(spans, st.integers(0, 40), st.integers(0, 60))
def test_the_day_a_count_is_reached_is_the_first_such_day(given_spans, start, days):
    begun = date(2026, 1, 1) + timedelta(days=start)
    state = State(
        holds=tuple(
            hold(
                date(2026, 1, 1) + timedelta(days=first),
                None if length is None else date(2026, 1, 1) + timedelta(days=first + length),
            )
            for first, length in given_spans
        )
    )
    stops = stops_of(state)

    reached = day_reaching(stops, start=begun, days=days)

    if reached is None:
        assert counted_days(stops, start=begun, end=begun + timedelta(days=1000)) < days
    else:
        assert counted_days(stops, start=begun, end=reached) == days
        before = reached - timedelta(days=1)
        assert before < begun or counted_days(stops, start=begun, end=before) < days


# Without a plan -------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "days"), [(date(2026, 1, 31), 0), (FEB, 0), (MAR, 28)])
def test_an_account_without_a_plan_counts_from_the_day_it_is_reported_late(on, days):
    state = State(
        balance=Amounts(principal_minor=80_00),
        claims=Claims(
            entries=(Claim(due_on=date(2025, 12, 31), since_on=FEB, amount_minor=100_00),)
        ),
        judged_on=on,
        contract_since_on=FEB,
        reported_since_on=FEB,
        bucket="1-29",
    )

    late = explain_account(state, policy(), on=on)

    assert (late.oldest_due_on, late.delinquent_since_on) == (FEB, FEB)
    assert (late.past_due_days, late.delinquent_days, late.contract.days) == (days, days, days)
    assert (late.grace_days, late.paused_days, late.missed, late.pauses) == (0, 0, (), ())
    assert (late.missed_total, late.full_installments_past_due) == (0, 0)
    assert (late.overdue_minor, late.bucket, late.policy_version) == (80_00, "1-29", 1)


def test_a_current_account_has_no_clock():
    late = explain_account(State(balance=Amounts(principal_minor=80_00)), policy(), on=MAR)

    assert (late.oldest_due_on, late.overdue_minor, late.past_due_days) == (None, 0, 0)
    assert (late.delinquent_days, late.contract) == (0, Contract(since_on=None, days=0))


# Whatever the day -----------------------------------------------------------------------------


@given(st.integers(0, 100_00), st.integers(0, 120), st.integers(0, 30))
def test_paying_more_or_looking_earlier_never_looks_worse(credit, day, grace):
    def late(minor, on):
        owing = plan(credited(minor), row(2, MAR), row(3, APR))
        found = clock(on, owing=owing, by=policy(grace_days=grace))
        return found.overdue_minor, found.delinquent_days, len(found.missed)

    on = FEB + timedelta(days=day)
    more = min(credit + 1, 100_00)
    assert all(a <= b for a, b in zip(late(more, on), late(credit, on), strict=True))
    assert all(
        a <= b for a, b in zip(late(credit, on), late(credit, on + timedelta(days=1)), strict=True)
    )
