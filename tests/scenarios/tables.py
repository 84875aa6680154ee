"""A case's tables and ours, side by side: the first row that differs, as people read tables."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.scenarios.client import Unknown

Row = Mapping[str, Any]


class Differs(AssertionError):
    """Something is not what the case says. The text shows the first difference."""


def same(expected: object, actual: object) -> bool:
    """Whether two cells say the same; amounts by value, `1.5` is `1.50`."""
    if expected == actual:
        return True
    try:
        return Decimal(str(expected)) == Decimal(str(actual))
    except InvalidOperation:
        return False


def compare(
    expected: Sequence[Row], actual: Sequence[Row], *, columns: Iterable[str], what: str
) -> None:
    """Row by row, in order, every column a row of the case names. Raises `Differs`.

    A column this runner does not know is not passed over, not even one that says 0: who
    means nothing by it says null.
    """
    known = set(columns)
    for number, row in enumerate(expected):
        unknown = [c for c, said in row.items() if c not in known and said is not None]
        if unknown:
            raise Unknown(f"{what}.{unknown[0]}")
        mine = actual[number] if number < len(actual) else None
        wrong = None if mine is None else [c for c in row if c in known
                                           and not same(row[c], mine.get(c))]  # fmt: skip
        if mine is None or wrong:
            raise Differs(f"{what}, row {number + 1}\n{shown(row, mine, wrong or ())}")
    if len(actual) > len(expected):
        extra = shown(None, actual[len(expected)], ())
        raise Differs(f"{what}, row {len(expected) + 1}\n{extra}")


def compare_one(expected: Row, actual: Row, *, what: str) -> None:
    """One row, such as totals."""
    compare([expected], [actual], columns=actual, what=what)


def recognized(expected: Row, known: Iterable[str], *, what: str) -> None:
    """Refuse what expects a figure nobody here knows, even one that says nothing."""
    unknown = expected.keys() - set(known)
    if unknown:
        raise Unknown(f"{what}.{min(unknown)}")


def shown(expected: Row | None, actual: Row | None, wrong: Sequence[str]) -> str:
    """Two rows as a small table; `^` under the cells that differ."""
    columns = list(expected or actual or {})
    columns += [c for c in wrong if c not in columns]
    lines = [
        ["", *columns],
        ["expected", *_cells(expected, columns)],
        ["actual", *_cells(actual, columns)],
        ["", *("^" * len(c) if c in wrong else "" for c in columns)],
    ]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    text = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
    return "\n".join(line for line in text if line)


def _cells(row: Row | None, columns: Sequence[str]) -> list[str]:
    if row is None:
        return ["(no row)", *([""] * (len(columns) - 1))]
    return ["-" if row.get(c) is None else str(row[c]) for c in columns]
