"""What events of persons carry: codes, days and ids; never a name, a value, or what was said."""

from typing import Literal

from pydantic import Field

from app.domain.contact.words import (
    Channel,
    ConsentKind,
    InvalidBecause,
    PartyRole,
    PointKind,
    PointSource,
    RestrictionKind,
)
from app.schemas.edge.ids import (
    AccountId,
    ConsentId,
    ContactId,
    ContactPointId,
    EvidenceFileId,
    LegalHoldId,
    PartyId,
    PersonId,
    RestrictionId,
)
from app.schemas.edge.time import Date, Instant
from app.schemas.events.base import Data, absent

Accounts = list[AccountId] | None


class PersonData(Data):
    """Of a person. `GET /v1/persons/{id}` says who that is today."""

    person_id: PersonId


class PersonMergedData(PersonData):
    """Two were one: `person_id` is from now on another name of `into_person_id`."""

    into_person_id: PersonId


class RecordingRef(Data):
    """A recording of a person that somebody else keeps."""

    contact_id: ContactId
    ref: str


class AttachmentRef(Data):
    """An attachment of a contact with a person that somebody else keeps."""

    contact_id: ContactId
    ref: str


class PersonErasedData(PersonData):
    """Nothing of them is kept but ids, codes, days and money.

    Whoever keeps their recordings and attachments erases them now.
    """

    recordings: list[RecordingRef] = Field(description="At most 50; more are told by the next one.")
    attachments: list[AttachmentRef] = absent(
        "At most 50 together with the recordings. Left out where there are none."
    )


class PartyAddedData(PersonData):
    """Somebody has to do with the account."""

    party_id: PartyId
    role: PartyRole
    from_on: Date


class PartyEndedData(PersonData):
    """They have so no longer, from this day on."""

    party_id: PartyId
    role: PartyRole
    ended_on: Date


class ContactPointAddedData(PersonData):
    """A number, an address or a mailbox became known.

    What an account is placed with is told by `account.created`.
    """

    point_id: ContactPointId
    kind: PointKind
    source: PointSource


class ContactPointChangedData(PersonData):
    """Something is known otherwise of a point; or it was looked up, or is used again."""

    point_id: ContactPointId
    changed: list[str] = Field(description="Names of fields.")


class ContactPointInvalidatedData(PersonData):
    """It is used for nothing from now on."""

    point_id: ContactPointId
    because: InvalidBecause


class ConsentGivenData(PersonData):
    """The person agreed to something. Null: all channels, all accounts."""

    consent_id: ConsentId
    point_id: ContactPointId
    kind: ConsentKind
    channels: list[Channel] | None
    account_ids: Accounts
    expires_on: Date | None


class ConsentRevokedData(PersonData):
    """The person took back what they had allowed: in force from here on."""

    revocation_id: ConsentId
    point_id: ContactPointId
    channels: list[Channel]
    consent_id: ConsentId | None = Field(description="The one consent taken back. Null: all.")
    provisional: bool


class RestrictionPlacedData(PersonData):
    """Something stands against contacts. Null: all accounts, channels, points; no end."""

    restriction_id: RestrictionId
    kind: RestrictionKind
    account_ids: Accounts
    channel: Channel | None
    point_id: ContactPointId | None
    until_at: Instant | None


class RestrictionLiftedData(PersonData):
    """It stands no longer, from then on."""

    restriction_id: RestrictionId
    at: Instant
    said_by_person: bool


class EvidenceCreatedData(Data):
    """All of the account as of a day was put into a file; `root` stands for every byte of it."""

    evidence_file_id: EvidenceFileId
    root: str
    as_of: Date


class LegalHoldData(Data):
    """Nothing of the account is erased or purged; or may be again."""

    legal_hold_id: LegalHoldId
    from_on: Date


class LegalHoldReleasedData(Data):
    """What the hold kept may be erased again, once its time is over."""

    legal_hold_id: LegalHoldId
    because: Literal["released"]
