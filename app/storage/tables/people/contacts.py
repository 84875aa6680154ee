"""What was done to reach somebody, what the gate decided before it, and by which policy."""

# pyright: reportAssignmentType=false

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from app.domain.contact.validation import ItemizationReference
from app.domain.contact.words import Channel, Direction
from app.domain.vocabulary import Role
from app.domain.worklists.dialer import DialerFormat
from app.storage.tables.columns import (
    Entered,
    Instant,
    Json,
    Key,
    MaybeInstant,
    MaybeJson,
    MaybeString,
    Minor,
    Number,
    Owned,
    Signed,
    String,
    Tenanted,
    not_negative,
    of_account,
    one_of,
    positive,
    stored,
)

CONTACT_FACT_KINDS = ("recorded", "corrected", "voided", "judged")
DECISION_ENDS = ("used", "released")
_Ids = Annotated[list[UUID], Field(sa_type=ARRAY(postgresql.UUID(as_uuid=True)))]
#: Ordered by its bytes, whatever the database sorts by.
_Name = Annotated[str, Field(primary_key=True, sa_type=Text(collation="C"))]
_List = Annotated[list[Any], Field(sa_type=JSONB)]
_Hash = Annotated[bytes, Field(sa_type=LargeBinary)]


def _of_person() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"])


def _of_contact() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "contact_id"], ["contact.tenant_id", "contact.id"])


class Contact(Tenanted, table=True):
    """A contact as it is said to have been, by all corrections. `summary` can be erased."""

    __tablename__ = "contact"
    __table_args__ = (
        one_of("channel", Channel),
        one_of("direction", Direction),
        CheckConstraint("cardinality(account_ids) > 0 OR direction = 'in'", name="account_ids"),
        UniqueConstraint("tenant_id", "reference"),
        _of_person(),
        Index(None, "tenant_id", "person_id", "started_at"),
        Index("ix_contact_tenant_id_started_at", "tenant_id", "started_at", "id"),
        Index("ix_contact_tenant_id_entered_at", "tenant_id", "entered_at", "id"),
        Index(
            "ix_contact_unknown_sender",
            "tenant_id",
            "started_at",
            postgresql_where=text(
                "person_id IS NULL AND needs_reading AND read_at IS NULL AND voided_on IS NULL"
            ),
        ),
        Index(
            "ix_contact_stray",
            "tenant_id",
            "started_at",
            postgresql_where=text(
                "needs_reading AND account_ids = '{}' AND read_at IS NULL AND voided_on IS NULL"
            ),
        ),
    )

    id: Key
    reference: MaybeString
    person_id: UUID | None
    point_id: UUID | None
    account_ids: _Ids
    channel: String
    direction: String
    purpose: String
    started_at: Instant
    duration_seconds: int | None
    outcome: MaybeString
    label: MaybeString
    right_party: bool | None
    with_consent_id: UUID | None
    decision_id: UUID | None
    in_reply_to: UUID | None
    limited_content: bool
    disposition: MaybeString
    language: MaybeString
    summary: MaybeString
    more: Json
    outside: _List
    corrections: int
    voided_on: date | None
    content_hash: _Hash
    actor: MaybeString
    origin: MaybeString
    entered_at: Instant
    needs_reading: Annotated[bool, Field(sa_column_kwargs={"server_default": text("false")})]
    read_at: MaybeInstant
    read_actor: MaybeString
    says: Annotated[
        list[str],
        Field(sa_type=ARRAY(Text), sa_column_kwargs={"server_default": text("'{}'")}),
    ]
    links: MaybeJson
    judged_by: MaybeJson


class ContactAccount(Owned, table=True):
    """Which accounts a contact was about."""

    __tablename__ = "contact_account"
    __table_args__ = (_of_contact(), of_account())

    contact_id: Key


class ContactFact(Entered, Tenanted, table=True):
    """What was said of a contact: recorded, corrected, voided, judged. Never changed."""

    __tablename__ = "contact_fact"
    __table_args__ = (one_of("kind", CONTACT_FACT_KINDS), one_of("role", Role), _of_contact())

    contact_id: Key
    sequence: Number
    kind: String
    body: Json
    recorded_at: Instant
    origin: MaybeString


