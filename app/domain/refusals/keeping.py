"""Why nothing is forgotten yet: it must be kept for years, or a court may ask for it."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.domain.errors import DomainError


@dataclass(eq=False, kw_only=True)
class Retention(DomainError):
    """What is known of a person must be kept still; it is forgotten by itself afterwards."""

    problem: ClassVar[str] = "retention"
    person_id: UUID
    until_on: date
    because: str

    @property
    def detail(self) -> str:
        return (
            f"It must be kept until {self.until_on}: {self.because}. "
            "It is asked for, and is done by itself afterwards."
        )


@dataclass(eq=False, kw_only=True)
class OnLegalHold(DomainError):
    """A matter of law keeps everything of an account."""

    problem: ClassVar[str] = "legal-hold"
    legal_hold_ids: tuple[UUID, ...]

    @property
    def detail(self) -> str:
        return (
            f"{len(self.legal_hold_ids)} legal hold(s) keep everything of the person's accounts. "
            "It is asked for, and is done by itself once they are released."
        )
