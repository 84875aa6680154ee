"""A report as a workbook: typed cells, a frozen header with a filter, a native chart.

Money is a number in the currency's own decimals, a share a percentage, a day a day; what somebody
typed is text and never a formula. Nothing of the machine or the hour goes into the file, so the
same report is the same bytes.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any, BinaryIO, Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from app.domain.currencies import exponent
from app.domain.overview.table import CURRENCY, Column, Report, Row, Type, parameters

_BPS_DIGITS: Final = 4
_WIDE: Final = 18
_TOTAL: Final = "Total"
_HEAD_HEIGHT: Final = 45  # three lines of a heading
_CHART_ROWS: Final = 24
_ROW_PIXELS: Final = 20
#: As many columns as can be read where they are printed on one page.
_PAGE_WIDE: Final = 14
#: Where a day stands in *About*.
_DAYS: Final = frozenset({"As of", "Known on", "From", "To"})


def is_day(group: str) -> bool:
    """Whether the values of a group are days."""
    return group == "day" or group.endswith(("_on", "_date"))


class Formats:
    """A format for each type of column; money by the decimals of its currency."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[str, Any] = {}
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.figure_head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "align": "right"}
        )
        self.bold = book.add_format({"bold": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})

    def of(self, column: Column, currency: str | None) -> Any:  # noqa: ANN401 - the library's own
        if column.type is Type.MONEY:
            digits = exponent(currency) if currency else 2
            return self._numbers(f"#,##0.{'0' * digits}" if digits else "#,##0")
        shapes = {Type.SHARE: "0.00%", Type.TENTH_DAYS: "0.0", Type.DATE: "yyyy-mm-dd"}
        return self._numbers(shapes.get(column.type, "0"))

    def _numbers(self, shape: str) -> Any:  # noqa: ANN401 - the library's own
        if shape not in self._made:
            self._made[shape] = self._book.add_format({"num_format": shape})
        return self._made[shape]


#: How an axis is lettered: rounder than the cells.
_AXES: Final = {Type.SHARE: "0 %", Type.TENTH_DAYS: "0.0"}


def cell_value(column: Column, currency: str | None, cell: int) -> Decimal | int:
    """The number that stands in a cell: of 120000 minor units of dollars, 1200.00."""
    if column.type is Type.MONEY:
        return Decimal(cell).scaleb(-exponent(currency) if currency else -2)
    if column.type is Type.SHARE:
        return Decimal(cell).scaleb(-_BPS_DIGITS)
    if column.type is Type.TENTH_DAYS:
        return Decimal(cell).scaleb(-1)
    return cell


def report_xlsx(report: Report, chart: str | None) -> bytes:
    """The file: *About*, *Data*, and *Chart* of one column where there is one."""
    made = BytesIO()
    book = blank_book(made)
    formats = Formats(book)
    write_about(book.add_worksheet("About"), report, formats)
    write_data(book.add_worksheet("Data"), report, formats)
    column = next((one for one in report.columns if one.name == chart), None)
    if column is not None and report.rows:
        draw_chart(book, report, column)
    end_book(book, report)
    return made.getvalue()


def blank_book(made: BinaryIO) -> Workbook:
    """A workbook that takes its rows one after another, whose words are words."""
    return Workbook(
        made,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
         "strings_to_numbers": False},
    )  # fmt: skip


def end_book(book: Workbook, report: Report) -> None:
    """Say whose it is, and write it."""
    book.set_properties(
        {
            "title": report.title,
            "subject": report.hash,
            "created": datetime.combine(report.question.as_of, time()),
        }
    )
    book.close()


def about(report: Report, *, groups: bool = True) -> Iterator[tuple[str, str]]:
    """What a file says of itself, line by line; `groups`: it has some."""
    asked = parameters(report.question)
    yield "Report", f"{report.title} ({asked['report']})"
    yield "As of", asked["as_of"]
    yield "Known on", asked["known_on"]
    yield "Basis", asked["basis"]
    if asked["from"]:
        yield "From", asked["from"]
        yield "To", asked["to"]
    if groups:
        yield "Grouped by", ", ".join((CURRENCY, *asked["by"]))
    for name, value in asked["filters"].items():
        yield f"Only {name}", value
    yield "Provisional", "yes, a day is still open" if report.provisional else "no"
    yield "Definition", f"/docs/reports#{asked['report']}"
    if report.run_id:
        yield "Run", report.run_id
    yield "Hash", report.hash
    titles = {one.name: one.title for one in report.columns}
    for one in report.reconciles:
        difference = f"difference {one.difference_minor}"
        of = titles.get(one.column, "Opening")  # of a roll, but for what is new
        yield f"Ledger {one.currency}", f"{of}: {one.ledger_minor} minor units, {difference}"
    left_out = sum(one.suppressed for one in report.rows)
    if left_out:
        yield "Left out", f"{left_out} rows of too few accounts to be told in a file that is sent"
    for note in report.notes:
        yield "Note", note