class ContactDecision(Signed, Owned, table=True):
    """What the gate decided, and what became of its reservation."""

    __tablename__ = "contact_decision"
    __table_args__ = (
        one_of("channel", Channel),
        one_of("role", Role),
        one_of("ended_because", DECISION_ENDS),
        of_account(),
        _of_person(),
        UniqueConstraint("tenant_id", "id"),
        Index(None, "tenant_id", "person_id", "reserved_until_at"),
        Index("ix_contact_decision_asked", "tenant_id", "asked_at", "id"),
    )

    id: Key
    person_id: UUID
    point_id: UUID | None
    channel: String
    purpose: String
    label: MaybeString
    asked_at: Instant
    decided_at: Instant
    allowed: bool
    answer: Json
    reserved_until_at: MaybeInstant
    overridden: MaybeJson
    origin: MaybeString
    ended_because: MaybeString
    end_reason: MaybeString
    ended_at: MaybeInstant
    contact_id: UUID | None


class ContactPolicy(Entered, Tenanted, table=True):
    """A version of a contact policy, from a day on."""

    __tablename__ = "contact_policy"
    __table_args__ = (one_of("role", Role), *positive("version"))

    name: _Name
    version: Number
    effective_from: date
    document: Json
    recorded_at: Instant


_MaybeStrings = Annotated[list[str] | None, Field(sa_type=ARRAY(Text))]


class DialerList(Entered, Tenanted, table=True):
    """A list as it was made. `closed_at`: what nobody dialed was released."""

    __tablename__ = "dialer_list"
    __table_args__ = (one_of("format", DialerFormat), one_of("role", Role))

    id: Key
    worklist: String
    purpose: String
    format: String
    columns: _MaybeStrings
    made_at: Instant
    valid_until_at: Instant
    closed_at: MaybeInstant


class DialerRow(Owned, table=True):
    """A call that may be made: whom, about which account, until when. No number, no name."""

    __tablename__ = "dialer_row"
    __table_args__ = (
        *positive("number"),
        of_account(),
        Index("ix_dialer_row_list", "tenant_id", "list_id", "number"),
    )

    id: Key
    list_id: UUID
    number: int
    person_id: UUID
    point_id: UUID
    decision_id: UUID
    reference: String
    reason: String
    priority: int
    time_zone: String
    call_after_at: Instant
    call_before_at: Instant
    contact_id: UUID | None
    released_at: MaybeInstant


class Validation(Owned, table=True):
    """What an account's contacts come to: the first communication, and the notice that counts."""

    __tablename__ = "validation"
    __table_args__ = (
        of_account(),
        Index(
            "ix_validation_due", "tenant_id", "initial_on", "account_id",
            postgresql_where=text("sent_on IS NULL AND initial_on IS NOT NULL"),
        ),
        Index(
            "ix_validation_ends", "tenant_id", "ends_on", "account_id",
            postgresql_where=text("ended_on IS NULL AND ends_on IS NOT NULL"),
        ),
        stored(rewritten=True),
    )  # fmt: skip

    initial_contact_id: UUID | None
    initial_at: MaybeInstant
    initial_on: date | None
    notice_contact_id: UUID | None
    sent_on: date | None
    received_on: date | None
    ends_on: date | None
    dispute_contact_id: UUID | None
    disputed_on: date | None
    original_creditor_contact_id: UUID | None
    original_creditor_requested_on: date | None
    ended_on: date | None


class Itemization(Entered, Owned, table=True):
    """How a debt came to what it was placed with; the highest `number` counts. Never changed."""

    __tablename__ = "itemization"
    __table_args__ = (
        one_of("reference", ItemizationReference),
        one_of("role", Role),
        *positive("number"),
        *not_negative(
            "amount_minor", "interest_minor", "fees_minor", "payments_minor", "credits_minor"
        ),
        of_account(),
    )

    number: Number
    reference: String
    itemized_on: date
    amount_minor: Minor
    interest_minor: Minor
    fees_minor: Minor
    payments_minor: Minor
    credits_minor: Minor
    original_creditor: String
    recorded_at: Instant
    origin: MaybeString
