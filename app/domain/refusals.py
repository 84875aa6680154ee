"""Why a command is refused: one class per reason, each with the facts that decided.

State or policy says no; the request itself was well formed. `errors.InvalidInput` is for what
was malformed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from app.domain.authority import Refusal
from app.domain.errors import DomainError
from app.domain.facts import HoldKind
from app.domain.policy import Role


@dataclass(eq=False, kw_only=True)
class ReferenceTaken(DomainError):
    """The caller's own reference names something else already."""

    problem: ClassVar[str] = "reference-taken"
    resource: str
    reference: str
    existing_account_id: UUID | None = None
    existing_payment_id: UUID | None = None
    existing_plan_id: UUID | None = None
    existing_charge_id: UUID | None = None
    existing_adjustment_id: UUID | None = None
    existing_chargeback_id: UUID | None = None
    existing_refund_id: UUID | None = None
    existing_reversal_id: UUID | None = None

    @property
    def detail(self) -> str:
        return f"The {self.resource} reference {self.reference!r} is taken."


@dataclass(eq=False, kw_only=True)
class ClockBehindFacts(DomainError):
    """The sandbox clock was moved back behind what this account holds."""

    problem: ClassVar[str] = "clock-behind-facts"
    business_date: date
    latest_business_date: date

    @property
    def detail(self) -> str:
        return (
            f"The business date is {self.business_date}, but the account holds facts entered on "
            f"{self.latest_business_date}. Move the clock forward again."
        )


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
class PlanExists(DomainError):
    """An account has one live plan at most."""

    problem: ClassVar[str] = "plan-exists"
    existing_plan_id: UUID

    @property
    def detail(self) -> str:
        return f"The account has a live plan already, {self.existing_plan_id}."


@dataclass(eq=False, kw_only=True)
class QuoteExpired(DomainError):
    """The offer stood until a moment that has passed."""

    problem: ClassVar[str] = "quote-expired"
    quote_id: UUID
    expires_at: datetime

    @property
    def detail(self) -> str:
        return f"The quote expired at {self.expires_at:%Y-%m-%d %H:%M} UTC. Ask for a new one."


@dataclass(eq=False, kw_only=True)
class QuoteSuperseded(DomainError):
    """A counter-offer took the quote's place."""

    problem: ClassVar[str] = "quote-superseded"
    quote_id: UUID
    superseding_quote_id: UUID

    @property
    def detail(self) -> str:
        return f"The quote was superseded by {self.superseding_quote_id}."


@dataclass(eq=False, kw_only=True)
class QuoteUsed(DomainError):
    """A quote is accepted once."""

    problem: ClassVar[str] = "quote-used"
    quote_id: UUID
    existing_plan_id: UUID

    @property
    def detail(self) -> str:
        return f"The plan {self.existing_plan_id} was opened on this quote already."


@dataclass(eq=False, kw_only=True)
class QuoteStale(DomainError):
    """What the quote was computed from has changed since."""

    problem: ClassVar[str] = "quote-stale"
    quote_id: UUID
    reason: str
    quoted: str
    actual: str

    @property
    def detail(self) -> str:
        return f"The quote no longer fits: {self.reason} was {self.quoted}, is {self.actual}."


@dataclass(eq=False, kw_only=True)
class QuoteAltered(DomainError):
    """The hash is not that of the quote as it was given."""

    problem: ClassVar[str] = "quote-altered"
    quote_id: UUID

    @property
    def detail(self) -> str:
        return "The quote_hash is not the one this quote was given with."


@dataclass(eq=False, kw_only=True)
class ConsentMismatch(DomainError):
    """Consent was given to another text than the one rendered for these terms."""

    problem: ClassVar[str] = "consent-mismatch"
    expected_text_hash: str

    @property
    def detail(self) -> str:
        return "The consent's text_hash is not that of the text that was shown."


@dataclass(eq=False, kw_only=True)
class PlanNotWaiting(DomainError):
    """Only a plan that waits for approval can be approved or rejected."""

    problem: ClassVar[str] = "plan-not-waiting"
    plan_id: UUID
    plan_status: str

    @property
    def detail(self) -> str:
        return f"The plan {self.plan_id} is {self.plan_status}; it does not wait for approval."


@dataclass(eq=False, kw_only=True)
class PlanOutdated(DomainError):
    """The plan waited past its own first due date; it must be agreed anew."""

    problem: ClassVar[str] = "plan-outdated"
    plan_id: UUID
    first_due_on: date
    business_date: date

    @property
    def detail(self) -> str:
        return f"Its first installment was due {self.first_due_on}, before today's approval."


@dataclass(eq=False, kw_only=True)
class SameActor(DomainError):
    """Nobody approves their own proposal."""

    problem: ClassVar[str] = "same-actor"
    plan_id: UUID | None = None
    settlement_id: UUID | None = None
    actor: str | None

    @property
    def detail(self) -> str:
        if self.actor is None:
            return "Say who approves in Accord-Actor: it must be another person than who proposed."
        return f"{self.actor} proposed this; somebody else must approve it."


@dataclass(eq=False, kw_only=True)
class OutsideAuthority(DomainError):
    """The role may not agree to this, with every rule that says so."""

    problem: ClassVar[str] = "outside-authority"
    role: Role
    refusals: tuple[Refusal, ...]

    @property
    def detail(self) -> str:
        return f"Outside the authority of {self.role}: " + "; ".join(
            refusal.message for refusal in self.refusals
        )


@dataclass(eq=False, kw_only=True)
class PlanNotLive(DomainError):
    """The plan has ended, or waits: nothing joins it and it cannot be cancelled."""

    problem: ClassVar[str] = "plan-not-live"
    plan_id: UUID
    plan_status: str

    @property
    def detail(self) -> str:
        return f"The plan {self.plan_id} is {self.plan_status}."


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
class AlreadyReversed(DomainError):
    """What is to be reversed was reversed before."""

    problem: ClassVar[str] = "already-reversed"
    resource: str
    payment_id: UUID | None = None
    charge_id: UUID | None = None

    @property
    def detail(self) -> str:
        return f"This {self.resource} was reversed before."


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
class PaymentReturned(DomainError):
    """Money of the payment was charged back or refunded; those must be undone first."""

    problem: ClassVar[str] = "payment-returned"
    payment_id: UUID
    returned_minor: int

    @property
    def detail(self) -> str:
        return f"{self.returned_minor} of this payment was charged back or refunded already."


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
class CurrencyMismatch(DomainError):
    """Money of one currency does not pay a debt in another."""

    problem: ClassVar[str] = "currency-mismatch"
    expected: str
    actual: str

    @property
    def detail(self) -> str:
        return f"The account is kept in {self.expected}, the payment came in {self.actual}."


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
class BatchRefused(DomainError):
    """An atomic batch in which an item was refused: nothing of it is stored."""

    problem: ClassVar[str] = "batch-refused"
    results: tuple[dict[str, object], ...]

    @property
    def detail(self) -> str:
        refused = sum("problem" in result for result in self.results)
        return f"{refused} of {len(self.results)} items were refused; nothing was stored."
