"""The command to post a payment, and the hash by which two commands are the same payment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from uuid import UUID

from app.domain.money import Component
from app.domain.vocabulary import FundedBy, FutureRule, PaymentKind, PaymentMethod
from app.services.references import content_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOf:
    """The transfer a payment is a part of, which of its parts, and what was said of the whole."""

    reference: str
    number: int
    content_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPayment:
    """Money received, for an account named by id or by the caller's reference."""

    reference: str
    amount_minor: int
    currency: str
    account_id: UUID | None = None
    account_reference: str | None = None
    effective_on: date | None = None
    method: PaymentMethod = PaymentMethod.OTHER
    kind: PaymentKind = PaymentKind.REPAYMENT
    future: FutureRule | None = None
    component: Component | None = None
    plan_id: UUID | None = None
    funded_by: FundedBy = FundedBy.BORROWER
    unmatched: str = "refuse"
    replaces: UUID | None = None
    part_of: PartOf | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def given(self) -> bool:
        """Whether it is the institution's own money: by `funded_by`, or by the payment's kind."""
        return self.funded_by is FundedBy.INSTITUTION or self.kind is PaymentKind.GOODWILL

    @property
    def content_hash(self) -> bytes:
        """What makes two payments of one reference the same: all fields but the metadata."""
        said = list(_content_of(self))
        if self.unmatched != "refuse":
            said.append(self.unmatched)
        if self.replaces is not None:
            said.append(("replaces", self.replaces))
        if self.part_of is not None:
            said.append(("part_of", self.part_of.content_hash.hex()))
        return content_hash(*said)


_APART = {
    "metadata",
    "unmatched",
    "replaces",
    "part_of",
}  # said only where they are not the default
_content_of = attrgetter(*(n for n in PostPayment.__dataclass_fields__ if n not in _APART))
