"""Who did something, and why."""

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.vocabulary import Role
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Read

_APPROVED: JsonDict = {
    "act": "approved",
    "actor": "boss-1",
    "role": "supervisor",
    "origin": None,
    "reason": "documents seen",
    "effective_on": "2026-03-16",
    "business_date": "2026-03-16",
    "entered_at": "2026-03-16T15:04:05.123456Z",
}


class ActRead(Read):
    """Somebody did something."""

    model_config = ConfigDict(json_schema_extra={"examples": [_APPROVED]})

    act: str = Field(description="`proposed`, `approved`, `placed`, …", examples=["approved"])
    actor: str | None = Field(description="As `Accord-Actor` said.", examples=["boss-1"])
    role: Role | None = Field(description="Of the key it was done with.")
    origin: str | None = Field(description="As `Accord-Origin` said.")
    reason: str | None = Field(examples=["documents seen"])
    effective_on: Date
    business_date: Date = Field(description="The day it was entered on.")
    entered_at: Instant
