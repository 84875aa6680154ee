"""What an endpoint is sent: an event as the feed tells it, in the envelope of the specification.

`type` and `timestamp` stand outside, all else in `data`: ids and figures, never a name.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from uuid import UUID

import orjson

from app.schemas.edge.ids import PREFIXES, encode, shown
from app.schemas.events.told import EventTold

#: The longest body. What does not fit is said to be left out, and is in the feed.
MOST_BYTES: Final = 20_000
_OUTSIDE = {"type", "occurred_at"}


class Own(Protocol):
    """What is told to endpoints and is no event of the feed."""

    @property
    def event_id(self) -> UUID: ...
    @property
    def type(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def body(self) -> Mapping[str, Any] | None: ...


def message(told: object) -> bytes:
    """The body for an event of the feed, or for what is told beside it (`Own`)."""
    body = getattr(told, "body", None)
    said = _of_feed(told) if body is None else _own(told)
    written = orjson.dumps(said)
    if len(written) <= MOST_BYTES:
        return written
    said["data"]["data"] = {"left_out_bytes": len(orjson.dumps(said["data"]["data"]))}
    return orjson.dumps(said)


def _of_feed(event: object) -> dict[str, Any]:
    said = EventTold.model_validate(event).model_dump(mode="json")
    type_ = said.pop("type")
    del said["occurred_at"]
    at: datetime = event.occurred_at  # type: ignore[attr-defined]  # validated just now
    return {"type": type_, "timestamp": _timestamp(at), "data": said}


def _own(told: Any) -> dict[str, Any]:  # noqa: ANN401 - see `Own`
    own: Own = told
    return {
        "type": own.type,
        "timestamp": _timestamp(own.occurred_at),
        "data": {
            **dict.fromkeys(EventTold.model_fields.keys() - _OUTSIDE),
            "id": encode(PREFIXES["event"], own.event_id),
            "data": shown("data", dict(own.body or {})),
        },
    }


def _timestamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
