"""Spreadsheets that are tried before anything of them is stored."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain import field_limits
from app.domain.spreadsheets.fields import SheetKind
from app.domain.vocabulary import Role
from app.schemas.edge.ids import ImportId
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Choice, Model, Read
from app.schemas.edge.words import Line, Tag, words

MAX_FIELDS = 50
_Word = Annotated[str, words(field_limits.HEADING)]
_FORMATS: JsonDict = {"decimal": ".", "date": "dmy"}
_MAPPING: JsonDict = {"reference": "Account No", "currency": {"value": "USD"}}


class ValueRequest(Model):
    """The same on every row."""

    value: _Word


MappingRequest = Annotated[
    dict[Tag, _Word | ValueRequest | None],
    Field(
        max_length=MAX_FIELDS,
        description="By field: its heading, one value for all rows, or null for no column.",
    ),
]


class FormatsRequest(Model):
    """How the sheet writes things."""

    model_config = ConfigDict(json_schema_extra={"examples": [_FORMATS]})

    decimal: Literal[".", ","] | None = Field(None, description="What stands before decimals.")
    date: Literal["dmy", "mdy", "ymd"] | None = Field(
        None, description="In which order days are written."
    )


class DryRunChangeRequest(Model):
    """How its columns are to be understood, as far as it changes."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"mapping": _MAPPING, "formats": _FORMATS}]}
    )

    mapping: MappingRequest = Field(default_factory=dict)
    formats: FormatsRequest | None = None


class CommitRequest(Model):
    """`atomic`: every row or none; `continue`: those that can be."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"mode": "continue"}]})

    mode: Literal["atomic", "continue"]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$", max_length=64)] | None = Field(
        None, description="Of the file that is meant: another is refused."
    )
    reason: Line | None = Field(None, description="Why, for whoever may have to decide on it.")


class ImportMappingRequest(Model):
    """How sheets of a kind are to be understood."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "accounts", "mapping": _MAPPING, "formats": _FORMATS}]
        }
    )

    kind: Choice[SheetKind]
    mapping: MappingRequest
    formats: FormatsRequest = Field(default_factory=FormatsRequest)


class ValueRead(Read):
    """The same on every row."""

    value: str


class AmbiguousRead(Read):
    """Headings of which one must be chosen."""

    ambiguous: list[str]


MappingRead = Annotated[
    dict[str, str | AmbiguousRead | ValueRead | None],
    Field(description="By field: its heading, a value for all rows, or headings to choose among."),
]


class FormatsRead(Read):
    """How the sheet writes things, where it was said."""

    decimal: str | None
    date: str | None


class VerdictsRead(Read):
    """How many rows would be stored, stored with a warning, and refused."""

    ok: int
    warning: int
    refused: int


class CellRead(Read):
    """A cell with a doubt."""

    field: str
    heading: str | None = Field(description="Null: no column, but a value for all rows or none.")
    value: str
    problem: str
    detail: str


class RowRead(Read):
    """A row that is refused, or stored with a warning."""

    row: int = Field(description="As the sheet numbers it.")
    verdict: Literal["warning", "refused"]
    cells: list[CellRead]


class LimitPassedRead(Read):
    """A limit that the sheet passes; `limit` and `actual` carry the unit in the rule's name."""

    rule: str = Field(description="The field of the policy that says so.", examples=["import_rows"])
    limit: int
    actual: int
    message: str
    override_role: Role | None = Field(description="The least role that may; null: none may.")


class OutcomeRead(Read):
    """What became of its rows."""

    mode: Literal["atomic", "continue"]
    stored: int
    already_there: int
    suspense: int
    empty: int
    rejected: int
    refused: int


_EXAMPLE: dict[str, Any] = {
    "id": "imp_01h455vb4pex5vsknk084sn02q",
    "kind": "promises",
    "status": "open",
    "sha256": "5f0c2a" + "0" * 58,
    "sheets": ["March"],
    "sheet": "March",
    "headings": ["Account No", "Promised", "By"],
    "mapping": {"account_reference": "Account No", "amount_minor": "Promised", "due_on": "By"},
    "formats": {"decimal": None, "date": None},
    "missing": [],
    "unused": [],
    "counts": {"ok": 1, "warning": 0, "refused": 1},
    "blank_rows": 0,
    "hidden_rows": 0,
    "rows": [
        {
            "row": 3,
            "verdict": "refused",
            "cells": [
                {
                    "field": "amount_minor",
                    "heading": "Promised",
                    "value": "1,234",
                    "problem": "ambiguous_separator",
                    "detail": "may be a fraction or thousands: say formats.decimal",
                }
            ],
        }
    ],
    "outcome": None,
    "problem": None,
    "approval": None,
    "created_at": "2026-03-01T09:00:00Z",
    "expires_at": "2026-03-02T09:00:00Z",
}


class DryRunApprovalRead(Read):
    """Why it waits for somebody else, or waited, and what was decided."""

    asked_by: str | None
    asked_at: Instant
    reason: str | None = Field(description="Why it was asked, where that was said.")
    asks: list[LimitPassedRead]
    decision: Literal["approved", "rejected"] | None = Field(description="Null: none yet.")
    decided_by: str | None
    decided_at: Instant | None
    decided_because: str | None


class DryRunRead(Read):
    """A sheet as it would be stored. `rows`: the first 100 with a doubt."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: ImportId
    kind: SheetKind
    status: Literal["open", "pending_approval", "storing", "committed", "rejected", "expired"] = (
        Field(description="`expired`: nobody decided within a week.")
    )
    sha256: str = Field(description="Of the file, in hexadecimal.")
    sheets: list[str]
    sheet: str = Field(description="Which was read; empty of a CSV.")
    headings: list[str]
    mapping: MappingRead
    formats: FormatsRead
    missing: list[str] = Field(description="Fields that no column says, though each row must.")
    unused: list[str] = Field(description="Headings that say nothing.")
    counts: VerdictsRead = Field(
        description="All 0 while fields are missing or ambiguous: no row is judged."
    )
    blank_rows: int
    hidden_rows: int = Field(description="Hidden or filtered out in the sheet, and read.")
    rows: list[RowRead]
    outcome: OutcomeRead | None = Field(description="So far, of what is being stored.")
    problem: str | None = Field(
        description="Why it is open again, and nothing of it stored: all or none could not be."
    )
    approval: DryRunApprovalRead | None = Field(description="Null: it waits for nobody else.")
    created_at: Instant
    expires_at: Instant


class ImportMappingRead(Read):
    """A mapping that is kept under a name."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "acme-monthly",
                    "kind": "accounts",
                    "mapping": _MAPPING,
                    "formats": _FORMATS,
                    "version": 1,
                    "changed_at": "2026-03-01T09:00:00Z",
                    "actor": "boss-1",
                }
            ]
        }
    )

    name: str
    kind: SheetKind
    mapping: MappingRead
    formats: FormatsRead
    version: int
    changed_at: Instant
    actor: str | None = Field(description="Who kept it.")
