"""A listing as a workbook: *About*, its rows as they come, *Summary* and its chart.

Rows go to the disk as they are added, so memory does not grow with them. A sheet has room for a
million; more go on in further ones.
"""

from collections.abc import Iterable
from typing import BinaryIO, Final

from app.domain.overview.table import CURRENCY, Report, Row
from app.services.listings.listing import MOST_ROWS
from app.services.reports.workbook import (
    Formats,
    blank_book,
    draw_chart,
    end_book,
    end_data,
    write_about,
    write_data,
    write_head,
    write_row,
)

_SUMMARY: Final = "Summary"
#: The currency stays where one scrolls: with all its words no figure would be seen.
_FIXED: Final = 1


class BookFile:
    """What is written into a file. `head`: the report, without its rows."""

    def __init__(self, file: BinaryIO, head: Report, *, room: int = MOST_ROWS) -> None:
        self._book, self._head, self._room = blank_book(file), head, room
        self._formats = Formats(self._book)
        self._about = self._book.add_worksheet("About")
        self._shape = (head.columns, (CURRENCY, *head.question.by))
        self._sheets, self._rows = 0, 0
        self._begin()

    def _begin(self) -> None:
        self._sheets += 1
        name = "Data" if self._sheets == 1 else f"Data {self._sheets}"
        self._sheet = self._book.add_worksheet(name)
        write_head(self._sheet, self._head, self._formats)
        self._rows = 0

    def add(self, rows: Iterable[Row]) -> None:
        """The next rows."""
        for row in rows:
            if self._rows == self._room:
                end_data(self._sheet, self._head, self._formats, rows=self._rows, fixed=_FIXED)
                self._begin()
            self._rows += 1
            write_row(self._sheet, self._rows, row, self._shape, self._formats)

    def end(self, report: Report, summary: Report, chart: str) -> None:
        """The totals, what it says of itself, and what it comes to."""
        formats = self._formats
        end_data(self._sheet, report, formats, rows=self._rows, fixed=_FIXED)
        write_about(self._about, report, formats, groups=False)
        write_data(self._book.add_worksheet(_SUMMARY), summary, formats)
        if summary.rows:
            column = next(one for one in summary.columns if one.name == chart)
            draw_chart(self._book, summary, column, _SUMMARY)
        end_book(self._book, report)
