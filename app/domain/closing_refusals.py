"""Why a charge-off, a closure, or taking one back is refused. Like `refusals`."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.domain.errors import DomainError


@dataclass(eq=False, kw_only=True)
class AlreadyChargedOff(DomainError):
    """A debt is charged off once."""

    problem: ClassVar[str] = "already-charged-off"
    account_id: UUID
    charged_off_on: date

    @property
    def detail(self) -> str:
        return f"The account was charged off on {self.charged_off_on}."


@dataclass(eq=False, kw_only=True)
class NotChargedOff(DomainError):
    """There is no charge-off of ours to take back; one it was placed with is not."""

    problem: ClassVar[str] = "not-charged-off"
    account_id: UUID
    charged_off_on: date | None

    @property
    def detail(self) -> str:
        if self.charged_off_on is None:
            return "The account is not charged off."
        return f"The account was placed as charged off on {self.charged_off_on}."


@dataclass(eq=False, kw_only=True)
class UnappliedMoneyLeft(DomainError):
    """Money that found nothing to pay is given back before an account is closed."""

    problem: ClassVar[str] = "unapplied-money-left"
    account_id: UUID
    unapplied_minor: int

    @property
    def detail(self) -> str:
        return f"{self.unapplied_minor} is unapplied on the account: refund it, then close."


@dataclass(eq=False, kw_only=True)
class NotClosed(DomainError):
    """There is no closure to take back."""

    problem: ClassVar[str] = "not-closed"
    account_id: UUID

    @property
    def detail(self) -> str:
        return "The account is not closed."
