"""Runs of reports: where one stands, and two tables held against each other cell by cell."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from app.domain.overview.definitions.catalog import REPORTS
from app.domain.overview.question import Question
from app.domain.overview.table import Column, Reconciled, Report, Row
from app.domain.values import Value

#: How long a run's file is kept.
KEPT = timedelta(days=30)


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        return self in {RunStatus.DONE, RunStatus.FAILED, RunStatus.CANCELLED}


class ReportFormat(StrEnum):
    """What a report is written as."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


class Difference(Value, kw_only=True):
    """A cell that is another; None: it is not there, or has nothing in it."""

    row: tuple[str | None, ...]
    column: str
    left: int | None
    right: int | None


Told = Mapping[str, Any]
#: How much is said of what a column comes to.
_NAMED = 4


def told_of(report: Report) -> dict[str, Any]:
    """A report's cells as plain JSON: what is kept of a run, to be held against another."""
    return {
        "by": ["currency", *report.question.by],
        "rows": [[list(one.key), dict(one.cells)] for one in report.rows],
        "totals": [[list(one.key), dict(one.cells)] for one in report.totals],
        "few": None
        if report.few is None
        else [[list(key), accounts] for key, accounts in report.few],
        "ledger": [
            [one.currency, one.ledger_minor, one.report_minor, one.column]
            for one in report.reconciles
        ],
        "provisional": report.provisional,
    }


def retold(
    told: Told, *, question: Question, title: str, columns: tuple[Column, ...],
    notes: tuple[str, ...], whole: str,
) -> Report:  # fmt: skip
    """The report of which so much was kept. `whole`: the hash that it had."""

    def rows(name: str) -> tuple[Row, ...]:
        return tuple(Row(key=tuple(key), cells=cells) for key, cells in told[name])

    return Report(
        question=question, title=title, columns=columns, rows=rows("rows"), totals=rows("totals"),
        few=None if told["few"] is None else tuple((tuple(key), n) for key, n in told["few"]),
        notes=notes,
        reconciles=tuple(
            Reconciled(column=column, currency=currency, ledger_minor=ledger, report_minor=minor)
            for one in told["ledger"]
            for currency, ledger, minor, column in (_named(one, question.report),)
        ),
        provisional=told["provisional"], whole=whole,
    )  # fmt: skip


def _named(said: Sequence[Any], report: str) -> Sequence[Any]:
    """What is said of a column; a run from before columns were named held what is owed."""
    owed = REPORTS[report].owed
    return said if len(said) == _NAMED or owed is None else (*said, owed.column)


def differences(left: Told, right: Told) -> Iterator[Difference]:
    """Cell by cell, in the order of the left's rows, then of what only the right has."""
    there = {tuple(key): cells for key, cells in right["rows"]}
    here = {tuple(key): cells for key, cells in left["rows"]}
    for key in dict.fromkeys((*here, *there)):
        mine, theirs = here.get(key, {}), there.get(key, {})
        for column in dict.fromkeys((*mine, *theirs)):
            if mine.get(column) != theirs.get(column):
                yield Difference(
                    row=key, column=column, left=mine.get(column), right=theirs.get(column)
                )


def first_of(found: Iterator[Difference], most: int) -> tuple[Sequence[Difference], int]:
    """The first so many, and how many there are."""
    kept, number = list[Difference](), 0
    for number, one in enumerate(found, start=1):
        if number <= most:
            kept.append(one)
    return kept, number
