"""What each hold stops: the table of the rules, and nowhere else.

The spans of a breathing space are those of the Debt Respite Scheme (England and Wales).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from app.domain.values import Value
from app.domain.vocabulary import HoldKind


class Stopped(StrEnum):
    """What a hold can stop."""

    CLOCK = "clock"  # and with it whatever would break a plan
    CHARGES = "charges"  # and interest
    NEW_TERMS = "new_terms"
    MONEY = "money"  # kept unapplied
    REMINDERS = "reminders"
    ENFORCEMENT = "enforcement"


_LEGAL = frozenset({Stopped.CLOCK, Stopped.CHARGES, Stopped.NEW_TERMS})
STOPS: Mapping[HoldKind, frozenset[Stopped]] = {
    HoldKind.DISPUTE: _LEGAL | {Stopped.MONEY, Stopped.ENFORCEMENT},
    HoldKind.BANKRUPTCY: _LEGAL | {Stopped.MONEY, Stopped.REMINDERS, Stopped.ENFORCEMENT},
    HoldKind.DECEASED: _LEGAL,
    HoldKind.BREATHING_SPACE: _LEGAL | {Stopped.REMINDERS, Stopped.ENFORCEMENT},
    HoldKind.HARDSHIP: frozenset({Stopped.CLOCK}),
    HoldKind.MILITARY: frozenset(),
    HoldKind.CEASE_COMMUNICATION: frozenset({Stopped.REMINDERS}),
}

#: The rate while military service lasts (50 USC 3937).
MILITARY_RATE_BPS = 600

STANDARD = "standard"
MENTAL_HEALTH = "mental_health"
_STANDARD_DAYS = 60
_DAYS_AFTER_TREATMENT = 30
_REVIEW_DAYS = (25, 35)  # counted from the first day, which is day 1


def kinds_stopping(what: Stopped) -> tuple[HoldKind, ...]:
    """The holds that stop this."""
    return tuple(kind for kind in HoldKind if what in STOPS[kind])


class Span(Value, kw_only=True):
    """Days from the first to the last, both included; None: no end is known."""

    starts_on: date
    ends_on: date | None


def breathing_space(starts_on: date, variant: str, treatment_ends_on: date | None) -> Span:
    """Sixty days; under treatment for a mental-health crisis, until thirty days after its end."""
    if variant == STANDARD:
        return Span(starts_on=starts_on, ends_on=starts_on + timedelta(days=_STANDARD_DAYS - 1))
    if treatment_ends_on is None:
        return Span(starts_on=starts_on, ends_on=None)
    return Span(starts_on=starts_on, ends_on=end_after_treatment(treatment_ends_on))


def end_after_treatment(treatment_ends_on: date) -> date:
    """The last day of a mental-health breathing space."""
    return treatment_ends_on + timedelta(days=_DAYS_AFTER_TREATMENT)


def midway_review(starts_on: date) -> Span:
    """When a debt adviser looks at a standard breathing space again."""
    first, last = (starts_on + timedelta(days=day - 1) for day in _REVIEW_DAYS)
    return Span(starts_on=first, ends_on=last)
