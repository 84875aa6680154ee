"""Money that leaves again: chargebacks, chargebacks won, and refunds."""

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.schemas.edge.ids import ChargebackId, PaymentId, RefundId, ReversalId
from app.schemas.edge.money import Minor
from app.schemas.edge.time import Date
from app.schemas.edge.types import Model, Read
from app.schemas.edge.words import Line, Reference
from app.schemas.payments.payments import PAYMENT, PaymentRead


class ChargebackRequest(Model):
    """What the payer's bank took back, in whole or in part."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"amount_minor": 500, "reason_code": "10.4", "reference": "CB-0007"}]
        }
    )

    amount_minor: Minor
    reason_code: Line = Field(examples=["10.4"])
    reference: Reference | None = Field(None, description="Your own id, unique in your tenant.")
    effective_on: Date | None = Field(
        None, description="The day the money left. Default: the business date."
    )


class RefundRequest(Model):
    """What is given back of a payment's unapplied money."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"amount_minor": 500, "reference": "RFD-0007"}]}
    )

    amount_minor: Minor
    reference: Reference | None = Field(None, description="Your own id, unique in your tenant.")
    effective_on: Date | None = Field(
        None, description="The day the money left. Default: the business date."
    )


class ChargebackReversalRequest(Model):
    """Why a chargeback did not stand."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "won on appeal"}]})

    reason: Line | None = None
    reference: Reference | None = Field(None, description="Your own id, unique in your tenant.")


_TAKEN: JsonDict = {
    "payment_id": "pay_01h455vb4pex5vsknk084sn02q",
    "amount_minor": 500,
    "reference": "CB-0007",
    "effective_on": "2026-04-07",
    "payment": {**PAYMENT, "status": "charged_back"},
}


class ChargebackRead(Read):
    """A chargeback just entered, and its payment after it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": "cbk_01h455vb4pex5vsknk084sn02q", "reason_code": "10.4", **_TAKEN}]
        }
    )

    id: ChargebackId
    payment_id: PaymentId
    amount_minor: int
    reason_code: str
    reference: str | None
    effective_on: Date
    payment: PaymentRead


class RefundRead(Read):
    """A refund just entered, and its payment after it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "rfd_01h455vb4pex5vsknk084sn02q",
                    **_TAKEN,
                    "payment": {**PAYMENT, "status": "partially_refunded"},
                }
            ]
        }
    )

    id: RefundId
    payment_id: PaymentId
    amount_minor: int
    reference: str | None
    effective_on: Date
    payment: PaymentRead


class ChargebackReversalRead(Read):
    """A chargeback's reversal, and the payment after it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "rev_01h455vb4pex5vsknk084sn02q",
                    "chargeback_id": "cbk_01h455vb4pex5vsknk084sn02q",
                    "reason": "won on appeal",
                    "reference": None,
                    "effective_on": "2026-04-20",
                    "payment": PAYMENT,
                }
            ]
        }
    )

    id: ReversalId
    chargeback_id: ChargebackId
    reason: str | None
    reference: str | None
    effective_on: Date
    payment: PaymentRead
