"""Suppressions: values that are used for nothing, by their hashes."""

from pydantic import ConfigDict, Field

from app.domain.contact.words import SuppressedBecause, SuppressedKind
from app.schemas.edge.ids import SuppressionId
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Choice, Model, Read
from app.schemas.edge.words import Line


class SuppressionRequest(Model):
    """A number or an address that is to be used for nothing, whoever has it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "phone", "value": "+1 312 555 0100", "reason": "court"}]
        }
    )

    kind: Choice[SuppressedKind]
    value: Line = Field(description="Kept as a keyed hash alone.")
    reason: Choice[SuppressedBecause]


class SuppressionEndRequest(Model):
    """Why the value may be used again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the order was lifted"}]})

    reason: Line


class SuppressionRead(Read):
    """A suppressed value; which one, nobody can read from it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "sup_01h455vb4pex5vsknk084sn02q",
                    "kind": "phone",
                    "value_hash": "9f86d081884c7d659a2feaa0c55ad015",
                    "reason": "court",
                    "actor": "agent-17",
                    "recorded_at": "2026-03-01T15:00:00Z",
                    "ended_at": None,
                }
            ]
        }
    )

    id: SuppressionId
    kind: SuppressedKind
    value_hash: str = Field(description="Of the normalized value, with a secret of the tenant's.")
    reason: SuppressedBecause
    actor: str | None
    recorded_at: Instant
    ended_at: Instant | None
