"""Contact points: numbers, addresses, mailboxes of a person, and what they may be used for."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain import field_limits
from app.domain.contact.words import (
    BasisKind,
    Channel,
    InvalidBecause,
    Label,
    PointKind,
    PointSource,
    Validity,
)
from app.schemas.edge.ids import ConsentId, ContactPointId, PersonId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Line, Reference, words

Region = Annotated[str, words(field_limits.REGION)]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$", min_length=2, max_length=2, examples=["US"])]
PostalCode = Annotated[str, Field(min_length=1, max_length=20, examples=["60601"])]
_Priority = Annotated[int, Field(strict=True, ge=1, le=100)]

_REQUEST: JsonDict = {
    "kind": "phone",
    "value": "+1 512 555 0100",
    "label": "mobile",
    "source": "creditor",
    "obtained_on": "2026-03-01",
}
_POINT: JsonDict = {
    "id": "cp_01h455vb4pex5vsknk084sn02q",
    "person_id": "per_01h455vb4pex5vsknk084sn02q",
    "kind": "phone",
    "value": "+1 512 555 0100",
    "normalized": "+15125550100",
    "label": "mobile",
    "priority": 1,
    "line_type": "mobile",
    "shared": False,
    "employer_provided": False,
    "source": "creditor",
    "obtained_on": "2026-03-01",
    "postal": None,
    "extension": None,
    "reference": "crm:77-1",
    "time_zones": ["America/Chicago"],
    "validity": "unverified",
    "invalid_because": None,
    "suppressed": False,
    "basis": [],
    "opted_out": [],
    "number_checked_on": None,
    "unsubscribe_path": "/u/AZAKXayWd0u8zrMCCZqAVwGQCl2slndLvM6zAgmagFf3c1Vx0Qz7P2a9c0d1e2Z5",
    "last_inbound_on": None,
    "last_used_at": None,
    "etag": '"1"',
}


class PostalFields(Model):
    """A postal address."""

    lines: Annotated[Many[Line], Field(min_length=1, max_length=6)]
    city: Line | None = None
    region: Region | None = None
    postal_code: PostalCode | None = None
    country: Country | None = None


class ContactPointRequest(Model):
    """A number, an address or a mailbox; the same one again is the one there is."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REQUEST]})

    kind: Choice[PointKind]
    value: Line = Field(description="As it is written; a postal address in one line.")
    label: Choice[Label] = Label.OTHER
    priority: _Priority = Field(1, description="The lower, the sooner it is used.")
    line_type: Reference | None = Field(None, examples=["mobile"])
    shared: bool = Field(False, description="Others use it, too.")
    employer_provided: bool = False
    source: Choice[PointSource] = PointSource.CREDITOR
    obtained_on: Date | None = None
    postal: PostalFields | None = None
    extension: Annotated[str, Field(max_length=20)] | None = None
    reference: Reference | None = Field(None, description="Your own id of it.")


class ContactPointPatch(Model):
    """What changes about a point; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"priority": 2}]})

    label: Choice[Label] | None = None
    priority: _Priority | None = None
    shared: bool | None = None
    employer_provided: bool | None = None
    line_type: Reference | None = None


class ValidityRequest(Model):
    """What is believed of a point from now on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"validity": "invalid", "because": "not_in_service"}]}
    )

    validity: Choice[Validity]
    because: Choice[InvalidBecause] | None = None
    on: Date | None = None


class NumberCheckRequest(Model):
    """A look into a database of reassigned numbers; a text may follow for sixty days."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"checked_on": "2026-03-01", "database": "RND"}]}
    )

    checked_on: Date
    reassigned: bool = False
    database: Reference


class BasisRead(Read):
    """Why a value may be used by an electronic channel."""

    channel: Channel
    kind: BasisKind
    on: Date
    withdrawn: bool
    consent_id: ConsentId | None = Field(description="What it was agreed to by; null: used.")


class ContactPointRead(Read):
    """A point, and what the person's consents and revocations make of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_POINT]})

    id: ContactPointId
    person_id: PersonId
    kind: PointKind
    value: str
    normalized: str | None
    label: Label
    priority: int
    line_type: str | None
    shared: bool
    employer_provided: bool
    source: PointSource
    obtained_on: Date | None
    postal: dict[str, Any] | None
    extension: str | None
    reference: str | None
    time_zones: list[str]
    validity: Validity
    invalid_because: InvalidBecause | None
    suppressed: bool = Field(description="Its value is used for nothing, whoever has it.")
    basis: list[BasisRead]
    opted_out: list[Channel]
    number_checked_on: Date | None
    unsubscribe_path: str | None = Field(
        description="Opens, at this server, a form that opts the point out. For `List-Unsubscribe`."
    )
    last_inbound_on: Date | None = Field(description="When the person last wrote from it.")
    last_used_at: Instant | None = Field(description="When we last used it.")
    etag: str


class PointFactRead(Read):
    """One thing that was said of a point, and who took it down when."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "at": "2026-03-01T15:00:00Z",
                    "kind": "validity",
                    "actor": "agent-17",
                    "data": {"validity": "invalid", "because": "not_in_service"},
                }
            ]
        }
    )

    at: Instant
    kind: str
    actor: str | None
    data: dict[str, Any]
