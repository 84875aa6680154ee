"""What somebody is to reach in a span of days, and what may be said of it.

How near they are is worked out in `people.attainment`.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from app.domain.errors import FieldProblem
from app.domain.money import MAX_MINOR
from app.domain.reports.shares import WHOLE_BPS
from app.domain.values import Value

#: The longest span: five years, as reports have them.
MAX_MONTHS = 60
_MONTHS = 12


class TargetScope(StrEnum):
    """Of whom something is expected."""

    ACTOR = "actor"
    TEAM = "team"
    CREDITOR = "creditor"


class TargetMetric(StrEnum):
    """What is counted: money in minor units, a share in basis points, or a number of things."""

    COLLECTED = "collected"
    KEPT_BPS = "kept_bps"
    PLANS_OPENED = "plans_opened"
    PROMISES_KEPT = "promises_kept"
    CONTACTS = "contacts"


class Target(Value, kw_only=True):
    """What is to be reached. `value` None: the target is taken back."""

    scope: TargetScope
    whose: str
    metric: TargetMetric
    currency: str | None
    from_on: date
    to_on: date
    value: int | None


def problems(target: Target) -> Iterator[FieldProblem]:
    """What of a target cannot be meant."""
    money = target.metric is TargetMetric.COLLECTED
    if money and target.currency is None:
        yield FieldProblem(pointer="/currency", detail="is needed: money is of one currency")
    if not money and target.currency is not None:
        yield FieldProblem(pointer="/currency", detail=f"is nothing that {target.metric} has")
    if target.to_on < target.from_on:
        yield FieldProblem(pointer="/to", detail="must not lie before from")
    if _months(target.from_on, target.to_on) > MAX_MONTHS:
        yield FieldProblem(pointer="/to", detail=f"must lie within {MAX_MONTHS} months of from")
    most = WHOLE_BPS if target.metric is TargetMetric.KEPT_BPS else MAX_MINOR
    if target.value is not None and not 0 <= target.value <= most:
        yield FieldProblem(pointer="/value", detail=f"should be 0 to {most}")


def _months(from_on: date, to_on: date) -> int:
    """Calendar months that the span touches."""
    return (to_on.year - from_on.year) * _MONTHS + to_on.month - from_on.month + 1
