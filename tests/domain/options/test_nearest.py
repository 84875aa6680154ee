"""What would help where nothing fits: 1,200.00, owed on 1 March 2026 and paid monthly."""

from datetime import date, timedelta

from app.domain.options.options import ChangeKind
from app.domain.schedule.dates import Holidays
from app.domain.schedule.terms import BusinessDays, Convention
from app.domain.values import replace
from app.domain.vocabulary import Role
from tests.domain.support.asking import (
    BUDGET,
    MONTHLY,
    OPENS,
    QUARTERLY,
    agent_only,
    changes,
    everyone,
    plan,
)


def test_a_longer_term_by_a_supervisor():
    """1,200.00 at 15.00 takes 80 months: more than an agent's 60, less than 84."""
    answer = plan(15_00)

    longer = changes(answer)[ChangeKind.LONGER_TERM]
    assert answer.options == ()
    assert longer.role is Role.SUPERVISOR
    assert longer.message == (
        "The supervisor may agree: 80 payments of at most 1500, the last on 2032-11-01."
    )
    assert [(r.rule, r.limit, r.actual) for r in longer.overrides] == [
        ("max_count", 60, 80),
        ("max_term_months", 60, 80),
    ]
    short = changes(answer)[ChangeKind.HIGHER_INSTALLMENT]
    assert (short.needed_minor, short.short_minor) == (20_00, 5_00)
    assert ChangeKind.HOLD not in changes(answer)


def test_the_least_role_that_may_is_named():
    answer = plan(8_00)

    assert changes(answer)[ChangeKind.LONGER_TERM].role is Role.ADMIN


def test_a_token_payment_then_a_hold_where_no_role_may():
    answer = plan(8_00, limits=everyone(max_count=60, max_term_months=60))

    assert [change.kind for change in answer.nearest] == [
        "higher_installment",
        "token_payment",
        "hold",
    ]
    token = changes(answer)[ChangeKind.TOKEN_PAYMENT]
    assert (token.role, [r.amount_minor for r in token.schedule.installments]) == (
        Role.AGENT,
        [8_00] * 6,
    )
    assert (token.needed_minor, token.short_minor) == (20_00, 12_00)


def test_a_token_below_the_callers_minimum_is_another_roles_to_take():
    limits = replace(everyone(max_count=60, max_term_months=60))
    limits = replace(limits, supervisor=replace(limits.supervisor, min_installment_minor=1_00))

    token = changes(plan(3_00, limits=limits))[ChangeKind.TOKEN_PAYMENT]

    assert token.role is Role.SUPERVISOR
    assert [refusal.rule for refusal in token.overrides] == ["min_installment_minor"]


def test_the_caller_is_the_first_to_take_a_token():
    answer = plan(8_00, limits=everyone(max_count=60), role=Role.SUPERVISOR)

    assert changes(answer)[ChangeKind.TOKEN_PAYMENT].role is Role.SUPERVISOR


def test_a_term_in_months_is_longer_too():
    answer = plan(15_00, limits=agent_only(max_count=None))

    assert [r.rule for r in changes(answer)[ChangeKind.LONGER_TERM].overrides] == [
        "max_term_months"
    ]


def test_a_hold_alone_where_no_role_takes_so_little():
    answer = plan(4_99, limits=everyone(min_installment_minor=5_00, max_count=60))

    assert [change.kind for change in answer.nearest] == ["higher_installment", "hold"]


def test_without_surplus_a_token_or_a_hold_and_no_pressing():
    answer = plan(None, budget=replace(BUDGET, income_minor=1900_00))

    assert answer.affordable_minor == 0
    assert [change.kind for change in answer.nearest] == ["token_payment", "hold"]
    token, hold = answer.nearest
    assert [row.amount_minor for row in token.schedule.installments] == [5_00] * 6
    assert (hold.needed_minor, hold.short_minor) == (20_00, 20_00)


def test_an_earlier_start():
    answer = plan(first_due_on=OPENS + timedelta(60))

    earlier = changes(answer)[ChangeKind.EARLIER_START]
    assert earlier.terms.first_due_on == OPENS + timedelta(45)
    assert (earlier.role, earlier.overrides) == (Role.AGENT, ())
    other = changes(answer)[ChangeKind.OTHER_LIMITS]
    assert [refusal.rule for refusal in other.overrides] == ["max_days_to_first"]


def test_an_earlier_start_leaves_room_for_holidays():
    days = BusinessDays(calendar="TEST", convention=Convention.FOLLOWING)
    closed = Holidays.of([date(2026, 4, 14), date(2026, 4, 15)])
    answer = plan(first_due_on=OPENS + timedelta(60), business_days=days, holidays=closed)

    assert changes(answer)[ChangeKind.EARLIER_START].schedule.installments[0].due_on == date(
        2026, 4, 13
    )


def test_smaller_payments_more_often():
    """Quarters are too far apart for an agent; a third of it a month is not."""
    answer = plan(450_00, frequency=QUARTERLY, limits=agent_only(max_days_to_first=None))

    often = changes(answer)[ChangeKind.MORE_OFTEN]
    assert (often.role, often.terms.frequency) == (Role.AGENT, MONTHLY)
    assert {row.amount_minor for row in often.schedule.installments} == {150_00}


def test_a_token_keeps_to_the_count_its_role_may_agree_to():
    answer = plan(1, limits=everyone(min_installment_minor=None, max_count=4, max_term_months=5))

    token = changes(answer)[ChangeKind.TOKEN_PAYMENT]
    assert [row.amount_minor for row in token.schedule.installments] == [1] * 4


def test_nothing_is_too_little_for_a_token():
    answer = plan(0, balance=50, limits=everyone(min_installment_minor=5_00))

    assert [change.kind for change in answer.nearest] == ["hold"]
