"""Why an act on an account is refused: hold, promise, charge, closure; each with what decided."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.domain.errors import DomainError
from app.domain.limits import LimitBreach
from app.domain.vocabulary import HoldKind


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


@dataclass(eq=False, kw_only=True)
class OnHold(DomainError):
    """A hold on the account forbids this."""

    problem: ClassVar[str] = "account-on-hold"
    account_id: UUID
    hold: HoldKind
    forbids: str

    @property
    def detail(self) -> str:
        return f"The account is on a {self.hold} hold, which forbids {self.forbids}."


@dataclass(eq=False, kw_only=True)
class ExceedsBalance(DomainError):
    """More than is owed."""

    problem: ClassVar[str] = "exceeds-balance"
    what: str
    limit_minor: int
    actual_minor: int

    @property
    def detail(self) -> str:
        return f"{self.what} is {self.actual_minor}; at most {self.limit_minor} is open."


@dataclass(eq=False, kw_only=True)
class NothingOwed(DomainError):
    """There is nothing on the account to agree a plan about."""

    problem: ClassVar[str] = "nothing-owed"
    account_id: UUID

    @property
    def detail(self) -> str:
        return "The account owes nothing."


@dataclass(eq=False, kw_only=True)
class LateFeeInGrace(DomainError):
    """A late fee is for an installment whose days of grace are over, and this one's are not."""

    problem: ClassVar[str] = "late-fee-in-grace"
    installment_id: UUID
    due_on: date
    grace_days: int

    @property
    def detail(self) -> str:
        return (
            f"The installment due on {self.due_on} is not late: its {self.grace_days} days of "
            "grace are not over."
        )


@dataclass(eq=False, kw_only=True)
class LateFeePyramiding(DomainError):
    """The plan is short only by earlier late fees, up to this installment (16 CFR 444.4(a))."""

    problem: ClassVar[str] = "late-fee-pyramiding"
    installment_id: UUID
    short_minor: int
    earlier_late_fees_minor: int

    @property
    def detail(self) -> str:
        return (
            f"Up to this installment {self.short_minor} is short, no more than the "
            f"{self.earlier_late_fees_minor} of late fees charged on the plan before."
        )


@dataclass(eq=False, kw_only=True)
class ChargeAdjusted(DomainError):
    """The charge was waived, in part or whole; reversing it too would lower it twice."""

    problem: ClassVar[str] = "charge-adjusted"
    charge_id: UUID
    waived_minor: int

    @property
    def detail(self) -> str:
        return f"{self.waived_minor} of this charge was waived; it cannot be reversed as well."


@dataclass(eq=False, kw_only=True)
class WaivedMoreThanOwed(DomainError):
    """On the day it counts, an adjustment would lower more than there ever was."""

    problem: ClassVar[str] = "waived-more-than-owed"
    component: str
    excess_minor: int

    @property
    def detail(self) -> str:
        return (
            f"An adjustment of {self.component} would then lower {self.excess_minor} more than "
            "was owed on its day."
        )


@dataclass(eq=False, kw_only=True)
class HoldExists(DomainError):
    """A hold of this kind stands already."""

    problem: ClassVar[str] = "hold-exists"
    hold: HoldKind
    existing_hold_id: UUID

    @property
    def detail(self) -> str:
        return f"A {self.hold} hold stands already, {self.existing_hold_id}."


@dataclass(eq=False, kw_only=True)
class HoldNotStanding(DomainError):
    """The hold is over: there is nothing to release."""

    problem: ClassVar[str] = "hold-not-standing"
    hold_id: UUID

    @property
    def detail(self) -> str:
        return f"The hold {self.hold_id} no longer stands."


@dataclass(eq=False, kw_only=True)
class PlacementFixed(DomainError):
    """Corrected so, something that was agreed since could not have been agreed; every reason."""

    problem: ClassVar[str] = "placement-fixed"
    account_id: UUID
    refusals: tuple[LimitBreach, ...]

    @property
    def detail(self) -> str:
        return "Against it stands what was agreed: " + "; ".join(
            refusal.message for refusal in self.refusals
        )
