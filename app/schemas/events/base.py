"""What every event carries, whatever its type; its `data` says the rest."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.domain.vocabulary import Role
from app.schemas.edge.ids import AccountId, EventId, PaymentId, PlanId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Read


class EventBase(Read):
    """One event. Apply an account's events in order of `sequence`; skip ids you have seen."""

    id: EventId
    occurred_at: Instant
    business_date: Date
    account_id: AccountId | None = Field(description="Null: of what belongs to no account.")
    plan_id: PlanId | None
    payment_id: PaymentId | None
    sequence: int = Field(
        description="From 1, per account, without gaps; what has no account is one row of the "
        "tenant's, but for money in suspense, which is counted per payment.",
        examples=[7],
    )
    corrects: EventId | None = Field(description="The event whose verdict this one changes.")
    actor: str | None = Field(
        description="Who did what this came of, as `Accord-Actor` said. Null: a day passed."
    )
    role: Role | None = Field(description="Of the key it was done with.")
    origin: str | None = Field(description="The system it came from, as `Accord-Origin` said.")
    reason: str | None = Field(
        description="Why, in the actor's words; withheld where they name the debtor."
    )
    balance_after_minor: int | None = Field(
        description="What the account owes from here on. On the last event of what changed it."
    )
    unapplied_after_minor: int | None = Field(
        description="What waits on the account unapplied from here on; likewise."
    )


class Data(BaseModel):
    """What an event of one type says, and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Effective(Data):
    """Of an act: the day from which it counts."""

    effective_on: Date


#: A field that one way of telling has and another has not: left out there, never null.
def absent(description: str) -> Any:  # noqa: ANN401 - a field's default
    """The default of a field that is left out where it says nothing."""
    return Field(default_factory=lambda: None, description=description)
