"""Why a plan or a quote is refused, each with what decided."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from app.domain.errors import DomainError


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
class PlanNotLive(DomainError):
    """The plan has ended, or waits: nothing joins it and it cannot be cancelled."""

    problem: ClassVar[str] = "plan-not-live"
    plan_id: UUID
    plan_status: str

    @property
    def detail(self) -> str:
        return f"The plan {self.plan_id} is {self.plan_status}."
