"""A letter's text as a PDF: the same lines, on paper, the same bytes for the same text.

The text is the letter; this draws it. Nothing of the machine goes into the file: its dates are
the letter's own, its id is made of its content, its streams are not compressed (two builds of
zlib need not agree). A release that draws with another version of ReportLab may draw other
bytes; the text, which is stored, stays.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Literal

from reportlab.pdfgen.canvas import Canvas

from app.services.paper.fonts import BOLD, MONO, PLAIN, Style, refuse_undrawable

__all__ = ["Sheet", "drawn"]

Sheet = Literal["letter", "a4"]

_SIZES: dict[Sheet, tuple[float, float]] = {"letter": (612.0, 792.0), "a4": (595.28, 841.89)}
_MARGIN = 60.0
_LEADING = 1.4


_TITLE = Style(BOLD, 14.0)
_HEADING = Style(BOLD, 10.0)
_BODY = Style(PLAIN, 9.5)
_TABLE = Style(MONO, 9.0)
_GAP = Style(PLAIN, 5.0)
_FOOTER = Style(PLAIN, 8.0)


@dataclass(frozen=True, slots=True)
class _Line:
    style: Style
    text: str


def drawn(text: str, *, dated_on: date, sheet: Sheet) -> bytes:
    """The text on as many pages as it needs, numbered where there are several.

    Its first line is the title, a line of its own without a full stop or colon a heading, and a
    line with two spaces in a row belongs to a table. Raises `CannotDraw` naming every character
    that our fonts do not have; none is left out or replaced.
    """
    written = tuple(_lines(unicodedata.normalize("NFC", text)))
    refuse_undrawable((line.text, line.style.font) for line in written)
    wide, high = _SIZES[sheet]
    lines = [piece for line in written for piece in _wrapped(line, wide - 2 * _MARGIN)]
    pages = list(_pages(lines, high - 2 * _MARGIN))
    made = BytesIO()
    canvas = Canvas(made, pagesize=(wide, high), invariant=1, pageCompression=0)
    canvas.setTitle(lines[0].text)
    canvas.setAuthor("")
    canvas.setSubject("")
    canvas.setCreator("Accord")
    canvas.setDateFormatter(lambda *_: f"D:{dated_on:%Y%m%d}000000Z")
    for number, page in enumerate(pages, start=1):
        _draw(canvas, page, top=high - _MARGIN)
        if len(pages) > 1:
            canvas.setFont(_FOOTER.font, _FOOTER.size)
            canvas.drawRightString(wide - _MARGIN, _MARGIN / 2, f"{number} / {len(pages)}")
        canvas.showPage()
    canvas.save()
    return made.getvalue()


# Lines and pages --------------------------------------------------------------------------


def _lines(text: str) -> Iterator[_Line]:
    for number, block in enumerate(text.rstrip("\n").split("\n\n")):
        if number:
            yield _Line(_GAP, "")
        rows = block.split("\n")
        for row in rows:
            yield _Line(_style(row, title=number == 0, alone=len(rows) == 1), row)


def _style(row: str, *, title: bool, alone: bool) -> Style:
    if title or not row:
        return _TITLE if title else _GAP
    if "  " in row:
        return _TABLE
    return _HEADING if alone and not row.endswith(".") and ":" not in row else _BODY


def _wrapped(line: _Line, width: float) -> Iterator[_Line]:
    """The line in pieces that fit. A table's row is as it is; a long word is cut."""
    if line.style is _TABLE or line.style.width(line.text) <= width:
        yield line
        return
    piece = ""
    for word in _cut(line, width):
        longer = f"{piece} {word}" if piece else word
        if line.style.width(longer) <= width:
            piece = longer
        else:
            yield _Line(line.style, piece)
            piece = word
    yield _Line(line.style, piece)


def _cut(line: _Line, width: float) -> Iterator[str]:
    """The words, those too long for a line in as many parts as they need."""
    for word in line.text.split(" "):
        rest = word
        while line.style.width(rest) > width:
            fits = next(n for n in range(len(rest), 0, -1) if line.style.width(rest[:n]) <= width)
            yield rest[:fits]
            rest = rest[fits:]
        yield rest


def _pages(lines: Sequence[_Line], room: float) -> Iterator[tuple[_Line, ...]]:
    """The lines by page. A heading and the blank line below it never end one."""
    page: list[_Line] = []
    used = 0.0
    for line in lines:
        tall = line.style.size * _LEADING
        if used + tall > room:
            kept = _without_heading(page)
            yield tuple(page[:kept])
            page = page[kept:]
            used = sum(one.style.size * _LEADING for one in page)
        page.append(line)
        used += tall
    yield tuple(page)


def _without_heading(page: Sequence[_Line]) -> int:
    """How many lines of a full page stay on it, its last heading going over with what follows."""
    last = len(page)
    while last > 1 and not page[last - 1].text:
        last -= 1
    return last - 1 if last > 1 and page[last - 1].style is _HEADING else len(page)


def _draw(canvas: Canvas, page: Sequence[_Line], *, top: float) -> None:
    at = top
    for line in page:
        at -= line.style.size * _LEADING
        if line.text:
            canvas.setFont(line.style.font, line.style.size)
            canvas.drawString(_MARGIN, at, line.text)
