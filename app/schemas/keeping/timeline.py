"""What happened with a person, whatever the account, and about an account, whoever it was."""

from typing import Any

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.contact.words import EntryKind
from app.schemas.edge.ids import AccountId
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Read

_ENTRY: JsonDict = {
    "at": "2026-01-10T15:00:00Z",
    "kind": "contact",
    "title": "call.conversation",
    "who": "agent-17",
    "id": "ctc_01h455vb4pex5vsknk084sn02q",
    "about": ["acc_01h455vb4pex5vsknk084sn02q"],
    "data": {"channel": "call", "direction": "out", "outcome": "conversation", "outside": []},
}


class TimelineEntryRead(Read):
    """One thing that happened."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ENTRY]})

    at: Instant
    kind: EntryKind
    title: str = Field(description="A code: an event's type, a fact's kind, a contact's outcome.")
    who: str | None
    id: str = Field(description="Of the contact, the message, the fact or the event.")
    about: list[AccountId]
    data: dict[str, Any]


class JoinedTimelineRead(Read):
    """A page of what happened about an account with all its contacts, the newest first."""

    data: list[TimelineEntryRead]
    next_before: Instant | None = Field(description="As `before`, the next page; null: the end.")


class PersonTimelineRead(Read):
    """A page, the newest first."""

    data: list[TimelineEntryRead]
    next_before: Instant | None = Field(description="As `before`, the next page; null: the end.")
