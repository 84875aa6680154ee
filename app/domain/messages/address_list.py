"""The list of addresses that goes with letters printed together, written, read, and shortened.

One row a letter: its number, its message, and the lines of its address. It is kept beside the
file, so that a letter can be drawn again to where it went once another of them is forgotten.
"""

import csv
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

#: Columns there are for lines, however short the addresses are.
LINES: Final = 7
#: A spreadsheet takes what begins so for a formula.
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")

_END: Final = "\r\n"

#: A letter's number, its message as clients name it, and its address.
Row = tuple[int, str, Sequence[str]]


class _Said:
    """What a writer of rows said so far."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, part: str) -> None:
        self.parts.append(part)


def written(rows: Iterable[Row]) -> bytes:
    """The list as CSV; no line is left out, and no spreadsheet takes one for a formula."""
    every = list(rows)
    width = max([LINES, *(len(lines) for _, _, lines in every)])
    said = _Said()
    out = csv.writer(said, lineterminator=_END)
    out.writerow(("number", "message_id", *(f"line_{n}" for n in range(1, width + 1))))
    for number, message, lines in every:
        plain = [f"'{one}" if one.startswith(_FORMULAS) else one for one in lines]
        out.writerow((number, message, *plain, *[""] * (width - len(plain))))
    return "".join(said.parts).encode()


def read(addresses: bytes) -> Mapping[int, tuple[str, ...]]:
    """The lines of each letter by its number, as they were before they were written."""
    return {number: lines for number, _, lines in _rows(addresses)}


def without(addresses: bytes, numbers: Collection[int]) -> bytes:
    """The list with nothing of these letters; the others keep their numbers."""
    return written(row for row in _rows(addresses) if row[0] not in numbers)


def _rows(addresses: bytes) -> Iterable[tuple[int, str, tuple[str, ...]]]:
    _, *rows = csv.reader(f"{one}{_END}" for one in addresses.decode().split(_END)[:-1])
    for number, message, *cells in rows:
        lines = [
            one[1:] if one[:1] == "'" and one[1:].startswith(_FORMULAS) else one for one in cells
        ]
        while lines and not lines[-1]:
            lines.pop()
        yield int(number), message, tuple(lines)
