"""Files as they come: CSV, plain or gzip by content, read line by line and never held whole.

They are in the encoding that was said, UTF-8 unless it was. What is not is named: a file in UTF-16
that should be none is refused whole, a byte that fits no sign refuses its line and stays what it
is for the rejects.
"""

import csv
import gzip
import io
import re
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from app.services.files.formats import UTF_8

_GZIP = b"\x1f\x8b"
_BUFFER = 1 << 16
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UTF_8_MARK = b"\xef\xbb\xbf"
_WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be"})
#: More than any file of ours has; what is wider is another file.
MAX_COLUMNS = 200
#: A line is held whole, so it ends: a gzip of 4 MB may say one of 4 GB.
MAX_LINE_CHARS = 1_000_000
_STRAY = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of a byte
#: Delimiters that are hard to type, by name.
_NAMED = {"\\t": "\t", "tab": "\t"}
_LIKELY = (";", "\t", "|", ",")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record and the number of the line it begins on; the header's is 1."""

    number: int
    cells: tuple[str, ...]


class Unreadable(ValueError):
    """The file is no CSV, or its compression is damaged; what came before is imported."""


def delimiter_of(said: str) -> str:
    """What stands between cells: one sign, or `tab`. Raises `ValueError`, naming what is none."""
    meant = _NAMED.get(said.lower(), said)
    if len(meant) != 1 or meant.isalnum() or meant in "\"'\r\n\0":
        raise ValueError(f"{said!r} cannot stand between cells: say one sign, as ';', or tab.")
    return meant


def guess(header: Sequence[str]) -> str:
    """A hint at the delimiter, where a header that does not fit seems to be cut by another."""
    counted = Counter(char for char in "".join(header) if char in _LIKELY)
    if len(header) > 1 or not counted:
        return ""
    likely = counted.most_common(1)[0][0]
    return "; perhaps --delimiter " + ("tab" if likely == "\t" else repr(likely))


def undecoded(cell: str, encoding: str) -> str | None:
    """What tells that a cell is in another encoding than was said."""
    if cell.isascii():
        return None
    found = _STRAY.search(cell)
    if found is not None:
        byte = ord(found[0]) - 0xDC00
        meant = "UTF-8 (the file may be cp1252 or Latin-1" if encoding == UTF_8 else f"{encoding} ("
        more = "; " if encoding == UTF_8 else ""
        return f"is no {meant}{more}byte 0x{byte:02X}): say its encoding, or save it as UTF-8"
    if encoding == UTF_8 or encoding in _WIDE or not _is_utf_8(cell, encoding):
        return None
    return f"seems to be UTF-8, not {encoding}: say so, or leave the encoding out"


def _is_utf_8(cell: str, encoding: str) -> bool:
    """Whether a cell that was read as one sign a byte is, as bytes, signs of UTF-8."""
    try:
        cell.encode(encoding).decode(UTF_8)
    except UnicodeError:
        return False
    return True


