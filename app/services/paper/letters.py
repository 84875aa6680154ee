"""Letters as a PDF: one layout for all of them, and the same bytes for the same words.

The text is the letter; this draws it, with who writes and to whom. Nothing of the machine goes
into the file: its dates are the letter's own, its id is made of its content, its streams are not
compressed (two builds of zlib need not agree). A release that draws with another version of
ReportLab may draw other bytes; the text, which is stored, stays.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Final

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from app.services.paper.blocks import blocks_of
from app.services.paper.flow import BODY, HEADING, Row, paged, rows_of
from app.services.paper.fonts import BOLD, PLAIN, Style, refuse_undrawable
from app.services.paper.sheets import Sheet, sheet_of
from app.services.paper.slips import Slip

__all__ = ["Letterhead", "PaperLetter", "check_drawable", "drawn_letters"]

_NAME: Final = Style(BOLD, 12.0)
_SMALL: Final = Style(PLAIN, 7.5)
_RETURN: Final = Style(PLAIN, 6.5)
_ADDRESS: Final = Style(PLAIN, 10.0)
_LOGO_HEIGHT: Final = 34.0
_LOGO_WIDTH: Final = 160.0
_SLIP_CODE: Final = 92.0
_SLIP_LINE: Final = 15.0
_SLIP_PADDING: Final = 12.0
_GRAY: Final = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who writes. `logo`: a PNG or JPEG image."""

    name: str
    address: tuple[str, ...] = ()
    phone: str = ""
    logo: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLetter:
    """A letter to be drawn. `to`: the lines of the address; `pages`: `Page {number} of {count}`."""

    head: Letterhead
    to: tuple[str, ...]
    dated: str
    dated_on: date
    title: str | None
    text: str
    locale: str
    pages: str
    slip: Slip | None = None


@dataclass(frozen=True, slots=True)
class _Pen:
    """A canvas with a sheet on it."""

    canvas: Canvas
    sheet: Sheet

    def put(self, x: float, y: float, text: str, style: Style, *, end: bool = False) -> None:
        """A line of text; `y` counts from the top edge to its base line. `end`: it ends at `x`."""
        self.canvas.setFont(style.font, style.size)
        draw = self.canvas.drawRightString if end else self.canvas.drawString
        draw(x, self.sheet.height - y, unicodedata.normalize("NFC", text))


def drawn_letters(letters: Sequence[PaperLetter]) -> bytes:
    """All of them in one file, each beginning on a page of its own and numbered by itself.

    Raises `CannotDraw` naming every character that our fonts do not have.
    """
    made, first = BytesIO(), letters[0]
    for letter in letters:
        check_drawable(letter)
    canvas = Canvas(made, invariant=1, pageCompression=0)
    canvas.setTitle(first.title or first.head.name)
    canvas.setAuthor(first.head.name)
    canvas.setSubject("")
    canvas.setCreator("Accord")
    canvas.setDateFormatter(lambda *_: f"D:{first.dated_on:%Y%m%d}000000Z")
    for letter in letters:
        _draw(canvas, letter)
    canvas.save()
    return made.getvalue()


def check_drawable(letter: PaperLetter) -> None:
    """Raises `CannotDraw` naming every character that our fonts do not have."""
    said = [
        (letter.text, PLAIN), (letter.text, BOLD), (letter.title or "", BOLD),
        (letter.head.name, BOLD), ("\n".join((*letter.to, *letter.head.address)), PLAIN),
        (letter.dated + letter.head.phone + letter.pages, PLAIN),
    ]  # fmt: skip
    if letter.slip is not None:
        said += [(letter.slip.as_text(), PLAIN), (letter.slip.title, BOLD)]
    refuse_undrawable(
        (unicodedata.normalize("NFC", text).replace("\n", ""), font) for text, font in said
    )


def _draw(canvas: Canvas, letter: PaperLetter) -> None:
    sheet = sheet_of(letter.locale)
    pen = _Pen(canvas, sheet)
    text = unicodedata.normalize("NFC", letter.text)
    rows = rows_of(letter.title, blocks_of(text, signed=letter.head.name), sheet.room)
    first = sheet.height - sheet.body_top - sheet.bottom
    others = sheet.height - sheet.next_top - sheet.bottom
    pages = list(paged(rows, first, others))
    if letter.slip is not None:
        used = sum(row.height for row in pages[-1])
        room = first if len(pages) == 1 else others
        if used + _slip_height(letter.slip) + _SLIP_LINE > room:
            pages.append(())
    for number, page in enumerate(pages, start=1):
        canvas.setPageSize((sheet.width, sheet.height))
        top = sheet.body_top if number == 1 else sheet.next_top
        if number == 1:
            _head(pen, letter)
        _rows(pen, page, top=top)
        if letter.slip is not None and number == len(pages):
            _slip(pen, letter.slip)
        foot = letter.pages.format(number=number, count=len(pages))
        pen.put(sheet.width - sheet.right, sheet.height - 34.0, foot, _SMALL, end=True)
        canvas.showPage()


