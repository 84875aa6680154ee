"""A letter's blocks laid out in lines of a known height, and the lines in pages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.services.paper.blocks import Block, Grid, Heading, Prose
from app.services.paper.fonts import BOLD, PLAIN, Style

BODY: Final = Style(PLAIN, 9.5)
HEADING: Final = Style(BOLD, 10.0)
TITLE: Final = Style(BOLD, 13.0)
_GRIDS: Final = tuple(
    (Style(PLAIN, size), Style(BOLD, size)) for size in (9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
)
_LEADING: Final = 1.42
_BETWEEN_BLOCKS: Final = 7.5
_BEFORE_HEADING: Final = 11.0
_AFTER_HEADING: Final = 2.5
_BETWEEN_COLUMNS: Final = 16.0
_NARROWEST: Final = 60.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text. `x`: where it begins, or ends where `right`, from the left margin."""

    text: str
    style: Style
    x: float = 0.0
    right: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line on paper. `rule`: a line is drawn below it. `keeps`: never the last of a page.

    `again`: what is set at the top of the next page if the page ends before this row.
    """

    cells: tuple[Cell, ...]
    height: float
    rule: float = 0.0  # its length
    keeps: bool = False
    again: "Row | None" = None


def rows_of(title: str | None, blocks: Iterable[Block], room: float) -> Iterator[Row]:
    """All rows of a letter, on lines of this length."""
    if title:
        for piece in _wrapped(title, TITLE, room):
            yield Row((Cell(piece, TITLE),), TITLE.size * _LEADING, keeps=True)
        yield _gap(_BETWEEN_BLOCKS, keeps=True)
    before: Block | None = None
    for block in blocks:
        if isinstance(before, Heading):
            yield _gap(_AFTER_HEADING, keeps=True)
        elif before is not None:
            yield _gap(_BEFORE_HEADING if isinstance(block, Heading) else _BETWEEN_BLOCKS)
        yield from _block(block, room)
        before = block


def _block(block: Block, room: float) -> Iterator[Row]:
    match block:
        case Heading(text):
            for piece in _wrapped(text, HEADING, room):
                yield Row((Cell(piece, HEADING),), HEADING.size * _LEADING, keeps=True)
        case Prose(lines):
            for line in lines:
                pieces = list(_wrapped(line, BODY, room))
                for number, piece in enumerate(pieces, start=1):
                    # No line of a sentence stands on a page by itself, first or last.
                    keeps = number in {1, len(pieces) - 1} and len(pieces) > 1
                    yield Row((Cell(piece, BODY),), BODY.size * _LEADING, keeps=keeps)
        case Grid():
            yield from _grid(block, room)


def paged(rows: Iterable[Row], first: float, others: float) -> Iterator[tuple[Row, ...]]:
    """The rows by page, the first page with so much height, the others with theirs.

    What must not be the last of a page goes over with what follows; a table's head is set again.
    """
    page, used, room = list[Row](), 0.0, first
    for row in rows:
        if used + row.height > room and page:
            kept = len(page)
            while kept > 1 and page[kept - 1].keeps:
                kept -= 1
            over = page[kept:] if kept > 1 or not page[0].keeps else []
            yield tuple(page[: len(page) - len(over)])
            again = [row.again] if row.again is not None and not over else []
            page = [*_without_gaps(over), *again]
            used, room = sum(one.height for one in page), others
            if not page and not row.cells:
                continue  # no page begins with a gap
        page.append(row)
        used += row.height
    yield tuple(page)


def _without_gaps(rows: Sequence[Row]) -> Sequence[Row]:
    first = next((n for n, row in enumerate(rows) if row.cells), len(rows))
    return rows[first:]


def _gap(height: float, *, keeps: bool = False) -> Row:
    return Row((), height, keeps=keeps)


# --- Tables -------------------------------------------------------------------------------------


def _grid(grid: Grid, room: float) -> Iterator[Row]:
    """The rows of a table, in letters as large as lets it fit; then the widest column wraps."""
    (plain, bold), widths = _fitting(grid, room)
    starts, at = list[float](), 0.0
    for width in widths:
        starts.append(at)
        at += width + _BETWEEN_COLUMNS
    whole = at - _BETWEEN_COLUMNS
    head: Row | None = None
    for number, cells in enumerate(grid.rows):
        style = bold if grid.head and number == 0 else plain
        pieces = [
            list(_wrapped(cell, style, width)) if cell else [""]
            for cell, width in zip(cells, widths, strict=True)
        ]
        for line in range(max(map(len, pieces))):
            made = tuple(
                Cell(
                    piece[line], style, starts[at] + (widths[at] if at in grid.right else 0.0),
                    right=at in grid.right,
                )
                for at, piece in enumerate(pieces)
                if line < len(piece) and piece[line]
            )  # fmt: skip
            is_head = grid.head and number == 0
            last = line == max(map(len, pieces)) - 1
            row = Row(
                made,
                style.size * _LEADING + (3.0 if is_head and last else 0.0),
                rule=whole if is_head and last else 0.0,
                keeps=is_head,
                again=head,
            )
            head = row if is_head and last else head
            yield row


def _fitting(grid: Grid, room: float) -> tuple[tuple[Style, Style], list[float]]:
    between = _BETWEEN_COLUMNS * (len(grid.rows[0]) - 1)
    for styles in _GRIDS:
        widths = _natural(grid, *styles)
        if sum(widths) + between <= room:
            return styles, widths
    styles = _GRIDS[-1]
    widths = _natural(grid, *styles)
    widest = max(range(len(widths)), key=lambda at: (at not in grid.right, widths[at]))
    others = sum(widths) - widths[widest]
    widths[widest] = max(_NARROWEST, room - between - others)
    return styles, widths


def _natural(grid: Grid, plain: Style, bold: Style) -> list[float]:
    return [
        max(
            (bold if grid.head and number == 0 else plain).width(row[at])
            for number, row in enumerate(grid.rows)
        )
        for at in range(len(grid.rows[0]))
    ]


# --- Lines --------------------------------------------------------------------------------------


def _wrapped(text: str, style: Style, width: float) -> Iterator[str]:
    """The line in pieces that fit; a word too long for a line is cut."""
    piece = ""
    for word in _cut(text, style, width):
        longer = f"{piece} {word}" if piece else word
        if style.width(longer) <= width or not piece:
            piece = longer
        else:
            yield piece
            piece = word
    yield piece


def _cut(text: str, style: Style, width: float) -> Iterator[str]:
    for word in text.split(" "):
        rest = word
        while len(rest) > 1 and style.width(rest) > width:
            fits = next((n for n in range(len(rest), 1, -1) if style.width(rest[:n]) <= width), 1)
            yield rest[:fits]
            rest = rest[fits:]
        yield rest
