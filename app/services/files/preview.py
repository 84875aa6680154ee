"""What the first lines of a file would become, and what looks as if it were meant otherwise.

Nothing here refuses: a line may be right that looks wrong. It is said before anything is stored.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.money import Component
from app.services.files.columns import COLUMNS, MONEY, Kind
from app.services.files.rows import Layout, Row

#: Lines that are looked at before the first is stored, and of those the ones a dry run shows.
LOOKED_AT, SHOWN = 500, 10
_OLD = timedelta(days=365)
#: How headers name the day a debt is due on, in the languages such files come in.
_DUE = re.compile(
    r"(^|[^a-z])(due|maturity|payable|pay by)|f(ä|ae)llig|zahlbar|(é|e)ch(é|e)ance|vencimiento|"
    r"scadenza|verval|forfald|f(ö|o)rfall|p(ł|l)atno(ś|s)ci",
    re.IGNORECASE,
)
#: What databases and spreadsheets write for nothing.
_NOTHINGS = frozenset({"NULL", "null", "\\N", "#N/A", "NaN", "nan", "None", "(null)"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The first rows as understood, and what may be meant otherwise, in sentences."""

    rows: tuple[Row, ...]
    warnings: tuple[str, ...]


def preview(shape: Layout, rows: Sequence[Row], *, business_date: date) -> Preview:
    """The first `LOOKED_AT` rows of a file, looked at."""
    warnings = list(_nothings(shape, rows))
    if shape.kind is Kind.ACCOUNTS:
        warnings += _due_dates(shape)
        warnings += _ages(rows, business_date)
    return Preview(rows=tuple(rows[:SHOWN]), warnings=tuple(warnings))


def understood(shape: Layout, row: Row) -> dict[str, str]:
    """What a row says, by our names of the columns; money in minor units, days as YYYY-MM-DD."""
    columns = COLUMNS[shape.kind]
    return {
        f"{name}_minor" if name in columns and columns[name].cell is MONEY else name: str(value)
        for name, value in row.values.items()
    }


def _due_dates(shape: Layout) -> Iterator[str]:
    for name in ("opened_on", "effective_on"):
        heading = shape.heading(name)
        if heading and _DUE.search(heading):
            yield (
                f'{name} is read from "{heading}", which sounds like a due date: what ages a '
                "debt is delinquent_since_on, the day after the oldest unpaid due date."
            )


def _ages(rows: Sequence[Row], business_date: date) -> Iterator[str]:
    """Debts that begin to age when they are placed, though they are years old."""
    debts = [row for row in rows if not row.problems and _owed(row)]
    if not debts or any("delinquent_since_on" in row.values for row in debts):
        return
    opened = min(row.values["opened_on"] for row in debts)
    placed = [row.values.get("effective_on", business_date) for row in debts]
    if min(placed) - opened < _OLD:
        return
    current = sum(row.values.get("past_due") == 0 for row in debts)
    told = f"Of the first {len(rows)} lines, {len(debts)} say a debt, the oldest opened on {opened}"
    if current == len(debts):
        yield f"{told}, and all would be current: is past_due 0 meant?"
    else:
        yield (
            f"{told}, and none says since when it is past due: each would be so only from the day "
            "it is placed. Say delinquent_since_on."
        )


def _owed(row: Row) -> int:
    return sum(row.values.get(str(component), 0) for component in Component)


def _nothings(shape: Layout, rows: Sequence[Row]) -> Iterator[str]:
    """Cells that hold a word for nothing where nobody said that it is one."""
    found: dict[str, list[int]] = {}
    for row in rows:
        for at in shape.cells.values():
            word = row.line.cells[at].strip() if at < len(row.line.cells) else ""
            if word in _NOTHINGS and word not in shape.formats.nulls:
                found.setdefault(word, []).append(row.line.number)
    for word, lines in found.items():
        yield (
            f"{len(lines)} cells say {word}, the first on line {lines[0]}, and are read as they "
            f"are: where that means nothing, say so (null {word})."
        )
