"""Whether a role may make a change of a plan, or somebody else must approve it.

What stands against a change is a list of limit breaches. One that a higher role may set aside
makes the change wait for such a role; one that nobody may set aside refuses it. Limits of terms
are asked of the schedule the change leaves, and only where it makes a figure worse than it was:
whoever agreed to sixty-five installments has agreed to them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from app.domain.account.plan import Installment, Plan
from app.domain.agreement.authority import ProposedTerms, check_installment
from app.domain.facts.changes import (
    Acceleration,
    Change,
    Deferral,
    PaymentHoliday,
    ReAge,
    Rewrite,
    StepDown,
)
from app.domain.limits import LimitBreach
from app.domain.policy.model import TermLimitsByRole
from app.domain.vocabulary import AGREED, Role


class RevisionStatus(StrEnum):
    """What became of a revision. In force: it stands, whatever was changed after it."""

    IN_FORCE = "in_force"
    UNDONE = "undone"
    PENDING_APPROVAL = "pending_approval"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the limits of terms look at in a schedule: its installments still to come on a day."""

    max_count: int
    max_term_months: int
    max_days_between: int
    least_minor: int | None  # the smallest installment, a smaller last one apart
    total_minor: int


_WHAT = {
    "max_count": "Installments",
    "max_term_months": "Term in months",
    "max_days_between": "Longest time between payments in days",
}
_LEAST = "min_installment_minor"
_EVERY = (*_WHAT, _LEAST)

#: The limits of terms that a kind of change is asked. A skipped installment is a longer wait by
#: its nature, with limits of its own; a re-age and a rewrite are asked of their own terms.
_RULES: Mapping[type[Change], tuple[str, ...]] = {
    ReAge: (),
    Rewrite: (),
    Acceleration: (),
    Deferral: ("max_term_months",),
    PaymentHoliday: ("max_term_months",),
    StepDown: ("max_count", "max_term_months"),
}


def outside(breaches: Iterable[LimitBreach], role: Role) -> tuple[LimitBreach, ...]:
    """Those that this role may not set aside."""
    return tuple(
        one for one in breaches if one.override_role is None or role.rank < one.override_role.rank
    )


def may_wait(breaches: Iterable[LimitBreach], role: Role) -> bool:
    """Whether a role higher than this one may set all of them aside."""
    return all(
        one.override_role is not None and role.rank < one.override_role.rank for one in breaches
    )


def check_schedule(
    before: Plan,
    after: Plan,
    change: type[Change],
    *,
    limits: TermLimitsByRole,
    role: Role,
    on: date,
) -> tuple[LimitBreach, ...]:
    """Every limit of the role that the schedule passes by this change, or passes further."""
    was, now = figures(before, on=on), figures(after, on=on)
    if now is None or was is None:
        return ()
    rules = _RULES.get(change, _EVERY)
    found = list[LimitBreach]()
    for rule in rules:
        if rule == _LEAST:
            found += _too_small(was, now, limits, role)
        elif getattr(now, rule) > getattr(was, rule):
            found += _at_most(rule, getattr(now, rule), limits, role)
    return tuple(found)


def figures(plan: Plan, *, on: date) -> Figures | None:
    """What a schedule comes to from a day on; None where nothing is still to come."""
    agreed = [installment for installment in plan.installments if installment.kind in AGREED]
    ahead = [
        installment
        for installment in agreed
        if installment.due_on > on and installment.voided_on is None
    ]
    if not ahead:
        return None
    since = max(
        (installment.due_on for installment in agreed if installment.due_on <= on),
        default=plan.opened_on,
    )
    days = [since, *(installment.due_on for installment in ahead)]
    span = ProposedTerms(
        total_minor=1, opens_on=plan.opened_on, due_on=(days[-1],), amounts_minor=(1,)
    )
    return Figures(
        max_count=len(ahead),
        max_term_months=span.months,
        max_days_between=max((late - early).days for early, late in pairwise(days)),
        least_minor=_least(
            installment for installment in ahead if installment.satisfied_on is None
        ),
        total_minor=sum(installment.due.principal_minor for installment in agreed),
    )


def _least(installments: Iterable[Installment]) -> int | None:
    asked = [
        installment.amount_minor + installment.expected_interest_minor
        for installment in installments
    ]
    if asked and (len(asked) == 1 or asked[-1] < asked[-2]):
        asked.pop()
    return min(asked, default=None)


def _too_small(
    was: Figures, now: Figures, limits: TermLimitsByRole, role: Role
) -> tuple[LimitBreach, ...]:
    least = now.least_minor
    if least is None or (was.least_minor is not None and least >= was.least_minor):
        return ()
    return check_installment(least, total_minor=now.total_minor, limits=limits, role=role)


def _at_most(rule: str, actual: int, limits: TermLimitsByRole, role: Role) -> Iterator[LimitBreach]:
    most: dict[Role, int | None] = {each: getattr(limits.of(each), rule) for each in Role}
    limit = most[role]
    if limit is None or actual <= limit:
        return
    free = (each for each, figure in most.items() if figure is None or actual <= figure)
    yield LimitBreach(
        rule=rule,
        limit=limit,
        actual=actual,
        message=f"{_WHAT[rule]}: {actual}, at most {limit} allowed.",
        override_role=next(free, None),
    )
