"""Quotes: terms in writing, what they come to, who may agree to them, and until when."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from app.domain.vocabulary import Role
from app.schemas.edge.ids import AccountId, PlanId, QuoteId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Model, Read
from app.schemas.edge.words import Line
from app.schemas.plans.plans import PolicyRefRead
from app.schemas.plans.schedules import ScheduleRead
from app.schemas.plans.terms import TERMS, TermsRequest

_SCHEDULE: JsonDict = {
    "total_minor": 40000,
    "finance_charge_minor": 0,
    "apr_bps": 0,
    "last_due_on": "2026-03-15",
    "installments": [
        {
            "number": 1,
            "kind": "installment",
            "nominal_due_on": "2026-03-15",
            "due_on": "2026-03-15",
            "amount_minor": 40000,
            "principal_minor": 40000,
            "interest_minor": 0,
        }
    ],
}
REFUSAL: JsonDict = {
    "rule": "max_count",
    "limit": 60,
    "actual": 72,
    "message": "Installments: 72, at most 60 allowed.",
    "override_role": "supervisor",
}
_WORKED_OUT: JsonDict = {
    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
    "currency": "USD",
    "opens_on": "2026-03-15",
    "balance_minor": 40000,
    "amount_minor": 40000,
    "policy": {"name": "default", "version": 1},
    "terms": TERMS,
    "schedule": _SCHEDULE,
    "within_authority": False,
    "refusals": [REFUSAL],
}
QUOTE: JsonDict = {
    "id": "quo_01h455vb4pex5vsknk084sn02q",
    "hash": "5f0c2a",
    **_WORKED_OUT,
    "locale": "en-US",
    "text_hash": "9f2c41",
    "role": "agent",
    "actor": "agent-17",
    "reason": "first offer",
    "supersedes": None,
    "superseded_by": None,
    "plan_id": None,
    "created_at": "2026-03-15T15:04:05.123456Z",
    "expires_at": "2026-04-15T05:00:00Z",
}


class QuoteRequest(Model):
    """Terms to be put in writing. `supersedes` names the offer of this account they counter."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "terms": TERMS,
                    "expires_at": "2026-04-15T05:00:00Z",
                    "reason": "first offer",
                    "locale": "en-US",
                }
            ]
        }
    )

    terms: TermsRequest
    expires_at: Instant | None = Field(None, description="Default: 30 days from now.")
    supersedes: QuoteId | None = Field(None, description="The offer this one takes the place of.")
    reason: Line | None = Field(None, description="Why this offer, for whoever reads the chain.")
    locale: Annotated[str, StringConstraints(min_length=1, max_length=35)] = Field(
        "en-US", description="The language of the text: en-US, en-GB or es-US.", examples=["en-US"]
    )
    effective_on: Date | None = Field(
        None, description="The day such a plan opens. Default: the business date."
    )


class RefusalRead(Read):
    """One rule that stands in the way; `limit` and `actual` carry the unit in the rule's name."""

    rule: str = Field(description="The field of the policy that says so.", examples=["max_count"])
    limit: int
    actual: int
    message: str
    override_role: Role | None = Field(description="The least role that may; null: none may.")


class WorkedOutRead(Read):
    """What terms come to for an account, and what of it this key may not agree to."""

    model_config = ConfigDict(json_schema_extra={"examples": [_WORKED_OUT]})

    account_id: AccountId
    currency: str
    opens_on: Date
    balance_minor: int = Field(description="What the account owes; the terms cover some or all.")
    amount_minor: int = Field(description="What a plan on these terms takes over.")
    policy: PolicyRefRead
    terms: dict[str, Any] = Field(description="As they were sent.")
    schedule: ScheduleRead
    within_authority: bool = Field(description="If not, a plan on it waits for approval.")
    refusals: list[RefusalRead]


class QuoteRead(WorkedOutRead):
    """An offer as it was given, never changed, and what became of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [QUOTE]})

    id: QuoteId
    hash: str = Field(description="Sent back as `quote_hash`, it binds a plan to this very offer.")
    locale: str
    text_hash: str = Field(description="The SHA-256 of the text's bytes: what consent refers to.")
    role: Role = Field(description="Of the key that asked: the refusals are those of this role.")
    actor: str | None
    reason: str | None
    supersedes: QuoteId | None
    superseded_by: QuoteId | None
    plan_id: PlanId | None = Field(description="The plan that was opened on it.")
    created_at: Instant
    expires_at: Instant
