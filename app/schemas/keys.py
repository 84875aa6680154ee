"""API keys as they are asked for and shown: the secret once, and never again."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.domain.vocabulary import Role
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Line

_SHOWN: dict[str, Any] = {
    "id": "0199c0f3-a5b8-7c1e-9d0a-5b3c2f1e4a6d",
    "name": "The billing system",
    "role": "agent",
    "scopes": ["accounts:read", "payments:*"],
    "created_at": "2026-10-06T09:30:00Z",
    "expires_at": "2027-10-06T09:30:00Z",
    "last_used_at": None,
    "former_secret_ends_at": None,
    "revoked_at": None,
}
_SECRET = "accord_live_000102030405060708090a0b0c0d0e0f1011121314151617"  # noqa: S105 - an example's

Scope = Annotated[
    str,
    StringConstraints(min_length=1, max_length=40, pattern=r"^(\*|[a-z]+:([a-z]+|\*))$"),
    Field(examples=["payments:*"]),
]
Lasts = Annotated[int, Field(strict=True, ge=1, le=36_500)]


class KeyRequest(Model):
    """A key to be made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "The billing system",
                    "role": "agent",
                    "scopes": ["accounts:read", "payments:*"],
                    "lasts_days": 365,
                }
            ]
        }
    )

    name: Line = Field(description="What it is for.")
    role: Choice[Role] = Field(description="How far it may go by itself.")
    scopes: Annotated[Many[Scope], Field(min_length=1, max_length=100)] = Field(
        description="What it may do: none that the key which makes it lacks."
    )
    lasts_days: Lasts | None = Field(None, description="It ends so many days from now. Null: open.")


class KeyRotation(Model):
    """A new secret for a key."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"keep_hours": 24}]})

    keep_hours: Annotated[int, Field(strict=True, ge=0, le=8_760)] = Field(
        24, description="For so long the secret it had works too; 0: it ends at once."
    )
    lasts_days: Lasts | None = Field(
        None, description="The key ends so many days from now. Null: when it would have."
    )


class KeyRead(Read):
    """An API key without its secret, of which only a hash is kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SHOWN]})

    id: UUID = Field(description="A rotated key keeps it.")
    name: str
    role: Role
    scopes: list[str]
    created_at: Instant
    expires_at: Instant | None
    last_used_at: Instant | None = Field(description="To the hour.")
    former_secret_ends_at: Instant | None = Field(
        description="Until when the secret before this one works, too."
    )
    revoked_at: Instant | None


class KeySecretRead(KeyRead):
    """A key with its secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_SHOWN, "secret": _SECRET}]})

    secret: str | None = Field(
        description="To be sent as `Authorization: Bearer <secret>`. Shown this once: null where "
        "the answer is sent again for an `Idempotency-Key`; rotate the key then."
    )
