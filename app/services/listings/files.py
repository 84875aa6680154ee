"""A listing as a file: rows go into it as they come, or are held where a form needs all of them."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO, Protocol

import orjson

from app.domain.overview.runs import ReportFormat
from app.domain.overview.table import Report, Row
from app.domain.refusals.reports import ReportTooLarge
from app.services.listings.listing import MOST_HELD, Listing
from app.services.listings.paper import listing_pdf
from app.services.listings.workbook import BookFile
from app.services.paper.sheets import Sheet
from app.services.reports.render import inert, report_json


class Writer(Protocol):
    """What rows are added to. `end`: the report with those that are held, and its summary."""

    def add(self, rows: Sequence[Row]) -> None: ...

    def end(self, report: Report, summary: Report, chart: str) -> None: ...


def writer_of(
    form: ReportFormat, file: BinaryIO, listing: Listing, head: Report, *, sheet: Sheet,
    generated_at: datetime,
) -> Writer:  # fmt: skip
    """What writes that form into the file."""
    match form:
        case ReportFormat.CSV:
            return _CsvFile(file, listing)
        case ReportFormat.XLSX:
            return BookFile(file, head)
        case ReportFormat.PDF:
            return _PaperFile(file, listing, sheet)
        case ReportFormat.JSON:
            return _JsonFile(file, generated_at)


class _CsvFile:
    """One header line and the rows, in the order that the report's own CSV has."""

    def __init__(self, file: BinaryIO, listing: Listing) -> None:
        self._file, self._listing = file, listing
        self._put([listing.names])

    def _put(self, lines: Sequence[Sequence[object]]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(lines)
        self._file.write(text.getvalue().encode())

    def add(self, rows: Sequence[Row]) -> None:
        value, names = self._listing.value, self._listing.names
        self._put([[_cell(value(row, name)) for name in names] for row in rows])

    def end(self, report: Report, summary: Report, chart: str) -> None:
        """The rows are all there is."""


def _cell(value: str | int | None) -> str | int:
    return inert(value) if isinstance(value, str) else "" if value is None else value


class _Held:
    """A form that needs every row at once: of no more than can be held."""

    _form: ReportFormat

    def __init__(self) -> None:
        self._number = 0

    def add(self, rows: Sequence[Row]) -> None:
        self._number += len(rows)
        if self._number > MOST_HELD:
            raise ReportTooLarge(
                limit=MOST_HELD, what=f"rows of {self._form}", narrow="from and to"
            )


class _JsonFile(_Held):
    _form = ReportFormat.JSON

    def __init__(self, file: BinaryIO, generated_at: datetime) -> None:
        super().__init__()
        self._file, self._at = file, generated_at

    def end(self, report: Report, summary: Report, chart: str) -> None:  # noqa: ARG002 - all have it
        said = report_json(report, generated_at=self._at)
        self._file.write(orjson.dumps(said, option=orjson.OPT_UTC_Z))


class _PaperFile(_Held):
    _form = ReportFormat.PDF

    def __init__(self, file: BinaryIO, listing: Listing, sheet: Sheet) -> None:
        super().__init__()
        self._file, self._listing, self._sheet = file, listing, sheet

    def end(self, report: Report, summary: Report, chart: str) -> None:
        page = listing_pdf(report, summary, chart, self._sheet, lead=self._listing.lead)
        self._file.write(page)
