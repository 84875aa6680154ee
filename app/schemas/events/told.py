"""An event as it is sent: whatever version told it, with the fields it had then."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator

from app.domain.entries.events import EventType
from app.schemas.edge.ids import shown
from app.schemas.events.base import EventBase


def _with_prefixes(data: object) -> object:
    return shown("data", data)


class EventTold(EventBase):
    """One event, rendered. What its `data` is by type, the catalog says."""

    type: EventType
    data: Annotated[Mapping[str, Any], BeforeValidator(_with_prefixes)]
