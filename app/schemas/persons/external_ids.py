"""What other systems call our accounts, persons and contacts."""

from typing import Annotated

from pydantic import ConfigDict, Field

from app.domain.contact.words import ExternalKind
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Model, Read

_ID = "acc_01h455vb4pex5vsknk084sn02q"

ThingId = Annotated[
    str,
    Field(
        max_length=30,
        pattern=r"^(acc|per|ctc)_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        description="Of an account, a person or a contact.",
        examples=[_ID],
    ),
]


class ExternalIdRequest(Model):
    """The thing that another system calls so."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"id": _ID}]})

    id: ThingId


class ExternalIdRead(Read):
    """A thing, and what another system calls it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "system": "hubspot",
                    "kind": "account",
                    "external_id": "9871204",
                    "id": _ID,
                    "recorded_at": "2026-03-01T15:00:00Z",
                    "actor": "crm-sync",
                    "origin": "hubspot",
                }
            ]
        }
    )

    system: str
    kind: ExternalKind
    external_id: str
    id: ThingId
    recorded_at: Instant
    actor: str | None
    origin: str | None


class ExternalIdsRead(Read):
    """Everything a thing is called, in the order it was said."""

    data: list[ExternalIdRead]
