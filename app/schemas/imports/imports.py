"""Imports: how far a file is, what became of its lines, and those that were rejected."""

from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.schemas.edge.ids import ImportId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Read

ImportKind = Literal[
    "accounts", "plans", "charges", "payments", "returns", "corrections", "contacts"
]

_COUNT: JsonDict = {"rows": 1, "without_amount": 0, "sums_minor": {"USD": 5000}}
_NONE: JsonDict = {"rows": 0, "without_amount": 0, "sums_minor": {}}
_IMPORT: JsonDict = {
    "id": "imp_01h455vb4pex5vsknk084sn02q",
    "kind": "payments",
    "dry_run": False,
    "status": "completed",
    "problem": None,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "bytes": 84,
    "bytes_read": 84,
    "header": ["reference", "account_reference", "amount_minor", "currency"],
    "warnings": [],
    "read": _COUNT,
    "outcomes": {
        "stored": _COUNT,
        "already_there": _NONE,
        "in_suspense": _NONE,
        "empty": _NONE,
        "rejected": _NONE,
        "readable": _NONE,
    },
    "blank_lines": 0,
    "blank_columns": 0,
    "business_date": "2026-03-01",
    "created_at": "2026-03-01T09:00:00Z",
    "started_at": "2026-03-01T09:00:01Z",
    "finished_at": "2026-03-01T09:00:01Z",
    "actor": "billing",
}
_QUEUED: JsonDict = {
    "dry_run": True,
    "status": "queued",
    "understood": [
        {
            "line": 2,
            "values": {"reference": "BANK-7", "currency": "USD"},
            "reason": "amount_minor: should be a whole number of minor units",
        }
    ],
}
_REJECT: JsonDict = {
    "line": 3,
    "reason": "amount_minor should be a whole number of minor units",
    "cells": ["BANK-8", "INV-2026-0042", "fifty", "USD"],
}


class CountRead(Read):
    """Lines, and what they add up to."""

    rows: int
    without_amount: int = Field(description="Lines whose amount cannot be read: in no sum.")
    sums_minor: dict[str, int] = Field(
        description='By currency; "" where a line names none, as a charge or a return.'
    )


class OutcomesRead(Read):
    """What became of the lines read so far; all of them together are what was read."""

    stored: CountRead
    already_there: CountRead
    in_suspense: CountRead
    empty: CountRead
    rejected: CountRead
    readable: CountRead = Field(description="Of a dry run, which stores nothing.")


class ImportRead(Read):
    """A file and how far it is: `bytes_read` of `bytes`, and the lines of all pages stored."""

    model_config = ConfigDict(json_schema_extra={"examples": [_IMPORT]})

    id: ImportId
    kind: ImportKind
    dry_run: bool
    status: Literal["queued", "running", "completed", "incomplete", "cancelled"]
    problem: str | None = Field(
        description="Why it ended before the end of the file; what came before is stored."
    )
    sha256: str
    bytes: int
    bytes_read: int
    header: list[str]
    warnings: list[str] = Field(description="What looks as if it were meant otherwise.")
    read: CountRead
    outcomes: OutcomesRead
    blank_lines: int
    blank_columns: int
    business_date: Date
    created_at: Instant
    started_at: Instant | None
    finished_at: Instant | None
    actor: str | None


class UnderstoodRead(Read):
    """A line as it is understood: by our names, money in minor units, days as YYYY-MM-DD."""

    line: int
    values: dict[str, str]
    reason: str | None = Field(description="Why it would be rejected, where that is seen already.")


class ImportQueuedRead(ImportRead):
    """A file that was taken in; of a dry run its first lines, which are told here alone."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_IMPORT, **_QUEUED}]})

    understood: list[UnderstoodRead] | None = Field(
        description="The first ten, of a dry run. Nothing of them is kept: not told again."
    )


class RejectRead(Read):
    """A line that was rejected."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REJECT]})

    line: int
    reason: str | None = Field(description="Null after thirty days, as are the cells.")
    cells: list[str] | None = Field(description="As they came, under the header's names.")
