"""Payments: money received, where each cent went, and returns."""

from typing import Literal

from pydantic import ConfigDict, Field, SkipValidation
from pydantic.config import JsonDict

from app.domain.account.plan import PlanStatus
from app.domain.money import Component
from app.domain.vocabulary import FundedBy, FutureRule, PaymentKind, PaymentMethod, Role
from app.schemas.accounts.accounts import AccountBalanceRead
from app.schemas.edge.ids import AccountId, InstallmentId, PaymentId, PlanId
from app.schemas.edge.money import Currency, Minor
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Metadata, Reference

PaymentStatus = Literal["posted", "reversed", "charged_back", "partially_refunded", "refunded"]

_REQUEST: JsonDict = {
    "account_reference": "INV-2026-0042",
    "reference": "BANK-2026-03-31-0007",
    "amount_minor": 12000,
    "currency": "USD",
    "method": "ach",
}


class PaymentRequest(Model):
    """Money received, for an account by `account_id` or by `account_reference`."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REQUEST]})

    account_id: AccountId | None = None
    account_reference: Reference | None = None
    reference: Reference = Field(description="The payer system's own id: safe to send again.")
    amount_minor: Minor
    currency: Currency = Field(examples=["USD"])
    effective_on: Date | None = Field(
        None, description="The day it counts, past or present. Default: the business date."
    )
    method: Choice[PaymentMethod] = PaymentMethod.OTHER
    kind: Choice[PaymentKind] = PaymentKind.REPAYMENT
    future: Choice[FutureRule] | None = Field(
        None, description="Where money goes that is ahead of its time. Default: the policy's rule."
    )
    component: Choice[Component] | None = Field(None, description="Pay this one first.")
    plan_id: PlanId | None = None
    funded_by: Choice[FundedBy] = FundedBy.BORROWER
    unmatched: Literal["refuse", "suspense"] = Field(
        "refuse", description="What to do where the account is unknown, closed or kept otherwise."
    )
    replaces: PaymentId | None = Field(
        None, description="A reversed payment of the same reference, posted anew: a retry."
    )
    metadata: Metadata = Field(default_factory=dict)


class AllocationRead(Read):
    """Some cents of a payment: what they lowered, and the rule that sent them there."""

    component: Component = Field(description="The component of the account that went down.")
    plan_id: PlanId | None
    installment_id: InstallmentId | None
    cell: Component | None = Field(description="The installment's cell; null off a plan.")
    amount_minor: int
    rule: str = Field(examples=["past_due_oldest_first"])
    generation: int = Field(description="Raised whenever later facts split the payment anew.")


class PaidPlanRead(Read):
    """The plan a payment was for."""

    id: PlanId
    status: PlanStatus
    paid_minor: int
    outstanding_minor: int
    next_due_on: Date | None


class UndoneByRead(Read):
    """A reversal, chargeback or refund of a payment."""

    kind: Literal["reversal", "chargeback", "refund"]
    id: str = Field(description="The reversal's, chargeback's or refund's: rev_…, cbk_…, rfd_….")
    effective_on: Date
    business_date: Date = Field(description="The day it was entered on.")
    amount_minor: int = Field(description="What went back; of a reversal, all of the payment.")
    reason_code: str | None
    reference: str | None
    actor: str | None
    role: Role | None = Field(description="Of the key it was entered with.")
    entered_at: Instant
    won_on: Date | None = Field(description="The day the chargeback was won, if it was.")


_ALLOCATION: JsonDict = {
    "component": "principal",
    "plan_id": "plan_01h455vb4pex5vsknk084sn02q",
    "installment_id": "ins_01h455vb4pex5vsknk084sn02r",
    "cell": "principal",
    "amount_minor": 12000,
    "rule": "due_today",
    "generation": 1,
}
_LISTED: JsonDict = {
    "id": "pay_01h455vb4pex5vsknk084sn02q",
    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
    "reference": "BANK-2026-03-31-0007",
    "status": "posted",
    "amount_minor": 12000,
    "currency": "USD",
    "effective_on": "2026-03-31",
    "method": "ach",
    "kind": "repayment",
    "future": None,
    "component": None,
    "plan_id": None,
    "funded_by": "borrower",
    "allocations": [_ALLOCATION],
    "unapplied_minor": 0,
}
PAYMENT: JsonDict = {
    **_LISTED,
    "metadata": {},
    "account": {
        "id": "acc_01h455vb4pex5vsknk084sn02q",
        "balance": {
            "principal_minor": 106000,
            "interest_minor": 1500,
            "fees_minor": 500,
            "penalties_minor": 0,
            "costs_minor": 0,
            "total_minor": 108000,
        },
        "unapplied_minor": 0,
    },
    "plan": {
        "id": "plan_01h455vb4pex5vsknk084sn02q",
        "status": "active",
        "paid_minor": 12000,
        "outstanding_minor": 108000,
        "next_due_on": "2026-04-30",
    },
    "undone_by": [],
}


class PaymentListed(Read):
    """A payment as it stands now."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LISTED]})

    id: PaymentId
    account_id: AccountId
    reference: str
    status: PaymentStatus
    amount_minor: int
    currency: str
    effective_on: Date
    method: PaymentMethod
    kind: PaymentKind
    future: FutureRule | None
    component: Component | None
    plan_id: PlanId | None
    funded_by: FundedBy
    allocations: list[AllocationRead] = Field(description="In force; a reversed one has none.")
    unapplied_minor: int = Field(description="What of it found nothing to pay (yet).")


class PaymentRead(PaymentListed):
    """A payment as it stands now, and the account and plan it was for."""

    model_config = ConfigDict(json_schema_extra={"examples": [PAYMENT]})

    metadata: dict[str, str]
    account: AccountBalanceRead
    plan: PaidPlanRead | None
    undone_by: list[UndoneByRead] = Field(
        description="What took it back, in order of entry; what was won back is still named."
    )


class PaymentBatchRequest(Model):
    """Up to 1,000 payments. `atomic`: all or none; `continue`: those that can be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "mode": "continue",
                    "items": [
                        {**_REQUEST, "reference": "BANK-2026-03-31-0008", "amount_minor": 500},
                        {**_REQUEST, "reference": "BANK-2026-03-31-0009", "amount_minor": 700},
                        {
                            **_REQUEST,
                            "account_reference": "INV-2O26-0042",
                            "reference": "BANK-2026-03-31-0010",
                            "amount_minor": 900,
                            "unmatched": "suspense",
                        },
                    ],
                }
            ]
        }
    )

    mode: Literal["atomic", "continue"]
    items: Many[SkipValidation[PaymentRequest]] = Field(
        min_length=1,
        max_length=1000,
        description="Each is judged on its own: one that is malformed refuses no other.",
    )
