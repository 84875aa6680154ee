"""What somebody is to reach in a span of days."""

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from app.domain.money import MAX_MINOR
from app.domain.reports.targets import TargetMetric, TargetScope
from app.domain.vocabulary import Role
from app.schemas.edge.ids import TargetId
from app.schemas.edge.money import Currency
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Choice, Model, Read
from app.schemas.edge.words import Actor, Reference, TeamName

_SET: JsonDict = {
    "scope": {"actor": "agent-17"},
    "metric": "collected",
    "currency": "USD",
    "from": "2026-03-01",
    "to": "2026-03-31",
    "value": 2500000,
}


class TargetScopeRequest(Model):
    """Of whom it is expected: one of them."""

    actor: Actor | None = None
    team: TeamName | None = None
    creditor: Reference | None = None

    @model_validator(mode="after")
    def _one(self) -> "TargetScopeRequest":
        if len(self.model_dump(exclude_none=True)) != 1:
            raise PydanticCustomError("one", "should name an actor, a team or a creditor")
        return self

    @property
    def named(self) -> tuple[TargetScope, str]:
        """Which of them, and who."""
        ((scope, whose),) = self.model_dump(exclude_none=True).items()
        return TargetScope(scope), whose


class TargetRequest(Model):
    """What is to be reached from the first day to the last. A null value takes it back."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SET]})

    scope: TargetScopeRequest
    metric: Choice[TargetMetric]
    currency: Currency | None = Field(None, description="Of `collected`, and of nothing else.")
    since: Date = Field(alias="from")
    until: Date = Field(alias="to")
    value: int | None = Field(
        ge=0,
        le=MAX_MINOR,
        description="Minor units, basis points (`kept_bps`) or a number of things.",
    )


class TargetScopeRead(Read):
    """Of whom it is expected."""

    actor: str | None = None
    team: str | None = None
    creditor: str | None = None


class TargetRead(Read):
    """A target as it stands."""

    model_config = ConfigDict(
        populate_by_name=True,
        serialize_by_alias=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "tgt_01h455vb4pex5vsknk084sn02q",
                    **_SET,
                    "number": 1,
                    "actor": "boss-1",
                    "role": "supervisor",
                    "business_date": "2026-03-01",
                    "recorded_at": "2026-03-01T09:00:00Z",
                }
            ]
        },
    )

    id: TargetId
    scope: TargetScopeRead
    metric: TargetMetric
    currency: str | None
    from_on: Date = Field(alias="from")
    to_on: Date = Field(alias="to")
    value: int | None
    number: int = Field(description="From 1; each change of the value is one.")
    actor: str | None = Field(description="Who said so.")
    role: Role
    business_date: Date
    recorded_at: Instant
