"""Why a change of a schedule is refused: one class per reason, each with what decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.domain.errors import DomainError
from app.domain.limits import LimitBreach


@dataclass(eq=False, kw_only=True)
class ReAgeRefused(DomainError):
    """The account may not be re-aged, with every reason and the counters behind them."""

    problem: ClassVar[str] = "re-age-refused"
    failed: tuple[str, ...]
    counters: Mapping[str, int]
    refusals: tuple[LimitBreach, ...]

    @property
    def detail(self) -> str:
        return "Not to be re-aged: " + " ".join(refusal.message for refusal in self.refusals)


@dataclass(eq=False, kw_only=True)
class ChangeLimitReached(DomainError):
    """The policy allows no more changes of this kind for now."""

    problem: ClassVar[str] = "change-limit-reached"
    change: str
    refusals: tuple[LimitBreach, ...]

    @property
    def detail(self) -> str:
        return " ".join(refusal.message for refusal in self.refusals)


@dataclass(eq=False, kw_only=True)
class ChangedToday(DomainError):
    """One change of this kind a business date."""

    problem: ClassVar[str] = "changed-today"
    change: str
    business_date: date
    existing_revision: int | None = None

    @property
    def detail(self) -> str:
        return f"There was a {self.change} on {self.business_date} already: one a day."


@dataclass(eq=False, kw_only=True)
class NothingToMove(DomainError):
    """The change would move nothing."""

    problem: ClassVar[str] = "nothing-to-move"
    plan_id: UUID
    reason: str

    @property
    def detail(self) -> str:
        return f"Nothing would move: {self.reason}."


@dataclass(eq=False, kw_only=True)
class NotNewestReAge(DomainError):
    """Only the newest re-age of an account's own clock that stands can be undone."""

    problem: ClassVar[str] = "not-the-newest-re-age"
    account_id: UUID
    re_age_id: UUID
    newest_re_age_id: UUID | None = None

    @property
    def detail(self) -> str:
        newest = self.newest_re_age_id
        which = f"which is {newest}" if newest else "for none stands"
        return f"The re-age {self.re_age_id} is not the newest that stands, {which}."


@dataclass(eq=False, kw_only=True)
class NotNewestChange(DomainError):
    """Only the newest change in force can be undone."""

    problem: ClassVar[str] = "not-the-newest-change"
    plan_id: UUID
    revision: int
    newest_revision: int

    @property
    def detail(self) -> str:
        return (
            f"Revision {self.revision} is not the newest change in force, "
            f"which is {self.newest_revision}."
        )


@dataclass(eq=False, kw_only=True)
class RevisionPending(DomainError):
    """A change of this plan waits for approval: it is decided before the next one is made."""

    problem: ClassVar[str] = "revision-pending"
    plan_id: UUID
    pending_revision: int
    cause: str

    @property
    def detail(self) -> str:
        return f"Revision {self.pending_revision}, a {self.cause}, waits for approval."


@dataclass(eq=False, kw_only=True)
class RevisionNotWaiting(DomainError):
    """Only a revision that waits for approval can be approved or rejected."""

    problem: ClassVar[str] = "revision-not-waiting"
    plan_id: UUID
    revision: int
    revision_status: str

    @property
    def detail(self) -> str:
        return f"Revision {self.revision} is {self.revision_status} and waits for nobody."


@dataclass(eq=False, kw_only=True)
class RevisionOutdated(DomainError):
    """What was asked for can no longer be done as it was asked."""

    problem: ClassVar[str] = "revision-outdated"
    plan_id: UUID
    revision: int
    reasons: tuple[str, ...]

    @property
    def detail(self) -> str:
        return f"Revision {self.revision} can no longer be made: " + "; ".join(self.reasons) + "."


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
class PlanNotBroken(DomainError):
    """Only a broken plan can be reinstated."""

    problem: ClassVar[str] = "plan-not-broken"
    plan_id: UUID
    plan_status: str

    @property
    def detail(self) -> str:
        return f"The plan {self.plan_id} is {self.plan_status}, not broken."
