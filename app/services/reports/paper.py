"""A report on paper: a chart, the table in bands of columns, and what it is at the foot.

Drawn as letters are: the same figures give the same bytes.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from app.domain.currencies import exponent
from app.domain.overview.table import CURRENCY, Column, Report, Row, Type
from app.services.paper.fonts import BOLD, PLAIN, Style, refuse_undrawable
from app.services.paper.sheets import Sheet
from app.services.reports.workbook import cell_value

_TITLE: Final = Style(BOLD, 14.0)
_HEAD: Final = Style(BOLD, 7.0)
_CELL: Final = Style(PLAIN, 7.5)
_FOOT: Final = Style(PLAIN, 6.0)
_LINE: Final = 12.0
_HEAD_LINES: Final = 4
MARGIN: Final = 40.0
_GROUP_WIDTH: Final = 84.0
_CELL_WIDTH: Final = 72.0
_BAR_ROWS: Final = 20
_BAR: Final = 11.0
_LEFT_OUT: Final = "Columns in which there is nothing are left out."
_BLUE: Final = (0.16, 0.38, 0.62)
#: Whether it is the first, the columns side by side on it, and the rows.
_Page = tuple[bool, Sequence[Column], Sequence[Row]]


def said(column: Column, currency: str | None, cell: int | None) -> str:
    """A figure as people read it."""
    if cell is None:
        return "–"  # noqa: RUF001 - nothing to say, typeset
    value = cell_value(column, currency, cell)
    if column.type is Type.MONEY:
        return f"{value:,.{exponent(currency) if currency else 2}f}"
    if column.type is Type.SHARE:
        return f"{Decimal(value) * 100:.2f} %"
    return f"{value:,}"


#: What draws a page, below its head and above its foot.
Painter = Callable[["Pen"], None]


def report_pdf(report: Report, chart: str | None, sheet: Sheet) -> bytes:
    """The file. Raises `CannotDraw` naming every character that our fonts do not have."""
    refuse_words(report, (value or "" for row in report.rows for value in row.key))
    return bound(report, painters(report, chart, sheet), sheet)


def bound(report: Report, pages: Sequence[Painter], sheet: Sheet) -> bytes:
    """Pages as a file: each says at its foot what the report is, and which page it is."""
    made = BytesIO()
    width, height = sheet.height, sheet.width  # tables lie on their side
    canvas = Canvas(made, pagesize=(width, height), invariant=1, pageCompression=0)
    canvas.setTitle(report.title)
    canvas.setAuthor("Accord")
    canvas.setSubject(report.hash)
    canvas.setCreator("Accord")
    canvas.setDateFormatter(lambda *_: f"D:{report.question.as_of:%Y%m%d}000000Z")
    pen = Pen(canvas, width, height)
    for number, paint in enumerate(pages, start=1):
        paint(pen)
        pen.put(MARGIN, height - 24, _foot(report), _FOOT)
        pen.put(width - MARGIN, height - 24, f"{number} / {len(pages)}", _FOOT, end=True)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def painters(report: Report, chart: str | None, sheet: Sheet) -> list[Painter]:
    """Its pages: the first with the title and a bar a row, all with the table."""
    column = next((one for one in report.columns if one.name == chart), None)
    shown = _shown(report, column)

    def painter(number: int, page: _Page) -> Painter:
        def paint(pen: Pen) -> None:
            first, columns, rows = page
            top = MARGIN
            if number == 1:
                pen.put(MARGIN, top, report.title, _TITLE)
                if len(shown) < len(report.columns):
                    pen.put(pen.width - MARGIN, top, _LEFT_OUT, _FOOT, end=True)
                top += 24
                if column is not None and report.rows:
                    top = _bars(pen, report, column, top)
            _table(pen, report, columns, rows, top if first else MARGIN)

        return paint

    pages = _pages(report, shown, column, sheet)
    return [painter(number, page) for number, page in enumerate(pages, start=1)]


class Pen:
    """A canvas on which lengths count from the top left."""

    def __init__(self, canvas: Canvas, width: float, height: float) -> None:
        self.canvas, self.width, self.height = canvas, width, height

    def put(self, x: float, y: float, text: str, style: Style, *, end: bool = False) -> None:
        self.canvas.setFont(style.font, style.size)
        draw = self.canvas.drawRightString if end else self.canvas.drawString
        draw(x, self.height - y, unicodedata.normalize("NFC", text))

    def bar(self, x: float, y: float, width: float) -> None:
        self.canvas.setFillColorRGB(*_BLUE)
        self.canvas.rect(x, self.height - y, width, 6.5, stroke=0, fill=1)
        self.canvas.setFillGray(0)

    def rule(self, y: float) -> None:
        self.canvas.setLineWidth(0.4)
        self.canvas.line(MARGIN, self.height - y, self.width - MARGIN, self.height - y)


def _shown(report: Report, chart: Column | None) -> Sequence[Column]:
    """The columns in which anything is, and what is drawn: paper is narrow."""
    every = (*report.rows, *report.shown_totals)
    return [
        one for one in report.columns if one == chart or any(row.cells[one.name] for row in every)
    ]


def _pages(
    report: Report, shown: Sequence[Column], chart: Column | None, sheet: Sheet
) -> Iterator[_Page]:
    """Bands of as many columns as lie side by side, each through all rows."""
    groups = 1 + len(report.question.by)
    room = sheet.height - 2 * MARGIN - groups * _GROUP_WIDTH
    wide = max(1, int(room // _CELL_WIDTH))
    every = (*report.rows, *report.shown_totals)
    taken = 24 + ((min(len(report.rows), _BAR_ROWS) + 2) * _BAR if chart else 0)
    first = True
    for start in range(0, max(1, len(shown)), wide):
        columns, left = shown[start : start + wide], list(every)
        while left or first:
            used = MARGIN + (taken if first else 0) + (_HEAD_LINES + 3) * _LINE
            fit = max(1, int((sheet.width - used) // _LINE))
            yield first, columns, left[:fit]
            left, first = left[fit:], False


def _table(
    pen: Pen, report: Report, columns: Sequence[Column], rows: Sequence[Row], top: float
) -> None:
    names = (CURRENCY, *report.question.by)
    start = MARGIN + len(names) * _GROUP_WIDTH
    y = top + _LINE
    for place, name in enumerate(names):
        pen.put(MARGIN + place * _GROUP_WIDTH, y, name, _HEAD)
    for place, column in enumerate(columns, start=1):
        for number, piece in enumerate(_wrapped(column.title)):
            pen.put(start + place * _CELL_WIDTH - 4, y + number * 8, piece, _HEAD, end=True)
    y += (_HEAD_LINES - 1) * 8 + 4
    pen.rule(y)
    for row in rows:
        y += _LINE
        key = row.key if len(row.key) == len(names) else (row.key[0], "total")
        for place, value in enumerate(key):
            pen.put(MARGIN + place * _GROUP_WIDTH, y, cut(value or "–", _GROUP_WIDTH - 4), _CELL)  # noqa: RUF001
        for place, column in enumerate(columns, start=1):
            text = said(column, row.key[0], row.cells[column.name])
            pen.put(start + place * _CELL_WIDTH - 4, y, text, _CELL, end=True)


def _bars(pen: Pen, report: Report, column: Column, top: float) -> float:
    """A bar a row, as long as its figure is large; the first rows where there are many.

    Nothing is compared across currencies: the largest of each is as long.
    """
    rows = report.rows[:_BAR_ROWS]
    largest: dict[str | None, int] = {}
    for row in rows:
        largest[row.key[0]] = max(largest.get(row.key[0], 0), abs(row.cells[column.name] or 0))
    room = pen.width - 2 * MARGIN - 260
    y = top
    pen.put(MARGIN, y, column.title, _HEAD)
    for row in rows:
        y += _BAR
        cell = row.cells[column.name]
        label = " · ".join(one or "–" for one in row.key)  # noqa: RUF001
        pen.put(MARGIN, y, cut(label, 170), _CELL)
        most = largest[row.key[0]]
        length = room * abs(cell or 0) / most if most else 0
        pen.bar(MARGIN + 175, y, length)
        pen.put(MARGIN + 180 + length, y, said(column, row.key[0], cell), _CELL)
    return y + _BAR


def _wrapped(text: str) -> Sequence[str]:
    """A heading in lines that fit its column; what is left over is cut."""
    lines, line = list[str](), ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and _HEAD.width(longer) > _CELL_WIDTH - 8:
            lines.append(line)
            line = word
        else:
            line = longer
    return [cut(one, _CELL_WIDTH - 6, _HEAD) for one in [*lines, line][:_HEAD_LINES]]


def cut(text: str, room: float, style: Style = _CELL) -> str:
    """As much of it as there is room for."""
    if style.width(text) <= room:
        return text
    while text and style.width(f"{text}…") > room:
        text = text[:-1]
    return f"{text}…"


def _foot(report: Report) -> str:
    asked = report.question
    span = f", {asked.from_on} to {asked.to_on}" if asked.from_on else ""
    open_ = ", provisional" if report.provisional else ""
    only = "".join(f", only {name} {value}" for name, value in sorted(asked.filters.items()))
    return (
        f"{asked.report} as of {asked.as_of}, known on {asked.known_on}, {asked.basis}"
        f"{span}{only}{open_} · {report.hash}"
    )


def refuse_words(report: Report, typed: Iterable[str]) -> None:
    """Raises `CannotDraw` where our fonts have not all of what was typed or asked."""
    words = [*typed, *report.question.filters.values(), report.title]
    refuse_undrawable((unicodedata.normalize("NFC", text), font)
                      for text in words for font in (PLAIN, BOLD))  # fmt: skip
