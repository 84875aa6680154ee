"""From entries to a table: what every account adds to a cell, and the cells of it all.

An entry is what one account, plan or promise adds to one row. A row is the sum of its entries and
of nothing else (of days, the most), so each cell leads to what is behind it. Shares are worked out
from the sums, never averaged.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.domain.overview.question import Question
from app.domain.reports.shares import share_bps, tenth_days
from app.domain.values import Value, field, replace

CURRENCY = "currency"
#: The point at which a cohort begins: it is counted and not shown.
BEGINNING = "0"
#: What an entry may be that tells of nobody's account.
OF_NOBODY = frozenset({"target", "run"})
#: So many accounts are many, whatever a tenant calls few.
MOST_FEW = 20
Cell = int | None
Key = tuple[str | None, ...]
#: What entries come to, by row.
Sums = Mapping[Key, Mapping[str, int]]


class Type(StrEnum):
    """What a column holds: one type for the page, the CSV, the workbook and the paper."""

    MONEY = "money"
    SHARE = "share"
    COUNT = "count"
    DAYS = "days"
    TENTH_DAYS = "tenth_days"
    DATE = "date"
    TEXT = "text"
    ID = "id"


class Column(Value, kw_only=True):
    """A figure of a row. `of`: of a share, its numerator and denominator.

    A dot in a name is a level: `to.paid.minor` stands in JSON as `{"to": {"paid": {"minor": …}}}`.
    """

    name: str
    type: Type
    title: str
    of: tuple[str, str] | None = None


class Entry(Value, kw_only=True):
    """What one thing adds to one row. `key`: the row's groups after the currency, in order.

    `noun`: what `id` is, `account` or `plan` or … `why`: what made it count, for who looks behind.
    `accounts`: of how many it is, where it is a sum of many; 0: that is not known.
    """

    id: UUID
    currency: str | None  # None: of what has no money
    key: Key
    adds: dict[str, int]
    noun: str = "account"
    reference: str | None = None
    why: str | None = None
    accounts: int | None = None
    again: bool = False  # an account of it may be in other rows, too


class Row(Value, kw_only=True):
    """A row's groups, the currency first, and its figures by column."""

    key: Key
    cells: dict[str, Cell]
    suppressed: bool = False  # of too few accounts to be told to whoever it is sent to


class Reconciled(Value, kw_only=True):
    """What a column of a report comes to in a currency, and what the ledger does."""

    column: str
    currency: str
    ledger_minor: int
    report_minor: int

    @property
    def difference_minor(self) -> int:
        return self.ledger_minor - self.report_minor


class Report(Value, kw_only=True):
    """A table with the question it answers."""

    question: Question
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: tuple[Row, ...]  # one a currency
    reconciles: tuple[Reconciled, ...] = ()
    notes: tuple[str, ...] = ()
    provisional: bool = False
    #: The rows and totals of few accounts, and how many; None: not known of all.
    few: tuple[tuple[Key, int], ...] | None = ()
    whole: str | None = None  # the hash of it all, where something is left out
    run_id: str | None = None  # of the run that made it, as it is called outside

    @property
    def shown_totals(self) -> tuple[Row, ...]:
        """Those that files print under the rows: without groups each row is its total."""
        return self.totals if self.question.by else ()

    @property
    def hash(self) -> str:
        """Of parameters, columns, rows and totals: the same question has the same for ever."""
        if self.whole is not None:
            return self.whole
        digest = Digest(self.question, self.columns)
        digest.add(self.rows)
        return digest.end(self.totals)


class Digest:
    """The hash of a report whose rows come a page at a time: of one JSON by its sorted names."""

    def __init__(self, question: Question, columns: Sequence[Column]) -> None:
        self._sha, self._first = sha256(), True
        self._put(f'{{"columns":{_dumped([[one.name, one.type] for one in columns])}')
        self._put(f',"parameters":{_dumped(parameters(question))},"rows":[')

    def _put(self, text: str) -> None:
        self._sha.update(text.encode())

    def add(self, rows: Iterable[Row]) -> None:
        for one in rows:
            comma = "" if self._first else ","
            self._put(f"{comma}{_dumped([one.key, sorted(one.cells.items())])}")
            self._first = False

    def end(self, totals: Iterable[Row]) -> str:
        """What it is once every row was added."""
        self._put('],"totals":[')
        self._first = True
        self.add(totals)
        self._put("]}")
        return f"sha256:{self._sha.hexdigest()}"


