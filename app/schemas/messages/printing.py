"""Letters printed together: asked for, and posted."""

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.schemas.edge.ids import PrintBatchId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Model, Read
from app.schemas.edge.words import Reference

_BATCH: JsonDict = {
    "id": "pb_01h455vb4pex5vsknk084sn02q",
    "status": "mailed",
    "letters": 40,
    "made_at": "2026-01-12T15:00:00Z",
    "business_date": "2026-01-12",
    "actor": "agent-17",
    "mailed_on": "2026-01-12",
    "mailed_actor": "agent-17",
    "reference": "TRAY-4711",
}


class PrintBatchRequest(Model):
    """How many letters at most."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"limit": 40}]})

    limit: int = Field(50, strict=True, ge=1, le=100)


class MailedRequest(Model):
    """When the letters were posted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"mailed_on": "2026-01-12", "reference": "TRAY-4711"}]}
    )

    mailed_on: Date
    reference: Reference | None = Field(None, description="The post's own, or yours.")


class PrintBatchRead(Read):
    """A batch as it stands: `made` until somebody says that it was posted."""

    model_config = ConfigDict(json_schema_extra={"examples": [_BATCH]})

    id: PrintBatchId
    status: str = Field(description="made or mailed.")
    letters: int
    made_at: Instant
    business_date: Date
    actor: str | None
    mailed_on: Date | None
    mailed_actor: str | None
    reference: str | None
