"""What happened, as subscribers read it."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from app.domain.entries.events import EventType
from app.schemas.edge.ids import shown
from app.schemas.edge.types import AccountId, Date, EventId, Instant, PaymentId, PlanId, Read

_EXAMPLE = {"amount_minor": 12000, "effective_on": "2026-03-15"}


def _with_prefixes(data: object) -> object:
    return shown("data", data)


class EventRead(Read):
    """One event. Apply an account's events in order of `sequence`; skip ids you have seen."""

    id: EventId
    type: EventType
    occurred_at: Instant
    business_date: Date
    account_id: AccountId
    plan_id: PlanId | None
    payment_id: PaymentId | None
    sequence: int = Field(description="From 1, per account, without gaps.", examples=[7])
    data: Annotated[dict[str, Any], BeforeValidator(_with_prefixes)] = Field(examples=[_EXAMPLE])
    corrects: EventId | None = Field(description="The event whose verdict this one changes.")
