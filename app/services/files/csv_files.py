"""Files as they come: CSV, plain or gzip by content, read line by line and never held whole.

They are UTF-8, with or without a byte order mark. What is none is named: a file in UTF-16 is
refused whole, a byte that is no UTF-8 refuses its line and stays what it is for the rejects.
"""

import csv
import gzip
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

_GZIP = b"\x1f\x8b"
_BUFFER = 1 << 16
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
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


def stray_byte(cell: str) -> str | None:
    """What is wrong with a cell that was no UTF-8."""
    found = _STRAY.search(cell)
    if found is None:
        return None
    byte = ord(found[0]) - 0xDC00
    return f"is no UTF-8 (byte 0x{byte:02X}; the file may be cp1252 or Latin-1): save it as UTF-8"


class Source:
    """An open import file: its header, its lines, and how many bytes of it were read.

    Columns at the end without a name are none. `blank` counts the lines with nothing on them.
    """

    def __init__(self, raw: BinaryIO, *, size: int | None, delimiter: str = ",") -> None:
        self.size = size
        self.delimiter = delimiter
        self.blank = 0
        self._counted = _Counted(raw)
        buffered = io.BufferedReader(self._counted, _BUFFER)
        packed = buffered.peek(2)[:2] == _GZIP
        unpacked = io.BufferedReader(gzip.GzipFile(fileobj=buffered)) if packed else buffered
        _refuse_utf_16(unpacked)
        content = cast("BinaryIO", unpacked)
        text = io.TextIOWrapper(content, "utf-8-sig", errors="surrogateescape", newline="")
        self._reader = csv.reader(text, delimiter=delimiter, strict=True)
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
        if not header:
            raise Unreadable("The first line must name the columns; there is none.")
        for cell in header:
            if problem := stray_byte(cell):
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
        except (csv.Error, EOFError, OSError) as error:
            raise Unreadable(f"The record that begins on line {begins}: {error}.") from error


def _refuse_utf_16(content: "io.BufferedReader[Any]") -> None:
    try:
        begins = content.peek(2)[:2]
    except (EOFError, OSError) as error:
        raise Unreadable(f"The record that begins on line 1: {error}.") from error
    if begins in _UTF_16 or b"\0" in begins:
        raise Unreadable("The file is no UTF-8 but, it seems, UTF-16: save it as UTF-8.")


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
def opened(path: str, *, delimiter: str = ",") -> Iterator[Source]:
    """The file at `path`, `-` for what is piped in. Raises `Unreadable`, `OSError`."""
    if path == "-":
        yield Source(sys.stdin.buffer, size=None, delimiter=delimiter)
        return
    with Path(path).open("rb") as raw:
        yield Source(raw, size=Path(path).stat().st_size, delimiter=delimiter)
