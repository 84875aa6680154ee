"""Pauses: days of a plan that do not count; and a broken plan given another chance."""

from pydantic import ConfigDict, Field

from app.schemas.edge.acts import ActRead
from app.schemas.edge.ids import PauseId
from app.schemas.edge.time import Date
from app.schemas.edge.types import Model, Read
from app.schemas.edge.words import Line


class PauseRequest(Model):
    """Which days shall not count. They may lie in the past or in the future."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "starts_on": "2026-03-15",
                    "ends_on": "2026-04-15",
                    "reason": "between two jobs",
                }
            ]
        }
    )

    starts_on: Date
    ends_on: Date = Field(description="The last day frozen; it must lie after `starts_on`.")
    reason: Line


class PauseResume(Model):
    """When a pause ends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})

    effective_on: Date | None = Field(None, description="Default: the business date.")
    reason: Line | None = None


class PauseRead(Read):
    """A pause there is or was. Days from `starts_on` up to, not including, `ends_on` are free."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "pau_01h455vb4pex5vsknk084sn02q",
                    "starts_on": "2026-03-15",
                    "ends_on": "2026-04-15",
                    "resumed_on": None,
                    "reason": "between two jobs",
                    "acts": [],
                }
            ]
        }
    )

    id: PauseId
    starts_on: Date
    ends_on: Date = Field(description="The last day frozen: as agreed, or the day it was resumed.")
    resumed_on: Date | None
    reason: str
    acts: list[ActRead] = Field(description="Who did what to it, and why, oldest first.")


class ReinstateRequest(Model):
    """Why a broken plan is given another chance."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "back in work"}]})

    reason: Line
    effective_on: Date | None = Field(None, description="Default: the business date.")
