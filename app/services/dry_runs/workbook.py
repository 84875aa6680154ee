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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from app.domain.errors import InvalidInput
from app.domain.spreadsheets.judging import MERGED, NOT_COMPUTED, Cell, CellError

MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 200
#: Cells of the rectangle that holds them all, empty ones too.
MAX_AREA: Final = 3_000_000
MAX_UNPACKED_BYTES: Final = 200_000_000
MAX_CELL: Final = 2_000
MAX_SHEETS: Final = 100
#: Cells that are errors, merged, or formulas that nobody worked out.
MAX_MARKED: Final = 300_000
_ZIP = b"PK\x03\x04"
_PIECE = 1 << 20
_ANY_SIZE = 1 << 60
#: What a look may find between two tags, a cell's words among it, and the head of one.
_TAIL = 1 << 16
#: No pattern reads beyond the tag it begins in: whoever sends a million open ones gets no further.
_ROW = re.compile(rb"<(?:\w+:)?row\b[^<>]*>")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
_PLACES = re.compile(rb"<(?:\w+:)?c\b[^<>]*?\br=[\"']([A-Za-z]{1,4})([0-9]{1,8})[\"']")
_ERROR = re.compile(rb"<(?:\w+:)?c\b(?=[^<>]*\bt=[\"']e[\"'])[^<>]*>")
#: A cell that is worked out, and whether it says to what.
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*)>\s*<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*(<(?:\w+:)?v\b)?"
)
_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\b[^<>]*\bref=[\"']([A-Za-z]{1,4})([0-9]{1,8}):([A-Za-z]{1,4})([0-9]{1,8})[\"']"
)
_UNCOMPUTED = re.compile(r"<(?:\w+:)?calcPr\b[^<>]*\bfullCalcOnLoad=[\"'](?:1|true)[\"']")
_PLACE = re.compile(rb"\br=[\"']([A-Za-z]{1,4})([0-9]{1,8})[\"']")
_SHEET = re.compile(r"<(?:\w+:)?sheet\b([^<>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b([^<>]*)>")
_ATTRIBUTE = re.compile(r"(?<![\w:])([\w:]{1,64})=[\"']([^\"']*)[\"']")


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
    errors: dict[tuple[int, int], str] = field(default_factory=dict)  # what each shows
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    computed: bool = True  # what formulas say was worked out when it was saved

    def wrong(self, place: tuple[int, int], shown: str) -> None:
        self.errors.setdefault(place, shown)
        if len(self.errors) > MAX_MARKED:
            raise _refused(f"has more than {MAX_MARKED:,} cells that are errors or merged")


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
            name = wanted if wanted is not None else _first_shown(names)
            seen = _looked_at(archive, names, name)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
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
        return CellError(shown=seen.errors[at])
    if cell is None or isinstance(cell, str | bool | int | float | datetime | date | time):
        return cell
    return str(cell)


class _Place(NamedTuple):
    """Where a sheet lies in the workbook, and whether its reader sees it."""

    path: str
    shown: bool


def _first_shown(names: Mapping[str, _Place]) -> str:
    """The first sheet of cells that is not hidden: what its sender sees; else the first."""
    seen = (name for name, at in names.items() if at.shown and "/worksheets/" in at.path)
    return next(seen, next(iter(names)))


def _bounded(archive: zipfile.ZipFile) -> dict[str, _Place]:
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
        shown = one.get("state", "visible") == "visible"
        found[_unescaped(one.get("name", ""))] = _Place(f"xl/{targets.get(where, '')}", shown)
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


def _looked_at(archive: zipfile.ZipFile, names: Mapping[str, _Place], name: str) -> _Seen:
    if name not in names:
        raise InvalidInput.at("?sheet", f"is none of {', '.join(names)[:200]}")
    if names[name].path not in archive.namelist():
        raise _refused("is no workbook that can be read (its sheet is missing)")
    seen, kept = _Seen(), b""
    seen.computed = _UNCOMPUTED.search(_head(archive, "xl/workbook.xml")) is None
    for piece in _pieces(archive, archive.getinfo(names[name].path)):
        body, kept = _cut(kept + piece)
        if len(kept) > _PIECE:
            raise _refused(f"has a cell of more than {_PIECE:,} bytes")
        _look(body, seen)
    _look(kept, seen)
    _refuse_too_much(seen.rows, seen.columns)
    _mark_merged(seen)
    return seen


def _cut(read: bytes) -> tuple[bytes, bytes]:
    """What can be looked at, and the cell or tag that may go on in the next piece."""
    at = max(read.rfind(b"<c "), read.rfind(b":c "))
    at = read.rfind(b"<") if len(read) - at > _TAIL else read.rfind(b"<", 0, at + 1)
    return (read[:at], read[at:]) if at > 0 else (b"", read)


def _look(body: bytes, seen: _Seen) -> None:
    for tag in _ROW.findall(body):
        seen.hidden += _HIDDEN.search(tag) is not None
    if len(seen.merged) > MAX_MARKED:
        raise _refused(f"has more than {MAX_MARKED:,} merged cells: send it in parts")
    for letters, digits in set(_PLACES.findall(body)):
        seen.rows = max(seen.rows, int(digits))
        seen.columns = max(seen.columns, _column(letters))
    for tag in _ERROR.findall(body):
        seen.wrong(_place_of(tag, "an error"), "error")
    for tag, value in _FORMULA.findall(body):
        if not (value and seen.computed):
            seen.wrong(_place_of(tag, "a formula"), NOT_COMPUTED)
    seen.merged += [
        (int(top), _column(left), int(bottom), _column(right))
        for left, top, right, bottom in _MERGED.findall(body)
    ]


def _place_of(tag: bytes, what: str) -> tuple[int, int]:
    place = _PLACE.search(tag)
    if place is None:
        raise _refused(f"has {what} in a cell without a place: save it anew")
    return int(place[2]), _column(place[1])


def _mark_merged(seen: _Seen) -> None:
    """Of cells that were made one, all but the first say nothing of their own."""
    area = 0
    for top, left, bottom, right in seen.merged:
        area += max(0, min(bottom, seen.rows) - top + 1) * max(
            0, min(right, seen.columns) - left + 1
        )
        if area > MAX_MARKED:
            raise _refused(f"has more than {MAX_MARKED:,} merged cells: send it in parts")
        for row in range(top, min(bottom, seen.rows) + 1):
            for column in range(left, min(right, seen.columns) + 1):
                if (row, column) != (top, left):
                    seen.wrong((row, column), MERGED)


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
    if isinstance(cell, CellError):
        return cell.shown != MERGED
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
