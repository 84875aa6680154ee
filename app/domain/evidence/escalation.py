"""Whether an account may go to legal: every reason against it, at once.

15 USC 1692g(b), 12 CFR 1006.26(b), 11 USC 362(a), SI 2020/1311 reg. 7; the rest is decided.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

from app.domain.values import Value
from app.domain.vocabulary import HoldKind, Role


class Against(StrEnum):
    """What stands in the way to legal."""

    AUTOMATIC_STAY = "AUTOMATIC_STAY"
    BELOW_MINIMUM = "BELOW_MINIMUM"
    BREATHING_SPACE = "BREATHING_SPACE"
    DECEASED = "DECEASED"
    DISPUTE_UNVERIFIED = "DISPUTE_UNVERIFIED"
    MILITARY_REVIEW = "MILITARY_REVIEW"
    PAID_OR_SETTLED = "PAID_OR_SETTLED"
    PLAN_STANDS = "PLAN_STANDS"
    ROLE = "ROLE"
    SETTLEMENT_STANDS = "SETTLEMENT_STANDS"
    TIME_BARRED = "TIME_BARRED"
    VALIDATION_PERIOD_OPEN = "VALIDATION_PERIOD_OPEN"


_BY_HOLD: Mapping[HoldKind, Against] = {
    HoldKind.DISPUTE: Against.DISPUTE_UNVERIFIED,
    HoldKind.BANKRUPTCY: Against.AUTOMATIC_STAY,
    HoldKind.BREATHING_SPACE: Against.BREATHING_SPACE,
    HoldKind.DECEASED: Against.DECEASED,
    HoldKind.MILITARY: Against.MILITARY_REVIEW,
}
#: What a supervisor's note passes.
_PASSED_BY_NOTE = frozenset({Against.MILITARY_REVIEW, Against.ROLE})


class Case(Value, kw_only=True):
    """An account on its way to legal. `plan_stands`: active and not delinquent."""

    owed_minor: int
    minimum_minor: int
    role: Role
    paid_or_settled: bool = False
    holds: frozenset[HoldKind] = frozenset()
    validation_ends_on: date | None = None
    time_barred: bool = False
    plan_stands: bool = False
    settlement_stands: bool = False
    noted_by_supervisor: bool = False


def against_legal(case: Case, today: date) -> tuple[Against, ...]:
    """Every reason, by name; nothing: it may go."""
    found = set(_found(case, today))
    if case.noted_by_supervisor:
        found -= _PASSED_BY_NOTE
    return tuple(sorted(found))


def _found(case: Case, today: date) -> Iterator[Against]:
    yield from (_BY_HOLD[kind] for kind in case.holds if kind in _BY_HOLD)
    for stands, reason in (
        (case.paid_or_settled or case.owed_minor <= 0, Against.PAID_OR_SETTLED),
        (
            case.validation_ends_on is not None and today <= case.validation_ends_on,
            Against.VALIDATION_PERIOD_OPEN,
        ),
        (case.time_barred, Against.TIME_BARRED),
        (case.plan_stands, Against.PLAN_STANDS),
        (case.settlement_stands, Against.SETTLEMENT_STANDS),
        (case.owed_minor < case.minimum_minor, Against.BELOW_MINIMUM),
        (case.role is Role.AGENT, Against.ROLE),
    ):
        if stands:
            yield reason
