"""Files as they come: CSV, plain or gzip by content, read line by line and never held whole."""

import csv
import gzip
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

_GZIP = b"\x1f\x8b"
_BUFFER = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record and the number of the line it begins on; the header's is 1."""

    number: int
    cells: tuple[str, ...]


class Unreadable(ValueError):
    """The file is no CSV, or its compression is damaged; what came before is imported."""


class Source:
    """An open import file: its header, its lines, and how many bytes of it were read."""

    def __init__(self, raw: BinaryIO, *, size: int | None, delimiter: str = ",") -> None:
        self.size = size
        self._counted = _Counted(raw)
        buffered = io.BufferedReader(self._counted, _BUFFER)
        packed = buffered.peek(2)[:2] == _GZIP
        content = cast("BinaryIO", gzip.GzipFile(fileobj=buffered) if packed else buffered)
        # Bytes that are no UTF-8 stay what they are, for the rejects file; their row is refused.
        text = io.TextIOWrapper(content, "utf-8", errors="surrogateescape", newline="")
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
            if cells:
                yield Line(number=number, cells=cells)

    def _header(self) -> tuple[str, ...]:
        header = self._next()
        if not header:
            raise Unreadable("The first line must name the columns; there is none.")
        return (header[0].removeprefix("\ufeff"), *header[1:])

    def _next(self) -> tuple[str, ...] | None:
        begins = self._reader.line_num + 1
        try:
            return tuple(next(self._reader))
        except StopIteration:
            return None
        except (csv.Error, EOFError, OSError) as error:
            raise Unreadable(f"The record that begins on line {begins}: {error}.") from error


class _Counted(io.RawIOBase):
    """The bytes below, counted on their way."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
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
