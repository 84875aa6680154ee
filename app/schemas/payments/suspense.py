"""Suspense: money that fits no account, how it waits, and how it leaves."""

from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.money import Component
from app.domain.vocabulary import FundedBy, FutureRule, PaymentKind, PaymentMethod
from app.schemas.edge.ids import AccountId, PaymentId, PlanId, RefundId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Model, Read
from app.schemas.edge.words import Reference
from app.schemas.payments.payments import AllocationRead

SuspenseStatus = Literal["suspense", "assigned", "refunded"]
Why = Literal["unknown_account", "other_currency", "closed_account"]


class AssignRequest(Model):
    """Whose money it is: an account by `account_id` or by `account_reference`."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"account_reference": "INV-2026-0042"}]}
    )

    account_id: AccountId | None = None
    account_reference: Reference | None = None
    effective_on: Date | None = Field(
        None, description="The day it counts on the account. Default: the day it came in for."
    )


class SuspenseRefundRequest(Model):
    """Money of nobody's, given back to whoever sent it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reference": "RFD-0011"}]})

    reference: Reference | None = Field(None, description="Your own id, unique in your tenant.")


class SuspenseStepRead(Read):
    """One thing that happened to it."""

    kind: Literal["received", "assigned", "refunded"]
    effective_on: Date
    business_date: Date = Field(description="The day it was entered on.")
    entered_at: Instant | None
    actor: str | None
    account_id: AccountId | None
    refund_id: RefundId | None
    reference: str | None


_RECEIVED: JsonDict = {
    "kind": "received",
    "effective_on": "2026-03-31",
    "business_date": "2026-03-31",
    "entered_at": "2026-03-31T09:30:00Z",
    "actor": None,
    "account_id": None,
    "refund_id": None,
    "reference": "BANK-2026-03-31-0010",
}
SUSPENSE: JsonDict = {
    "id": "pay_01h455vb4pex5vsknk084sn02r",
    "reference": "BANK-2026-03-31-0010",
    "status": "suspense",
    "why": "unknown_account",
    "account_reference": "INV-2O26-0042",
    "account_id": None,
    "amount_minor": 900,
    "currency": "USD",
    "effective_on": "2026-03-31",
    "method": "ach",
    "kind": "repayment",
    "future": None,
    "component": None,
    "plan_id": None,
    "funded_by": "borrower",
    "allocations": [],
    "unapplied_minor": 900,
    "metadata": {},
    "account": None,
    "plan": None,
    "steps": [_RECEIVED],
}


class SuspenseRead(Read):
    """A payment in suspense, or once there: the money, why it fits nowhere, and its steps."""

    model_config = ConfigDict(json_schema_extra={"examples": [SUSPENSE]})

    id: PaymentId = Field(description="The payment's, for life: assigned, it keeps it.")
    reference: str
    status: SuspenseStatus
    why: Why
    account_reference: str | None = Field(description="As it was sent.")
    account_id: AccountId | None = Field(description="As it was sent or, once assigned, its own.")
    amount_minor: int
    currency: str
    effective_on: Date
    method: PaymentMethod
    kind: PaymentKind
    future: FutureRule | None
    component: Component | None
    plan_id: PlanId | None = Field(description="As it was sent; assigning does not ask for it.")
    funded_by: FundedBy
    allocations: list[AllocationRead] = Field(description="None: it has paid nothing yet.")
    unapplied_minor: int = Field(description="What waits: all of it, or nothing any more.")
    metadata: dict[str, str]
    account: None = Field(description="A payment shows its account here; this one has none yet.")
    plan: None
    steps: list[SuspenseStepRead]
