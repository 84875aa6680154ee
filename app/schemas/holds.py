"""Holds: typed stops on an account."""

from typing import Literal

from pydantic import ConfigDict, Field

from app.domain.facts import HoldKind
from app.schemas.types import Choice, Date, HoldId, Line, Model, Read


class HoldRequest(Model):
    """A stop on the account. Without `ends_on`, until it is released."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "dispute", "reason": "amount contested"}]}
    )

    kind: Choice[HoldKind]
    variant: Literal["standard", "mental_health"] | None = Field(
        None, description="Of a breathing space."
    )
    treatment_ends_on: Date | None = Field(None, description="Of a mental-health one.")
    starts_on: Date | None = Field(None, description="Default: the business date.")
    ends_on: Date | None = Field(None, description="Its last day.")
    reason: Line


class HoldRelease(Model):
    """When a hold ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})

    effective_on: Date | None = Field(None, description="Default: the business date.")


class HoldRead(Read):
    """A hold there is or was."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "hold_01h455vb4pex5vsknk084sn02q",
                    "kind": "dispute",
                    "starts_on": "2026-02-01",
                    "ends_on": None,
                    "released_on": None,
                    "reason": "amount contested",
                }
            ]
        }
    )

    id: HoldId
    kind: HoldKind
    starts_on: Date
    ends_on: Date | None
    released_on: Date | None
    reason: str
