"""The log of deliveries, and what is asked of it."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from app.domain.webhooks.attempts import Only, Status
from app.schemas.edge.ids import AccountId, DeliveryId, EventId, ReplayId
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Choice, Model, Read
from app.schemas.webhooks.endpoints import Patterns

_ATTEMPT = {
    "at": "2026-10-06T09:30:00Z",
    "status": 500,
    "ms": 38,
    "error": None,
    "response_bytes": 21,
    "response_start": "database unavailable\n",
}
_DELIVERY: dict[str, Any] = {
    "id": "whd_01h455vb4pex5vsknk084sn02q",
    "event_id": "evt_01h455vb4pex5vsknk084sn02q",
    "type": "installment.missed",
    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
    "sequence": 12,
    "occurred_at": "2026-10-06T09:30:00Z",
    "status": "retrying",
    "attempts": [_ATTEMPT],
    "next_at": "2026-10-06T09:30:05Z",
    "replay_id": None,
}


class AttemptRead(Read):
    """One request and what came of it. `error` says why no answer came."""

    at: Instant
    status: int | None
    ms: int
    error: str | None = Field(
        description="`timeout`, `private-address`, `name-not-resolved`, `connection-failed`, "
        "`tls-failed`, `no-http-answer` or `not-a-url`; null where there was an answer."
    )
    response_bytes: int = Field(description="How much of the answer's body was read: up to 1,024.")
    response_start: str


class DeliveryRead(Read):
    """One event to one endpoint. Sent again, it keeps its id and the event's."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DELIVERY]})

    id: DeliveryId
    event_id: EventId
    type: str
    account_id: AccountId | None
    sequence: int | None
    occurred_at: Instant
    status: Status
    attempts: list[AttemptRead]
    next_at: Instant | None
    replay_id: ReplayId | None


class ReplayRequest(Model):
    """Which span of the log to send again."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"from": "2026-10-05T00:00:00Z", "only": "failed"}]}
    )

    since: Annotated[Instant | None, Field(alias="from")] = Field(
        default=None, description="Events that happened from this moment on."
    )
    until: Annotated[Instant | None, Field(alias="to")] = Field(
        default=None, description="And before this one."
    )
    after_event_id: EventId | None = Field(
        default=None, description="Or those after this one in the feed."
    )
    types: Patterns | None = None
    only: Choice[Only] = Field(
        default=Only.FAILED,
        description="`failed`: what was given up, exhausted or passed over. `all`: what was "
        "delivered, too.",
    )


class ReplayRead(Read):
    """What is being sent again."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "rpl_01h455vb4pex5vsknk084sn02q", "count": 12}]}
    )

    id: ReplayId
    count: int
