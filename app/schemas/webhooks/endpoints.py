"""Endpoints as they are asked for and shown."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from app.domain.webhooks.addresses import MOST_URL
from app.domain.webhooks.health import Because, Resume
from app.domain.webhooks.pace import DEFAULT_RATE, MOST_RATE
from app.schemas.edge.ids import EventId, WebhookId
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Line

_EXAMPLE: dict[str, Any] = {
    "url": "https://billing.example.com/accord",
    "types": ["installment.*", "plan.broken"],
    "description": "The billing system",
    "ordering": "account",
    "rate_per_second": 10,
}
_SHOWN: dict[str, Any] = {
    "id": "wh_01h455vb4pex5vsknk084sn02q",
    "url": "https://billing.example.com/accord",
    "types": ["installment.*", "plan.broken"],
    "description": "The billing system",
    "ordering": "account",
    "rate_per_second": 10,
    "header_names": [],
    "contact_email": None,
    "status": "enabled",
    "disabled_because": None,
    "disabled_at": None,
    "position": "WzEsImV2ZW50cyIsMSw4MTMsIi4uLiIsMCwxXQ",
    "lag_seconds": 0.0,
    "failing_since_at": None,
    "former_secret_ends_at": None,
    "created_at": "2026-10-06T09:30:00Z",
}
_SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # noqa: S105 - an example's

Url = Annotated[
    str, Field(min_length=1, max_length=MOST_URL, examples=["https://billing.example.com/accord"])
]
Pattern = Annotated[
    str,
    StringConstraints(max_length=100, pattern=r"^[a-z_]+\.([a-z_]+|\*)$"),
    Field(examples=["installment.*"]),
]
Patterns = Annotated[Many[Pattern], Field(max_length=100)]
Ordering = Literal["account", "none"]
Rate = Annotated[int, Field(strict=True, ge=1, le=MOST_RATE)]
HeaderName = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")
]
HeaderValue = Annotated[
    str, StringConstraints(max_length=1000, pattern=r"^([!-~]([ -~]*[!-~])?)?$")
]
Headers = Annotated[dict[HeaderName, HeaderValue], Field(max_length=20)]
Email = Annotated[
    str,
    StringConstraints(min_length=3, max_length=254, pattern=r"^[!-?A-~]+@[!-?A-~]+$"),
    Field(examples=["ops@example.com"]),
]

_TYPES = "Only these: whole types, or all of a noun (`installment.*`). Null: all."
_ORDERING = (
    "`account`: an account's next event waits for the one before; accounts do not wait for each "
    "other. `none`: as fast as it goes; `sequence` tells the order."
)


class WebhookRequest(Model):
    """An endpoint to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    url: Url = Field(description="`https`, at a public address.")
    types: Patterns | None = Field(None, description=_TYPES)
    description: Line | None = None
    ordering: Ordering = Field("account", description=_ORDERING)
    rate_per_second: Rate = DEFAULT_RATE
    headers: Headers | None = Field(None, description="Sent with each event; never shown again.")
    contact_email: Email | None = Field(
        None, description="Who is told that it fails, and that it was disabled."
    )


class WebhookPatch(Model):
    """What is to be changed: what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"types": None}]})

    url: Url | None = None
    types: Patterns | None = Field(None, description=_TYPES)
    description: Line | None = None
    ordering: Ordering | None = Field(None, description=_ORDERING)
    rate_per_second: Rate | None = None
    headers: Headers | None = Field(None, description="Replaced as a whole; null: none.")
    contact_email: Email | None = None


class WebhookRead(Read):
    """An endpoint."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SHOWN]})

    id: WebhookId
    url: str
    types: list[str] | None
    description: str | None
    ordering: Ordering
    rate_per_second: int
    header_names: list[str]
    contact_email: str | None
    status: Literal["enabled", "disabled"]
    disabled_because: Because | None
    disabled_at: Instant | None
    position: str = Field(
        description="Up to here the feed was read for it: a cursor of `/v1/events`."
    )
    lag_seconds: float = Field(
        description="How long ago the oldest event happened that it was not told of; 0: none."
    )
    failing_since_at: Instant | None = Field(
        description="Since when nothing but failures came; after 120 hours of it: disabled."
    )
    former_secret_ends_at: Instant | None = Field(
        description="Until when the secret before this one signs, too."
    )
    created_at: Instant


class WebhookCreated(WebhookRead):
    """An endpoint with its secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_SHOWN, "secret": _SECRET}]})

    secret: str = Field(description="What its requests are signed with: keep it.")


class SecretRead(Read):
    """What an endpoint's requests are signed with."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"secret": _SECRET, "former_secret_ends_at": None}]}
    )

    secret: str
    former_secret_ends_at: Instant | None


class RotationRequest(Model):
    """A new secret, and how long the old one signs beside it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"keep_hours": 24}]})

    keep_hours: Annotated[int, Field(strict=True, ge=0, le=168)] = 24
    revoke_old: bool = Field(
        default=False, description="Where two sign already, end the older one now."
    )


class EnableRequest(Model):
    """From where an endpoint goes on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"resume": "where_it_stopped"}]})

    resume: Choice[Resume] = Resume.WHERE_IT_STOPPED


class PingRead(Read):
    """What an endpoint answered to a ping."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "event_id": "evt_01h455vb4pex5vsknk084sn02q",
                    "delivered": True,
                    "at": "2026-10-06T09:30:00Z",
                    "status": 204,
                    "ms": 41,
                    "error": None,
                    "response_bytes": 0,
                    "response_start": "",
                }
            ]
        }
    )

    event_id: EventId
    delivered: bool
    at: Instant
    status: int | None
    ms: int
    error: str | None
    response_bytes: int
    response_start: str
