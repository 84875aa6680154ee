"""Plans: what is agreed, and how it stands on a day."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from app.domain.account.plan import PlanStatus
from app.domain.facts.kinds import FactKind
from app.domain.standing.status import InstallmentStatus, Standing
from app.domain.vocabulary import InstallmentKind, PlanKind
from app.schemas.accounts.delinquency import CLOCK, DelinquencyRead
from app.schemas.edge.ids import AccountId, InstallmentId, PlanId, QuoteId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Model, Read
from app.schemas.edge.words import Line, Metadata, Reference
from app.schemas.plans.terms import TERMS, TermsRequest

_Text = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\u0000]+$")]


class ConsentRequest(Model):
    """How the debtor agreed. `ip` and `user_agent` are kept apart and can be erased."""

    channel: Line = Field(examples=["phone"])
    captured_at: Instant
    captured_by: Line = Field(examples=["agent-17"])
    text_hash: Line = Field(description="A hash of the words agreed to.", examples=["sha256:9f2c…"])
    ip: Annotated[str, StringConstraints(max_length=64)] | None = None
    user_agent: _Text | None = None


class PlanRequest(Model):
    """What is agreed, on which account."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
                    "terms": TERMS,
                    "reference": "PLAN-7",
                    "consent": {
                        "channel": "phone",
                        "captured_at": "2026-02-01T15:04:05Z",
                        "captured_by": "agent-17",
                        "text_hash": "sha256:9f2c",
                    },
                }
            ]
        }
    )

    account_id: AccountId
    terms: TermsRequest | None = Field(None, description="Or `quote_id` and `quote_hash`.")
    quote_id: QuoteId | None = None
    quote_hash: _Text | None = None
    reference: Reference | None = Field(None, description="Your own id, unique in your tenant.")
    effective_on: Date | None = Field(None, description="The day it opens. Default: today.")
    consent: ConsentRequest | None = None
    metadata: Metadata = Field(default_factory=dict)


class CancelRequest(Model):
    """Why a plan ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "asked by the debtor"}]})

    reason: Line
    effective_on: Date | None = Field(None, description="Default: the business date.")


class PolicyRefRead(Read):
    """The policy version a plan is pinned to."""

    name: str
    version: int


class PendingRevisionRead(Read):
    """A change of the schedule that waits: the revision it would be."""

    number: int
    kind: FactKind
    proposed_on: Date


class InstallmentRead(Read):
    """One row of a plan. `id` survives every change of the schedule, `number` is for showing."""

    id: InstallmentId
    number: int
    kind: InstallmentKind
    nominal_due_on: Date
    due_on: Date
    amount_minor: int
    principal_minor: int = Field(description="Of what the plan took over.")
    interest_minor: int
    fees_minor: int
    penalties_minor: int
    costs_minor: int
    paid_minor: int
    paid_in_advance_minor: int = Field(description="Before the due date.")
    paid_late_minor: int = Field(description="After the due date; grace is no matter here.")
    outstanding_minor: int
    satisfied_on: Date | None
    status: InstallmentStatus


PLAN: JsonDict = {
    "id": "plan_01h455vb4pex5vsknk084sn02q",
    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
    "reference": "PLAN-7",
    "kind": "installment",
    "status": "active",
    "status_reason": None,
    "standing": "delinquent",
    "currency": "USD",
    "revision": 1,
    "pending_revision": None,
    "policy": {"name": "default", "version": 1},
    "terms": TERMS,
    "quote_id": None,
    "opened_on": "2026-02-01",
    "ended_on": None,
    "total_minor": 120000,
    "paid_minor": 30000,
    "outstanding_minor": 90000,
    "overpaid_minor": 0,
    "next_due_on": "2026-03-31",
    "next_due_minor": 10000,
    "installments": [
        {
            "id": "ins_01h455vb4pex5vsknk084sn02r",
            "number": 2,
            "kind": "installment",
            "nominal_due_on": "2026-03-31",
            "due_on": "2026-03-31",
            "amount_minor": 10000,
            "principal_minor": 10000,
            "interest_minor": 0,
            "fees_minor": 0,
            "penalties_minor": 0,
            "costs_minor": 0,
            "paid_minor": 0,
            "paid_in_advance_minor": 0,
            "paid_late_minor": 0,
            "outstanding_minor": 10000,
            "satisfied_on": None,
            "status": "missed",
        }
    ],
    "delinquency": CLOCK,
    "consent": None,
    "metadata": {},
}


class PlanRead(Read):
    """A plan as of a day."""

    model_config = ConfigDict(json_schema_extra={"examples": [PLAN]})

    id: PlanId
    account_id: AccountId
    reference: str | None
    kind: PlanKind
    status: PlanStatus
    status_reason: str | None
    standing: Standing | None = Field(description="Of an active plan; else null.")
    currency: str
    revision: int
    pending_revision: PendingRevisionRead | None = Field(
        description="The change that waits for approval; nothing of it holds yet."
    )
    policy: PolicyRefRead
    terms: dict[str, Any] = Field(
        description="Those that hold: as sent when it opened, or of its newest rewrite's quote."
    )
    quote_id: QuoteId | None = Field(description="The quote those terms are of.")
    opened_on: Date
    ended_on: Date | None
    total_minor: int
    paid_minor: int
    outstanding_minor: int
    overpaid_minor: int = Field(description="What came in beyond everything owed.")
    next_due_on: Date | None = Field(description="The oldest due date with something open.")
    next_due_minor: int | None = Field(description="What is open of that installment.")
    installments: list[InstallmentRead]
    delinquency: DelinquencyRead
    consent: dict[str, Any] | None = Field(
        description="To what it opened with; consent to a rewrite is its revision's."
    )
    metadata: dict[str, str]
