"""Why a settlement is not offered, accepted or ended, each with what decided. Like `commands`."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.domain.errors import DomainError
from app.domain.vocabulary import SettlementStatus


@dataclass(eq=False, kw_only=True)
class SettlementOpen(DomainError):
    """The policy lets only so many offers stand open at once, and none beside a settlement paid."""

    problem: ClassVar[str] = "settlement-open"
    existing_settlement_id: UUID
    existing_status: SettlementStatus
    limit: int

    @property
    def detail(self) -> str:
        return (
            f"The settlement {self.existing_settlement_id} is {self.existing_status}; the policy "
            f"allows {self.limit} at a time."
        )


@dataclass(eq=False, kw_only=True)
class SettlementNotOpen(DomainError):
    """What was asked needs a settlement in another status."""

    problem: ClassVar[str] = "settlement-not-open"
    settlement_id: UUID
    settlement_status: SettlementStatus

    @property
    def detail(self) -> str:
        return f"The settlement {self.settlement_id} is {self.settlement_status}."


@dataclass(eq=False, kw_only=True)
class SettlementExpired(DomainError):
    """An offer stands to the end of its last day."""

    problem: ClassVar[str] = "settlement-expired"
    settlement_id: UUID
    expires_on: date

    @property
    def detail(self) -> str:
        return f"The offer {self.settlement_id} stood until {self.expires_on}. Make a new one."


@dataclass(eq=False, kw_only=True)
class SettlementOutdated(DomainError):
    """What was agreed is due already: accepted now, it would be late from the start."""

    problem: ClassVar[str] = "settlement-outdated"
    settlement_id: UUID
    first_due_on: date

    @property
    def detail(self) -> str:
        return (
            f"The first part of the settlement {self.settlement_id} was due on "
            f"{self.first_due_on}. Make a new offer."
        )


@dataclass(eq=False, kw_only=True)
class OfferInsideValidation(DomainError):
    """No deadline inside the debt's validation period: it would overshadow the right to dispute."""

    problem: ClassVar[str] = "offer-inside-validation"
    expires_on: date
    validation_ends_on: date

    @property
    def detail(self) -> str:
        return (
            f"The offer would end on {self.expires_on}, within the debt's validation period, "
            f"which ends on {self.validation_ends_on}. Let it stand longer."
        )


@dataclass(eq=False, kw_only=True)
class OfferTooLong(DomainError):
    """An offer stands no longer than the policy lets it, nor beyond what it asks to be paid."""

    problem: ClassVar[str] = "offer-too-long"
    expires_on: date
    latest_on: date

    @property
    def detail(self) -> str:
        return f"The offer would stand until {self.expires_on}; the latest is {self.latest_on}."


@dataclass(eq=False, kw_only=True)
class SettlementPlanFixed(DomainError):
    """What was agreed to be paid for the whole is neither re-aged, changed nor added to."""

    problem: ClassVar[str] = "settlement-plan-fixed"
    plan_id: UUID

    @property
    def detail(self) -> str:
        return (
            f"The plan {self.plan_id} pays a settlement: its parts stay as they were agreed. "
            "Cancel it, which makes the settlement void, and agree on something else."
        )
