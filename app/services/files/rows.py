"""What a line of an import file says: a command of the services, or why it cannot be one.

The columns are those of `columns`; how cells write days and money is in `formats`. Checks that
need no database happen here, as they do at the edge.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.domain import field_limits
from app.domain.errors import FieldProblem, InvalidInput
from app.domain.money import MAX_MINOR, Component
from app.services.files.columns import (
    COLUMNS,
    DAY,
    EITHER,
    LABEL,
    LABELED,
    MAYBE_DAY,
    METADATA,
    MONEY,
    NONE,
    PAYMENT_ID,
    REQUIRED,
    Cell,
    Column,
    Kind,
)
from app.services.files.csv_files import Line, guess, undecoded
from app.services.files.formats import Amounts, Formats, minor_of

Values = dict[str, Any]


class BadColumns(ValueError):
    """The header does not fit: what is missing, unknown or there twice."""


_ABOUT = ("payment_id", "payment_reference", "reference", "account_reference")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line read: its values by canonical name, or the problems that keep it out.

    `amount_minor` is what the line adds to the sums; None where it cannot be read.
    """

    line: Line
    values: Values = field(default_factory=dict)
    problems: tuple[FieldProblem, ...] = ()
    currency: str = ""
    amount_minor: int | None = None

    @property
    def reason(self) -> str:
        return InvalidInput(errors=self.problems).detail

    @property
    def reference(self) -> str:
        return str(self.values["reference"])

    @property
    def about(self) -> str:
        """What the line is about; two lines about the same are entered one after the other."""
        return str(next(self.values[name] for name in _ABOUT if name in self.values))


_SUMMED = {Kind.ACCOUNTS: tuple(map(str, Component))}
#: Where 0 is no amount: elsewhere it is a debt of nothing, or a line that is passed over.
_SOMETHING = {Kind.PLANS: frozenset({"amount", "installment", "down_payment"})}
#: Misfits of a header that are named; a file of hundreds of columns has as many.
_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a file keeps what: made once from its header, then read line by line."""

    kind: Kind
    formats: Formats
    header: tuple[str, ...]
    cells: Mapping[str, int]  # canonical name → column
    constants: Mapping[str, str]  # canonical name → what every line says
    payment_id: Callable[[str], UUID]  # how an id as clients see it is read

    def read(self, line: Line) -> Row:
        """The line's values; all of its problems where it has any."""
        if len(line.cells) != len(self.header):
            detail = f"has {len(line.cells)} cells, the header {len(self.header)}"
            return Row(line=line, problems=(FieldProblem(pointer="", detail=detail),))
        read = _Reading(layout=self)
        said = {n: self.formats.said(line.cells[at]) for n, at in self.cells.items()}
        for name, cell in {**self.constants, **said}.items():
            read.cell(name, cell)
        read.amounts()
        read.either()
        return Row(
            line=line,
            values=read.values,
            problems=tuple(read.problems),
            currency=read.values.get("currency", ""),
            amount_minor=read.summed(),
        )

    def reader(self, cell: Cell) -> Callable[[str], object]:
        """What reads a cell of that kind in this file."""
        if cell in {DAY, MAYBE_DAY}:
            return self.formats.days.read
        return self.payment_id if cell is PAYMENT_ID else cell.read

    def heading(self, name: str) -> str | None:
        """Under which header the file says it; None: not in a column."""
        return self.header[self.cells[name]] if name in self.cells else None


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One line on its way to be a row."""

    layout: Layout
    values: Values = field(default_factory=dict)
    problems: list[FieldProblem] = field(default_factory=list)
    money: dict[str, str] = field(default_factory=dict)

    def cell(self, name: str, cell: str) -> None:
        kind, formats = self.layout.kind, self.layout.formats
        column = COLUMNS[kind].get(name)
        if not cell:
            if column is not None and column.needed:
                self._problem(name, "is needed")
        elif problem := undecoded(cell, formats.encoding):
            self._problem(name, problem)
        elif column is not None and column.cell is MONEY:
            self.money[name] = cell
        else:
            self._put(name, cell, column)

    def _put(self, name: str, cell: str, column: Column | None) -> None:
        kept = LABEL if column is None else column.cell
        if kept is MAYBE_DAY and cell == NONE:
            self.values[name] = None
            return
        try:
            self.values[name] = self.layout.reader(kept)(cell)
        except ValueError as problem:
            self._problem(name, str(problem))

    def amounts(self) -> None:
        """The line's money, now that its currency is known."""
        kind, formats = self.layout.kind, self.layout.formats
        currency = self.values.get("currency", "")
        if formats.amounts is Amounts.DECIMAL and not currency:
            return  # that it is missing or wrong is said already
        for name, cell in self.money.items():
            least = int(name in _SOMETHING.get(kind, ()))
            try:
                minor = minor_of(cell, formats.amounts, currency, formats.numbers)
            except ValueError as wrong:
                self._problem(name, str(wrong))
                continue
            self.values[name] = minor
            if not least <= minor <= MAX_MINOR:
                self._problem(name, f"should be {least} to {MAX_MINOR} minor units")
        parts = [self.values[name] for name in _SUMMED.get(kind, ()) if name in self.values]
        if problem := field_limits.sum_problem(parts):
            self.problems.append(FieldProblem(pointer="/balance", detail=problem))

    def either(self) -> None:
        """Of the columns that name the same thing one must say it."""
        for names in EITHER.get(self.layout.kind, ()):
            said = [name for name in names if name in self.values]
            wrong = {problem.pointer for problem in self.problems} & set(names)
            if len(said) != 1 and not wrong:
                listed_names = " or ".join(names)
                self._problem(names[0], f"should be said, as {listed_names}: one of them")

    def summed(self) -> int | None:
        names = [n for n in _SUMMED.get(self.layout.kind, ("amount",)) if n in self.money]
        if not all(name in self.values for name in names):
            return None
        return sum(int(self.values[name]) for name in names)

    def _problem(self, name: str, detail: str) -> None:
        column = COLUMNS[self.layout.kind].get(name)
        pointer = column.spelled(self.layout.formats.amounts) if column else name
        self.problems.append(FieldProblem(pointer=pointer, detail=detail))


