"""Who may change a plan how: what waits for a higher role, and what the schedule's limits say."""

from datetime import date

import pytest

from app.domain.agreement.approval import check_schedule, figures, may_wait, outside
from app.domain.facts.changes import (
    Acceleration,
    Deferral,
    DueDayChange,
    PaymentHoliday,
    ReAge,
    Reamortization,
    Reschedule,
    Rewrite,
    StepDown,
)
from app.domain.limits import LimitBreach
from app.domain.values import replace
from app.domain.vocabulary import InstallmentKind, Role
from tests.factories import plan, policy, row

LIMITS = policy().terms
AGENT = LIMITS.agent
ON = date(2026, 1, 5)
JAN, FEB, MAR, APR = (date(2026, month, 20) for month in (1, 2, 3, 4))


def refused(*roles):
    return tuple(
        LimitBreach(rule="r", limit=1, actual=2, message="m", override_role=role) for role in roles
    )


@pytest.mark.parametrize(
    ("roles", "asks", "waits", "stands"),
    [
        pytest.param((), Role.AGENT, True, 0, id="nothing stands against it"),
        pytest.param((Role.SUPERVISOR,), Role.AGENT, True, 1, id="a higher role may"),
        pytest.param((Role.SUPERVISOR, Role.ADMIN), Role.SUPERVISOR, False, 1, id="one is own"),
        pytest.param((Role.ADMIN,), Role.ADMIN, False, 0, id="nobody is higher"),
        pytest.param((Role.ADMIN, None), Role.AGENT, False, 2, id="one nobody may"),
    ],
)
def test_who_may_set_aside_what(roles, asks, waits, stands):
    found = refused(*roles)

    assert may_wait(found, asks) is waits
    assert len(outside(found, asks)) == stands


def checked(before, after, change=Reschedule, *, role=Role.AGENT):
    found = check_schedule(before, after, change, limits=LIMITS, role=role, on=ON)
    return [(one.rule, one.limit, one.actual, one.override_role) for one in found]


def monthly(*days, minor=100_00):
    return plan(*(row(n, day, minor) for n, day in enumerate(days, 1)))


def test_a_longer_wait_than_the_role_may_agree_to():
    far = date(2026, 5, 20)
    later = monthly(JAN, FEB, far)

    assert AGENT.max_days_between == 45
    assert checked(monthly(JAN, FEB, MAR), later) == [("max_days_between", 45, 89, "supervisor")]
    assert checked(later, later) == []  # it is no longer than it was
    assert checked(monthly(JAN, FEB, date(2026, 5, 25)), later) == []


def test_the_wait_begins_with_the_last_day_something_was_due():
    """Or with the plan itself, where nothing was: opened on 1 January."""
    emptied = replace(row(9, date(2026, 1, 4)), voided_on=ON)

    assert figures(monthly(FEB), on=ON).max_days_between == 50
    assert figures(plan(emptied, row(1, FEB)), on=ON).max_days_between == 47


def test_more_installments_and_a_longer_term():
    weekly = [date.fromordinal(JAN.toordinal() + 40 * k) for k in range(62)]

    assert checked(monthly(*weekly[:40]), monthly(*weekly)) == [
        ("max_count", 60, 62, "supervisor"), ("max_term_months", 60, 81, "supervisor"),
    ]  # fmt: skip


def test_an_installment_smaller_than_before_and_than_the_role_may_agree_to():
    small = monthly(JAN, FEB, MAR, minor=4_99)

    assert checked(monthly(JAN, FEB, MAR), small) == [
        ("min_installment_minor", 5_00, 4_99, "supervisor")
    ]
    assert checked(small, monthly(JAN, FEB, MAR, minor=4_99)) == []
    last = plan(row(1, JAN), row(2, FEB), row(3, MAR, 1))
    assert checked(monthly(JAN, FEB), last) == []  # a remainder that comes last


def test_only_what_is_still_to_come_is_looked_at():
    """Not a row emptied, satisfied, of a charge, or due by the day of the change."""
    settled = replace(row(4, FEB, 1), satisfied_on=ON)
    fee = replace(row(5, date(2027, 1, 1), 1), kind=InstallmentKind.CHARGE)
    void = replace(row(6, date(2027, 2, 1)), voided_on=ON)
    due = row(7, ON, 1)
    found = figures(plan(due, row(1, JAN), settled, row(2, MAR), fee, void), on=ON)

    assert (found.max_count, found.least_minor, found.max_term_months) == (3, 100_00, 3)
    assert figures(plan(due), on=ON) is None
    assert checked(monthly(JAN), plan(due)) == []


def test_a_level_with_interest_is_what_is_asked():
    bearing = replace(row(1, JAN, 4_00), expected_interest_minor=1_50)

    assert figures(plan(bearing, row(2, FEB)), on=ON).least_minor == 5_50


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        (Reamortization, {"max_count", "max_term_months", "max_days_between"}),
        (DueDayChange, {"max_count", "max_term_months", "max_days_between"}),
        (StepDown, {"max_count", "max_term_months"}),
        (Deferral, {"max_term_months"}),
        (PaymentHoliday, {"max_term_months"}),
        (ReAge, set()),
        (Rewrite, set()),
        (Acceleration, set()),
    ],
)
def test_a_kind_of_change_is_asked_what_it_has_no_limits_of_its_own_for(change, asked):
    days = [date.fromordinal(JAN.toordinal() + 50 * k) for k in range(62)]

    assert {one[0] for one in checked(monthly(JAN), monthly(*days), change)} == asked
