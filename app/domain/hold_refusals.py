"""Why a pause, a hold, a promise or a reinstatement is refused, each with what decided."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.domain.errors import DomainError


@dataclass(eq=False, kw_only=True)
class PauseOverlaps(DomainError):
    """Pauses of a plan may touch, not overlap."""

    problem: ClassVar[str] = "pause-overlaps"
    existing_pause_id: UUID
    starts_on: date
    ends_on: date

    @property
    def detail(self) -> str:
        return (
            f"The pause {self.existing_pause_id} stands from {self.starts_on} to {self.ends_on}; "
            "pauses may touch, not overlap."
        )


@dataclass(eq=False, kw_only=True)
class PauseNotStanding(DomainError):
    """The pause has ended, or has not begun, on that day."""

    problem: ClassVar[str] = "pause-not-standing"
    pause_id: UUID
    starts_on: date
    ends_on: date

    @property
    def detail(self) -> str:
        return (
            f"The pause {self.pause_id} stands from {self.starts_on} to {self.ends_on}; on that "
            "day there is nothing to resume."
        )


@dataclass(eq=False, kw_only=True)
class PlanPaused(DomainError):
    """While its clock stands still a plan does not break, and nobody breaks it."""

    problem: ClassVar[str] = "plan-paused"
    plan_id: UUID
    pause_id: UUID
    starts_on: date
    ends_on: date
    forbids: str

    @property
    def detail(self) -> str:
        return (
            f"The plan is paused from {self.starts_on} to {self.ends_on}: no {self.forbids} before "
            "that is over. Resume it first."
        )


@dataclass(eq=False, kw_only=True)
class ChargeInBreathingSpace(DomainError):
    """What a breathing space stopped is never charged later (Debt Respite Scheme)."""

    problem: ClassVar[str] = "breathing-space-charge"
    hold_id: UUID
    effective_on: date
    starts_on: date
    ends_on: date | None

    @property
    def detail(self) -> str:
        until = f"to {self.ends_on}" if self.ends_on else "on"
        return (
            f"{self.effective_on} lies in the breathing space from {self.starts_on} {until}; "
            "charges and interest of its days cannot be recovered later."
        )


@dataclass(eq=False, kw_only=True)
class MilitaryRate(DomainError):
    """Debts from before military service bear 6 % at most during it (50 USC 3937)."""

    problem: ClassVar[str] = "military-rate"
    account_id: UUID
    limit_rate_bps: int
    actual_rate_bps: int

    @property
    def detail(self) -> str:
        return (
            f"The account is on a military hold: the rate is at most {self.limit_rate_bps} basis "
            f"points, asked for were {self.actual_rate_bps}."
        )


@dataclass(eq=False, kw_only=True)
class PromisesOpen(DomainError):
    """The policy lets only so many promises stand open at once."""

    problem: ClassVar[str] = "promises-open"
    existing_promise_id: UUID
    limit: int

    @property
    def detail(self) -> str:
        return (
            f"The promise {self.existing_promise_id} is open; the policy allows {self.limit} at "
            "a time."
        )


@dataclass(eq=False, kw_only=True)
class PlanNotBroken(DomainError):
    """Only a broken plan can be reinstated."""

    problem: ClassVar[str] = "plan-not-broken"
    plan_id: UUID
    plan_status: str

    @property
    def detail(self) -> str:
        return f"The plan {self.plan_id} is {self.plan_status}, not broken."
