"""Reversals: why a payment never happened and, for an ACH debit, what may follow."""

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.ach import Category, Reason, Retry, Window
from app.schemas.edge.types import ChargeId, Count, Date, Line, Minor, Model, Read, Reference
from app.schemas.payments.payments import PAYMENT, PaymentRead


class PaymentReversalRequest(Model):
    """Why a payment never happened: returned, or posted in error."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason_code": "R01", "reference": "RET-0007", "return_fee_minor": 2500}]
        }
    )

    reason_code: Line = Field(examples=["R01"])
    reference: Reference | None = Field(None, description="Your own id, unique in your tenant.")
    effective_on: Date | None = Field(
        None, description="The day it came back. The effect goes from the payment's own date."
    )
    return_fee_minor: Minor | None = Field(
        None, description="Charge this fee for the return. By R01 and R09 only."
    )
    entries_made: Count = Field(1, description="How often the debit went out so far, this one too.")
    original_settled_on: Date | None = Field(
        None, description="When its first entry settled. Default: the payment's own day."
    )


class AchReturnRead(Read):
    """What an ACH return code means, and what may follow it."""

    code: str
    title: str
    category: Category
    retry_allowed: bool = Field(description="Whether the debit may go out again as it was.")
    reason: Reason | None = Field(description="Why it may not.")
    retry: Retry = Field(description="What may follow: a reinitiation, a new entry, or nothing.")
    retry_until_on: Date | None = Field(description="The last day of a reinitiation.")
    entries_left: int = Field(description="How often more it may go out.")
    window: Window
    latest_return_on: Date | None = Field(description="Until then the code may come.")
    late: bool = Field(description="It came after its window: it can be dishonored.")


class ReturnFeeRead(Read):
    """The fee charged for a return."""

    charge_id: ChargeId
    amount_minor: int


_ACH: JsonDict = {
    "code": "R01",
    "title": "Insufficient Funds",
    "category": "nsf",
    "retry_allowed": True,
    "reason": None,
    "retry": "reinitiate",
    "retry_until_on": "2026-09-27",
    "entries_left": 2,
    "window": "two_banking_days",
    "latest_return_on": "2026-04-02",
    "late": False,
}
_REVERSED: JsonDict = {
    **PAYMENT,
    "status": "reversed",
    "allocations": [],
    "ach_return": _ACH,
    "return_fee": {"charge_id": "chg_01h455vb4pex5vsknk084sn02q", "amount_minor": 2500},
}


class PaymentReversalRead(PaymentRead):
    """The payment as it stands after its reversal, and what the return's code says."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REVERSED]})

    ach_return: AchReturnRead | None = Field(
        description="Null where the reason is no ACH return code of the table."
    )
    return_fee: ReturnFeeRead | None
