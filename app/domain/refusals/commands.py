"""Why a command is refused: one class per reason, each with the facts that decided.

State or policy says no; the request itself was well formed. `errors.InvalidInput` is for what
was malformed.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.domain.errors import DomainError
from app.domain.limits import LimitBreach
from app.domain.vocabulary import Role


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
    existing_contact_id: UUID | None = None
    existing_message_id: UUID | None = None

    @property
    def detail(self) -> str:
        return f"The {self.resource} reference {self.reference!r} is taken."


@dataclass(eq=False, kw_only=True)
class FeedRestored(DomainError):
    """The database was put back, and events this reader has read were lost with it."""

    problem: ClassVar[str] = "feed-restored"
    restart_after: str | None

    @property
    def detail(self) -> str:
        where = "`restart_after`" if self.restart_after else "the start, without `after`"
        return (
            "The database was put back to an earlier state, and the event you read last is not in "
            f"it. Go on from {where}: what you hold from after there and do not read again never "
            "happened."
        )


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
class SameActor(DomainError):
    """Nobody approves their own proposal."""

    problem: ClassVar[str] = "same-actor"
    plan_id: UUID | None = None
    settlement_id: UUID | None = None
    actor: str | None
    why: str

    @property
    def detail(self) -> str:
        return _SAME_ACTOR[self.why].format(actor=self.actor)


#: By `SameHand` of the agreement.
_SAME_ACTOR = {
    "nobody_named": "Say who approves in Accord-Actor: another person than who proposed.",
    "same_actor": "{actor} proposed this; somebody else must approve it.",
    "same_key": "This key proposed it; somebody with a key of their own must approve it.",
    "proposer_unknown": "Nobody was named who proposed this; only an admin may approve it.",
}


@dataclass(eq=False, kw_only=True)
class OutsideAuthority(DomainError):
    """The role may not agree to this, with every rule that says so."""

    problem: ClassVar[str] = "outside-authority"
    role: Role
    refusals: tuple[LimitBreach, ...]

    @property
    def detail(self) -> str:
        return f"Outside the authority of {self.role}: " + "; ".join(
            refusal.message for refusal in self.refusals
        )


@dataclass(eq=False, kw_only=True)
class BatchRefused(DomainError):
    """An atomic batch in which an item was refused: nothing of it is stored."""

    problem: ClassVar[str] = "batch-refused"
    results: tuple[dict[str, object], ...]

    @property
    def detail(self) -> str:
        refused = sum("problem" in result for result in self.results)
        return f"{refused} of {len(self.results)} items were refused; nothing was stored."
