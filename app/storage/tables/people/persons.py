"""How a person is reached, and what they said. Values may be rewritten; facts may not."""

# pyright: reportAssignmentType=false

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
    select,
    text,
    union_all,
)

from app.domain.contact.words import ExternalKind, Label, PartyRole, PointKind, PointSource
from app.domain.persons.facts import Kind
from app.domain.vocabulary import Role
from app.storage.tables.columns import (
    Big,
    Entered,
    Instant,
    Json,
    Key,
    MaybeInstant,
    MaybeJson,
    MaybeString,
    Now,
    Number,
    Owned,
    Signed,
    String,
    Tenanted,
    of_account,
    one_of,
)
from app.storage.tables.registry import table
from app.storage.tables.tenancy import Person


def _of_person() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"])


class ContactPoint(Tenanted, table=True):
    """A number, an address, a mailbox of a person; erased with them."""

    __tablename__ = "contact_point"
    __table_args__ = (
        one_of("kind", PointKind),
        one_of("label", Label),
        one_of("source", PointSource),
        _of_person(),
        Index(None, "tenant_id", "person_id", "kind", "normalized", unique=True),
        Index("ix_contact_point_tenant_id_kind_normalized", "tenant_id", "kind", "normalized"),
    )

    id: Key
    person_id: UUID
    kind: String
    value: String
    normalized: MaybeString
    label: String
    priority: int
    line_type: MaybeString
    shared: bool
    employer_provided: bool
    source: String
    obtained_on: date | None
    postal: MaybeJson
    extension: MaybeString
    reference: MaybeString
    version: Big
    created_at: Now
    last_inbound_on: date | None
    last_used_at: MaybeInstant


class PersonFact(Entered, Tenanted, table=True):
    """What a person said, or was found out about them."""

    __tablename__ = "person_fact"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("role", Role),
        CheckConstraint("sequence > 0", name="sequence"),
        _of_person(),
        UniqueConstraint("tenant_id", "id"),
    )

    person_id: Key
    sequence: Number
    id: UUID
    kind: String
    body: Json
    recorded_at: Instant
    origin: MaybeString


class PersonWords(Tenanted, table=True):
    """Of a fact of a person (`id`), what tells who they are; emptied with them."""

    __tablename__ = "person_words"
    __table_args__ = (_of_person(), Index(None, "tenant_id", "person_id"))

    id: Key
    person_id: UUID
    ip: MaybeString
    user_agent: MaybeString
    words: MaybeString


class Party(Entered, Owned, table=True):
    """Somebody's part in an account. `note` can be erased; an end is added, nothing taken away."""

    __tablename__ = "party"
    __table_args__ = (
        one_of("party_role", PartyRole),
        one_of("role", Role),
        of_account(),
        _of_person(),
        Index(None, "tenant_id", "person_id"),
    )

    id: Key
    person_id: UUID
    party_role: String
    from_on: date
    note: MaybeString
    recorded_at: Instant
    origin: MaybeString
    ended_on: date | None
    ended_at: MaybeInstant
    end_reason: MaybeString
    end_actor: MaybeString


class ExternalId(Signed, Tenanted, table=True):
    """What another system calls a thing of ours; emptied with the person it was of."""

    __tablename__ = "external_id"
    __table_args__ = (
        one_of("kind", ExternalKind),
        one_of("role", Role),
        Index(
            "ix_external_id_named", "tenant_id", "system", "kind", "external_id",
            unique=True, postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_external_id_thing", "tenant_id", "kind", "thing_id"),
    )  # fmt: skip

    id: Key
    system: String
    kind: String
    external_id: MaybeString
    thing_id: UUID
    recorded_at: Instant
    origin: MaybeString
    ended_at: MaybeInstant
    end_actor: MaybeString


def is_one_of(
    column: ColumnElement[Any], person_id: UUID | ColumnElement[UUID]
) -> ColumnElement[bool]:
    """Whether a column names this person by any id of theirs, whichever of them is given.

    Joined, and no subquery compared: row-level security would let no index be read by that.
    """
    named, other = table(Person).alias("named"), table(Person).alias("other")
    today = func.coalesce(named.c.merged_into, named.c.id)
    mine = union_all(
        select(today).where(named.c.id == person_id),
        select(other.c.id)
        .select_from(named)
        .join(other, other.c.merged_into == today)
        .where(named.c.id == person_id),
    )
    return column.in_(mine)
