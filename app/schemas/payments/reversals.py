"""Reversals: why a payment never happened and, for a debit that came back, what may follow."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SkipValidation
from pydantic.config import JsonDict

from app.domain.ach import Category, Reason, Retry, Window
from app.domain.sepa import Cause, Deadline, Next, RTransaction
from app.schemas.edge.ids import ChargeId, PaymentId
from app.schemas.edge.money import Count, Minor
from app.schemas.edge.problems import Problem
from app.schemas.edge.time import Date
from app.schemas.edge.types import Model, Read
from app.schemas.edge.words import Line, Reference
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
        None, description="Charge this fee for the return. By R01, R09 and AM04 only."
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


class SepaReturnRead(Read):
    """What a SEPA reason code means, and what may follow it."""

    code: str
    title: str
    cause: Cause = Field(description="On whose side the reason lies.")
    comes_as: list[RTransaction]
    follows: Next = Field(description="What may follow.")
    window: Deadline
    latest_return_on: Date = Field(description="Until then it may come, by TARGET's days.")
    late: bool = Field(description="It came after that.")


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
_ITEM: JsonDict = {
    "payment_reference": "SEPA-2026-03-31-0007",
    "reason_code": "AM04",
    "effective_on": "2026-04-02",
    "return_fee_minor": 500,
}
_REVERSED: JsonDict = {
    **PAYMENT,
    "status": "reversed",
    "allocations": [],
    "ach_return": _ACH,
    "sepa_return": None,
    "return_fee": {"charge_id": "chg_01h455vb4pex5vsknk084sn02q", "amount_minor": 2500},
}


class PaymentReversalRead(PaymentRead):
    """The payment as it stands after its reversal, and what the return's code says."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REVERSED]})

    ach_return: AchReturnRead | None = Field(
        description="Null where the reason is no ACH return code of the table."
    )
    sepa_return: SepaReturnRead | None = Field(
        description="Null where the reason is no SEPA reason code of the table."
    )
    return_fee: ReturnFeeRead | None


#: Each replays its account: a batch of them is smaller than others.
MOST_REVERSALS = 200


class ReversalItem(PaymentReversalRequest):
    """A payment that came back, by its id or by its reference."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ITEM]})

    payment_id: PaymentId | None = Field(None, description="This, or `payment_reference`.")
    payment_reference: Reference | None = Field(
        None, description="Of several payments posted under it one after the other, the newest."
    )
    amount_minor: Minor | None = Field(
        None, description="Where it is said, it must be the whole payment."
    )


class ReversalBatchRequest(Model):
    """Up to 200 reversals. `atomic`: all or none; `continue`: those that can be."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"mode": "continue", "items": [_ITEM]}]}
    )

    mode: Literal["atomic", "continue"]
    items: Annotated[
        list[SkipValidation[ReversalItem]], Field(min_length=1, max_length=MOST_REVERSALS)
    ] = Field(description="Each is judged on its own.")


class ReversalBatchItem(Read):
    """What became of one item: its payment, or the problem that kept it out."""

    status: int = Field(description="201, 200 where it was reversed before, or the problem's.")
    payment: PaymentReversalRead | None = None
    problem: Problem | None = None


class ReversalBatchRead(Read):
    """One result an item, in their order."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"results": [{"status": 201, "payment": _REVERSED}]}]}
    )

    results: list[ReversalBatchItem]
