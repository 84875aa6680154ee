"""Why an item of a worklist is not somebody's to work."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.domain.errors import DomainError


@dataclass(eq=False, kw_only=True)
class WorkItemClaimed(DomainError):
    """Somebody else works it."""

    problem: ClassVar[str] = "work-item-claimed"
    claimed_by: str
    until_at: datetime

    @property
    def detail(self) -> str:
        return f"{self.claimed_by} works it until {self.until_at:%Y-%m-%dT%H:%M:%SZ}."


@dataclass(eq=False, kw_only=True)
class WorkItemEnded(DomainError):
    """No reason stands for it any more, or nobody holds it."""

    problem: ClassVar[str] = "work-item-ended"

    @property
    def detail(self) -> str:
        return "No reason for it stands any more: nothing is left to do."
