"""Spreadsheets that are tried first: what was read, how it was understood, what came of it.

Cells name people, so they are emptied when a dry run is over; counts and hashes stay.
"""

# pyright: reportAssignmentType=false

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.domain.spreadsheets.fields import SheetKind
from app.domain.vocabulary import Role
from app.storage.tables.columns import (
    Entered,
    Instant,
    Json,
    Key,
    MaybeInstant,
    MaybeJson,
    MaybeString,
    Name,
    Number,
    Signed,
    String,
    Strings,
    Tenanted,
    not_negative,
    one_of,
    positive,
)

DRY_RUN_STATUSES = (
    "open", "pending_approval", "storing", "committed", "rejected", "expired",
)  # fmt: skip
DECISIONS = ("approved", "rejected")
COMMIT_MODES = ("atomic", "continue")
MaybeList = Annotated[list[Any] | None, Field(sa_type=JSONB(none_as_null=True))]


class DryRun(Entered, Tenanted, table=True):
    """A sheet, how its columns are understood, and what was found. `version`: each judging is one.

    `found` is a hash of what the judgment hung on beside the sheet: the accounts it names.
    `forget_at` null: its cells are emptied. `next_at`: when a worker takes what is being stored.
    `asked_…`: who wanted it stored, by whose name and role it is. `asks`: the limits that made it
    wait, `compared` what was there then and what it adds; `decided_…`: what somebody else said.
    """

    __tablename__ = "dry_run"
    __table_args__ = (
        one_of("kind", SheetKind),
        one_of("status", DRY_RUN_STATUSES),
        one_of("mode", COMMIT_MODES),
        one_of("role", Role),
        one_of("asked_role", Role),
        one_of("decision", DECISIONS),
        one_of("decided_role", Role),
        *not_negative("rows", "blank_rows", "hidden_rows", "pages_stored", "tries"),
        *positive("version"),
        Index(None, "tenant_id", "forget_at", postgresql_where=text("forget_at IS NOT NULL")),
        Index(
            "ix_dry_run_next_at", "tenant_id", "next_at",
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index(
            "ix_dry_run_waiting", "tenant_id", "asked_id",
            postgresql_where=text("status = 'pending_approval'"),
        ),
    )  # fmt: skip

    id: Key
    kind: String
    sha256: bytes
    sheets: Strings
    sheet: String
    headings: Strings
    rows: int
    blank_rows: int
    hidden_rows: int
    columns: Json
    formats: Json
    counts: Json
    shown: MaybeList
    found: bytes
    status: String
    outcome: MaybeJson
    version: int
    created_at: Instant
    expires_at: Instant
    committed_at: MaybeInstant
    forget_at: MaybeInstant
    origin: MaybeString
    mode: MaybeString
    pages_stored: int
    tries: int
    next_at: MaybeInstant
    lease_id: UUID | None
    problem: MaybeString
    asked_id: UUID | None
    asked_at: MaybeInstant
    asked_actor: MaybeString
    asked_role: MaybeString
    asked_key_id: UUID | None
    asked_origin: MaybeString
    asked_because: MaybeString
    asks: MaybeList
    compared: MaybeJson
    decision: MaybeString
    decided_at: MaybeInstant
    decided_actor: MaybeString
    decided_role: MaybeString
    decided_key_id: UUID | None
    decided_because: MaybeString


class DryRunPage(Tenanted, table=True):
    """Some hundred rows as they were read, and what was said of each."""

    __tablename__ = "dry_run_page"
    __table_args__ = (
        *positive("number"),
        ForeignKeyConstraint(["tenant_id", "dry_run_id"], ["dry_run.tenant_id", "dry_run.id"]),
    )

    dry_run_id: Key
    number: Number
    cells: MaybeList
    verdicts: MaybeList


class ImportMapping(Signed, Tenanted, table=True):
    """How somebody's sheets are to be understood, under a name."""

    __tablename__ = "import_mapping"
    __table_args__ = (one_of("kind", SheetKind), one_of("role", Role), *positive("version"))

    name: Name
    kind: String
    columns: Json
    formats: Json
    version: int
    changed_at: Instant