def _dumped(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def parameters(question: Question) -> dict[str, Any]:
    """A question as plain JSON; `asked_again` reads it."""
    return {
        "report": question.report,
        "as_of": question.as_of.isoformat(),
        "known_on": question.known_on.isoformat(),
        "basis": str(question.basis),
        "from": question.from_on.isoformat() if question.from_on else None,
        "to": question.to_on.isoformat() if question.to_on else None,
        "by": list(question.by),
        "standard": question.standard,
        "filters": dict(sorted(question.filters.items())),
    }


def suppressed(report: Report, min_cell: int) -> Report:
    """The report without the figures of fewer accounts than that; of none, there is nobody.

    Where it is not known of how many they are, no figure is told.
    """
    if report.few is None:
        small = {one.key for one in (*report.rows, *report.totals)}
    else:
        small = {key for key, accounts in report.few if accounts < min_cell}

    def told(rows: tuple[Row, ...]) -> tuple[Row, ...]:
        return tuple(
            Row(key=one.key, cells=dict.fromkeys(one.cells), suppressed=True)
            if one.key in small
            else one
            for one in rows
        )

    return replace(
        report, rows=told(report.rows), totals=told(report.totals), whole=report.hash,
        reconciles=tuple(one for one in report.reconciles if (one.currency,) not in small),
    )  # fmt: skip


#: What of a row's sums a report works out by a formula of its own.
Derive = Callable[[Mapping[str, int], Question], Mapping[str, Cell]]
#: The same where rows need each other's sums. Rows and currencies it leaves out are not shown.
Complete = Callable[[Sums, Question], Mapping[Key, Mapping[str, Cell]]]


class Layout(Value, kw_only=True):
    """How entries become a table. `order`: of the values of a group, where it is not the text's."""

    columns: tuple[Column, ...]
    order: dict[str, tuple[str, ...]] = field(default_factory=dict)
    derive: Derive | None = None
    complete: Complete | None = None
    cohort: tuple[str, str] | None = None  # the group of its points, the column of its size
    bare: bool = False  # a row in which every sum is nothing is no row


class Tally:
    """Sums of entries as they come: a report of many accounts is summed a page at a time."""

    def __init__(self, question: Question, layout: Layout) -> None:
        self._question, self._layout = question, layout
        self._sums: dict[Key, dict[str, int]] = {}
        self._totals: dict[Key, dict[str, int]] = {}
        self._whose: dict[Key, set[str]] = {}
        self._many: dict[Key, int] = {}
        self._unknown: set[Key] = set()
        self._again: set[Key] = set()
        self._counted: dict[Key, int] = {}
        self._oldest = {one.name for one in layout.columns if one.type is Type.DAYS}

    def add(self, entries: Iterable[Entry]) -> None:
        for one in entries:
            row, total = (one.currency, *one.key), (one.currency,)
            self._count_whose(one, row)
            if row != total:  # without groups a row is its total, and of no more accounts
                self._count_whose(one, total)
            for sums, key in ((self._sums, row), (self._totals, total)):
                cell = sums.setdefault(key, {})
                for name, minor in one.adds.items():
                    if name in self._oldest:
                        cell[name] = max(cell.get(name, minor), minor)
                    else:
                        cell[name] = cell.get(name, 0) + minor

    def _count_whose(self, one: Entry, key: Key) -> None:
        whose = self._whose.setdefault(key, set())
        if one.accounts is not None:
            if one.again and len(key) == 1:
                self._again.add(key)
            self._many[key] = self._many.get(key, 0) + one.accounts
            if not one.accounts:
                self._unknown.add(key)
        elif one.noun not in OF_NOBODY and len(whose) < MOST_FEW:
            whose.add(one.reference or str(one.id))

    def count(self, accounts: Mapping[Key, int]) -> None:
        """Of how many accounts more rows and totals are whose entries do not tell."""
        for key, number in accounts.items():
            self._counted[key] = self._counted.get(key, 0) + number

    @property
    def uncounted(self) -> bool:
        """Whether of a row or total that may be of few accounts it is to be counted still."""
        return any(self._counted.get(key, 0) < MOST_FEW for key in self._unknown)

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._layout.columns

    @property
    def size(self) -> int:
        """How many rows there are by now."""
        return len(self._sums)

    @property
    def few(self) -> tuple[tuple[Key, int], ...] | None:
        """The rows and totals of fewer than `MOST_FEW` accounts, and of how many.

        None where it is not known: sums that were kept do not tell whose money moved, and nobody
        counted it.
        """
        if self._unknown - self._counted.keys():
            return None
        of = {key: len(whose) + self._many.get(key, 0) for key, whose in self._whose.items()}
        of |= self._counted
        for total in self._again:  # no fewer than its largest row, and nobody knows how many more
            rows = (number for key, number in of.items() if len(key) > 1 and key[:1] == total)
            of[total] = max(rows, default=of[total])
        return tuple((key, number) for key, number in of.items() if 0 < number < MOST_FEW)

    @property
    def sums(self) -> Sums:
        """What entries come to by row, those that are not shown among them."""
        return self._sums

    def by_currency(self, column: str) -> dict[str, int]:
        """What a column comes to, shown or not."""
        named = ((key[0], sums) for key, sums in self._totals.items())
        return {of: sums.get(column, 0) for of, sums in named if of is not None}

    def rows(self) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """The rows in order, and a total for each currency."""
        question, layout = self._question, self._layout
        places = [layout.order.get(name, ()) for name in question.by]

        def place(key: Key) -> tuple[tuple[int, int, str], ...]:
            return ((0, 0, key[0] or ""), *map(_place, key[1:], places))

        whole = layout.complete(self._sums, question) if layout.complete else None

        def made(sums: Sums) -> tuple[Row, ...]:
            known = sums if whole is None else sums.keys() & whole
            told = [key for key in known if not layout.bare or any(sums[key].values())]
            return tuple(
                _row(key, sums[key], layout, derived)
                for key in sorted(told, key=place)
                for derived in (_derived(sums[key], question, layout) if whole is None
                                else whole[key],)
            )  # fmt: skip

        if layout.cohort is not None:  # its points are not added to each other
            return _reached(made(self._sums), question, *layout.cohort), ()
        return made(self._sums), made(self._totals)


def _reached(rows: tuple[Row, ...], question: Question, points: str, size: str) -> tuple[Row, ...]:
    """The points that all of their cohort have reached: those as large as its beginning."""
    at = 1 + question.by.index(points)

    def cohort(row: Row) -> Key:
        return (*row.key[:at], *row.key[at + 1 :])

    whole = {cohort(one): one.cells[size] for one in rows if one.key[at] == BEGINNING}
    return tuple(
        one
        for one in rows
        if one.key[at] != BEGINNING and one.cells[size] == whole.get(cohort(one))
    )


def _place(value: str | None, order: Sequence[str]) -> tuple[int, int, str]:
    """Nothing comes last."""
    if value is None:
        return 1, 0, ""
    return 0, order.index(value) if value in order else len(order), value


def _derived(sums: Mapping[str, int], question: Question, layout: Layout) -> Mapping[str, Cell]:
    return layout.derive(sums, question) if layout.derive else {}


def _row(key: Key, sums: Mapping[str, int], layout: Layout, derived: Mapping[str, Cell]) -> Row:
    cells: dict[str, Cell] = {}
    for column in layout.columns:
        if column.name in derived:
            cells[column.name] = derived[column.name]
        elif column.of is None:
            cells[column.name] = sums.get(column.name, 0)
        else:
            cells[column.name] = _share(column, column.of, sums)
    return Row(key=key, cells=cells)


def _share(column: Column, of: tuple[str, str], sums: Mapping[str, int]) -> Cell:
    """None of what has no part in it: the row of new placements has no rate."""
    numerator, denominator = of
    if numerator not in sums:
        return None
    if column.type is Type.TENTH_DAYS:
        under = sums.get(denominator, 0)
        return tenth_days(Fraction(sums[numerator], under)) if under else None
    return share_bps(sums[numerator], sums.get(denominator, 0))


def behind(entries: Iterable[Entry], key: Key, column: Column) -> list[Entry]:
    """What made a cell, in order of id: the sum of their `column` is the cell.

    Of a share: what made its numerator.
    """
    name = column.of[0] if column.of else column.name
    found = [one for one in entries if (one.currency, *one.key) == key and one.adds.get(name)]
    return sorted(found, key=lambda one: (one.id, one.key))


def money(name: str, title: str) -> Column:
    return Column(name=name, type=Type.MONEY, title=title)


def count(name: str, title: str) -> Column:
    return Column(name=name, type=Type.COUNT, title=title)


def share(name: str, title: str, *, of: str, to: str) -> Column:
    return Column(name=name, type=Type.SHARE, title=title, of=(of, to))
