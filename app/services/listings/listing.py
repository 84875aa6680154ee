"""A report that lists things one by one, a page at a time: there may be too many to hold.

It is of a span of days and takes no other filter. What its rows come to is a small table of its
own, the summary, which is what is drawn.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from app.domain.books.chart import DEFAULT, Chart
from app.domain.errors import InvalidInput
from app.domain.overview.question import Asked, Question
from app.domain.overview.table import Cell, Column, Digest, Key, Report, Row, Type
from app.domain.reports.books import Basis
from app.domain.values import replace
from app.services.context import Context

#: What one request may list; more is made as a run.
MOST_THINGS: Final = 5_000
#: What a run may write, as many as a sheet of a workbook has room for; and what is held at once,
#: where a file needs all of it: a page, JSON.
MOST_ROWS, MOST_HELD = 1_000_000, 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """How this service calls things outside, and what its ledger accounts are called."""

    shown: Callable[[str, UUID | None], str]
    chart: Chart = field(default_factory=lambda: DEFAULT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows of so many things, and what each adds to the summary, by its key there.

    `after`: where the next page begins; None: this was the last.
    """

    rows: tuple[Row, ...]
    things: int
    sums: tuple[tuple[Key, Mapping[str, int]], ...]
    after: Any = None
    behind: bool = False  # accounts are not judged yet
    notes: tuple[str, ...] = ()


class Reading(NamedTuple):
    """What a page is read of."""

    question: Question
    outside: Outside
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A report. `names`: the columns of its CSV. `lead`: the words that say which row it is."""

    name: str
    title: str
    what: str
    basis: Basis
    scope: str
    names: tuple[str, ...]
    words: tuple[str, ...]
    columns: tuple[Column, ...]
    lead: tuple[str, ...]
    summary_by: tuple[str, ...]
    summary_columns: tuple[Column, ...]
    chart: str
    of_year: bool  # by default from the year's first day, not the month's
    read: Callable[[Context, Reading], Awaitable[Page]]
    number: Callable[[Context, Question, int], Awaitable[int]]  # of things, counted to a limit

    def asked(self, asked: Asked, business_date: date) -> Question:
        """The question with its defaults: to the business date.

        Raises `InvalidInput`, also for what takes no part in it.
        """
        until = min(asked.to_on or business_date, business_date)
        since = asked.from_on or self._begins(until)
        if asked.to_on is not None and since > asked.to_on:
            raise InvalidInput.at("?to", "should not lie before from")
        said = {
            "as_of": asked.as_of not in (None, until), "known_on": asked.known_on is not None,
            "basis": asked.basis not in (None, self.basis), "by": bool(asked.by),
            "standard": asked.standard, **dict.fromkeys(asked.filters, True),
        }  # fmt: skip
        for name, other in said.items():
            if other:
                raise InvalidInput.at(f"?{name}", f"takes no part in {self.name}: from and to do")
        known_on = until if self.basis is Basis.BOOKED else business_date
        return Question(
            report=self.name, as_of=until, known_on=known_on, basis=self.basis, from_on=since,
            to_on=until,
        )  # fmt: skip

    def _begins(self, until: date) -> date:
        return until.replace(month=1, day=1) if self.of_year else until.replace(day=1)

    def asked_again(self, said: Mapping[str, Any]) -> Question:
        """The question whose parameters were kept."""
        days = {
            name: date.fromisoformat(said[name]) for name in ("as_of", "known_on", "from", "to")
        }
        return Question(
            report=self.name, as_of=days["as_of"], known_on=days["known_on"], basis=self.basis,
            from_on=days["from"], to_on=days["to"],
        )  # fmt: skip

    def value(self, row: Row, name: str) -> str | int | None:
        """What a row has in a column of the CSV."""
        if name in row.cells:
            return row.cells[name]
        return row.key[("currency", *self.words).index(name)]


class Built:
    """What the pages of a listing come to: its hash, its totals, its summary."""

    def __init__(self, listing: Listing, question: Question) -> None:
        self.listing = listing
        self.question = replace(question, by=listing.words)
        self._digest = Digest(self.question, listing.columns)
        self._totals: dict[Key, dict[str, int]] = {}
        self._summary: dict[Key, dict[str, int]] = {}
        self._behind, self._notes = False, dict[str, None]()
        self.rows, self.held = 0, list[Row]()

    def add(self, page: Page) -> None:
        """Count a page in; the first rows are held, as far as anybody holds them."""
        self._digest.add(page.rows)
        self.rows += len(page.rows)
        if self.rows <= MOST_HELD:
            self.held.extend(page.rows)
        else:
            self.held.clear()
        self._behind = self._behind or page.behind
        self._notes |= dict.fromkeys(page.notes)
        money = [one.name for one in self.listing.columns if one.type is Type.MONEY]
        for row in page.rows:
            _add(self._totals, row.key[:1], {name: row.cells[name] or 0 for name in money})
        for key, cells in page.sums:
            _add(self._summary, key, cells)

    def report(self, *, business_date: date, run_id: str | None = None) -> Report:
        """The listing with the rows that are held, and the hash of all."""
        columns = self.listing.columns
        totals = _rows(self._totals, columns)
        return Report(
            question=self.question, title=self.listing.title, columns=columns,
            rows=tuple(self.held), totals=totals, notes=tuple(self._notes), few=None,
            provisional=self._behind or self.question.known_on >= business_date, run_id=run_id,
            whole=self._digest.end(totals),
        )  # fmt: skip

    def summary(self, report: Report) -> Report:
        """What it comes to, as a table of its own."""
        columns = self.listing.summary_columns
        totals: dict[Key, dict[str, int]] = {}
        for key, cells in self._summary.items():
            _add(totals, key[:1], cells)
        return replace(
            report, question=replace(self.question, by=self.listing.summary_by), columns=columns,
            rows=_rows(self._summary, columns), totals=_rows(totals, columns),
        )  # fmt: skip


def _add(sums: dict[Key, dict[str, int]], key: Key, more: Mapping[str, int]) -> None:
    mine = sums.setdefault(key, {})
    for name, minor in more.items():
        mine[name] = mine.get(name, 0) + minor


def _rows(sums: Mapping[Key, Mapping[str, int]], columns: tuple[Column, ...]) -> tuple[Row, ...]:
    def cells(found: Mapping[str, int]) -> dict[str, Cell]:
        return {one.name: found.get(one.name) for one in columns}

    ordered = sorted(sums.items(), key=lambda item: tuple(part or "" for part in item[0]))
    return tuple(Row(key=key, cells=cells(found)) for key, found in ordered)
