"""Links that a debtor opens alone: asked for, made once with their secret, and read."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from app.domain.links.link import LinkPurpose, LinkStatus, Verify
from app.schemas.edge.ids import AccountId, LinkId, PersonId, QuoteId, SettlementId
from app.schemas.edge.money import Minor
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Line

MAX_QUOTES = 10
MAX_ANCESTORS = 5


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.netloc or value != f"https://{parts.netloc}":
        raise PydanticCustomError("origin", "should be an origin, like https://portal.example")
    return value


_Url = Annotated[
    str, StringConstraints(max_length=500, pattern=r"^https://[!-~]+$"),
    Field(examples=["https://portal.example/back"]),
]  # fmt: skip
Origin = Annotated[
    str,
    StringConstraints(max_length=255, pattern=r"^https://[A-Za-z0-9.:-]+$"),
    AfterValidator(_origin),
    Field(examples=["https://portal.example"]),
]
_REQUEST: JsonDict = {
    "person_id": "per_01h455vb4pex5vsknk084sn02q",
    "purposes": ["view", "choose", "message"],
    "options": {"affordable_minor": {"min": 2500, "max": 20000}},
    "verify": "postal_code",
    "expires_at": "2026-02-20T00:00:00Z",
}
_READ: JsonDict = {
    "id": "lnk_01h455vb4pex5vsknk084sn02q",
    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
    "person_id": "per_01h455vb4pex5vsknk084sn02q",
    "purposes": ["view", "choose", "message"],
    "quote_ids": [],
    "settlement_id": None,
    "verify": "postal_code",
    "locale": "en-US",
    "expires_at": "2026-02-20T00:00:00Z",
    "return_url": None,
    "frame_ancestors": [],
    "status": "active",
    "wrong_answers": 0,
    "opened_at": None,
    "verified_at": None,
    "used_at": None,
    "created_at": "2026-02-01T09:00:00Z",
    "actor": "agent-17",
}


class BoundsRequest(Model):
    """The least and the most that may be said."""

    min: Minor | None = None
    max: Minor | None = None


class LinkOptionsRequest(Model):
    """What somebody may say they can pay each time."""

    affordable_minor: BoundsRequest | None = None


class LinkRequest(Model):
    """What one debtor may do alone, and what they are asked first."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REQUEST]})

    person_id: PersonId = Field(description="The account's debtor.")
    purposes: Many[Choice[LinkPurpose]] = Field(min_length=1, max_length=len(LinkPurpose))
    quote_ids: Many[QuoteId] = Field(
        default=(), max_length=MAX_QUOTES, description="Offers it shows, to be agreed to."
    )
    settlement_id: SettlementId | None = Field(None, description="Needed to accept a settlement.")
    options: LinkOptionsRequest | None = None
    verify: Choice[Verify] = Field(
        description="What is asked before anything personal shows. `last_four`: of the account's "
        "reference; `code`: six digits that the answer tells once."
    )
    expires_at: Instant = Field(description="Exclusive; within 30 days.")
    locale: Line | None = Field(None, description="Default: the person's language.")
    return_url: _Url | None = None
    frame_ancestors: Many[Origin] = Field(default=(), max_length=MAX_ANCESTORS)


class RevokeRequest(Model):
    """Why a link is closed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "sent to a wrong address"}]}
    )

    reason: Line


class LinkSessionRequest(Model):
    """The portal in whose frame the page is shown; it knows who its visitor is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"origin": "https://portal.example"}]}
    )

    origin: Origin


class LinkSessionRead(Read):
    """An address for one frame, for fifteen minutes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "link_id": "lnk_01h455vb4pex5vsknk084sn02q",
                    "url": "https://accord.example/l/…",
                    "expires_at": "2026-02-01T09:15:00Z",
                }
            ]
        }
    )

    link_id: LinkId
    url: str | None = Field(description="In this answer only; null where it is replayed.")
    expires_at: Instant


class LinkRead(Read):
    """A link without its token, and what was done with it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_READ]})

    id: LinkId
    account_id: AccountId
    person_id: PersonId
    purposes: list[LinkPurpose]
    quote_ids: list[QuoteId]
    settlement_id: SettlementId | None
    verify: Verify
    locale: str
    expires_at: Instant
    return_url: str | None
    frame_ancestors: list[str]
    status: LinkStatus
    wrong_answers: int = Field(description="Five lock it.")
    opened_at: Instant | None = Field(description="When it was first answered, not looked at.")
    verified_at: Instant | None
    used_at: Instant | None
    created_at: Instant
    actor: str | None


class LinkCreated(LinkRead):
    """A new link, with what nobody can read again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**_READ, "url": "https://accord.example/l/…", "code": None}]
        }
    )

    url: str | None = Field(description="In this answer only; null where it is replayed.")
    code: str | None = Field(description="For `verify: code`: tell it by another way.")
