"""How often a schedule may change: limits per twelve months and in a lifetime, from the policy.

There are no federal figures for closed-end credit; the policy's are the creditor's own written
standard (65 FR 36903 asks for one). A change blocks while `on < its day + 12 months`, as with
re-ages. Undone changes do not count. A deferral is the field's extension.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from dateutil.relativedelta import relativedelta

from app.domain.authority import Refusal
from app.domain.changes import Change, Deferral, ReAge, Reamortization, Reschedule
from app.domain.facts import Fact
from app.domain.policy import ModificationLimits, Role

_YEAR = relativedelta(months=12)


def check_limits(
    facts: Iterable[Fact], limits: ModificationLimits, change: type[Change], *, on: date
) -> tuple[Refusal, ...]:
    """Every limit that one more change of this kind would pass. `facts`: those that stand."""
    made = [fact.effective_on for fact in facts if isinstance(fact.body, change)]
    in_a_year = sum(day <= on < day + _YEAR for day in made)
    asked: dict[type[Change], tuple[tuple[str, int | None, int], ...]] = {
        ReAge: (),
        Reamortization: (
            ("max_reamortizations_in_12_months", limits.max_reamortizations_in_12_months,
             in_a_year),
        ),
        Reschedule: (
            ("max_reschedules_in_12_months", limits.max_reschedules_in_12_months, in_a_year),
        ),
        Deferral: (
            ("max_deferrals_in_12_months", limits.max_deferrals_in_12_months, in_a_year),
            ("max_extensions_lifetime", limits.max_extensions_lifetime, len(made)),
        ),
    }  # fmt: skip
    return tuple(
        Refusal(
            rule=rule,
            limit=limit,
            actual=actual + 1,
            message=f"{rule}: this would be {actual + 1}, at most {limit} allowed.",
            override_role=Role.ADMIN,
        )
        for rule, limit, actual in asked[change]
        if limit is not None and actual >= limit
    )


def changes_of(facts: Iterable[Fact], plan_id: UUID) -> tuple[Fact, ...]:
    """The changes of one plan's schedule among these facts, in their order."""
    return tuple(f for f in facts if isinstance(f.body, Change) and f.body.plan_id == plan_id)
