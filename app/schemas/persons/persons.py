"""Persons: who they are, and where they say to be."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain import field_limits
from app.domain.contact.words import Accessibility
from app.schemas.edge.ids import ContactId, PersonId
from app.schemas.edge.time import Date, Instant, TimeZone
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Line, words

Region = Annotated[str, words(field_limits.REGION)]
Language = Annotated[str, words(field_limits.LANGUAGE)]

_PERSON: JsonDict = {
    "id": "per_01h455vb4pex5vsknk084sn02q",
    "role": "debtor",
    "reference": "CUST-77",
    "name": "Jane Doe",
    "email": "jane@example.com",
    "phone": None,
    "language": "en",
    "time_zone": "America/Chicago",
    "region": "US-TX",
    "deceased_on": None,
    "accessibility": [],
    "vulnerable": None,
    "said_to_be": None,
    "erased_at": None,
    "merged_into_person_id": None,
    "etag": '"1"',
}


class VulnerableFields(Model):
    """Why this person is handled with more care, in words that stay with them."""

    since_on: Date
    note: Line


class PersonPatch(Model):
    """What changes about a person; what is left out stays, `null` takes it away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"language": "es"}]})

    name: Line | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None
    region: Region | None = None
    deceased_on: Date | None = None
    accessibility: Annotated[Many[Choice[Accessibility]], Field(max_length=3)] | None = None
    vulnerable: VulnerableFields | None = None


class LocationRequest(Model):
    """Where the person says to be; for 180 days that alone counts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"time_zone": "America/Los_Angeles", "said_on": "2026-03-01"}]
        }
    )

    time_zone: TimeZone
    said_on: Date
    contact_id: ContactId | None = Field(None, description="The contact in which it was said.")


class MergeRequest(Model):
    """Whom this person is the same as. Keep names out of `reason`: it stays."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"into": "per_01h455vb4pex5vsknk084sn02q", "reason": "same birth date and address"}
            ]
        }
    )

    into: PersonId
    reason: Line


class VulnerableRead(Read):
    since_on: Date
    note: str


class SaidToBeRead(Read):
    """Where the person said to be, and when."""

    time_zone: str
    on: Date


class PersonRead(Read):
    """A person, as known today. Erased, nothing is left but ids."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PERSON]})

    id: PersonId
    role: str
    reference: str | None
    name: str | None
    email: str | None
    phone: str | None
    language: str | None
    time_zone: str | None
    region: str | None
    deceased_on: Date | None
    accessibility: list[str]
    vulnerable: VulnerableRead | None
    said_to_be: SaidToBeRead | None
    erased_at: Instant | None
    merged_into_person_id: PersonId | None = Field(
        description="In lists: who stands for them now. Read by the old id, that person is told."
    )
    etag: str
