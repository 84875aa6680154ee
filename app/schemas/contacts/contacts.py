"""Contacts: calls, texts, e-mails, letters, chats, visits and notes, as they were made."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, SkipValidation
from pydantic.config import JsonDict

from app.domain import field_limits
from app.domain.contact.words import Channel, Direction, Label, Outcome, Purpose, Saying
from app.schemas.contacts.decisions import Elements
from app.schemas.contacts.kept_elsewhere import (
    AttachmentRead,
    Attachments,
    RecordingFields,
    RecordingRead,
    kept_elsewhere,
)
from app.schemas.edge.ids import (
    AccountId,
    ConsentId,
    ContactId,
    ContactPointId,
    DecisionId,
    PersonId,
    PlanId,
    PromiseId,
    QuoteId,
)
from app.schemas.edge.problems import Problem
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Line, Reference, System, words

AccountIds = Annotated[Many[AccountId], Field(min_length=1, max_length=20)]
Says = Annotated[Many[Choice[Saying]], Field(max_length=len(Saying))]
Seconds = Annotated[int, Field(strict=True, ge=0, le=86_400)]
Summary = Annotated[str, words(field_limits.SUMMARY)]

_REQUEST: JsonDict = {
    "reference": "dialer:9f2c",
    "account_ids": ["acc_01h455vb4pex5vsknk084sn02q"],
    "person_id": "per_01h455vb4pex5vsknk084sn02q",
    "channel": "call",
    "direction": "out",
    "started_at": "2026-01-12T15:00:00Z",
    "duration_seconds": 184,
    "outcome": "conversation",
    "summary": "Promised to pay on Friday.",
    "links": {"promise_id": "prm_01h455vb4pex5vsknk084sn02q"},
}
_CONTACT: JsonDict = {
    "id": "ctc_01h455vb4pex5vsknk084sn02q",
    **_REQUEST,
    "point_id": None,
    "purpose": "collection",
    "right_party": None,
    "with_consent_id": None,
    "decision_id": None,
    "in_reply_to": None,
    "disposition": None,
    "language": None,
    "disclosures_given": [],
    "recording": {
        "ref": "s3://calls/9f2c.wav",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "keep_until_on": "2029-01-12",
    },
    "attachments": [],
    "says": [],
    "voicemail": None,
    "place": "mobile",
    "links": {
        "promise_id": "prm_01h455vb4pex5vsknk084sn02q",
        "plan_id": None,
        "quote_id": None,
    },
    "external_ids": [{"system": "hubspot", "id": "771"}],
    "judged": {"outside": [], "policy": {"name": "default", "version": 2}},
    "local": [{"time_zone": "America/Chicago", "time": "09:00"}],
    "effects": {
        "attempt": True,
        "communication": True,
        "counts": True,
        "cooldown": True,
        "point": None,
    },
    "corrections": 0,
    "corrected_by": None,
    "voided_on": None,
    "actor": "agent-17",
    "origin": "hubspot",
    "entered_at": "2026-01-12T15:05:00Z",
    "needs_reading": False,
    "read_at": None,
    "read_actor": None,
}


class SaidOnVoicemail(Model):
    """What a voicemail said."""

    limited_content: bool | None = Field(
        None, description="Whether it was meant so; whether it was, its elements say."
    )
    elements: Elements


class ContactLinks(Model):
    """What came of it, or what it was about: of one of its accounts each."""

    promise_id: PromiseId | None = None
    plan_id: PlanId | None = None
    quote_id: QuoteId | None = None


class ExternalIdSaid(Model):
    """What another system calls it."""

    system: System
    id: Reference


class ContactRequest(Model):
    """A contact as it was made. Keep names out of all but `summary` and attachments' names."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REQUEST]})

    reference: Reference | None = Field(None, description="Your own id; the same again is one.")
    account_ids: AccountIds = Field(description="What it was about.")
    person_id: PersonId | None = None
    point_id: ContactPointId | None = None
    channel: Choice[Channel]
    direction: Choice[Direction]
    purpose: Choice[Purpose] = Purpose.COLLECTION
    started_at: Instant
    duration_seconds: Seconds | None = None
    outcome: Choice[Outcome] | None = Field(None, description="By channel; a note has none.")
    right_party: bool | None = None
    with_consent_id: ConsentId | None = Field(None, description="The `more_calls` it was made on.")
    decision_id: DecisionId | None = None
    in_reply_to: ContactId | None = None
    voicemail: SaidOnVoicemail | None = None
    place: Choice[Label] | None = Field(
        None, description="Where it reached somebody. Default: as its point is called."
    )
    language: Annotated[str, Field(min_length=2, max_length=35)] | None = None
    summary: Summary | None = None
    disposition: Reference | None = None
    recording: RecordingFields | None = None
    disclosures_given: Annotated[Many[Reference], Field(max_length=20)] = ()
    attachments: Attachments = ()
    says: Says = Field(
        (),
        description="What was written in of the debt: that it is disputed, or who the original "
        "creditor was. In time it places a hold by itself.",
    )
    links: ContactLinks | None = None
    external_ids: Annotated[Many[ExternalIdSaid], Field(max_length=10)] = Field(
        (), description="What other systems call it, as `/v1/external-ids` has it. One names one."
    )


