"""Changes of a plan's schedule: what is asked, what it made, and what every revision said."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.agreement.approval import RevisionStatus
from app.domain.facts.kinds import FactKind
from app.domain.vocabulary import InstallmentKind, Role
from app.schemas.edge.ids import InstallmentId, QuoteId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Model, Read
from app.schemas.edge.words import Line
from app.schemas.plans.plans import PLAN, PlanRead
from app.schemas.plans.quotes import RefusalRead
from app.schemas.plans.terms import TERMS

_Extra = Annotated[int, Field(strict=True, ge=0, le=1000)]
_Number = Annotated[int, Field(strict=True, ge=1, le=100_000)]
STATUS = (
    "`pending_approval`: nothing changed yet; `POST …/revisions/{n}/approve` by a role that may."
)
REFUSALS = "What a higher role has to set aside, or set aside, for this."
_ON = "The day it counts. Default: the business date."


class ReamortizationRequest(Model):
    """What is due is spread over the installments still to come."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "agreed by phone"}]})

    reason: Line | None = None
    effective_on: Date | None = Field(None, description=_ON)


class RescheduleRequest(Model):
    """That installment moves; later ones keep the cadence from its new date."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "from_due_on": "2026-04-15",
                    "to_due_on": "2026-04-30",
                    "reason": "paid at the end of the month from now on",
                }
            ]
        }
    )

    from_due_on: Date = Field(description="An installment's due date, from that day on.")
    to_due_on: Date = Field(description="What dates step from afterwards.")
    extra_installments: _Extra | None = Field(
        None, description="So many more, over which what is open from there is split anew."
    )
    reason: Line
    effective_on: Date | None = Field(None, description=_ON)


class DeferralRequest(Model):
    """That installment is skipped and appended at the end. Name it by id or by number."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"number": 3, "reason": "lost her job in March"}]}
    )

    installment_id: InstallmentId | None = None
    number: _Number | None = Field(None, description="As the plan shows it today.")
    reason: Line
    effective_on: Date | None = Field(None, description=_ON)


class UndoRequest(Model):
    """Why a change is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "entered in error"}]})

    reason: Line | None = None


class ChangeRead(Read):
    """A change that was made, and the plan after it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "revision": 2,
                    "cause": "reschedule",
                    "status": "in_force",
                    "refusals": [],
                    "plan": PLAN,
                }
            ]
        }
    )

    revision: int
    cause: FactKind
    status: RevisionStatus = Field(description=STATUS)
    refusals: list[RefusalRead] = Field(description=REFUSALS)
    plan: PlanRead = Field(description="Where the change waits, as it was.")


class ChangePreviewRead(Read):
    """The plan as the change would leave it, and what the policy has against it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "cause": "reschedule",
                    "refusals": [
                        {
                            "rule": "max_reschedules_in_12_months",
                            "limit": 3,
                            "actual": 4,
                            "message": "max_reschedules_in_12_months: this would be 4, at most 3 "
                            "allowed.",
                            "override_role": "admin",
                        }
                    ],
                    "plan": PLAN,
                }
            ]
        }
    )

    cause: FactKind
    refusals: list[RefusalRead] = Field(description="Empty: the change may be made.")
    plan: PlanRead


class AgreedInstallmentRead(Read):
    """One row as a revision agreed it."""

    id: InstallmentId
    number: int
    kind: InstallmentKind
    nominal_due_on: Date
    due_on: Date
    principal_minor: int


class AgreedScheduleRead(Read):
    """The rows of a revision that held something."""

    installments: list[AgreedInstallmentRead]


class UndoneRead(Read):
    """When and by whom a change was taken back."""

    on: Date
    actor: str | None
    reason: str | None


class DecisionRead(Read):
    """What somebody else decided of a change that waited."""

    outcome: Literal["approved", "rejected"]
    on: Date
    actor: str
    role: Role | None = Field(description="Null where it was decided before roles were kept.")
    reason: str | None


_ROW: JsonDict = {
    "id": "ins_01h455vb4pex5vsknk084sn02r",
    "number": 1,
    "kind": "down_payment",
    "nominal_due_on": "2026-02-01",
    "due_on": "2026-02-01",
    "principal_minor": 30000,
}


class RevisionRead(Read):
    """A schedule a plan went through: what it said, since when, and what made it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "number": 1,
                    "cause": "opened",
                    "effective_on": "2026-02-01",
                    "actor": "agent-17",
                    "role": None,
                    "reason": None,
                    "terms": TERMS,
                    "before": None,
                    "schedule": {"installments": [_ROW]},
                    "quote_id": None,
                    "consent": None,
                    "undone": None,
                    "status": "in_force",
                    "refusals": [],
                    "decision": None,
                    "created_at": "2026-02-01T15:04:05.123456Z",
                }
            ]
        }
    )

    number: int
    cause: str = Field(examples=["opened"])
    effective_on: Date
    actor: str | None
    role: Role | None = Field(description="The authority a change was made, or asked for, by.")
    reason: str | None
    terms: dict[str, Any] = Field(description="As they were sent, or quoted.")
    before: AgreedScheduleRead | None = Field(description="What the change found.")
    schedule: AgreedScheduleRead
    quote_id: QuoteId | None = Field(description="Whose terms a rewrite took.")
    consent: dict[str, Any] | None = Field(description="The debtor's, to a rewrite.")
    undone: UndoneRead | None = Field(description="Null: it was not taken back.")
    status: RevisionStatus = Field(
        description="Pending or rejected: the schedule is what the change would have made of the "
        "plan on the day it was asked for."
    )
    refusals: list[RefusalRead] = Field(description="What it had to wait for approval for.")
    decision: DecisionRead | None = Field(description="Null: it never waited, or still does.")
    created_at: Instant


class RowSideRead(Read):
    """One installment on one side of a difference."""

    due_on: Date
    principal_minor: int


class RowDifferenceRead(Read):
    """How one installment differs; null on a side where it holds nothing."""

    id: InstallmentId
    before: RowSideRead | None
    after: RowSideRead | None


class DifferenceRead(Read):
    """What is not the same in two revisions of a plan."""

    model_config = ConfigDict(
        populate_by_name=True,
        serialize_by_alias=True,
        json_schema_extra={
            "examples": [
                {
                    "from": 1,
                    "to": 2,
                    "rows": [
                        {
                            "id": "ins_01h455vb4pex5vsknk084sn02r",
                            "before": {"due_on": "2026-03-01", "principal_minor": 10000},
                            "after": {"due_on": "2026-03-15", "principal_minor": 10000},
                        }
                    ],
                    "lines": ["~ 2026-03-01 10000 → 2026-03-15 10000"],
                }
            ]
        },
    )

    earlier: int = Field(alias="from")
    later: int = Field(alias="to")
    rows: list[RowDifferenceRead]
    lines: list[str] = Field(description="The same for a person's eye.")
