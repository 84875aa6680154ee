"""Debtors' links: what was made, who has answered its question, and every wrong answer."""

# pyright: reportAssignmentType=false

from typing import Annotated
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from app.domain.links.link import Verify
from app.domain.vocabulary import Role
from app.storage.tables.columns import (
    Instant,
    Key,
    MaybeInstant,
    MaybeMinor,
    MaybeString,
    Number,
    Owned,
    Signed,
    String,
    Strings,
    not_negative,
    of_account,
    one_of,
    positive,
    within_account,
)

_Hash = Annotated[bytes, Field(sa_type=LargeBinary)]
_MaybeHash = Annotated[bytes | None, Field(sa_type=LargeBinary)]
_Ids = Annotated[list[UUID], Field(sa_type=ARRAY(postgresql.UUID(as_uuid=True)))]


def _of_person() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"])


class DebtorLink(Signed, Owned, table=True):
    """What one debtor may do alone, until when. Of its token only the hash is kept."""

    __tablename__ = "debtor_link"
    __table_args__ = (
        one_of("verify", Verify),
        one_of("role", Role),
        *not_negative("wrong_answers"),
        of_account(),
        _of_person(),
        Index("ix_debtor_link_token_hash", "token_hash"),
        Index("ix_debtor_link_id", "tenant_id", "id"),
    )

    id: Key
    person_id: UUID
    token_hash: _Hash
    purposes: Strings
    quote_ids: _Ids
    settlement_id: UUID | None
    least_minor: MaybeMinor
    most_minor: MaybeMinor
    verify: String
    code_hash: _MaybeHash
    locale: String
    expires_at: Instant
    return_url: MaybeString
    frame_ancestors: Strings
    wrong_answers: int
    opened_at: MaybeInstant
    verified_at: MaybeInstant
    used_at: MaybeInstant
    locked_at: MaybeInstant
    revoked_at: MaybeInstant
    created_at: Instant
    origin: MaybeString


class LinkSession(Owned, table=True):
    """A browser that answered the question, or a frame of a portal that knows the debtor."""

    __tablename__ = "link_session"
    __table_args__ = (
        within_account("debtor_link", "link_id"),
        Index("ix_link_session_token_hash", "token_hash"),
    )

    id: Key
    link_id: UUID
    token_hash: _Hash
    frame_origin: MaybeString
    created_at: Instant
    expires_at: Instant


class LinkAttempt(Owned, table=True):
    """A wrong answer, counted over all links of a person."""

    __tablename__ = "link_attempt"
    __table_args__ = (
        *positive("number"),
        within_account("debtor_link", "link_id"),
        _of_person(),
        Index("ix_link_attempt_person_id_at", "tenant_id", "person_id", "at"),
    )

    link_id: Key
    number: Number
    person_id: UUID
    at: Instant