def write_about(sheet: Worksheet, report: Report, formats: Formats, *, groups: bool = True) -> None:
    """The sheet that is read first."""
    sheet.set_column(0, 0, _WIDE)
    sheet.set_column(1, 1, 4 * _WIDE)
    _one_page_wide(sheet)
    for number, (name, value) in enumerate(about(report, groups=groups)):
        sheet.write_string(number, 0, name, formats.bold)
        _words_or_day(sheet, number, 1, value, day=name in _DAYS, formats=formats)


def write_data(sheet: Worksheet, report: Report, formats: Formats) -> None:
    """The rows below a frozen header with a filter, and the totals under them."""
    groups = (CURRENCY, *report.question.by)
    write_head(sheet, report, formats)
    for number, row in enumerate(report.rows, start=1):
        write_row(sheet, number, row, (report.columns, groups), formats)
    end_data(sheet, report, formats, rows=len(report.rows), fixed=len(groups))


def write_head(sheet: Worksheet, report: Report, formats: Formats) -> None:
    """The names of groups and the titles of figures."""
    groups = (CURRENCY, *report.question.by)
    sheet.set_row(0, _HEAD_HEIGHT)
    for place, head in enumerate([*groups, *(one.title for one in report.columns)]):
        shape = formats.head if place < len(groups) else formats.figure_head
        sheet.write_string(0, place, head, shape)


def end_data(sheet: Worksheet, report: Report, formats: Formats, *, rows: int, fixed: int) -> None:
    """The totals under so many rows; `fixed`: columns that stay where one scrolls."""
    groups = (CURRENCY, *report.question.by)
    wide = len(groups) + len(report.columns)
    below = rows + 2  # a line is left, so that the filter ends with the rows
    for number, row in enumerate(report.shown_totals, start=below):
        write_row(sheet, number, row, (report.columns, groups), formats)
        sheet.write_string(number, 1, _TOTAL, formats.bold)
    sheet.freeze_panes(1, fixed)
    sheet.autofilter(0, 0, max(1, rows), wide - 1)
    sheet.set_column(0, wide - 1, _WIDE)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, fixed - 1)
    if wide <= _PAGE_WIDE:
        _one_page_wide(sheet)


def write_row(
    sheet: Worksheet, number: int, row: Row, shape: tuple[Sequence[Column], Sequence[str]],
    formats: Formats,
) -> None:  # fmt: skip
    """A row's words and figures, each as what it is; `shape`: its columns and groups."""
    columns, groups = shape
    for place, value in enumerate(row.key):
        if value is not None:
            day = is_day(groups[place])
            _words_or_day(sheet, number, place, value, day=day, formats=formats)
    for place, column in enumerate(columns, start=len(groups)):
        cell = row.cells[column.name]
        if cell is not None:
            figure = cell_value(column, row.key[0], cell)
            sheet.write_number(number, place, figure, formats.of(column, row.key[0]))


def _words_or_day(
    sheet: Worksheet, number: int, place: int, value: str, *, day: bool, formats: Formats
) -> None:
    """A day as a day, to be sorted and reckoned with; whatever else was said as words."""
    if day:
        sheet.write_datetime(number, place, date.fromisoformat(value), formats.day)
    else:
        sheet.write_string(number, place, value)


def draw_chart(book: Workbook, report: Report, column: Column, data: str = "Data") -> None:
    """Bars of one column, a chart a currency: nothing is compared across currencies.

    Rows of a currency stand together, so each chart has names and an axis of its own.
    """
    groups = 1 + len(report.question.by)
    place = groups + [one.name for one in report.columns].index(column.name)
    sheet = book.add_worksheet("Chart")
    _one_page_wide(sheet)
    for number, currency in enumerate(dict.fromkeys(row.key[0] for row in report.rows)):
        those = [n for n, row in enumerate(report.rows, start=1) if row.key[0] == currency]
        first, last = those[0], those[-1]
        chart = book.add_chart({"type": "column"})
        chart.add_series(
            {
                "name": ", ".join(one for one in (column.title, currency) if one),
                "categories": [data, first, min(1, groups - 1), last, groups - 1],
                "values": [data, first, place, last, place],
            }
        )
        chart.set_title({"name": report.title if number == 0 else currency or report.title})
        chart.set_legend({"position": "bottom"})
        chart.set_y_axis({"num_format": _AXES.get(column.type, "#,##0")})
        chart.set_size({"width": 960, "height": _CHART_ROWS * _ROW_PIXELS})
        sheet.insert_chart(1 + number * (_CHART_ROWS + 1), 1, chart)


def _one_page_wide(sheet: Worksheet) -> None:
    """As it is printed: no column falls on a page of its own."""
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
