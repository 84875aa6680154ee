"""Bodies of facts about money: posted, reversed, charged back, refunded."""

from typing import ClassVar, Literal
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


class Payment(Happened, kw_only=True, tag=FactKind.PAYMENT.value):
    """Money received. `future` None: the policy's rule for the kind."""

    kind: ClassVar[Literal[FactKind.PAYMENT]] = FactKind.PAYMENT
    amount_minor: int
    reference: str
    method: PaymentMethod = PaymentMethod.OTHER
    payment: PaymentKind = PaymentKind.REPAYMENT
    funded_by: FundedBy = FundedBy.BORROWER
    future: FutureRule | None = None
    component: Component | None = None
    plan_id: UUID | None = None


class Reversal(Happened, kw_only=True, tag=FactKind.REVERSAL.value):
    """The payment never happened: returned, or posted in error."""

    kind: ClassVar[Literal[FactKind.REVERSAL]] = FactKind.REVERSAL
    payment_id: UUID
    reason_code: str
    reference: str | None = None

    @property
    def undoes(self) -> UUID:
        return self.payment_id


class Chargeback(Happened, kw_only=True, tag=FactKind.CHARGEBACK.value):
    """The money was there, and the payer's bank took it back on the fact's day."""

    kind: ClassVar[Literal[FactKind.CHARGEBACK]] = FactKind.CHARGEBACK
    payment_id: UUID
    amount_minor: int
    reason_code: str
    reference: str | None = None


class ChargebackReversal(Happened, kw_only=True, tag=FactKind.CHARGEBACK_REVERSAL.value):
    """The chargeback was won: it never happened."""

    kind: ClassVar[Literal[FactKind.CHARGEBACK_REVERSAL]] = FactKind.CHARGEBACK_REVERSAL
    chargeback_id: UUID
    reason: str | None = None
    reference: str | None = None

    @property
    def undoes(self) -> UUID:
        return self.chargeback_id


class Refund(Happened, kw_only=True, tag=FactKind.REFUND.value):
    """Unapplied money of a payment, given back."""

    kind: ClassVar[Literal[FactKind.REFUND]] = FactKind.REFUND
    payment_id: UUID
    amount_minor: int
    reference: str | None = None


#: Every body of this file.
PaymentBody = Payment | Reversal | Chargeback | ChargebackReversal | Refund
