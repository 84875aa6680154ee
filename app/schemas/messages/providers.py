"""Providers of messages: ways out, as they are set up."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.contact.words import Channel
from app.domain.messages.carrying import CarrierKind
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Choice, Model, Read
from app.schemas.edge.words import Line, Reference

HeaderName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9-]+$")]
HeaderValue = Annotated[str, Field(max_length=1000, pattern=r"^[ -~]*$")]
SecretName = Annotated[
    str, Field(max_length=64, pattern=r"^[a-z][a-z0-9_-]*$", examples=["postmark"])
]
Address = Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[!-?A-~]+@[!-?A-~]+$")]
Url = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[!-~]+$")]

_PROVIDER: JsonDict = {
    "kind": "http",
    "channel": "email",
    "url": "https://api.mail.example.com/messages",
    "headers": {},
    "secret_ref": "postmark",
    "callback_secret_ref": "postmark-callbacks",
    "idempotent": True,
    "rate_per_second": 20,
    "from": "Accord <billing@example.com>",
    "return_path": None,
}


class ProviderRequest(Model):
    """How a carrier is set up. Credentials are names of settings, never values."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PROVIDER]})

    kind: Choice[CarrierKind]
    channel: Choice[Channel]
    url: Url | None = Field(None, description="Of `smtp`: smtp:// or smtps://; none of `print`.")
    headers: Annotated[dict[HeaderName, HeaderValue], Field(max_length=20)] = Field(
        default_factory=dict
    )
    secret_ref: SecretName | None = Field(
        None, description="A setting: a bearer token, or `user:password` of a mail server."
    )
    callback_secret_ref: SecretName | None = Field(None, description="It signs the callbacks.")
    idempotent: bool = Field(
        False, description="It knows a message again by `Idempotency-Key`, and sends it once."
    )
    rate_per_second: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = None
    from_: Line | None = Field(None, alias="from", description="From whom it comes.")
    return_path: Address | None = Field(
        None, description="Bounces come to `local+msg_…@domain` of it."
    )


class ProviderRead(Read):
    """A carrier as it is set up."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {**_PROVIDER, "name": "postmark", "version": 1,
                 "changed_at": "2026-01-12T15:00:00Z"}
            ]
        },
        serialize_by_alias=True,
    )  # fmt: skip

    name: str
    kind: CarrierKind
    channel: Channel
    url: str | None
    headers: dict[str, Any]
    secret_ref: str | None
    callback_secret_ref: str | None
    idempotent: bool
    rate_per_second: int | None
    from_: str | None = Field(alias="from")
    return_path: str | None
    version: int
    changed_at: Instant


ProviderName = Reference