# --- Parts of a page ----------------------------------------------------------------------------


def _head(pen: _Pen, letter: PaperLetter) -> None:
    """The letterhead, the window and the date; and where to fold."""
    canvas, sheet = pen.canvas, pen.sheet
    head, right = letter.head, sheet.width - sheet.right
    y = sheet.head_top + _NAME.size
    if head.logo is not None:
        image = ImageReader(BytesIO(head.logo))
        wide, high = image.getSize()
        scale = min(_LOGO_WIDTH / wide, _LOGO_HEIGHT / high)
        canvas.drawImage(
            image, sheet.left, sheet.height - sheet.head_top - high * scale, wide * scale,
            high * scale, mask="auto",
        )  # fmt: skip
        y += high * scale + 4.0
    pen.put(sheet.left, y, head.name, _NAME)
    at = sheet.head_top + _SMALL.size
    for line in (*head.address, *([head.phone] if head.phone else [])):
        pen.put(right, at, line, _SMALL, end=True)
        at += _SMALL.size * 1.35
    if sheet.return_top is not None and head.address:
        sender = " · ".join((head.name, *head.address))
        canvas.setFillGray(_GRAY)
        pen.put(sheet.address_left, sheet.return_top, sender, _RETURN)
        canvas.setFillGray(0.0)
    for number, line in enumerate(_address(letter.to, sheet)):
        y = sheet.address_top + _ADDRESS.size * 0.8 + number * sheet.address_leading
        pen.put(sheet.address_left, y, line, _ADDRESS)
    pen.put(right, sheet.body_top - 18.0, letter.dated, BODY, end=True)
    canvas.setLineWidth(0.3)
    for fold in sheet.folds:
        canvas.line(11.0, sheet.height - fold, 20.0, sheet.height - fold)


def _address(lines: Sequence[str], sheet: Sheet) -> Iterator[str]:
    """As many lines as the window shows: those before the last go together on one."""
    if len(lines) <= sheet.address_lines:
        yield from lines
        return
    most = sheet.address_lines
    yield from lines[: most - 2]
    yield ", ".join(lines[most - 2 : -1])
    yield lines[-1]


def _rows(pen: _Pen, rows: Sequence[Row], *, top: float) -> None:
    canvas, sheet, y = pen.canvas, pen.sheet, top
    for row in rows:
        size = max((cell.style.size for cell in row.cells), default=0.0)
        for cell in row.cells:
            pen.put(sheet.left + cell.x, y + size, cell.text, cell.style, end=cell.right)
        y += row.height
        if row.rule:
            canvas.setLineWidth(0.5)
            canvas.line(
                sheet.left, sheet.height - y + 2.5, sheet.left + row.rule, sheet.height - y + 2.5
            )


def _slip_height(slip: Slip) -> float:
    lines = HEADING.size + _SLIP_LINE * (len(slip.lines) + 1)
    return max(lines, _SLIP_CODE) + 2 * _SLIP_PADDING


def _slip(pen: _Pen, slip: Slip) -> None:
    """At the foot of the last page, under a line to cut along; the code at its right."""
    canvas, sheet = pen.canvas, pen.sheet
    height = _slip_height(slip)
    top = sheet.height - sheet.bottom - height + 18.0
    right = sheet.width - sheet.right
    canvas.setLineWidth(0.4)
    canvas.setDash(3, 3)
    canvas.line(sheet.left, sheet.height - top, right, sheet.height - top)
    canvas.setDash()
    y = top + _SLIP_PADDING + HEADING.size
    pen.put(sheet.left, y, slip.title, HEADING)
    labels = max(BODY.width(f"{label}:") for label, _ in slip.lines) + 14.0
    for label, value in slip.lines:
        y += _SLIP_LINE
        pen.put(sheet.left, y, f"{label}:", BODY)
        pen.put(sheet.left + labels, y, value, BODY)
    size = len(slip.code)
    module = _SLIP_CODE / size
    left, upper = right - _SLIP_CODE, sheet.height - top - _SLIP_PADDING
    for row, modules in enumerate(slip.code):
        for column, dark in enumerate(modules):
            if dark:
                canvas.rect(
                    left + column * module, upper - (row + 1) * module, module, module,
                    stroke=0, fill=1,
                )  # fmt: skip