class ContactBatchRequest(Model):
    """Up to 1,000 contacts. `atomic`: all or none; `continue`: those that can be."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"mode": "continue", "items": [_REQUEST]}]}
    )

    mode: Literal["atomic", "continue"]
    items: Many[SkipValidation[ContactRequest]] = Field(
        min_length=1,
        max_length=1_000,
        description="Each is judged on its own: one that is malformed refuses no other.",
    )


class ContactCorrection(Model):
    """How it was in truth; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "no_answer", "reason": "misclicked"}]}
    )

    account_ids: AccountIds | None = None
    person_id: PersonId | None = None
    started_at: Instant | None = None
    duration_seconds: Seconds | None = None
    outcome: Choice[Outcome] | None = None
    right_party: bool | None = None
    summary: Summary | None = None
    says: Says | None = Field(None, description="What it says of the debt, in writing; all of it.")
    links: ContactLinks | None = Field(
        None, description="All of them: what is left out, or null, is linked no more."
    )
    recording: RecordingFields | None = Field(
        None,
        description="Of a contact that names none yet: the keeper of another would never be told "
        "to erase it.",
    )
    attachments: Attachments | None = Field(
        None, description="All of them: those that were named before stay among them, unchanged."
    )
    reason: Line


class ContactVoid(Model):
    """Why it never was."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "another account's"}]})

    reason: Line


class ContactReadRequest(Model):
    """Somebody read what was written; they may undo that it was taken for a revocation."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "asks for the balance, and to stop nothing"}]}
    )

    undo_provisional: bool = Field(
        False, description="Only of what was taken so provisionally, and that alone."
    )
    reason: Line


class OutsideRead(Read):
    """A rule the contact was outside of, about one of its accounts."""

    code: str
    rule_set: str
    rule: str
    limit: int | None
    actual: int | None
    counted: list[ContactId] = Field(description="The contacts that make up `actual`.")
    account_id: AccountId


class JudgedByRead(Read):
    """A version of a contact policy; 0 is what we ship."""

    name: str
    version: int


class VerdictRead(Read):
    """Whether it was within the rules, by all that is known now."""

    outside: list[OutsideRead]
    policy: JudgedByRead | None = Field(
        description="The version in force when it began, of the first of its accounts. Null: "
        "nobody judges what came in, or is with no party; or it was judged before this was kept."
    )


class LocalTimeRead(Read):
    """What the clock showed in one zone the person may have been in."""

    time_zone: str
    time: str = Field(examples=["09:00"])


class VoicemailRead(Read):
    """What a voicemail said, and whether that is limited content."""

    limited_content: bool
    elements: list[str]


class LinksRead(Read):
    """What came of it, or what it was about."""

    promise_id: PromiseId | None
    plan_id: PlanId | None
    quote_id: QuoteId | None


class ExternalIdSeen(Read):
    """What another system calls it."""

    system: str
    id: str


class EffectsRead(Read):
    """What it counts as."""

    attempt: bool
    communication: bool
    counts: bool = Field(description="As a call toward a limit on calls.")
    cooldown: bool = Field(description="It begins the days after a conversation.")
    point: str | None = Field(description="Why its contact point is invalid from now on.")


class ContactRead(Read):
    """A contact as it is said to have been."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CONTACT]})

    id: ContactId
    reference: str | None
    account_ids: list[AccountId]
    person_id: PersonId | None
    point_id: ContactPointId | None
    channel: Channel
    direction: Direction
    purpose: Purpose
    started_at: Instant
    duration_seconds: int | None
    outcome: Outcome | None
    right_party: bool | None
    with_consent_id: ConsentId | None
    decision_id: DecisionId | None
    in_reply_to: ContactId | None
    disposition: str | None
    language: str | None
    summary: str | None
    disclosures_given: list[str]
    recording: RecordingRead | None
    attachments: list[AttachmentRead]
    says: list[Saying]
    voicemail: VoicemailRead | None
    place: Label | None
    links: LinksRead
    external_ids: list[ExternalIdSeen]
    judged: VerdictRead
    effects: EffectsRead
    local: list[LocalTimeRead] = Field(
        description="The person's time when it began, in each zone that it was judged by."
    )
    corrections: int
    corrected_by: str | None = Field(
        description="Who said last how it was in truth, as `Accord-Actor` said."
    )
    voided_on: Date | None
    actor: str | None
    origin: str | None = Field(description="As `Accord-Origin` said: a connector knows its own.")
    entered_at: Instant
    needs_reading: bool = Field(description="What was written waits for somebody to read it.")
    read_at: Instant | None
    read_actor: str | None


class ContactBatchItem(Read):
    """What became of one item: its contact, or the problem that kept it out."""

    status: int = Field(description="201, 200 of one there was, or the problem's status.")
    contact: ContactRead | None = None
    problem: Problem | None = None


class ContactBatchRead(Read):
    """One result an item, in their order."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"results": [{"status": 201, "contact": _CONTACT}]}]}
    )

    results: list[ContactBatchItem]


def more_of(body: ContactRequest) -> dict[str, Any]:
    """What no rule asks, kept as it was said."""
    said: dict[str, Any] = {}
    if body.voicemail is not None:
        said["voicemail"] = {"elements": sorted(set(body.voicemail.elements))}
    return {
        "disclosures_given": list(body.disclosures_given),
        **said,
        **kept_elsewhere(body.recording, body.attachments),
    }


def named_by(links: ContactLinks | None) -> dict[str, UUID]:
    """What is linked, by its field."""
    return {} if links is None else links.model_dump(exclude_none=True)


def voicemail_of(more: Mapping[str, Any], *, limited_content: bool) -> dict[str, Any] | None:
    """What a voicemail said, where somebody said what; of earlier ones the elements are gone."""
    said = more.get("voicemail")
    if said is None and not limited_content:
        return None
    return {"limited_content": limited_content, "elements": (said or {}).get("elements", [])}
