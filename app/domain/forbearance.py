"""What is granted to or said by a debtor in trouble: pauses, a broken plan's return, promises.

Bodies of facts, as in `facts`, which lists them with all others.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from app.domain.fact_kinds import FactKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A plan's days from `starts_on` up to `ends_on` do not count; `ends_on` is still frozen."""

    kind: Literal[FactKind.PAUSE] = FactKind.PAUSE
    plan_id: UUID
    starts_on: date
    ends_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """The pause ends on the fact's effective date: frozen that day still, not counted."""

    kind: Literal[FactKind.RESUME] = FactKind.RESUME
    plan_id: UUID
    pause_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReinstated:
    """A broken plan is live again, with what is still owed of it."""

    kind: Literal[FactKind.PLAN_REINSTATED] = FactKind.PLAN_REINSTATED
    plan_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseMade:
    """The debtor promises an amount by a day. Grace and threshold as they were agreed."""

    kind: Literal[FactKind.PROMISE] = FactKind.PROMISE
    amount_minor: int
    due_on: date
    grace_days: int
    threshold_bps: int
