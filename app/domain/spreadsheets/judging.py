"""What a row of a sheet says, by field, and what is wrong with each cell of it.

Nothing is guessed: what may be read in two ways is refused, what was read with a doubt is warned
of. Whether accounts exist, and what else the books say, is asked elsewhere.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from math import isfinite
from typing import TypeGuard

from app.domain.currencies import CURRENCIES, exponent
from app.domain.spreadsheets.cells import Refused, read_amount, read_day, read_reference
from app.domain.spreadsheets.fields import FIELDS, Field, Holds, SheetKind
from app.domain.values import Value

#: Of minor units as they are, of shares and of numbers of things.
_NO_DECIMALS = 0
COLLECTED = "collected"


#: What a cell shows that says nothing: one that was joined to another, a formula nobody worked out.
MERGED, NOT_COMPUTED = "merged", "not computed"
_ERRORS = {MERGED: "merged_cell", NOT_COMPUTED: "not_computed"}


class CellError(Value):
    """A cell whose formula failed: `#N/A`, `#DIV/0!`; or that is `MERGED` or `NOT_COMPUTED`."""

    shown: str


Cell = str | float | bool | date | datetime | time | CellError | None


class Formats(Value, kw_only=True):
    """How the sheet writes things, where its sender said so.

    `decimal`: what stands before decimals, a point or a comma. `date`: the order of a written
    day, `dmy`, `mdy` or `ymd`.
    """

    decimal: str | None = None
    date: str | None = None


class CellProblem(Value, kw_only=True):
    """What is wrong with a cell. A warning keeps nothing out."""

    field: str
    code: str
    detail: str
    refused: bool = True


class Said(Value, kw_only=True):
    """A row's values, each as a text without doubt, and the problems of its cells.

    Amounts in whole minor units, days as YYYY-MM-DD.
    """

    values: Mapping[str, str]
    problems: tuple[CellProblem, ...]


_DETAILS: Mapping[str, str] = {
    Refused.NOT_A_NUMBER: "is no number",
    Refused.MORE_DECIMALS: "has more decimals than its currency",
    Refused.AMBIGUOUS_SEPARATOR: "may be a fraction or thousands: say formats.decimal",
    Refused.CONTRADICTS: "is not written as formats.decimal says",
    Refused.NOT_A_DATE: "is no day",
    Refused.AMBIGUOUS_DATE: "may be two days: say formats.date",
    Refused.EMPTY: "is empty",
    "error_value": "is an error of the sheet",
    "merged_cell": "is merged with another cell: each row should say its own",
    "not_computed": "is a formula that was not worked out: open the sheet and save it",
    "number_with_fraction": "is a number with a fraction, not a reference",
    "digits_lost": "has lost digits: more than 15 in a number cell",
    "number_as_text": "is a number cell: zeros in front may be gone",
    "time_dropped": "has a time of day, which is not kept",
    "no_currency": "is of no currency that is known",
    "not_text": "is neither text nor a number",
}


def read_row(
    kind: SheetKind,
    cells: Mapping[str, Cell],
    *,
    formats: Formats,
    minor: frozenset[str] = frozenset(),
    currency: str | None = None,
) -> Said:
    """A row's values and problems. `cells` by field; a needed field that is empty is refused.

    `minor`: fields whose heading says that they are minor units already. `currency`: what the
    account is kept in, where the row does not say.
    """
    reading = _Reading(kind=kind, cells=cells, formats=formats, minor=minor)
    reading.read(currency)
    return Said(values=reading.values, problems=tuple(reading.problems))


class _Reading:
    def __init__(
        self,
        *,
        kind: SheetKind,
        cells: Mapping[str, Cell],
        formats: Formats,
        minor: frozenset[str],
    ) -> None:
        self.kind, self.cells, self.formats, self.minor = kind, cells, formats, minor
        self.values: dict[str, str] = {}
        self.problems: list[CellProblem] = []

    def read(self, currency: str | None) -> None:
        fields = FIELDS[self.kind]
        later = [name for name, one in fields.items() if one.holds is Holds.AMOUNT]
        for name, field in fields.items():
            if name not in later:
                self._one(name, field, None)
        decimals = self._decimals(self.values.get("currency", currency))
        for name in later:
            self._one(name, fields[name], decimals)

    def _decimals(self, currency: str | None) -> int | None:
        money = self.kind is not SheetKind.TARGETS or self.values.get("metric") == COLLECTED
        if not money:
            return _NO_DECIMALS
        return exponent(currency) if currency in CURRENCIES else None

    def _one(self, name: str, field: Field, decimals: int | None) -> None:
        cell = self.cells.get(name)
        if isinstance(cell, str):
            cell = cell.strip()
        if cell is None or cell == "":
            if field.needed:
                self._problem(name, Refused.EMPTY)
        elif isinstance(cell, CellError):
            self._problem(name, _ERRORS.get(cell.shown, "error_value"))
        elif field.holds is Holds.AMOUNT:
            self._amount(name, cell, decimals)
        elif field.holds is Holds.DAY:
            self._day(name, cell)
        else:
            self._words(name, cell)

    def _amount(self, name: str, cell: Cell, decimals: int | None) -> None:
        if not _is_text_or_number(cell):
            self._problem(name, Refused.NOT_A_NUMBER)
            return
        if name in self.minor:
            decimals = _NO_DECIMALS
        if decimals is None:
            self._problem(name, "no_currency")
            return
        read = read_amount(cell, decimals, self.formats.decimal)
        if read.refused is not None:
            self._problem(name, read.refused)
        else:
            self.values[name] = str(read.amount_minor)

    def _day(self, name: str, cell: Cell) -> None:
        if isinstance(cell, datetime):
            if cell.time() != time():
                self._problem(name, "time_dropped", refused=False)
            self.values[name] = cell.date().isoformat()
        elif isinstance(cell, date):
            self.values[name] = cell.isoformat()
        elif isinstance(cell, str):
            read = read_day(cell, self.formats.date)
            if read.on is None:
                self._problem(name, read.refused or Refused.NOT_A_DATE)
            else:
                self.values[name] = read.on.isoformat()
        else:
            self._problem(name, Refused.NOT_A_DATE)

    def _words(self, name: str, cell: Cell) -> None:
        if not _is_text_or_number(cell):
            self._problem(name, "not_text")
            return
        read = read_reference(cell)
        if read.reference is None:
            self._problem(name, read.note or Refused.EMPTY)
            return
        if read.note is not None:
            self._problem(name, read.note, refused=False)
        self.values[name] = read.reference

    def _problem(self, name: str, code: str, *, refused: bool = True) -> None:
        self.problems.append(
            CellProblem(field=name, code=str(code), detail=_DETAILS[code], refused=refused)
        )


def _is_text_or_number(cell: Cell) -> TypeGuard[str | float]:
    if isinstance(cell, bool):
        return False
    return isinstance(cell, str) or (isinstance(cell, int | float) and isfinite(cell))
