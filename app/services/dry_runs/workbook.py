"""A sheet as it was sent, XLSX or CSV: its headings and rows, each cell with its type.

A workbook is looked at before it is opened: what it unpacks to, how far its cells reach, which of
them are errors and which rows are hidden. Whoever reads workbooks would take an error for nothing,
and memory for every cell up to the farthest.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from app.domain.errors import InvalidInput
from app.domain.spreadsheets.judging import Cell, CellError

MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 200
#: Cells of the rectangle that holds them all, empty ones too.
MAX_AREA: Final = 3_000_000
MAX_UNPACKED_BYTES: Final = 200_000_000
MAX_CELL: Final = 2_000
MAX_SHEETS: Final = 100
_ZIP = b"PK\x03\x04"
_PIECE = 1 << 20
_ANY_SIZE = 1 << 60
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
_PLACES = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Za-z]{1,4})([0-9]{1,8})[\"']")
_ERROR = re.compile(rb"<(?:\w+:)?c\b(?=[^>]*\bt=[\"']e[\"'])[^>]*>")
_PLACE = re.compile(rb"\br=[\"']([A-Za-z]{1,4})([0-9]{1,8})[\"']")
_SHEET = re.compile(r"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(r"([\w:]+)=[\"']([^\"']*)[\"']")


#: How damaged and locked files end, here and where workbooks are read.
_BROKEN = (
    CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError, KeyError, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What was read. A row's number is the one the sheet shows; the headings' is among them."""

    sheets: tuple[str, ...]
    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    blank_rows: int = 0
    hidden_rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SentSheet:
    """A file as it was sent, and which sheet of it is meant; `delimiter`: of a CSV."""

    content: bytes
    sheet: str | None = None
    delimiter: str = ","


@dataclass(slots=True)
class _Seen:
    """What a look at a worksheet found."""

    rows: int = 0
    columns: int = 0
    hidden: int = 0
    errors: set[tuple[int, int]] = field(default_factory=set)


def read_sheet(sent: SentSheet) -> Sheet:
    """The sheet of that name, else the first. Raises `InvalidInput`, saying what is too much."""
    if sent.content.startswith(_ZIP):
        return _workbook(sent.content, sent.sheet)
    if sent.sheet is not None:
        raise InvalidInput.at("?sheet", "is of workbooks; a CSV has none")
    return _csv(sent.content, sent.delimiter)


def _refused(detail: str) -> InvalidInput:
    return InvalidInput.at("", detail)


# CSV ----------------------------------------------------------------------------------------


def _csv(content: bytes, delimiter: str) -> Sheet:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused("is neither XLSX nor CSV in UTF-8: save it as one of them") from None
    if "\0" in text:
        raise _refused("is neither XLSX nor CSV in UTF-8: save it as one of them")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return _laid_out(("",), "", ((reader.line_num, line) for line in reader))
    except csv.Error as error:
        raise _refused(f"is no CSV: {error}, on line {reader.line_num}") from None


# XLSX ---------------------------------------------------------------------------------------


def _workbook(content: bytes, wanted: str | None) -> Sheet:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = _bounded(archive)
            seen = _looked_at(archive, names, wanted)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        name = wanted if wanted is not None else next(iter(names), "")
        cells = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except _BROKEN as error:
        raise _refused(f"is no workbook that can be read ({type(error).__name__})") from None
    lines = (
        (number, [_typed(one, (number, at), seen) for at, one in enumerate(line, 1)])
        for number, line in enumerate(cells, 1)
    )
    return _laid_out(tuple(names), name, lines, hidden=seen.hidden)


def _typed(cell: object, at: tuple[int, int], seen: _Seen) -> Cell:
    if at in seen.errors:
        return CellError(shown="error")
    if cell is None or isinstance(cell, str | bool | int | float | datetime | date | time):
        return cell
    return str(cell)


def _bounded(archive: zipfile.ZipFile) -> dict[str, str]:
    """The sheets by name, with where each lies; all of the workbook unpacks to what may be."""
    left = MAX_UNPACKED_BYTES
    for info in archive.infolist():
        for piece in _pieces(archive, info):
            left -= len(piece)
            if left < 0:
                raise _refused(f"unpacks to more than {MAX_UNPACKED_BYTES:,} bytes")
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names:
        raise _refused("is neither XLSX nor CSV in UTF-8: save it as one of them")
    book = _head(archive, "xl/workbook.xml")
    related = _head(archive, "xl/_rels/workbook.xml.rels")
    targets = {
        one["Id"]: one["Target"].removeprefix("/xl/")
        for one in _attributes(_RELATION, related)
        if {"Id", "Target"} <= one.keys()
    }
    found = {}
    for one in _attributes(_SHEET, book):
        where = next((value for name, value in one.items() if name.endswith(":id")), "")
        found[_unescaped(one.get("name", ""))] = f"xl/{targets.get(where, '')}"
    if not 0 < len(found) <= MAX_SHEETS:
        raise _refused(f"has {len(found)} sheets; 1 to {MAX_SHEETS} are read")
    return found


