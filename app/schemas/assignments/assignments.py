"""Teams, and accounts given to whoever works them."""

from typing import Literal

from pydantic import ConfigDict, Field, SkipValidation, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from app.domain.vocabulary import Role
from app.schemas.edge.ids import AccountId
from app.schemas.edge.problems import Problem
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Many, Model, Read
from app.schemas.edge.words import Actor, Line, Reference, TeamName

MAX_MEMBERS = 200
_ASSIGN: JsonDict = {"actor": "agent-17", "reason": "speaks Spanish"}


class TeamRequest(Model):
    """Who belongs to a team from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"actors": ["agent-17", "ann"]}]})

    actors: Many[Actor] = Field(max_length=MAX_MEMBERS)


class TeamRead(Read):
    """A team as it is now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "austin",
                    "version": 2,
                    "actors": ["agent-17", "ann"],
                    "actor": "boss-1",
                    "business_date": "2026-03-01",
                    "recorded_at": "2026-03-01T09:00:00Z",
                }
            ]
        }
    )

    name: str
    version: int = Field(description="From 1; each change of the members is one.")
    actors: list[str]
    actor: str | None = Field(description="Who said so.")
    business_date: Date
    recorded_at: Instant


class AssignmentRequest(Model):
    """To whom an account is given: an actor or a team; both null takes it back."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ASSIGN]})

    actor: Actor | None = None
    team: TeamName | None = None
    reason: Line

    @model_validator(mode="after")
    def _one(self) -> "AssignmentRequest":
        if self.actor is not None and self.team is not None:
            raise PydanticCustomError("one", "should name an actor or a team, not both")
        return self


class AssignmentItem(AssignmentRequest):
    """One account of many; named by its id or by your own reference."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"account_reference": "INV-2026-0042", **_ASSIGN}]}
    )

    account_id: AccountId | None = None
    account_reference: Reference | None = None

    @model_validator(mode="after")
    def _named(self) -> "AssignmentItem":
        if (self.account_id is None) == (self.account_reference is None):
            raise PydanticCustomError("named", "should name account_id or account_reference")
        return self


class AssignmentBatchRequest(Model):
    """Up to 1,000 accounts. `atomic`: all or none; `continue`: those that can be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "mode": "continue",
                    "items": [{"account_reference": "INV-2026-0042", **_ASSIGN}],
                }
            ]
        }
    )

    mode: Literal["atomic", "continue"]
    items: Many[SkipValidation[AssignmentItem]] = Field(min_length=1, max_length=1000)


class AssignmentRead(Read):
    """An account as it was given to somebody, or taken back."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
                    "number": 1,
                    "assigned_actor": "agent-17",
                    "assigned_team": None,
                    "reason": "speaks Spanish",
                    "actor": "boss-1",
                    "role": "supervisor",
                    "origin": None,
                    "business_date": "2026-03-01",
                    "recorded_at": "2026-03-01T09:00:00Z",
                }
            ]
        }
    )

    account_id: AccountId
    number: int = Field(description="From 1, per account; the last one counts.")
    assigned_actor: str | None
    assigned_team: str | None
    reason: str
    actor: str | None = Field(description="Who gave it.")
    role: Role
    origin: str | None
    business_date: Date
    recorded_at: Instant


class AssignmentBatchItem(Read):
    """What became of one item."""

    status: int = Field(description="201, or the problem's status.")
    account_id: AccountId | None = None
    problem: Problem | None = None


class AssignmentBatchRead(Read):
    """One result an item, in their order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"results": [{"status": 201, "account_id": "acc_01h455vb4pex5vsknk084sn02q"}]}
            ]
        }
    )

    results: list[AssignmentBatchItem]
