"""Imports: a file as it was sent, how far it is, and the lines that were rejected."""

# pyright: reportAssignmentType=false

from typing import Annotated
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from app.domain.vocabulary import Role
from app.storage.tables.columns import (
    Entered,
    Instant,
    Json,
    Key,
    MaybeInstant,
    MaybeString,
    Number,
    String,
    Strings,
    Tenanted,
    not_negative,
    of_tenant,
    one_of,
    positive,
)

IMPORT_KINDS = ("accounts", "plans", "charges", "payments", "returns", "corrections", "contacts")
IMPORT_STATUSES = ("queued", "running", "completed", "incomplete", "cancelled")
_Bytes = Annotated[bytes, Field(sa_type=LargeBinary)]
_MaybeBytes = Annotated[bytes | None, Field(sa_type=LargeBinary)]
_MaybeStrings = Annotated[list[str] | None, Field(sa_type=ARRAY(Text))]


def _of_run() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", "import_id"], ["import_run.tenant_id", "import_run.id"]
    )


class ImportRun(Entered, Tenanted, table=True):
    """One file on its way in. `line`: the last one that is done; `next_at` None: it has ended.

    `forget_at`: when what was rejected of it is forgotten; None: nothing is kept of that.
    """

    __tablename__ = "import_run"
    __table_args__ = (
        one_of("kind", IMPORT_KINDS),
        one_of("status", IMPORT_STATUSES),
        one_of("role", Role),
        *not_negative("bytes", "bytes_read", "line", "tries"),
        of_tenant(),
        Index(
            "ix_import_run_next_at", "tenant_id", "next_at",
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index(
            "ix_import_run_forget_at", "tenant_id", "forget_at",
            postgresql_where=text("forget_at IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Key
    kind: String
    dry_run: bool
    said: Json
    header: Strings
    sha256: _Bytes
    bytes: int
    warnings: Strings
    status: String
    problem: MaybeString
    bytes_read: int
    line: int
    counts: Json
    tries: int
    next_at: MaybeInstant
    lease_id: UUID | None
    created_at: Instant
    started_at: MaybeInstant
    finished_at: MaybeInstant
    forget_at: MaybeInstant
    origin: MaybeString


class ImportPiece(Tenanted, table=True):
    """A part of a file, byte for byte as it was sent, until the import has ended."""

    __tablename__ = "import_piece"
    __table_args__ = (*positive("number"), _of_run())

    import_id: Key
    number: Number
    content: _MaybeBytes


class ImportReject(Tenanted, table=True):
    """A line that was rejected: as it came and why, until it is forgotten."""

    __tablename__ = "import_reject"
    __table_args__ = (*positive("line"), _of_run())

    import_id: Key
    line: Number
    reason: MaybeString
    cells: _MaybeStrings
