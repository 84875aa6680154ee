"""What the parts of a letter's text are: told from the text alone, which is the letter.

A block stands between blank lines. Lines whose columns stand two spaces apart are a table, lines
that each say `label: figure` a list of figures, a line of its own that is no sentence a heading.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_APART = re.compile(r" {2,}")
_FIGURE = re.compile(r"^(.{1,60}?) ?: (\S.{0,39})$")
_SENTENCE_ENDS: Final = (".", "!", "?", ":", ",", ";")
_LONGEST_HEADING: Final = 70
_LETTERS_OF_CURRENCY: Final = 3


@dataclass(frozen=True, slots=True)
class Prose:
    """Lines that run on as far as the paper is wide."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """What the following is about."""

    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells. `right`: columns whose cells end at one line; `head`: the first row is it."""

    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int]
    head: bool


Block = Prose | Heading | Grid


def blocks_of(text: str, *, signed: str = "") -> Iterator[Block]:
    """The text's blocks in order. `signed`: a line that is a name and so no heading."""
    for part in re.split(r"\n\s*\n", text.strip("\n")):
        lines = [line.rstrip() for line in part.split("\n")]
        if len(lines) > 1 and all(_APART.search(line.strip()) for line in lines):
            yield _table(lines)
        elif len(lines) > 1 and all(_FIGURE.match(line) for line in lines):
            yield _figures(lines)
        elif len(lines) == 1 and _is_heading(lines[0]) and lines[0] != signed:
            yield Heading(lines[0])
        else:
            yield Prose(tuple(lines))


def _is_heading(line: str) -> bool:
    short = 0 < len(line) <= _LONGEST_HEADING
    return short and not line.endswith(_SENTENCE_ENDS) and ": " not in line and "/" not in line


def _figures(lines: Sequence[str]) -> Grid:
    """Labels, each with its colon, and what they say: money is flush right, words flush left."""
    rows = []
    for line in lines:
        label, _, figure = line.rpartition(": ")
        rows.append((f"{label}:", figure))
    money = all(_is_money(figure) for _, figure in rows)
    return Grid(rows=tuple(rows), right=frozenset({1} if money else ()), head=False)


def _is_money(said: str) -> bool:
    """An amount with a sign or the three letters of its currency; a day has more of them."""
    return any(map(str.isdigit, said)) and sum(map(str.isalpha, said)) <= _LETTERS_OF_CURRENCY


def _table(lines: Sequence[str]) -> Grid:
    """Cells by where in every line there are two blanks or more: empty cells keep their place."""
    wide = max(map(len, lines))
    padded = [line.ljust(wide) for line in lines]
    blank = [all(line[at] == " " for line in padded) for at in range(wide)]
    columns = _columns(blank)
    rows = tuple(tuple(line[start:end].strip() for start, end in columns) for line in padded)
    right = frozenset(
        number for number, (start, end) in enumerate(columns) if _ends_flush(padded, start, end)
    )
    return Grid(rows=rows, right=right, head=True)


def _columns(blank: Sequence[bool]) -> list[tuple[int, int]]:
    """Where columns begin and end: between them every line has two blanks at least."""
    columns, start, end = list[tuple[int, int]](), None, 0
    for at, empty in enumerate((*blank, True, True)):
        if not empty:
            if start is None:
                start = at
            end = at + 1
        elif start is not None and at - end >= 1:
            columns.append((start, end))
            start = None
    return columns


def _ends_flush(lines: Sequence[str], start: int, end: int) -> bool:
    """Whether the cells stand at the right of their column, and not all at its left as well."""
    cells = [line[start:end] for line in lines if line[start:end].strip()]
    at_right = all(cell[-1] != " " for cell in cells)
    at_left = all(cell[0] != " " for cell in cells)
    return at_right and not (
        at_left and not all(any(c.isdigit() for c in one) for one in cells[1:])
    )
