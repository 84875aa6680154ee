"""Runs of reports: asked for, read, asked again, and held against each other."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from app.domain.overview.runs import ReportFormat, RunStatus
from app.domain.reports.books import Basis
from app.schemas.edge.ids import RunId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Choice, Many, Model, Read

_Name = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern="^[a-z][a-z-]*$")]
_Group = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern="^[a-z_]+$")]
_Value = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
_PARAMETERS: JsonDict = {
    "as_of": "2026-01-10", "known_on": None, "basis": "booked", "from": None, "to": None,
    "by": ["creditor"], "standard": False, "filters": {"currency": "USD"},
}  # fmt: skip
_RUN: JsonDict = {
    "id": "run_01h455vb4pex5vsknk084sn02q",
    "report": "aging",
    "parameters": {**_PARAMETERS, "known_on": "2026-01-10", "by": ["bucket", "creditor"]},
    "format": "xlsx",
    "status": "done",
    "progress_bps": 10000,
    "hash": "sha256:" + "ab" * 32,
    "problem": None,
    "created_at": "2026-01-10T09:00:00Z",
    "finished_at": "2026-01-10T09:00:02Z",
    "expires_at": "2026-02-09T09:00:00Z",
    "actor": "ann",
}


class RunParameters(Model):
    """The question: what the report's own operation takes."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PARAMETERS]})

    as_of: Date | None = None
    known_on: Date | None = None
    basis: Choice[Basis] | None = None
    from_: Date | None = Field(None, alias="from")
    to: Date | None = None
    by: Annotated[Many[_Group], Field(max_length=4)] = ()
    standard: bool = False
    filters: Annotated[dict[_Group, _Value], Field(max_length=20)] = Field(default_factory=dict)


class RunRequest(Model):
    """A report to be made and kept for thirty days."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"report": "aging", "parameters": _PARAMETERS, "format": "xlsx"}]
        }
    )

    report: _Name
    parameters: RunParameters = Field(default_factory=RunParameters)
    format: Choice[ReportFormat] = ReportFormat.JSON


class RunQuestionRead(Read):
    """The question as it was answered, its defaults filled in."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    as_of: Date
    known_on: Date
    basis: Basis
    from_: Date | None = Field(alias="from")
    to: Date | None
    by: list[str]
    standard: bool
    filters: dict[str, str]


class RunRead(Read):
    """A run as it stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [_RUN]})

    id: RunId
    report: str
    parameters: RunQuestionRead
    format: ReportFormat
    status: RunStatus
    progress_bps: int = Field(description="Of its accounts, how many it has looked at.")
    hash: str | None
    problem: str | None = Field(description="The problem type, of one that failed.")
    created_at: Instant
    finished_at: Instant | None
    expires_at: Instant = Field(description="Until then its file is kept.")
    actor: str | None


class CellDifferenceRead(Read):
    """A cell that is another; null: not there, or nothing in it."""

    row: list[str | None] = Field(description="The row's groups, the currency first.")
    column: str
    left: int | None
    right: int | None


class EnteredFactRead(Read):
    """A fact that was entered after the run."""

    id: str
    kind: str
    effective_on: Date
    entered_on: Date


class VerifiedRead(Read):
    """The same question asked again. A booked one of a day that is over is always the same."""

    same: bool
    hash_then: str
    hash_now: str
    differences: list[CellDifferenceRead] = Field(description="The first 100 cells.")
    facts_since: list[EnteredFactRead] = Field(description="The first 100.")


class ComparedRead(Read):
    """Two runs, cell by cell."""

    count: int
    differences: list[CellDifferenceRead] = Field(description="The first 100 cells.")
