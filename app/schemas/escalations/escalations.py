"""Escalations: to which desk, why, how each stands, and what is done about it."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.evidence.course import Desk, EscalationStatus, Step, Urgency
from app.domain.evidence.escalation import Against
from app.domain.vocabulary import Role
from app.schemas.edge.ids import AccountId, ContactId, EscalationId, EvidenceFileId, PartyId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Choice, Model, Read
from app.schemas.edge.words import Actor, Line, Reference

Note = Annotated[str, Field(min_length=1, max_length=4_000, pattern=r"^[^\u0000]+$")]
_REQUEST: JsonDict = {"to": "supervisor", "reason": "asks for somebody in charge"}
_READ: JsonDict = {
    "id": "esc_01h455vb4pex5vsknk084sn02q",
    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
    "to": "supervisor",
    "urgency": "normal",
    "status": "open",
    "reason": "asks for somebody in charge",
    "note": None,
    "contact_id": None,
    "assigned_to": None,
    "opened_on": "2026-03-02",
    "due_on": None,
    "closed_on": None,
    "outcome": None,
    "party_id": None,
    "evidence_file_id": None,
    "court": None,
    "case_number": None,
    "filed_on": None,
    "opened_at": "2026-03-02T15:00:00Z",
    "actor": "agent-17",
    "role": "agent",
}


class EscalationRequest(Model):
    """To whom, why, and how soon."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REQUEST]})

    to: Choice[Desk]
    reason: Line
    urgency: Choice[Urgency] = Urgency.NORMAL
    contact_id: ContactId | None = Field(None, description="The contact it came of.")
    note: Note | None = Field(None, description="A supervisor's passes what a note can pass.")


class EscalationAssignRequest(Model):
    """Who is to work it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"assigned_to": "boss-1"}]})

    assigned_to: Actor
    note: Note | None = None


class EscalationAnswerRequest(Model):
    """What is said to whoever asked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "waive the fee"}]})

    note: Note


class EscalationReturnRequest(Model):
    """Why it comes back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "no proof of address"}]})

    note: Note


class AttorneyRequest(Model):
    """Who takes the case, and with which evidence."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "party_id": "pty_01h455vb4pex5vsknk084sn02q",
                    "evidence_file_id": "evf_01h455vb4pex5vsknk084sn02q",
                }
            ]
        }
    )

    party_id: PartyId = Field(description="Your attorney; kept as you say it.")
    evidence_file_id: EvidenceFileId


class FiledRequest(Model):
    """Where, under which number, and when it was filed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"court": "Travis County", "case_number": "C-1-CV-26-000042", "on": "2026-03-02"}
            ]
        }
    )

    court: Line
    case_number: Reference
    on: Date


class EscalationCloseRequest(Model):
    """What came of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "plan agreed"}]})

    outcome: Line
    note: Note | None = None


class EscalationPreviewRead(Read):
    """What stands against it; nothing: it may go."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"allowed": False, "reasons": ["PLAN_STANDS", "ROLE"]}]}
    )

    allowed: bool
    reasons: list[Against]


class EscalationRead(Read):
    """An escalation as it stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [_READ]})

    id: EscalationId
    account_id: AccountId
    to: Desk
    urgency: Urgency
    status: EscalationStatus
    reason: str | None = Field(description="Null once its debtor is erased.")
    note: str | None
    contact_id: ContactId | None
    assigned_to: str | None
    opened_on: Date
    due_on: Date | None
    closed_on: Date | None
    outcome: str | None
    party_id: PartyId | None
    evidence_file_id: EvidenceFileId | None
    court: str | None
    case_number: str | None
    filed_on: Date | None
    opened_at: Instant
    actor: str | None
    role: Role


class EscalationStepRead(Read):
    """A step of its course."""

    step: Step
    note: str | None
    at: Instant
    actor: str | None
    role: Role


class EscalationDetailRead(EscalationRead):
    """An escalation, and its steps, the first first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_READ, "steps": []}]})

    steps: list[EscalationStepRead]


def escalation_of(stored: Any) -> dict[str, Any]:  # noqa: ANN401 - of any floor below
    """An escalation as clients see one: its desk is whom it went to."""
    names = (name for name in EscalationRead.model_fields if name != "to")
    return {**{name: getattr(stored, name) for name in names}, "to": stored.desk}
