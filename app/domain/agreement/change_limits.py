"""How often a schedule may change: limits per twelve months and in a lifetime, from the policy.

There are no federal figures for closed-end credit; the policy's are the creditor's own written
standard (65 FR 36903 asks for one). A change blocks while `on < its day + 12 months`, as with
re-ages. Undone changes do not count. A deferral and a payment holiday are the field's
extensions; a rewrite past the last due date is its renewal.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from dateutil.relativedelta import relativedelta

from app.domain.facts.changes import (
    Change,
    Deferral,
    DueDayChange,
    PaymentHoliday,
    Reamortization,
    Reschedule,
    Rewrite,
    StepDown,
)
from app.domain.facts.fact import Fact
from app.domain.limits import LimitBreach
from app.domain.policy.model import ModificationLimits
from app.domain.vocabulary import Role

_YEAR = relativedelta(months=12)

#: The policy's figures that limit a kind of change; one of a lifetime says so in its name.
_RULES: Mapping[type[Change], tuple[str, ...]] = {
    Reamortization: ("max_reamortizations_in_12_months",),
    Reschedule: ("max_reschedules_in_12_months",),
    Deferral: ("max_deferrals_in_12_months", "max_extensions_lifetime"),
    DueDayChange: ("max_due_day_changes_in_12_months",),
    PaymentHoliday: ("max_payment_holidays_in_12_months", "max_extensions_lifetime"),
    StepDown: ("max_step_downs_in_12_months",),
    Rewrite: ("max_rewrites_in_12_months", "max_rewrites_lifetime"),
}


def check_limits(
    facts: Iterable[Fact], limits: ModificationLimits, change: type[Change], *, on: date
) -> tuple[LimitBreach, ...]:
    """Every limit that one more change of this kind would pass. `facts`: those in force."""
    known = tuple(facts)
    found = (
        at_most(rule, _made(known, rule, change, on=on) + 1, getattr(limits, rule))
        for rule in _RULES[change]
    )
    return tuple(breach for one in found for breach in one)


def at_most(rule: str, actual: int, limit: int | None) -> tuple[LimitBreach, ...]:
    """The breach of a limit by a figure above it, or none."""
    if limit is None or actual <= limit:
        return ()
    message = f"{rule}: this would be {actual}, at most {limit} allowed."
    return (_breach(rule, limit, actual, message, Role.ADMIN),)


def check_acceleration(
    missed: int, limits: ModificationLimits, role: Role
) -> tuple[LimitBreach, ...]:
    """Whether a role may end a plan for default: enough is missed, and the role is high enough.

    The figures of `acceleration_role` are ranks, 0 for the least role.
    """
    least, needed = limits.acceleration_min_missed, limits.acceleration_role
    found = list[LimitBreach]()
    if missed < least:
        rule = "acceleration_min_missed"
        message = f"{rule}: {missed} missed, at least {least} needed."
        found.append(_breach(rule, least, missed, message, None))
    if role.rank < needed.rank:
        rule = "acceleration_role"
        message = f"{rule}: asked by the role {role}, {needed} needed."
        found.append(_breach(rule, needed.rank, role.rank, message, needed))
    return tuple(found)


def _breach(
    rule: str, limit: int, actual: int, message: str, override_role: Role | None
) -> LimitBreach:
    return LimitBreach(
        rule=rule, limit=limit, actual=actual, message=message, override_role=override_role
    )


def _made(facts: tuple[Fact, ...], rule: str, change: type[Change], *, on: date) -> int:
    """How many changes count for a rule on a day."""
    if rule.endswith("_lifetime"):
        kinds = tuple(kind for kind, rules in _RULES.items() if rule in rules)
        return sum(isinstance(fact.body, kinds) for fact in facts)
    made = (fact.effective_on for fact in facts if isinstance(fact.body, change))
    return sum(day <= on < day + _YEAR for day in made)
