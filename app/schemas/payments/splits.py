"""One transfer for several accounts: what it was, and the payment each part became."""

from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue, StringConstraints

from app.domain.money import Component
from app.domain.vocabulary import PaymentMethod
from app.schemas.edge.ids import AccountId, PlanId
from app.schemas.edge.money import Currency, Minor
from app.schemas.edge.time import Date
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Line, Metadata, Reference
from app.schemas.payments.payments import PAYMENT, PaymentRead

#: A transfer's own reference; its parts have it with `#` and their number.
SplitReference = Annotated[Reference, StringConstraints(max_length=250)]


class PartRequest(Model):
    """What one account gets, named by `account_id` or by `account_reference`."""

    account_id: AccountId | None = None
    account_reference: Reference | None = None
    amount_minor: Minor
    plan_id: PlanId | None = None
    component: Choice[Component] | None = Field(None, description="Pay this one first.")


class SplitRequest(Model):
    """A transfer received for several accounts, or several plans of a person."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "reference": "BANK-2026-03-31-0042",
                    "currency": "USD",
                    "method": "ach",
                    "parts": [
                        {"account_reference": "INV-2026-0042", "amount_minor": 700},
                        {
                            "account_reference": "INV-2026-0042",
                            "amount_minor": 300,
                            "component": "fees",
                        },
                    ],
                }
            ]
        }
    )

    reference: SplitReference = Field(
        description="The payer system's own id for the transfer; a part's is `…#1`, `…#2` …"
    )
    currency: Currency = Field(examples=["USD"])
    effective_on: Date | None = Field(
        None, description="The day it counts, past or present. Default: the business date."
    )
    method: Choice[PaymentMethod] = PaymentMethod.OTHER
    parts: Many[PartRequest] = Field(min_length=1, max_length=1000)
    metadata: Metadata = Field(default_factory=dict, description="Of every part.")


_PARTS: list[JsonValue] = [
    {**PAYMENT, "reference": "BANK-2026-03-31-0042#1"},
    {**PAYMENT, "reference": "BANK-2026-03-31-0042#2"},
]


class SplitRead(Read):
    """A transfer's payments, in the order of its parts, each as it stands now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "reference": "BANK-2026-03-31-0042",
                    "currency": "USD",
                    "amount_minor": 24000,
                    "payments": _PARTS,
                }
            ]
        }
    )

    reference: str
    currency: str
    amount_minor: int = Field(description="What the parts come to.")
    payments: list[PaymentRead]


class SplitReversalRequest(Model):
    """Why the whole transfer never happened: returned, or posted in error."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason_code": "R01", "reference": "RET-0042"}]}
    )

    reason_code: Line = Field(examples=["R01"])
    reference: Reference | None = Field(None, description="Your own id, unique in your tenant.")
    effective_on: Date | None = Field(
        None, description="The day it came back. The effect goes from the payments' own date."
    )
