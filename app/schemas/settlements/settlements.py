"""Settlements: a part offered for the whole, accepted, paid, and what that forgives."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.money import Remainder
from app.domain.schedule.terms import (
    MonthEnd,
)
from app.domain.vocabulary import Role, SettlementStatus
from app.schemas.edge.ids import AccountId, PlanId, SettlementId
from app.schemas.edge.money import Bps, Count, Minor
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Line
from app.schemas.plans.plans import ConsentRequest, PolicyRefRead
from app.schemas.plans.quotes import RefusalRead
from app.schemas.plans.schedules import ScheduleRead
from app.schemas.plans.terms import BusinessDaysRequest, FrequencyRequest, InstallmentRequest

_PARTS: JsonDict = {
    "installment_count": 2,
    "frequency": {"every": 1, "unit": "month"},
    "first_due_on": "2026-03-31",
}
_SCHEDULE: JsonDict = {
    "total_minor": 70000,
    "finance_charge_minor": 0,
    "apr_bps": 0,
    "last_due_on": "2026-04-30",
    "installments": [
        {
            "number": number,
            "kind": "installment",
            "nominal_due_on": due_on,
            "due_on": due_on,
            "amount_minor": 35000,
            "principal_minor": 35000,
            "interest_minor": 0,
        }
        for number, due_on in enumerate(("2026-03-31", "2026-04-30"), start=1)
    ],
}


class PartsRequest(Model):
    """When the amount is to be paid: at once, in equal parts, or in parts written out.

    What is left out: one part, due on the last day of the offer. A settlement bears no interest.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_PARTS]})

    installment_count: Count = 1
    frequency: FrequencyRequest | None = Field(None, description="Needed for more than one part.")
    anchor_on: Date | None = Field(None, description="What dates step from: never each other.")
    first_due_on: Date | None = Field(None, description="Default: the last day of the offer.")
    month_end: Choice[MonthEnd] = MonthEnd.LAST_DAY
    business_days: BusinessDaysRequest | None = None
    rounding_unit_minor: Minor = 1
    remainder: Choice[Remainder] = Remainder.LAST
    installments: Annotated[Many[InstallmentRequest], Field(max_length=1000)] | None = Field(
        None, description="The parts written out, instead of all the above."
    )


class SettlementRequest(Model):
    """What is offered to be taken for the whole balance, when, and until when it stands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "share_bps": 7000,
                    "terms": _PARTS,
                    "expires_on": "2026-03-20",
                    "reason": "asked on the phone",
                }
            ]
        }
    )

    amount_minor: Minor | None = Field(None, description="This, or `share_bps`.")
    share_bps: Bps | None = Field(
        None, description="Of the balance; a fraction of a minor unit counts as one."
    )
    terms: PartsRequest = Field(default_factory=PartsRequest)
    expires_on: Date = Field(description="The last day on which it can be accepted.")
    effective_on: Date | None = Field(None, description="Default: the business date.")
    supersedes: SettlementId | None = Field(
        None, description="The open offer it counters; that one is withdrawn."
    )
    reason: Line | None = None


class AcceptRequest(Model):
    """How the debtor agreed to the offer as it stands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "consent": {
                        "channel": "phone",
                        "captured_at": "2026-03-15T15:04:05Z",
                        "captured_by": "agent-17",
                        "text_hash": "sha256:9f2c",
                    }
                }
            ]
        }
    )

    consent: ConsentRequest | None = None
    effective_on: Date | None = Field(None, description="Default: the business date.")


class EndRequest(Model):
    """Why an offer comes to nothing."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "found a job"}]})

    reason: Line | None = None


_WORKED_OUT: JsonDict = {
    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
    "currency": "USD",
    "balance_minor": 100000,
    "amount_minor": 70000,
    "forgives_minor": 30000,
    "policy": {"name": "default", "version": 1},
    "terms": _PARTS,
    "schedule": _SCHEDULE,
    "within_authority": True,
    "refusals": [],
    "offered_on": "2026-03-15",
    "expires_on": "2026-03-20",
}
SETTLEMENT: JsonDict = {
    "id": "set_01h455vb4pex5vsknk084sn02q",
    **_WORKED_OUT,
    "status": "accepted",
    "status_reason": None,
    "role": "agent",
    "actor": "agent-17",
    "reason": "asked on the phone",
    "supersedes": None,
    "superseded_by": None,
    "plan_id": "plan_01h455vb4pex5vsknk084sn02q",
    "paid_minor": 35000,
    "remaining_minor": 35000,
    "forgiven_minor": 0,
    "accepted_on": "2026-03-16",
    "satisfied_on": None,
    "voided_on": None,
    "closed_on": None,
    "clears_on": None,
    "curable_until_on": None,
    "created_at": "2026-03-15T15:04:05.123456Z",
}


class SettlementPreviewRead(Read):
    """What an offer comes to for an account, and what of it this key may not agree to."""

    model_config = ConfigDict(json_schema_extra={"examples": [_WORKED_OUT]})

    account_id: AccountId
    currency: str
    balance_minor: int = Field(description="What was owed when it was offered.")
    amount_minor: int
    forgives_minor: int = Field(description="What of that balance would be forgiven.")
    policy: PolicyRefRead
    terms: dict[str, Any] = Field(description="As they were sent.")
    schedule: ScheduleRead
    within_authority: bool = Field(description="If not, the offer waits for approval.")
    refusals: list[RefusalRead]
    offered_on: Date
    expires_on: Date = Field(description="Inclusive, to the end of that business date.")


class SettlementRead(SettlementPreviewRead):
    """A settlement as of a day: the offer as it was made, and what became of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [SETTLEMENT]})

    id: SettlementId
    status: SettlementStatus
    status_reason: str | None = Field(description="Why it was declined, withdrawn or is void.")
    role: Role = Field(description="Of the key that offered: the refusals are those of this role.")
    actor: str | None
    reason: str | None
    supersedes: SettlementId | None
    superseded_by: SettlementId | None
    plan_id: PlanId | None = Field(description="The plan of kind `settlement`, once accepted.")
    paid_minor: int = Field(description="On that plan.")
    remaining_minor: int = Field(description="Of the amount, what is not paid.")
    forgiven_minor: int = Field(description="What stands forgiven: nothing until satisfied.")
    accepted_on: Date | None
    satisfied_on: Date | None
    voided_on: Date | None
    closed_on: Date | None = Field(description="Declined, withdrawn or expired.")
    clears_on: Date | None = Field(description="When all money on its plan has cleared.")
    curable_until_on: Date | None = Field(
        description="Void by a miss, it is restored when what is overdue comes by then."
    )
    created_at: Instant
