"""What events of money carry: in, back, and waiting for its account."""

from typing import Literal

from pydantic import Field

from app.domain.vocabulary import PaymentKind, PaymentMethod
from app.schemas.edge.ids import AccountId, ChargebackId, RefundId, ReversalId
from app.schemas.events.base import Effective, absent


class PaymentPostedData(Effective):
    """Money came."""

    reference: str
    amount_minor: int
    method: PaymentMethod
    kind: PaymentKind


class PaymentReversedData(Effective):
    """A payment never happened."""

    reversal_id: ReversalId
    amount_minor: int = Field(description="The payment's.")
    reason_code: str


class PaymentChargedBackData(Effective):
    """Money was taken back; or, `won`, a chargeback never happened."""

    chargeback_id: ChargebackId
    amount_minor: int
    reason_code: str = absent("Where it was taken back.")
    won: bool


class PaymentRefundedData(Effective):
    """Unapplied money was given back."""

    refund_id: RefundId
    amount_minor: int


class SuspenseReceivedData(Effective):
    """Money came that fits no account, and waits."""

    amount_minor: int
    currency: str
    reference: str
    why: Literal["unknown_account", "other_currency", "closed_account"]
    method: PaymentMethod


class SuspenseAssignedData(Effective):
    """It waits no more: `payment.posted` of its account tells of it too."""

    amount_minor: int
    currency: str
    reference: str
    account_id: AccountId


class SuspenseRefundedData(Effective):
    """It was given back to whoever sent it."""

    amount_minor: int
    currency: str
    reference: str
    refund_id: RefundId
