"""Why an endpoint is not made or changed as asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.domain.errors import DomainError


@dataclass(eq=False, kw_only=True)
class PrivateAddress(DomainError):
    """Events are not sent where only this house can reach."""

    problem: ClassVar[str] = "private-address"
    host: str

    @property
    def detail(self) -> str:
        return f"{self.host} is no public address: events go to public addresses only."


@dataclass(eq=False, kw_only=True)
class RotationInProgress(DomainError):
    """Two secrets sign already; a third would end the older one before its time."""

    problem: ClassVar[str] = "rotation-in-progress"
    until_at: datetime

    @property
    def detail(self) -> str:
        return (
            f"The secret before this one signs until {self.until_at.isoformat()}. "
            "Wait, or send `revoke_old: true` to end it now."
        )
