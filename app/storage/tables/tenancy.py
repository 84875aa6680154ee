"""Whose the data is, who may ask, who the people are, and under which policies."""

# pyright: reportAssignmentType=false

from datetime import date
from typing import Annotated
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from app.domain.persons.parties import PersonRole
from app.domain.vocabulary import Role, Spending
from app.storage.tables.columns import (
    Big,
    Code,
    Day,
    Instant,
    Json,
    Key,
    MaybeInstant,
    MaybeString,
    Metadata,
    Minor,
    Name,
    Now,
    Number,
    Owned,
    String,
    Strings,
    Tenanted,
    TransactionId,
    not_negative,
    of_account,
    of_tenant,
    one_of,
    positive,
    stored,
)

_EMPTY = {"server_default": text("'{}'")}
#: How a name is found, whatever its case; the database makes it of `name`.
FoldedName = Annotated[
    str | None,
    Field(sa_type=Text(collation="C"), sa_column_args=(Computed("lower(name)", persisted=True),)),
]
#: Of who came when accounts kept by themselves what asks for work.
_ALL = {"server_default": text(f"'{UUID(int=2**128 - 1)}'")}
_NONE_YET, _FIRST = {"server_default": text("0")}, {"server_default": text("1")}


class Tenant(Tenanted, table=True):
    """A customer of this service. `policy_epoch` rises with every new policy version.

    `work_kept_to`: up to which account older ones were gone through (`storage/worklists/older`).
    """

    __tablename__ = "tenant"
    __table_args__ = (UniqueConstraint("name"),)

    name: String
    time_zone: String
    sandbox: bool
    policy_epoch: Big
    created_at: Now
    work_kept_to: Annotated[UUID, Field(sa_column_kwargs=_ALL)]


class SandboxClock(Tenanted, table=True):
    """The business date a sandbox tenant set. No row: the date of its time zone."""

    __tablename__ = "sandbox_clock"
    __table_args__ = (of_tenant(),)

    business_date: date


class ApiKey(Tenanted, table=True):
    """A secret's hash and what its bearer may do.

    A rotated key keeps its id; its former secret works until `former_ends_at`. `last_used_at` is
    written at most once an hour.
    """

    __tablename__ = "api_key"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        UniqueConstraint("former_token_hash"),
        one_of("role", Role),
        CheckConstraint("(former_token_hash IS NULL) = (former_ends_at IS NULL)", name="former"),
        of_tenant(),
    )

    id: Key
    token_hash: bytes
    name: String
    role: String
    scopes: Strings
    created_at: Now
    revoked_at: MaybeInstant
    expires_at: MaybeInstant
    last_used_at: MaybeInstant
    former_token_hash: bytes | None
    former_ends_at: MaybeInstant


class ReportingLogin(Tenanted, table=True):
    """A login of somebody's tool, and which tenant it sees by the views of `reporting`."""

    __tablename__ = "reporting_login"
    __table_args__ = (UniqueConstraint("login"), of_tenant())

    login: Name
    granted_at: Now


class DaySpending(Tenanted, table=True):
    """What one actor behind one key spent on a business date, by kind and currency.

    Only where a policy limits a day's sum. `actor` is folded, and empty where none was named.
    """

    __tablename__ = "day_spending"
    __table_args__ = (one_of("spending", Spending), *not_negative("sum_minor"))

    business_date: Day
    key_id: Key
    actor: Name
    spending: Name
    currency: Code
    sum_minor: Minor


class Person(Tenanted, table=True):
    """Somebody on a side of a debt. Rewritable: a person can be erased and every sum stands.

    No foreign key to the tenant, here and on accounts: each insert would lock the one tenant
    row, and row-level security already holds `tenant_id` to the caller's.
    """

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("tenant_id", "role", "reference"),
        one_of("role", PersonRole),
        Index(None, "tenant_id", "folded_name", "id"),
        Index(
            "ix_person_merged_into",
            "tenant_id",
            "merged_into",
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
        Index(
            "ix_person_unreachable",
            "tenant_id",
            "id",
            postgresql_where=text("unreachable_on IS NOT NULL"),
        ),
    )

    id: Key
    role: String
    reference: MaybeString
    name: MaybeString
    email: MaybeString
    phone: MaybeString
    time_zone: MaybeString
    region: MaybeString
    language: MaybeString
    created_at: Now
    erased_at: MaybeInstant
    deceased_on: date | None
    accessibility: Annotated[list[str], Field(sa_type=ARRAY(Text), sa_column_kwargs=_EMPTY)]
    vulnerable_since_on: date | None
    vulnerable_note: MaybeString
    folded_name: FoldedName
    merged_into: UUID | None
    fact_sequence: Annotated[int, Field(sa_type=BigInteger, sa_column_kwargs=_NONE_YET)]
    version: Annotated[int, Field(sa_type=BigInteger, sa_column_kwargs=_FIRST)]
    unreachable_on: date | None


class Annotation(Owned, table=True):
    """Free text beside an account, plan or payment (`subject_id`). Rewritable, like persons."""

    __tablename__ = "annotation"
    __table_args__ = (of_account(), stored(rewritten=False))

    subject_id: Key
    metadata_: Metadata
    ip: MaybeString
    user_agent: MaybeString


class Policy(Tenanted, table=True):
    """One version of a policy, as saved. Plans are pinned to these rows."""

    __tablename__ = "policy"
    __table_args__ = (*positive("version"), of_tenant())

    name: Name
    version: Number
    extends: MaybeString
    effective_from: date
    document: Json
    created_at: Now
    actor: MaybeString
    key_id: UUID | None


_NOBODY = {"server_default": text("'00000000-0000-0000-0000-000000000000'")}
Slot = Annotated[UUID, Field(primary_key=True, sa_column_kwargs=_NOBODY)]


class FeedEpoch(SQLModel, table=True):
    """Which database is served, by which start of a server, and what had ended: of a slot.

    Transaction ids of another cluster, or of a life that a restore ended, mean nothing here. On
    one server there is one slot, nobody's; where tenants are spread over many, each is one.
    """

    __tablename__ = "feed_epoch"

    slot: Slot
    epoch: int
    system_identifier: Big
    database_oid: Big
    table_oid: Big
    server_started_at: Instant
    horizon: TransactionId


class FeedEnd(SQLModel, table=True):
    """An epoch that ended, and the transaction before which all of it is certainly here."""

    __tablename__ = "feed_end"

    slot: Slot
    epoch: Number
    horizon: TransactionId
    ended_at: Now
