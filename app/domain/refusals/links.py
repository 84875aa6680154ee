"""Why a debtor's link opens nothing."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.errors import DomainError


@dataclass(eq=False, kw_only=True)
class LinkEnded(DomainError):
    """It expired, was revoked, or was locked by wrong answers."""

    problem: ClassVar[str] = "link-ended"
    link_id: UUID
    link_status: str

    @property
    def detail(self) -> str:
        return f"The link is {self.link_status}: make another."


@dataclass(eq=False, kw_only=True)
class VerificationWrong(DomainError):
    """The question was not answered, or not rightly."""

    problem: ClassVar[str] = "verification-wrong"
    tries_left: int

    @property
    def detail(self) -> str:
        return f"The question must be answered first; {self.tries_left} tries are left."
