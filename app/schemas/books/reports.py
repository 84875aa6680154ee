"""The catalog, a report, and what is behind one of its cells."""

from typing import Any

from pydantic import ConfigDict, Field

from app.domain.overview.table import Type
from app.domain.reports.books import Basis
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Read


class ReportDefinitionRead(Read):
    """A report there is: what it tells and what it may be asked for."""

    name: str = Field(examples=["aging"])
    title: str
    what: str = Field(description="In a sentence.")
    parameters: list[str]
    basis_default: Basis
    formats: list[str]
    scopes: list[str]


class CatalogRead(Read):
    """Every report."""

    data: list[ReportDefinitionRead]


class ColumnRead(Read):
    """What a figure is; of a share, its numerator and denominator."""

    name: str
    type: Type
    title: str
    of: list[str] | None


class ReconciledRead(Read):
    """What a column comes to and what the ledger does; a difference is never shown."""

    column: str = Field(
        description="A column, over all rows and points; of `roll` its opening without what is new."
    )
    currency: str
    ledger_minor: int
    report_minor: int
    difference_minor: int


class ReportTableRead(Read):
    """A report with the question it answers. Asked the same, it has the same hash for ever."""

    model_config = ConfigDict(
        populate_by_name=True,
        serialize_by_alias=True,
        json_schema_extra={
            "examples": [
                {
                    "report": "aging",
                    "title": "Aging by account",
                    "as_of": "2026-02-28",
                    "known_on": "2026-02-28",
                    "basis": "booked",
                    "from": None,
                    "to": None,
                    "provisional": False,
                    "filters": {"currency": "USD"},
                    "standard": False,
                    "by": ["bucket"],
                    "definition": "/docs/reports#aging",
                    "generated_at": "2026-03-02T09:00:00Z",
                    "hash": "sha256:" + "ab" * 32,
                    "run_id": None,
                    "columns": [
                        {
                            "name": "balance_minor",
                            "type": "money",
                            "title": "Balance",
                            "of": None,
                        }
                    ],
                    "rows": [
                        {
                            "currency": "USD",
                            "bucket": "30-59",
                            "balance_minor": 120000,
                            "cell": "WyJVU0QiLCIzMC01OSJd",
                        }
                    ],
                    "totals": [{"currency": "USD", "balance_minor": 120000}],
                    "reconciles": [
                        {
                            "column": "balance_minor",
                            "currency": "USD",
                            "ledger_minor": 120000,
                            "report_minor": 120000,
                            "difference_minor": 0,
                        }
                    ],
                    "notes": [],
                }
            ]
        },
    )

    report: str
    title: str
    as_of: Date
    known_on: Date
    basis: Basis
    from_: Date | None = Field(alias="from")
    to: Date | None
    provisional: bool = Field(
        description="Its day or the one it is known on is still open, or accounts are behind."
    )
    filters: dict[str, str]
    standard: bool = Field(description="The shipped bands instead of the policies' buckets.")
    by: list[str]
    definition: str
    generated_at: Instant
    hash: str = Field(description="Of parameters, columns, rows and totals.")
    run_id: str | None
    columns: list[ColumnRead]
    rows: list[dict[str, Any]] = Field(
        description="The groups, a figure a column, and `cell`, which leads to what is behind."
    )
    totals: list[dict[str, Any]]
    reconciles: list[ReconciledRead]
    notes: list[str]


class BehindRead(Read):
    """An account, plan or promise that is part of a cell; the sum of `minor` is the cell."""

    id: str
    reference: str | None
    minor: int = Field(description="What it adds: money in minor units, or a count.")
    why: str | None