def _head(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as entry:
        return entry.read(_PIECE).decode("utf-8", "replace")


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """What an entry unpacks to, whatever it says that it does."""
    info.file_size = _ANY_SIZE
    with archive.open(info) as entry:
        while piece := entry.read(_PIECE):
            yield piece


def _attributes(tag: re.Pattern[str], text: str) -> Iterator[dict[str, str]]:
    for found in tag.finditer(text):
        yield dict(_ATTRIBUTE.findall(found[1]))


def _unescaped(name: str) -> str:
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'")):
        name = name.replace(entity, sign)
    return name.replace("&amp;", "&")


def _looked_at(archive: zipfile.ZipFile, names: dict[str, str], wanted: str | None) -> _Seen:
    name = wanted if wanted is not None else next(iter(names))
    if name not in names:
        raise InvalidInput.at("?sheet", f"is none of {', '.join(names)[:200]}")
    if names[name] not in archive.namelist():
        raise _refused("is no workbook that can be read (its sheet is missing)")
    seen, kept = _Seen(), b""
    for piece in _pieces(archive, archive.getinfo(names[name])):
        body, mark, rest = (kept + piece).rpartition(b"<")
        _look(body, seen)
        kept = mark + rest
    _look(kept, seen)
    _refuse_too_much(seen.rows, seen.columns)
    return seen


def _look(body: bytes, seen: _Seen) -> None:
    for tag in _ROW.findall(body):
        seen.hidden += _HIDDEN.search(tag) is not None
    for letters, digits in set(_PLACES.findall(body)):
        seen.rows = max(seen.rows, int(digits))
        seen.columns = max(seen.columns, _column(letters))
    for tag in _ERROR.findall(body):
        place = _PLACE.search(tag)
        if place is None:
            raise _refused("has an error in a cell without a place: save it anew")
        seen.errors.add((int(place[2]), _column(place[1])))
        if len(seen.errors) > MAX_ROWS:
            raise _refused(f"has more than {MAX_ROWS:,} cells that are errors")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _refuse_too_much(rows: int, columns: int) -> None:
    if rows > MAX_ROWS + 1:
        raise _refused(f"has more than {MAX_ROWS:,} rows: send it in parts")
    if columns > MAX_COLUMNS:
        raise _refused(f"has more than {MAX_COLUMNS} columns")
    if rows * columns > MAX_AREA:
        raise _refused(f"has more than {MAX_AREA:,} cells, empty ones counted: send it in parts")


# Both ---------------------------------------------------------------------------------------


def _laid_out(
    sheets: tuple[str, ...],
    name: str,
    lines: Iterator[tuple[int, Sequence[Cell]]],
    *,
    hidden: int = 0,
) -> Sheet:
    """The first line that says anything is the headings'; what lies beyond them is not read."""
    headings: tuple[str, ...] = ()
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    blank = area = 0
    for number, line in lines:
        area += len(line)
        if len(line) > MAX_COLUMNS or len(rows) > MAX_ROWS or area > MAX_AREA:
            _refuse_too_much(len(rows) + 1, len(line))
            raise _refused(f"has more than {MAX_AREA:,} cells: send it in parts")
        if not any(_says(cell) for cell in line):
            blank += 1
        elif not headings:
            headings = _headings(line)
        else:
            rows.append((number, _row(number, line, len(headings))))
    if not headings:
        raise _refused("is empty: its first row names the columns")
    if len(rows) > MAX_ROWS:
        _refuse_too_much(MAX_ROWS + 2, len(headings))
    return Sheet(
        sheets=sheets,
        name=name,
        headings=headings,
        rows=tuple(rows),
        blank_rows=blank,
        hidden_rows=hidden,
    )


def _says(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _headings(line: Sequence[Cell]) -> tuple[str, ...]:
    """One of each column; a column without a heading says nothing that could be mapped."""
    found = [str(cell).strip() if _says(cell) else "" for cell in line]
    while found and not found[-1]:
        found.pop()
    for at, heading in enumerate(found):
        if len(heading) > MAX_CELL:
            raise _refused(f"has a heading of more than {MAX_CELL} characters")
        if heading and heading in found[:at]:
            raise _refused(f"names two columns {heading[:50]!r}: name them apart")
    return tuple(found)


def _row(number: int, line: Sequence[Cell], columns: int) -> tuple[Cell, ...]:
    if any(_says(cell) for cell in line[columns:]):
        raise _refused(f"has a cell beyond its headings in row {number}")
    for cell in line:
        if isinstance(cell, str) and len(cell) > MAX_CELL:
            raise _refused(f"has a cell of more than {MAX_CELL} characters in row {number}")
    cells = list(line[:columns])
    return tuple(cells + [None] * (columns - len(cells)))
