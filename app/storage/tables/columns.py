"""The kinds of columns there are, and the checks that go with them.

SQLModel validates nothing on a table class, so every range and every vocabulary is a CHECK
constraint here, but for the rows of a posting (`books/rules.py`). Constraint names follow one
convention: migrations and errors can rely on them.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, CheckConstraint, DateTime, ForeignKeyConstraint, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from app.domain.money import Component
from app.storage.database.types import Xid8

SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

_NOW = {"server_default": text("now()")}

#: Part of the primary key.
Key = Annotated[UUID, Field(primary_key=True)]
#: A position in the primary key, given by us and never by a sequence of the database.
Number = Annotated[int, Field(primary_key=True, sa_column_kwargs={"autoincrement": False})]
Name = Annotated[str, Field(primary_key=True, sa_type=Text)]
Day = Annotated[date, Field(primary_key=True)]
Code = Annotated[str, Field(primary_key=True, sa_type=CHAR(3))]
String = Annotated[str, Field(sa_type=Text)]
MaybeString = Annotated[str | None, Field(sa_type=Text)]
Strings = Annotated[list[str], Field(sa_type=ARRAY(Text))]
Currency = Annotated[str, Field(sa_type=CHAR(3))]
Minor = Annotated[int, Field(sa_type=BigInteger)]
MaybeMinor = Annotated[int | None, Field(sa_type=BigInteger)]
Big = Annotated[int, Field(sa_type=BigInteger)]
Json = Annotated[dict[str, Any], Field(sa_type=JSONB)]
MaybeJson = Annotated[dict[str, Any] | None, Field(sa_type=JSONB)]
#: Free metadata. The attribute has another name: SQLModel keeps `metadata` for itself.
Metadata = Annotated[dict[str, Any], Field(sa_type=JSONB, sa_column_kwargs={"name": "metadata"})]
#: An instant the database gives: the beginning of the transaction.
Now = Annotated[datetime, Field(sa_type=DateTime(timezone=True), sa_column_kwargs=_NOW)]
Instant = Annotated[datetime, Field(sa_type=DateTime(timezone=True))]
MaybeInstant = Annotated[datetime | None, Field(sa_type=DateTime(timezone=True))]
TransactionId = Annotated[int, Field(sa_type=Xid8)]
#: The transaction that wrote the row.
WrittenBy = Annotated[
    int,
    Field(sa_type=Xid8, sa_column_kwargs={"server_default": text("pg_current_xact_id()")}),
]

_CELLS = tuple(f"{component}_minor" for component in Component)


def stored(*, rewritten: bool, room: bool | None = None) -> dict[str, dict[str, float]]:
    """How a table is kept: `room` on its pages for new versions of rows, and when vacuum comes.

    Of rows that commands rewrite: at a fiftieth changed. Of rows that are only added: at a
    twentieth new. Statistics at a fiftieth, so that the planner knows today's dates.
    """
    early = (
        "autovacuum_vacuum_scale_factor" if rewritten else "autovacuum_vacuum_insert_scale_factor"
    )
    fill = {"fillfactor": 70} if (rewritten if room is None else room) else {}
    share = 0.02 if rewritten else 0.05
    return {"postgresql_with": {**fill, early: share, "autovacuum_analyze_scale_factor": 0.02}}


class Tenanted(SQLModel):
    """What every row carries first: whose it is."""

    tenant_id: Key


class Owned(Tenanted):
    """A row that belongs to an account, and so is locked with it."""

    account_id: Key


class Signed(SQLModel):
    """What says who did it: as whom, in which role, with which key."""

    actor: MaybeString
    role: String
    key_id: UUID | None


class Entered(Signed):
    """What somebody did on a business date of their own."""

    business_date: date


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """The column's vocabulary, by value."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def positive(*columns: str) -> tuple[CheckConstraint, ...]:
    return tuple(CheckConstraint(f"{name} > 0", name=name) for name in columns)


def not_negative(*columns: str) -> tuple[CheckConstraint, ...]:
    return tuple(CheckConstraint(f"{name} >= 0", name=name) for name in columns)


def cells(prefix: str = "") -> tuple[str, ...]:
    """The five component columns, in the domain's order."""
    return tuple(prefix + name for name in _CELLS)


def of_account() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "account_id"], ["account.tenant_id", "account.id"])


def of_tenant() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"])


def within_account(table: str, column: str) -> ForeignKeyConstraint:
    """`column` names a row of `table` in the same account: nothing hangs under another one."""
    return ForeignKeyConstraint(
        ["tenant_id", "account_id", column],
        [f"{table}.tenant_id", f"{table}.account_id", f"{table}.id"],
    )
