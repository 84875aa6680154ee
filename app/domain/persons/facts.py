"""What a person said, or was found out about them: facts of their own, that cross accounts.

Appended and never changed. They hold ids, codes and days; a name or an address never.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from app.domain.contact.words import Channel, ConsentKind, Label, RestrictionKind
from app.domain.values import Value


class Kind(StrEnum):
    """What a fact of a person is."""

    CONSENT = "consent"
    REVOCATION = "revocation"
    RESTRICTION = "restriction"
    LIFT = "lift"
    LOCATION = "location"
    VALIDITY = "validity"
    NUMBER_CHECK = "number_check"
    MERGE = "merge"


class Body(Value, kw_only=True):
    """What all bodies are."""


class ConsentGiven(Body, kw_only=True):
    """An agreement, with its evidence. `channels`, `account_ids` None: all of them."""

    consent: ConsentKind
    point_id: UUID
    given_at: datetime
    channel_given: str
    evidence: Mapping[str, str]
    channels: tuple[Channel, ...] | None = None
    account_ids: tuple[UUID, ...] | None = None
    written: bool = False
    days: int | None = None
    expires_on: date | None = None
    notice_sent_on: date | None = None
    opt_out_until_on: date | None = None
    person_id: UUID | None = None  # of `third_party`: with whom we may speak of the debt
    demonstrated_access: bool = False  # of `e_sign`


class Revoked(Body, kw_only=True):
    """Words that take back what was allowed for one point, by these channels."""

    point_id: UUID
    channels: tuple[Channel, ...]
    received_at: datetime
    how: str
    consent_id: UUID | None = None
    provisional: bool = False
    contact_id: UUID | None = None


class Restricted(Body, kw_only=True):
    """What stands against contacts until it is lifted or over."""

    restriction: RestrictionKind
    reason: str
    account_ids: tuple[UUID, ...] | None = None
    channel: Channel | None = None
    point_id: UUID | None = None
    place: Label | None = None
    days: tuple[int, ...] | None = None
    from_: time | None = None
    to: time | None = None
    time_zone: str | None = None
    representative_id: UUID | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    since_on: date | None = None
    extended: bool = False
    attorney_consents: bool = False
    attorney_silent_since_on: date | None = None
    evidence: str | None = None


class Lifted(Body, kw_only=True):
    """The end of a restriction."""

    restriction_id: UUID
    at: datetime
    reason: str
    said_by_person: bool
    contact_id: UUID | None = None


class Located(Body, kw_only=True):
    """Where the person said to be."""

    time_zone: str
    said_on: date
    contact_id: UUID | None = None


class Validated(Body, kw_only=True):
    """What is believed of a point from now on."""

    point_id: UUID
    validity: str
    because: str | None = None
    on: date


class NumberChecked(Body, kw_only=True):
    """A look into a database of reassigned numbers."""

    point_id: UUID
    checked_on: date
    reassigned: bool
    database: str


class Merged(Body, kw_only=True):
    """This person and another are one: what was said of both counts for the other."""

    into_person_id: UUID
    reason: str


#: The body of each kind.
BODIES: Mapping[Kind, type[Body]] = {
    Kind.CONSENT: ConsentGiven,
    Kind.REVOCATION: Revoked,
    Kind.RESTRICTION: Restricted,
    Kind.LIFT: Lifted,
    Kind.LOCATION: Located,
    Kind.VALIDITY: Validated,
    Kind.NUMBER_CHECK: NumberChecked,
    Kind.MERGE: Merged,
}
_KINDS = {body: kind for kind, body in BODIES.items()}


class PersonFact(Value, kw_only=True):
    """One fact of a person, and who entered it when. `sequence` counts within the person."""

    id: UUID
    sequence: int
    recorded_at: datetime
    business_date: date
    actor: str | None
    role: str
    origin: str | None = None
    body: Body
    person_id: UUID | None = None  # whose it was when it was entered

    @property
    def kind(self) -> Kind:
        return _KINDS[type(self.body)]
