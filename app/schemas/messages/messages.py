"""Messages: what is asked to be sent, and how each stands."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SkipValidation
from pydantic.config import JsonDict

from app.domain import field_limits
from app.domain.contact.words import Channel, Purpose
from app.domain.messages.lifecycle import MessageStatus
from app.schemas.contacts.decisions import OverrideFields
from app.schemas.edge.ids import (
    AccountId,
    ContactId,
    ContactPointId,
    DecisionId,
    LetterId,
    MessageId,
    PersonId,
)
from app.schemas.edge.problems import Problem
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Line, Reference, words
from app.schemas.templates.templates import Locale, TemplateKey

Variables = Annotated[
    dict[
        Annotated[str, words(field_limits.LABEL_NAME)],
        Annotated[str, words(field_limits.LABEL)],
    ],
    Field(max_length=field_limits.MAX_LABELS, examples=[{"case": "7-1"}]),
]

_REQUEST: JsonDict = {
    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
    "template_key": "due_reminder",
    "reference": "crm:4711",
}
_MESSAGE: JsonDict = {
    "id": "msg_01h455vb4pex5vsknk084sn02q",
    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
    "person_id": "per_01h455vb4pex5vsknk084sn02q",
    "status": "sent",
    "reason": None,
    "channel": "email",
    "purpose": "reminder",
    "template": {"key": "due_reminder", "version": 1},
    "letter_id": None,
    "locale": "en-US",
    "key": None,
    "reference": "crm:4711",
    "in_reply_to": None,
    "not_before_at": None,
    "expires_at": None,
    "attempts": 1,
    "point_id": "cp_01h455vb4pex5vsknk084sn02q",
    "provider": "sandbox",
    "provider_message_id": "sandbox-msg_01h455vb4pex5vsknk084sn02q",
    "content_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "decision_id": "dec_01h455vb4pex5vsknk084sn02q",
    "contact_id": "ctc_01h455vb4pex5vsknk084sn02q",
    "still_true": True,
    "reports": [],
    "needs_decision": False,
    "actor": "agent-17",
    "asked_at": "2026-01-12T15:00:00Z",
}


class MessageRequest(Model):
    """A message to be sent. Its template fixes what it is for."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REQUEST]})

    account_id: AccountId
    person_id: PersonId | None = Field(None, description="Default: the debtor.")
    template_key: TemplateKey | None = Field(None, description="Either this or a letter.")
    letter_id: LetterId | None = Field(None, description="A letter that was written.")
    channel: Choice[Channel] | None = Field(None, description="Default: the best the words fit.")
    point_id: ContactPointId | None = Field(None, description="Default: the channel's best.")
    locale: Locale | None = Field(None, description="Default: the person's language.")
    purpose: Choice[Purpose] | None = Field(None, description="Refused if the template's differs.")
    variables: Variables = Field(default_factory=dict, description="`given.…` in the words.")
    not_before_at: Instant | None = None
    expires_at: Instant | None = Field(None, description="From then on it does not go.")
    in_reply_to: ContactId | None = Field(None, description="Of a `reply`: what it answers.")
    reference: Reference | None = Field(None, description="Your own id; the same again is one.")
    override: OverrideFields | None = None


class MessageBatchRequest(Model):
    """Up to 100 messages. `atomic`: all or none; `continue`: those that can be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"mode": "continue", "items": [{**_REQUEST, "reference": "crm:4712"}]}]
        }
    )

    mode: Literal["atomic", "continue"]
    items: Many[SkipValidation[MessageRequest]] = Field(
        min_length=1,
        max_length=100,
        description="Each is judged on its own: one that is malformed refuses no other.",
    )


class MessageCancel(Model):
    """Why it is not to go."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "paid by phone"}]})

    reason: Line


class MessageDecision(Model):
    """What to do with one that may have gone."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"what": "give_up", "reason": "the log shows it went"}]}
    )

    what: Literal["resend", "give_up"]
    reason: Line


class TemplateUsedRead(Read):
    key: str
    version: int | None


class ReportRead(Read):
    """What a carrier said became of it. Kept, whether or not it changed anything."""

    status: str
    at: Instant
    code: str | None
    detail: str | None


class MessageRead(Read):
    """A message as it stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [_MESSAGE]})

    id: MessageId
    account_id: AccountId
    person_id: PersonId
    status: MessageStatus
    reason: str | None = Field(description="Why it did not go or arrive, as a code.")
    channel: Channel
    purpose: Purpose
    template: TemplateUsedRead | None
    letter_id: LetterId | None
    locale: str | None
    key: list[str] | None = Field(
        description="Notice, what it is about, and the day: there is one for ever."
    )
    reference: str | None
    in_reply_to: ContactId | None
    not_before_at: Instant | None
    expires_at: Instant | None
    attempts: int
    point_id: ContactPointId | None
    provider: str | None
    provider_message_id: str | None
    content_hash: str | None = Field(description="SHA-256 of what it says, in hex.")
    decision_id: DecisionId | None
    contact_id: ContactId | None
    still_true: bool | None = Field(description="Asked for a single message; null in lists.")
    reports: list[ReportRead]
    needs_decision: bool = Field(description="Only a report or you can say whether it went.")
    actor: str | None
    asked_at: Instant


class MessageBatchItem(Read):
    """What became of one item: its message, or the problem that kept it out."""

    status: int = Field(description="201, 200 of one there was, or the problem's status.")
    message: MessageRead | None = None
    problem: Problem | None = None


class MessageBatchRead(Read):
    """One result an item, in their order."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"results": [{"status": 201, "message": _MESSAGE}]}]}
    )

    results: list[MessageBatchItem]
