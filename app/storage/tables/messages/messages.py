"""What is to be sent to somebody, what it says, and every fact of its way."""

# pyright: reportAssignmentType=false

from datetime import date
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, text
from sqlmodel import Field

from app.domain.contact.words import Channel
from app.domain.messages.lifecycle import MessageStatus
from app.domain.vocabulary import Role
from app.storage.tables.columns import (
    Day,
    Entered,
    Instant,
    Json,
    Key,
    MaybeInstant,
    MaybeJson,
    MaybeString,
    Name,
    Number,
    Owned,
    Signed,
    String,
    Tenanted,
    TransactionId,
    not_negative,
    of_account,
    of_tenant,
    one_of,
    stored,
)

MESSAGE_FACT_KINDS = (
    "asked", "prepared", "claimed", "accepted", "refused", "lease_expired", "reported", "decided",
    "cancelled", "forbidden",
)  # fmt: skip
_MaybeBytes = Annotated[bytes | None, Field(sa_type=LargeBinary)]
_Hash = Annotated[bytes, Field(sa_type=LargeBinary)]


def _of_message() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "message_id"], ["message.tenant_id", "message.id"])


class Message(Signed, Tenanted, table=True):
    """A message as its facts add up. `next_at`: when a worker looks at it again.

    `notice`, `subject_id`, `about_on` are the key of one made by a rule, `reference` the caller's
    own: each is there once for ever. `arises`: from what a notice did. `sequence` counts its facts.
    `unheard`: an attempt may have gone, and it waits for the next.
    """

    __tablename__ = "message"
    __table_args__ = (
        one_of("channel", Channel),
        one_of("status", MessageStatus),
        one_of("role", Role),
        CheckConstraint("(lease_id IS NULL) = (leased_until IS NULL)", name="lease"),
        CheckConstraint("(notice IS NULL) = (subject_id IS NULL)", name="subject_id"),
        CheckConstraint("(notice IS NULL) = (about_on IS NULL)", name="about_on"),
        *not_negative("attempts", "sequence"),
        of_account(),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"]),
        Index(
            "ix_message_notice", "tenant_id", "notice", "subject_id", "about_on", unique=True,
            postgresql_where=text("notice IS NOT NULL"),
        ),
        Index(
            "ix_message_reference", "tenant_id", "reference", unique=True,
            postgresql_where=text("reference IS NOT NULL"),
        ),
        Index(
            "ix_message_due", "tenant_id", "next_at", "id",
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index(
            "ix_message_waiting", "tenant_id", "person_id",
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index(
            "ix_message_waiting_account", "tenant_id", "account_id",
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index(
            "ix_message_provider", "tenant_id", "provider", "provider_message_id",
            postgresql_where=text("provider_message_id IS NOT NULL"),
        ),
        Index("ix_message_tenant_id_asked_at", "tenant_id", "asked_at", "id"),
        Index("ix_message_account", "tenant_id", "account_id", "asked_at", "id"),
        Index("ix_message_person", "tenant_id", "person_id", "asked_at", "id"),
        Index("ix_message_status", "tenant_id", "status", "asked_at", "id"),
        stored(rewritten=True),
    )  # fmt: skip

    id: Key
    account_id: UUID
    person_id: UUID
    point_id: UUID | None
    channel: String
    purpose: String
    template_key: MaybeString
    template_version: int | None
    letter_id: UUID | None
    locale: MaybeString
    variables: Json
    notice: MaybeString
    subject: MaybeString
    subject_id: UUID | None
    about_on: date | None
    reference: MaybeString
    asked_hash: _Hash
    automatic: bool
    in_reply_to: UUID | None
    overriding: MaybeJson
    status: String
    reason: MaybeString
    not_before_at: MaybeInstant
    expires_at: MaybeInstant
    max_wait_days: int | None
    attempts: int
    unheard: bool
    next_at: MaybeInstant
    lease_id: UUID | None
    leased_until: MaybeInstant
    provider: MaybeString
    provider_idempotent: bool
    provider_message_id: MaybeString
    content_hash: _MaybeBytes
    decision_id: UUID | None
    contact_id: UUID | None
    sequence: int
    asked_at: Instant
    origin: MaybeString
    arises: MaybeString


class NoticeFollower(Tenanted, table=True):
    """Up to which event of the tenant's feed notices are made. `given_in`: the epoch it is of."""

    __tablename__ = "notice_follower"
    __table_args__ = (of_tenant(), {"postgresql_with": {"fillfactor": 70}})

    epoch: int
    tx: TransactionId
    after_account: UUID
    sequence: int
    given_in: int


class NoticeDay(Owned, table=True):
    """A day something is due or ends, before which somebody may be reminded. Never changed."""

    __tablename__ = "notice_day"
    __table_args__ = (
        of_account(),
        Index("ix_notice_day", "tenant_id", "arises", "about_on", "subject_id"),
        stored(rewritten=False),
    )

    arises: Name
    subject_id: Key
    about_on: Day


class PrintBatch(Entered, Tenanted, table=True):
    """Letters that were taken to be printed together; `mailed_on` once they were posted."""

    __tablename__ = "print_batch"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("(mailed_on IS NULL) = (mailed_at IS NULL)", name="mailed"),
        *not_negative("letters"),
        of_tenant(),
    )

    id: Key
    letters: int
    made_at: Instant
    mailed_on: date | None
    mailed_at: MaybeInstant
    mailed_actor: MaybeString
    reference: MaybeString


class PrintLetter(Tenanted, table=True):
    """A message in a batch, and which of its letters it is. Never changed."""

    __tablename__ = "print_letter"
    __table_args__ = (
        _of_message(),
        ForeignKeyConstraint(
            ["tenant_id", "batch_id"], ["print_batch.tenant_id", "print_batch.id"]
        ),
        Index(None, "tenant_id", "message_id"),
        stored(rewritten=False),
    )

    batch_id: Key
    number: Number
    message_id: UUID


class PrintFile(Tenanted, table=True):
    """What a printer was given of a batch, byte for byte; emptied once one of it is forgotten.

    The addresses of the others stay: they are drawn again to where they went.
    """

    __tablename__ = "print_file"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "batch_id"], ["print_batch.tenant_id", "print_batch.id"]
        ),
        CheckConstraint(
            "(pdf IS NULL) = (erased_at IS NOT NULL)"
            " AND (manifest IS NULL) = (pdf IS NULL) AND (pdf IS NULL OR addresses IS NOT NULL)",
            name="whole",
        ),
    )

    batch_id: Key
    pdf: _MaybeBytes
    addresses: _MaybeBytes
    manifest: _MaybeBytes
    erased_at: MaybeInstant


class MessageFact(Entered, Tenanted, table=True):
    """One thing that happened to a message: asked, claimed, reported and so on. Never changed."""

    __tablename__ = "message_fact"
    __table_args__ = (
        one_of("kind", MESSAGE_FACT_KINDS),
        one_of("role", Role),
        _of_message(),
        stored(rewritten=False),
    )

    message_id: Key
    sequence: Number
    kind: String
    body: Json
    at: Instant
    recorded_at: Instant


class MessageContent(Tenanted, table=True):
    """What a message says and where it goes, word for word. Can be erased; its hash stays."""

    __tablename__ = "message_content"
    __table_args__ = (_of_message(),)

    message_id: Key
    sent_to: MaybeString
    subject: MaybeString
    text: MaybeString
    html: MaybeString
    stored_at: Instant
    erased_at: MaybeInstant
