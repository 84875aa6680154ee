"""Why an account is not escalated, or a step of an escalation not taken."""

from dataclasses import dataclass
from typing import ClassVar

from app.domain.errors import DomainError


@dataclass(eq=False, kw_only=True)
class EscalationRefused(DomainError):
    """The account may not go to legal; every reason is told."""

    problem: ClassVar[str] = "escalation-refused"
    reasons: tuple[str, ...]

    @property
    def detail(self) -> str:
        return f"The account may not go to legal: {', '.join(self.reasons)}."


@dataclass(eq=False, kw_only=True)
class EscalationStandsOtherwise(DomainError):
    """As it stands, that step cannot be taken."""

    problem: ClassVar[str] = "escalation-stands-otherwise"
    escalation_status: str
    step: str

    @property
    def detail(self) -> str:
        return f"The escalation is {self.escalation_status}: {self.step} does not follow."