class Source:
    """An open import file: its header, its lines, and how many bytes of it were read.

    Columns at the end without a name are none, and `blank_columns` counts them; `blank` counts
    the lines with nothing on them.
    """

    def __init__(
        self, raw: BinaryIO, *, size: int | None, delimiter: str = ",", encoding: str = UTF_8
    ) -> None:
        self.size = size
        self.delimiter = delimiter
        self.encoding = encoding
        self.blank = 0
        self.blank_columns = 0
        self._counted = _Counted(raw)
        buffered = io.BufferedReader(self._counted, _BUFFER)
        packed = buffered.peek(2)[:2] == _GZIP
        unpacked = io.BufferedReader(gzip.GzipFile(fileobj=buffered)) if packed else buffered
        codec = _codec(unpacked, encoding)
        content = cast("BinaryIO", unpacked)
        text = io.TextIOWrapper(content, codec, errors="surrogateescape", newline="")
        self._reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
        self.header = self._header()

    @property
    def bytes_read(self) -> int:
        """Of the file as stored: what a progress bar can be held against."""
        return self._counted.count

    def __iter__(self) -> Iterator[Line]:
        """The records below the header; lines with nothing on them are passed over."""
        while True:
            number = self._reader.line_num + 1
            cells = self._next()
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield Line(number=number, cells=self._cut(cells))
            else:
                self.blank += 1

    def _header(self) -> tuple[str, ...]:
        header = self._next()
        while header and not header[-1].strip():
            header = header[:-1]
            self.blank_columns += 1
        if not header:
            raise Unreadable("The first line must name the columns; there is none.")
        if len(header) > MAX_COLUMNS:
            raise Unreadable(f"It has {len(header)} columns; {MAX_COLUMNS} are the most.")
        for cell in header:
            if problem := undecoded(cell, self.encoding):
                raise Unreadable(f"The first line {problem}.")
        return header

    def _cut(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        """The line without what is blank beyond the header's columns."""
        width = len(self.header)
        return cells if any(cell.strip() for cell in cells[width:]) else cells[:width]

    def _next(self) -> tuple[str, ...] | None:
        begins = self._reader.line_num + 1
        try:
            return tuple(next(self._reader))
        except StopIteration:
            return None
        except UnicodeError as error:
            detail = f"it is no {self.encoding}: say its encoding, or save it as UTF-8"
            raise Unreadable(f"The record that begins on line {begins}: {detail}.") from error
        except (csv.Error, EOFError, OSError, zlib.error) as error:
            raise Unreadable(f"The record that begins on line {begins}: {error}.") from error


def _lines(content: io.TextIOWrapper) -> Iterator[str]:
    """The lines as they come; one without an end would be held whole. Raises `csv.Error`."""
    while line := content.readline(MAX_LINE_CHARS):
        if len(line) == MAX_LINE_CHARS:
            raise csv.Error(f"a line has {MAX_LINE_CHARS:,} characters or more")
        yield line


def _codec(content: "io.BufferedReader[Any]", encoding: str) -> str:
    """How to decode what begins so; a byte order mark is no part of the text.

    Raises `Unreadable` where the beginning shows that it is in another encoding than was said.
    """
    try:
        begins = content.peek(4)[:4]
    except (EOFError, OSError, zlib.error) as error:
        raise Unreadable(f"The record that begins on line 1: {error}.") from error
    wide = begins[:2] in _UTF_16 or b"\0" in begins[:2]
    if wide and encoding not in _WIDE:
        raise Unreadable(
            f"The file is no {encoding.upper()} but, it seems, UTF-16: say so (encoding utf-16), "
            "or save it as UTF-8."
        )
    if begins and not wide and encoding in _WIDE:
        raise Unreadable(f"The file is no {encoding.upper()}: its signs are of one byte.")
    if begins.startswith(_UTF_8_MARK) and encoding != UTF_8:
        content.read(len(_UTF_8_MARK))  # some write it before any text; each cell tells what it is
    if encoding == "utf-16" and begins[:2] not in _UTF_16:
        return "utf-16-be" if begins[:1] == b"\0" else "utf-16-le"
    if begins[:2] in _UTF_16:
        return "utf-16"
    return "utf-8-sig" if encoding == UTF_8 else encoding


class _Counted(io.RawIOBase):
    """The bytes below, counted on their way."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)


@contextmanager
def opened(path: str, *, delimiter: str = ",", encoding: str = UTF_8) -> Iterator[Source]:
    """The file at `path`, `-` for what is piped in. Raises `Unreadable`, `OSError`."""
    if path == "-":
        yield Source(sys.stdin.buffer, size=None, delimiter=delimiter, encoding=encoding)
        return
    with Path(path).open("rb") as raw:
        size = Path(path).stat().st_size
        yield Source(raw, size=size, delimiter=delimiter, encoding=encoding)
