"""Holds: typed stops on an account."""

from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.vocabulary import HoldKind
from app.schemas.edge.acts import ActRead
from app.schemas.edge.ids import ContactId, HoldId, MessageId
from app.schemas.edge.time import Date
from app.schemas.edge.types import Choice, Model, Read
from app.schemas.edge.words import Line


class HoldRequest(Model):
    """A stop on the account. Without `ends_on`, until it is released."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "dispute", "reason": "amount contested"}]}
    )

    kind: Choice[HoldKind]
    variant: Literal["standard", "mental_health", "fraud"] | None = Field(
        None,
        description="`standard` (default) or `mental_health` of a breathing space; `fraud` of a "
        "dispute that began with the discovery of fraud, which shortens the charge-off clock.",
    )
    treatment_ends_on: Date | None = Field(
        None, description="Of a mental-health one: it ends thirty days later."
    )
    starts_on: Date | None = Field(None, description="Default: the business date.")
    ends_on: Date | None = Field(
        None,
        description="Its last day, on which it still stands. Of a breathing space it follows "
        "from the variant.",
    )
    reason: Line


class HoldRelease(Model):
    """When a hold ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})

    effective_on: Date | None = Field(None, description="Default: the business date.")
    reason: Line | None = None
    treatment_ends_on: Date | None = Field(
        None,
        description="Of a mental-health breathing space: it is not over yet, but thirty days "
        "after this day.",
    )
    message_id: MessageId | None = Field(
        None, description="Of a dispute: the required notice that verified it, once it was sent."
    )


class SpanRead(Read):
    """From the first day to the last, both included."""

    starts_on: Date
    ends_on: Date


_HOLD: JsonDict = {
    "id": "hold_01h455vb4pex5vsknk084sn02q",
    "kind": "dispute",
    "starts_on": "2026-02-01",
    "ends_on": None,
    "released_on": None,
    "variant": None,
    "treatment_ends_on": None,
    "midway_review": None,
    "reason": "amount contested",
    "contact_id": None,
    "message_id": None,
    "acts": [],
}


class HoldRead(Read):
    """A hold there is or was."""

    model_config = ConfigDict(json_schema_extra={"examples": [_HOLD]})

    id: HoldId
    kind: HoldKind
    starts_on: Date
    ends_on: Date | None
    released_on: Date | None
    variant: str | None = Field(description="Of a breathing space or a dispute of fraud.")
    treatment_ends_on: Date | None
    midway_review: SpanRead | None = Field(
        description="Of a standard breathing space: when a debt adviser looks at it again."
    )
    reason: str
    contact_id: ContactId | None = Field(description="By which it was placed by itself.")
    message_id: MessageId | None = Field(description="Which verified it, as its release says.")
    acts: list[ActRead] = Field(description="Who did what to it, and why, oldest first.")


class HoldPlacedRead(HoldRead):
    """A hold just placed, and the messages it met."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**_HOLD, "messages_suppressed": [], "messages_in_flight": []}]
        }
    )

    messages_suppressed: list[MessageId] = Field(description="They waited, and will not go.")
    messages_in_flight: list[MessageId] = Field(
        description="They are being sent, and go; or may have gone."
    )
