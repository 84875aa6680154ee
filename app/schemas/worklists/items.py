"""Items of a worklist: who is worked, why, what waits for what, and what is done."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.contact.words import Channel
from app.domain.worklists.order import Why
from app.domain.worklists.suggest import WorkAct
from app.schemas.edge.ids import AccountId, ConsentId, ContactId, PersonId, WorkItemId
from app.schemas.edge.time import Instant, TimeZone
from app.schemas.edge.types import Choice, JudgedPage, Many, Model, Read
from app.schemas.edge.words import Actor, Line

_ITEM: JsonDict = {
    "id": "wi_01h455vb4pex5vsknk084sn02q",
    "worklist": "collectors",
    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
    "account_reference": "INV-2026-0042",
    "person_id": "per_01h455vb4pex5vsknk084sn02q",
    "score": 511,
    "because": [
        {"code": "promise_broken", "points": 510, "on": "2026-03-01", "subject": None},
        {"code": "overdue_amount", "points": 1, "on": None, "subject": None},
    ],
    "overdue_minor": 15000,
    "workable": False,
    "waiting": {"why": "claimed", "until_at": "2026-03-02T15:15:00Z"},
    "callback_at": None,
    "claimed_by": "agent-17",
    "claimed_until_at": "2026-03-02T15:15:00Z",
    "assigned_to": None,
    "attempts": 1,
    "last_contact": {
        "id": "ctc_01h455vb4pex5vsknk084sn02q",
        "started_at": "2026-03-01T15:00:00Z",
        "channel": "call",
        "direction": "out",
        "outcome": "no_answer",
    },
    "contactability": [
        {
            "channel": "call",
            "allowed": True,
            "codes": [],
            "next_allowed_at": "2026-03-02T15:00:00Z",
            "closes_at": "2026-03-03T03:00:00Z",
        }
    ],
    "suggested": [{"act": "call", "with": "call"}, {"act": "offer", "with": None}],
}
_STATE: JsonDict = {
    "id": "wi_01h455vb4pex5vsknk084sn02q",
    "worklist": "collectors",
    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
    "claimed_by": None,
    "claimed_until_at": None,
    "skipped_until_at": "2026-03-03T06:00:00Z",
    "callback_at": None,
    "assigned_to": None,
    "attempts": 2,
}


class NextRequest(Model):
    """Who comes for work."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})

    channels: Annotated[Many[Choice[Channel]], Field(min_length=1, max_length=6)] | None = Field(
        None, description="Of the list's channels, those one can use. Default: all."
    )


class ClaimRequest(Model):
    """Nothing more need be said."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class CompleteRequest(Model):
    """What was done: the contact that was made, or in a word."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"did": "other"}]})

    contact_id: ContactId | None = Field(None, description="Either this or `did`.")
    did: (
        Literal[
            "approved", "rejected", "escalated", "offered", "read", "verified", "wrote", "other"
        ]
        | None
    ) = None
    note: Line | None = Field(None, description="Kept apart; can be erased.")


class SkipRequest(Model):
    """Why it is put off, and until when."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "no interpreter today"}]})

    reason: Line
    until_at: Instant | None = Field(None, description="Default: the next day.")


class CallbackRequest(Model):
    """When somebody is to be called."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "at": "2030-03-03T17:00:00Z",
                    "time_zone": "America/Chicago",
                    "asked_for_by_person": False,
                }
            ]
        }
    )

    at: Instant
    time_zone: TimeZone = Field(description="Of the hour that was agreed.")
    asked_for_by_person: bool = Field(
        description="Within seven days, it is then their consent to be called more often."
    )
    consent_id: ConsentId | None = Field(None, description="One that was taken down already.")
    assigned_to: Actor | None = Field(None, description="Who calls; default: whoever comes.")


class ItemAssignRequest(Model):
    """To whom an item is given; null: to whoever comes."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"actor": "agent-17", "reason": "speaks Spanish"}]}
    )

    actor: Actor | None
    reason: Line


class BecauseRead(Read):
    """A part of the score. `on`: since when; of what expires, its last day."""

    code: str
    points: int
    on: str | None
    subject: str | None = Field(description="What it is about, where that has an id.")


class WaitingRead(Read):
    """Why an item is not offered, and until when; null: nobody knows."""

    why: Why
    until_at: Instant | None


class SuggestedRead(Read):
    """What one can do about it."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    act: WorkAct
    by: Channel | None = Field(alias="with", description="By which channel.")


class ItemContactRead(Read):
    """The latest contact about the account."""

    id: ContactId
    started_at: Instant
    channel: Channel
    direction: str
    outcome: str | None


class ItemChannelRead(Read):
    """What the gate says of a channel now; `codes`: every reason against it."""

    channel: Channel
    allowed: bool
    codes: list[str]
    next_allowed_at: Instant | None
    closes_at: Instant | None


class WorkItemRead(Read):
    """An account on a worklist, and why. The score is the sum of `because`."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ITEM]})

    id: WorkItemId
    worklist: str
    account_id: AccountId | None = Field(
        description="null: a message from somebody nobody knows, about no account."
    )
    account_reference: str | None
    person_id: PersonId | None
    score: int
    because: list[BecauseRead]
    overdue_minor: int
    workable: bool
    waiting: WaitingRead | None
    callback_at: Instant | None
    claimed_by: str | None
    claimed_until_at: Instant | None
    assigned_to: str | None
    attempts: int
    last_contact: ItemContactRead | None
    contactability: list[ItemChannelRead]
    suggested: list[SuggestedRead]


class WorkItemsPage(JudgedPage[WorkItemRead]):
    """One page of a worklist, in working order; short where the gate decides what it holds."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "data": [_ITEM],
                    "next_cursor": None,
                    "judged_through_on": "2026-03-02",
                    "accounts_behind": 0,
                }
            ]
        }
    )


class ScriptRead(Read):
    """How to speak: the person's language, and what must be said."""

    language: str | None
    disclosures: list[str]


class ClaimedItemRead(WorkItemRead):
    """An item that is yours until `claimed_until_at`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_ITEM,
                    "workable": True,
                    "waiting": None,
                    "script": {"language": "en", "disclosures": ["collector_identity"]},
                }
            ]
        }
    )

    script: ScriptRead


class WorkItemStateRead(Read):
    """How an item stands after what was done."""

    model_config = ConfigDict(json_schema_extra={"examples": [_STATE]})

    id: WorkItemId
    worklist: str
    account_id: AccountId | None
    claimed_by: str | None
    claimed_until_at: Instant | None
    skipped_until_at: Instant | None
    callback_at: Instant | None
    assigned_to: str | None
    attempts: int
