"""How often a schedule may change: within twelve months, in a life, undone changes left out."""

from datetime import date

import pytest

from app.domain.agreement.change_limits import at_most, check_acceleration, check_limits
from app.domain.facts.changes import (
    Deferral,
    DueDayChange,
    PaymentHoliday,
    Reamortization,
    Reschedule,
    RevisionUndo,
    Rewrite,
    StepDown,
)
from app.domain.facts.kinds import FactKind
from app.domain.replay.replay import in_force
from app.domain.values import replace
from app.domain.vocabulary import Role
from tests.factories import fact_id, history, placed, plan_due, policy, row_id

JAN, FEB, MAR, APR, MAY = (date(2026, month, 1) for month in range(1, 6))
ON = date(2026, 3, 10)
LATER = date(2036, 1, 1)
PLAN = fact_id(2)
FREE = policy("unlimited").modification
BEGUN = ((JAN, placed()), (JAN, plan_due(FEB, MAR, APR)))
OF_PLAN = {"plan_id": PLAN, "number": 2, "reason": "x"}

DEFERRAL = Deferral(installment_id=row_id(2), nominal_due_on=MAY, due_on=MAY, **OF_PLAN)
HOLIDAY = PaymentHoliday(installments=1, moved=(), **OF_PLAN)
REWRITE = Rewrite(quote_id=fact_id(9), policy=policy().ref, installments=(), anchor_on=MAY,
                  **OF_PLAN)  # fmt: skip
IN_A_YEAR = [
    pytest.param(Reamortization(plan_id=PLAN, number=2), "max_reamortizations_in_12_months",
                 id="re-amortization"),
    pytest.param(Reschedule(moved=(), **OF_PLAN), "max_reschedules_in_12_months", id="reschedule"),
    pytest.param(DEFERRAL, "max_deferrals_in_12_months", id="deferral"),
    pytest.param(DueDayChange(moved=(), anchor_on=MAY, **OF_PLAN),
                 "max_due_day_changes_in_12_months", id="due day"),
    pytest.param(HOLIDAY, "max_payment_holidays_in_12_months", id="holiday"),
    pytest.param(StepDown(installment_minor=1, until_on=MAY, **OF_PLAN),
                 "max_step_downs_in_12_months", id="step-down"),
    pytest.param(REWRITE, "max_rewrites_in_12_months", id="rewrite"),
]  # fmt: skip


def rules(facts, limits, change, on):
    return [one.rule for one in check_limits(in_force(facts), limits, change, on=on)]


@pytest.mark.parametrize(("change", "rule"), IN_A_YEAR)
@pytest.mark.parametrize(
    ("on", "refused"),
    [
        pytest.param(date(2026, 3, 9), False, id="before it was made"),
        pytest.param(ON, True, id="the same day"),
        pytest.param(date(2027, 3, 9), True, id="a day short"),
        pytest.param(date(2027, 3, 10), False, id="twelve months on"),
    ],
)
def test_a_change_blocks_its_kind_for_twelve_months(change, rule, on, refused):
    limits = replace(FREE, **{rule: 1})
    facts = history(*BEGUN, (ON, change))
    other = StepDown if isinstance(change, Reschedule) else Reschedule

    assert rules(facts, limits, type(change), on) == ([rule] if refused else [])
    assert rules(facts, limits, other, on) == []
    assert rules(facts, FREE, type(change), on) == []


@pytest.mark.parametrize("first", [DEFERRAL, HOLIDAY], ids=["a deferral", "a holiday"])
@pytest.mark.parametrize("then", [Deferral, PaymentHoliday])
def test_extensions_of_both_kinds_are_counted_for_life(first, then):
    limits = replace(FREE, max_extensions_lifetime=1)
    (found,) = check_limits(in_force(history(*BEGUN, (FEB, first))), limits, then, on=LATER)

    assert (found.rule, found.limit, found.actual) == ("max_extensions_lifetime", 1, 2)
    assert rules(history(*BEGUN, (FEB, first)), limits, Rewrite, LATER) == []


def test_rewrites_are_counted_for_life():
    limits = replace(FREE, max_rewrites_lifetime=2)
    twice = history(*BEGUN, (FEB, REWRITE), (MAR, replace(REWRITE, number=3)))

    assert rules(twice[:3], limits, Rewrite, LATER) == []
    assert rules(twice, limits, Rewrite, LATER) == ["max_rewrites_lifetime"]


def test_undone_changes_are_not_counted():
    limits = replace(FREE, max_extensions_lifetime=1)
    undo = RevisionUndo(plan_id=PLAN, undoes=fact_id(3), undone=FactKind.DEFERRAL)

    assert rules(history(*BEGUN, (FEB, DEFERRAL), (ON, undo)), limits, Deferral, LATER) == []


@pytest.mark.parametrize(("actual", "refused"), [(3, False), (4, True)])
def test_a_figure_may_reach_its_limit_and_not_pass_it(actual, refused):
    assert bool(at_most("max_holiday_installments", actual, 3)) is refused
    assert at_most("max_holiday_installments", actual, None) == ()


@pytest.mark.parametrize(
    ("missed", "role", "refused"),
    [
        pytest.param(0, Role.AGENT, ["acceleration_min_missed", "acceleration_role"], id="both"),
        pytest.param(1, Role.AGENT, ["acceleration_role"], id="an agent"),
        pytest.param(0, Role.ADMIN, ["acceleration_min_missed"], id="nothing missed"),
        pytest.param(1, Role.SUPERVISOR, [], id="enough of both"),
    ],
)
def test_who_may_accelerate_and_when(missed, role, refused):
    """The default policy: one missed, a supervisor."""
    found = check_acceleration(missed, policy().modification, role)

    assert [one.rule for one in found] == refused
    overriding = {one.rule: one.override_role for one in found}
    assert overriding.get("acceleration_role", Role.SUPERVISOR) is Role.SUPERVISOR
    assert overriding.get("acceleration_min_missed") is None
    assert check_acceleration(0, FREE, Role.AGENT) == ()
