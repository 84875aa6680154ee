"""What is refused of messages: what the gate forbids, and what is on its way or over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from app.domain.errors import DomainError


@dataclass(eq=False, kw_only=True)
class ContactRefused(DomainError):
    """The gate forbids the message, and no reason ends in time. The decision is kept."""

    problem: ClassVar[str] = "contact-refused"
    reasons: tuple[Mapping[str, Any], ...]
    next_allowed_at: datetime | None
    decision_id: UUID

    @property
    def detail(self) -> str:
        return " ".join(dict.fromkeys(str(one["message"]) for one in self.reasons))


@dataclass(eq=False, kw_only=True)
class MessageInFlight(DomainError):
    """It is being sent now: nobody can take it back."""

    problem: ClassVar[str] = "message-in-flight"
    message_id: UUID

    @property
    def detail(self) -> str:
        return "The message is being sent, and cannot be taken back."


@dataclass(eq=False, kw_only=True)
class MessageEnded(DomainError):
    """It was sent, or will not be: there is nothing left to decide of it."""

    problem: ClassVar[str] = "message-ended"
    message_id: UUID
    message_status: str

    @property
    def detail(self) -> str:
        return f"The message is {self.message_status}; it does not wait any more."


@dataclass(eq=False, kw_only=True)
class ContentErased(DomainError):
    """What it said was erased with the person; its hash and its facts stay."""

    problem: ClassVar[str] = "content-erased"
    message_id: UUID
    erased_at: datetime

    @property
    def detail(self) -> str:
        return "What the message said was erased."
