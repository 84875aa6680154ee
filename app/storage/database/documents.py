"""Documents of agreed things in jsonb: schedules, what a revision made of one, limits passed.

Written as their fields read; read back by what passes over what a newer version adds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from msgspec import convert
from pydantic import TypeAdapter

from app.domain.facts.fact import installment_id
from app.domain.limits import LimitBreach
from app.domain.schedule.agreed import RevisedInstallment
from app.domain.schedule.build import Schedule

_BREACHES: TypeAdapter[tuple[LimitBreach, ...]] = TypeAdapter(tuple[LimitBreach, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisedSchedule:
    """What a change made of a schedule, and by what authority. `before` is None at the opening."""

    installments: tuple[RevisedInstallment, ...]
    before: tuple[RevisedInstallment, ...] | None = None
    reason: str | None = None
    role: str | None = None
    quote_id: UUID | None = None  # whose terms a rewrite took, and the debtor's consent to them
    consent: Mapping[str, Any] | None = None


_REVISED: TypeAdapter[RevisedSchedule] = TypeAdapter(RevisedSchedule)


def schedule_from_json(stored: Mapping[str, Any]) -> Schedule:
    """A schedule as it was worked out."""
    schedule: Schedule = convert(stored, Schedule)
    return schedule


def breaches_from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[LimitBreach, ...]:
    """The limits that stood in somebody's way, as they were said."""
    return _BREACHES.validate_python(stored)


def revised_from_json(stored: Mapping[str, Any], fact_id: UUID) -> RevisedSchedule:
    """A schedule as the fact of this id left it; the opening's installments are numbered by it."""
    numbered = [
        {"id": installment_id(fact_id, number), **one}
        for number, one in enumerate(stored["installments"], start=1)
    ]
    return _REVISED.validate_python({**stored, "installments": numbered})