def layout(
    kind: Kind,
    header: Sequence[str],
    *,
    formats: Formats,
    renamed: Mapping[str, str],
    constants: Mapping[str, str],
    ignore_unknown: bool = False,
    payment_id: Callable[[str], UUID] = UUID,
) -> Layout:
    """How to read a file with this header. Raises `BadColumns`, naming its misfits.

    `renamed` says under which header a canonical name is found, `constants` what every line
    of the file says. Columns nobody knows are refused unless they are to be ignored.
    """
    amounts = formats.amounts
    known = {column.spelled(amounts): name for name, column in COLUMNS[kind].items()}
    headers = tuple(name.strip() for name in header)
    wanted = {own: name for name, own in renamed.items()}
    cells: dict[str, int] = {}
    misfits: list[str] = []
    for at, own in enumerate(headers):
        spelled = wanted.get(own, "" if own in renamed else own)
        name = known.get(spelled, spelled if _is_label(kind, spelled) else None)
        if name is not None and name in cells:
            misfits.append(f"{own} says {spelled} a second time")
        elif name is not None:
            cells[name] = at
        elif own not in REJECTION and not ignore_unknown:
            misfits.append(f"nobody knows {own[:_SHOWN]}")
    fixed = {known.get(spelled, spelled): value for spelled, value in constants.items()}
    misfits += _bad_labels((*cells, *fixed))
    misfits += [f"nobody knows {n} to set" for n in fixed if not _is_known(kind, n)]
    misfits += [f"there is no column {own}" for own in wanted if own not in headers]
    misfits += [
        f"nobody knows {n} to map" for n in renamed if n not in known and not _is_label(kind, n)
    ]
    money = amounts is Amounts.DECIMAL and "currency" in COLUMNS[kind]
    needed = {*REQUIRED[kind], *(("currency",) if money else ())}
    spelling = {name: spelled for spelled, name in known.items()}
    missing = sorted(spelling[name] for name in needed - cells.keys() - fixed.keys())
    misfits += [f"{name} is missing" for name in missing]
    misfits += [
        f"{' or '.join(names)} is missing"
        for names in EITHER.get(kind, ())
        if not {*cells, *fixed} & set(names)
    ]
    if misfits:
        raise BadColumns(listed(misfits) + guess(header))
    return Layout(
        kind=kind,
        formats=formats,
        header=headers,
        cells=cells,
        constants=fixed,
        payment_id=payment_id,
    )


_SHOWN = 50


def listed(misfits: Sequence[str]) -> str:
    """Misfits in a sentence; of very many the first, and how many more there are."""
    more = len(misfits) - _NAMED
    return "; ".join(misfits[:_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _is_label(kind: Kind, name: str) -> bool:
    return kind in LABELED and name.startswith(METADATA)


def _is_known(kind: Kind, name: str) -> bool:
    return name in COLUMNS[kind] or _is_label(kind, name)


def _bad_labels(cells: Iterable[str]) -> Iterator[str]:
    """The columns of labels that no label could have been sent under, or too many of them."""
    names = {name.removeprefix(METADATA) for name in cells if name.startswith(METADATA)}
    for name in sorted(names):
        if problem := field_limits.LABEL_NAME.problem(name):
            yield f"{METADATA}{name[:_SHOWN]} {problem}"
    if problem := field_limits.labels_problem(names):
        yield f"{METADATA}… {problem}"


#: The columns a rejects file puts before the row's own; mended, it can be imported as it is.
REJECTION = ("line", "rejected_because")
