"""What must be kept, what is forgotten, and which values are used for nothing."""

# pyright: reportAssignmentType=false

from datetime import date
from typing import Annotated
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, text
from sqlmodel import Field

from app.domain.contact.words import SuppressedBecause, SuppressedKind
from app.domain.evidence.course import Desk, EscalationStatus, Urgency
from app.domain.vocabulary import Role
from app.storage.tables.columns import (
    Entered,
    Instant,
    Json,
    Key,
    MaybeInstant,
    MaybeString,
    Number,
    Owned,
    Signed,
    String,
    Tenanted,
    of_account,
    one_of,
    positive,
    within_account,
)

MADE_FOR = ("legal", "complaint", "subject_access", "audit")
_Bytes = Annotated[bytes, Field(sa_type=LargeBinary)]


class SuppressionKey(Tenanted, table=True):
    """The secret that a tenant's suppressed values are hashed with."""

    __tablename__ = "suppression_key"

    secret: _Bytes


class Suppression(Entered, Tenanted, table=True):
    """A value that is used for nothing, by its keyed hash alone, until somebody ends it."""

    __tablename__ = "suppression"
    __table_args__ = (
        one_of("kind", SuppressedKind),
        one_of("reason", SuppressedBecause),
        one_of("role", Role),
        Index(
            "ix_suppression_value", "tenant_id", "value_hash", unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Key
    kind: String
    value_hash: _Bytes
    reason: String
    recorded_at: Instant
    origin: MaybeString
    ended_at: MaybeInstant
    end_reason: MaybeString
    end_actor: MaybeString


class LegalHold(Entered, Owned, table=True):
    """Nothing of the account is erased or purged until it is released."""

    __tablename__ = "legal_hold"
    __table_args__ = (one_of("role", Role), of_account())

    id: Key
    matter: String
    from_on: date
    recorded_at: Instant
    origin: MaybeString
    released_on: date | None
    released_at: MaybeInstant
    release_reason: MaybeString
    release_actor: MaybeString


class EvidenceFile(Entered, Owned, table=True):
    """What was handed over about an account, byte for byte; it holds no words of anybody."""

    __tablename__ = "evidence_file"
    __table_args__ = (
        one_of("made_for", MADE_FOR),
        one_of("role", Role),
        *positive("files"),
        of_account(),
    )

    id: Key
    as_of: date
    made_for: String
    root: String
    manifest: _Bytes
    content: _Bytes
    files: int
    recorded_at: Instant


class Erasure(Signed, Tenanted, table=True):
    """Somebody asked that a person be forgotten. `due_on`: the first day it may be done."""

    __tablename__ = "erasure"
    __table_args__ = (
        one_of("role", Role),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"]),
        Index(
            "ix_erasure_due", "tenant_id", "due_on", "person_id",
            postgresql_where=text("done_at IS NULL"),
        ),
    )  # fmt: skip

    person_id: Key
    reason: String
    due_on: date
    asked_at: Instant
    origin: MaybeString
    done_at: MaybeInstant


#: Still somebody's to work.
_OPEN = text("status NOT IN ('closed', 'returned')")


class Escalation(Signed, Owned, table=True):
    """An account that somebody higher, or another desk, is to look at. Words can be erased."""

    __tablename__ = "escalation"
    __table_args__ = (
        one_of("desk", Desk),
        one_of("urgency", Urgency),
        one_of("status", EscalationStatus),
        one_of("role", Role),
        of_account(),
        Index("ix_escalation_id", "tenant_id", "id"),
        Index("ix_escalation_status", "tenant_id", "status", "id"),
        Index("ix_escalation_open", "tenant_id", "account_id", postgresql_where=_OPEN),
    )

    id: Key
    desk: String
    urgency: String
    status: String
    reason: MaybeString
    note: MaybeString
    contact_id: UUID | None
    assigned_to: MaybeString
    opened_on: date
    due_on: date | None
    closed_on: date | None
    outcome: MaybeString
    party_id: UUID | None
    evidence_file_id: UUID | None
    court: MaybeString
    case_number: MaybeString
    filed_on: date | None
    opened_at: Instant


class EscalationFact(Entered, Owned, table=True):
    """A step of an escalation: what, by whom, when. Never changed but for its note."""

    __tablename__ = "escalation_fact"
    __table_args__ = (
        one_of("role", Role),
        *positive("number"),
        within_account("escalation", "escalation_id"),
    )

    escalation_id: Key
    number: Number
    step: String
    body: Json
    note: MaybeString
    at: Instant
