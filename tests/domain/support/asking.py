"""A question with fixed defaults: 1,200.00 owed on 1 March 2026, 150.00 a month from 1 April."""

from datetime import date

from app.domain.options.affordability import HouseholdStandards
from app.domain.options.options import Budget, plan_options
from app.domain.policy.model import TermLimitsByRole
from app.domain.schedule.dates import NO_HOLIDAYS
from app.domain.schedule.terms import Frequency, Unit
from app.domain.values import replace
from app.domain.vocabulary import Role
from tests.factories import policy

OPENS, FIRST = date(2026, 3, 1), date(2026, 4, 1)
MONTHLY, WEEKLY = Frequency(unit=Unit.MONTH), Frequency(unit=Unit.WEEK)
FORTNIGHTLY = Frequency(every=2, unit=Unit.WEEK)
SEMIMONTHLY = Frequency(unit=Unit.SEMIMONTH, days=(15, 31))
QUARTERLY = Frequency(every=3, unit=Unit.MONTH)
FREQUENCIES = [MONTHLY, WEEKLY, FORTNIGHTLY, SEMIMONTHLY, Frequency(every=10, unit=Unit.DAY)]
LIMITS = policy().terms
STRICT = policy("strict").terms
UNLIMITED = policy("unlimited").terms
STANDARDS = HouseholdStandards(
    by_size_minor=(839_00, 1481_00), each_additional_minor=394_00, source="IRS, 2025-04-21"
)
BUDGET = Budget(
    income_minor=2500_00, essential_expenses_minor=2000_00, other_debt_payments_minor=100_00
)


def plan(affordable=150_00, balance=1200_00, **changes):
    asked = {
        "balance_minor": balance,
        "affordable_minor": affordable,
        "frequency": MONTHLY,
        "first_due_on": FIRST,
        "opens_on": OPENS,
        "limits": LIMITS,
        "role": Role.AGENT,
        "holidays": NO_HOLIDAYS,
        "currency": "USD",
    }
    return plan_options(**asked | changes)


def amounts(option):
    return [row.amount_minor for row in option.schedule.installments]


def named(answer):
    return {option.name: option for option in answer.options}


def changes(answer):
    return {change.kind: change for change in answer.nearest}


def agent_only(**limits):
    """An agent's limits changed; the other roles' as the default policy has them."""
    return replace(LIMITS, agent=replace(LIMITS.agent, **limits))


def everyone(**limits):
    return TermLimitsByRole(
        **{role: replace(LIMITS.of(role), **limits) for role in Role},
    )
