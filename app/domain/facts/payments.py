"""What happened to money: posted, reversed, charged back, refunded."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from app.domain.facts.body import Happened
from app.domain.facts.kinds import FactKind
from app.domain.money import Component
from app.domain.vocabulary import (
    FundedBy,
    FutureRule,
    PaymentKind,
    PaymentMethod,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Happened):
    """Money received. `future` None: the policy's rule for the kind."""

    kind: Literal[FactKind.PAYMENT] = FactKind.PAYMENT
    amount_minor: int
    reference: str
    method: PaymentMethod = PaymentMethod.OTHER
    payment: PaymentKind = PaymentKind.REPAYMENT
    funded_by: FundedBy = FundedBy.BORROWER
    future: FutureRule | None = None
    component: Component | None = None
    plan_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal(Happened):
    """The payment never happened: returned, or posted in error."""

    kind: Literal[FactKind.REVERSAL] = FactKind.REVERSAL
    payment_id: UUID
    reason_code: str
    reference: str | None = None

    @property
    def undoes(self) -> UUID:
        return self.payment_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Chargeback(Happened):
    """The money was there, and the payer's bank took it back on the fact's day."""

    kind: Literal[FactKind.CHARGEBACK] = FactKind.CHARGEBACK
    payment_id: UUID
    amount_minor: int
    reason_code: str
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackReversal(Happened):
    """The chargeback was won: it never happened."""

    kind: Literal[FactKind.CHARGEBACK_REVERSAL] = FactKind.CHARGEBACK_REVERSAL
    chargeback_id: UUID
    reason: str | None = None
    reference: str | None = None

    @property
    def undoes(self) -> UUID:
        return self.chargeback_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(Happened):
    """Unapplied money of a payment, given back."""

    kind: Literal[FactKind.REFUND] = FactKind.REFUND
    payment_id: UUID
    amount_minor: int
    reference: str | None = None


#: Every body of this file.
PaymentBody = Payment | Reversal | Chargeback | ChargebackReversal | Refund
