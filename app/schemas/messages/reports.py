"""What carriers say became of messages."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag
from pydantic.config import JsonDict

from app.schemas.edge.ids import MessageId
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Many, Model, Read
from app.schemas.edge.words import Line, Reference

Reportable = Literal["sent", "delivered", "bounced", "failed", "complained", "returned", "opened"]
_REPORT: JsonDict = {
    "provider": "postmark",
    "provider_message_id": "0a129aee",
    "status": "delivered",
    "at": "2026-01-12T15:00:05Z",
}


class DeliveryReport(Model):
    """What became of one message, by its carrier's name for it or by ours."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REPORT]})

    provider: Reference
    provider_message_id: Reference | None = Field(None, description="Either this or message_id.")
    message_id: MessageId | None = None
    status: Reportable
    at: Instant
    code: Line | None = None
    detail: Line | None = Field(None, description="Addresses in it are not kept.")
    hard: bool = Field(True, description="Of a bounce: the address does not exist.")


class DeliveryReports(Model):
    """What became of several."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_REPORT]}]})

    items: Annotated[Many[DeliveryReport], Field(min_length=1, max_length=1000)]


def _how_many(sent: object) -> str:
    return "many" if isinstance(sent, dict) and "items" in sent else "one"


#: Which it is, `items` says; so a refusal speaks of the one that was meant.
ReportedDeliveries = Annotated[
    Annotated[DeliveryReport, Tag("one")] | Annotated[DeliveryReports, Tag("many")],
    Discriminator(_how_many),
]


class AppliedRead(Read):
    """What a report did."""

    message_id: MessageId | None = Field(description="Null: not known yet; kept for a day.")
    applied: bool = Field(description="Whether it moved the message.")


class AppliedListRead(Read):
    """What each report did, in their order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"results": [{"message_id": "msg_01h455vb4pex5vsknk084sn02q", "applied": True}]}
            ]
        }
    )

    results: list[AppliedRead]


#: A provider's own form: one thing it says, or several.
Callback = Annotated[dict[str, Any], Field(max_length=200)]
