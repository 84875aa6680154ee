"""Reconciliation: a processor's settlement file held against what was posted, line by line.

Each line of the file has one verdict, and so has each payment of the days the file covers that
it does not name. What counts here is what was received under the reference, whatever was
charged back or refunded of it since; a payment that was reversed counts 0, for it never
happened. Money in suspense was received: it counts like any other.

A negative line is money that went back: it is held against the reversals, chargebacks and refunds
of its reference, their own or the payment's, each once. A payment that was reversed, whose file
says both that it came and that it went, matches on both lines; so its line is judged at the end.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice
from uuid import UUID

from app.domain import field_limits
from app.domain.currencies import exponent
from app.domain.errors import InvalidInput
from app.domain.values import replace
from app.services.files.csv_files import Line, guess, undecoded
from app.services.files.formats import Amounts, Formats, minor_of
from app.services.files.rows import BadColumns, listed
from app.storage import tenancy
from app.storage.database.engine import Database, Transaction
from app.storage.payments import receipts, undoings
from app.storage.payments.receipts import Receipt
from app.storage.payments.undoings import Back

_PAGE = 1_000
NAMES = ("reference", "amount", "currency", "date")


class Verdict(StrEnum):
    """What became of a line, or of a payment no line names."""

    MATCHED = "matched"
    AMOUNT_DIFFERS = "amount differs"
    MISSING_HERE = "missing here"
    DUPLICATE = "duplicate"
    UNREADABLE = "unreadable"
    MISSING_THERE = "missing there"


#: The verdicts that call for somebody.
DIFFERENCES = frozenset(Verdict) - {Verdict.MATCHED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the settlement file; `problem` says why it cannot be read."""

    line: int
    reference: str = ""
    amount_minor: int = 0
    currency: str = ""
    on: date | None = None
    problem: str | None = None

    @property
    def went(self) -> bool:
        """Whether it says that money went back."""
        return self.amount_minor < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A verdict with both sides of it: the file's line, and what was received here."""

    verdict: Verdict
    there: Entry | None
    here: Receipt | None = None

    @property
    def here_minor(self) -> int:
        """What counts here. A duplicate's payment is counted once, with its first line."""
        if self.here is None or self.here.status == "reversed":
            return 0
        return 0 if self.verdict is Verdict.DUPLICATE else self.here.amount_minor

    @property
    def there_minor(self) -> int:
        return self.there.amount_minor if self.there else 0


@dataclass(slots=True)
class Side:
    """Rows and sums by currency."""

    rows: int = 0
    sums: dict[str, int] = field(default_factory=dict)

    def add(self, currency: str, minor: int) -> None:
        self.rows += 1
        if currency:
            self.sums[currency] = self.sums.get(currency, 0) + minor


@dataclass(slots=True)
class Reconciliation:
    """The whole: what was read there and known here, and what each verdict makes of both."""

    read: Side = field(default_factory=Side)
    there: dict[Verdict, Side] = field(default_factory=lambda: {v: Side() for v in Verdict})
    here: dict[Verdict, Side] = field(default_factory=lambda: {v: Side() for v in Verdict})
    since: date | None = None
    until: date | None = None
    blank: int = 0  # lines with nothing on them, passed over

    @property
    def differences(self) -> int:
        return sum(self.there[v].rows + self.here[v].rows for v in DIFFERENCES)

    @property
    def adds_up(self) -> bool:
        """Whether the verdicts, counted and summed on their own, make up what was read."""
        parts = self.there.values()
        sums = {c: sum(p.sums.get(c, 0) for p in parts) for p in parts for c in p.sums}
        return sum(p.rows for p in parts) == self.read.rows and sums == self.read.sums

    def add(self, finding: Finding) -> None:
        if finding.there is not None:
            self.there[finding.verdict].add(finding.there.currency, finding.there_minor)
        if finding.here is not None and finding.verdict is not Verdict.DUPLICATE:
            self.here[finding.verdict].add(finding.here.currency, finding.here_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where the file keeps what; what every line says alike is in `constants`."""

    cells: Mapping[str, int]
    constants: Mapping[str, str]
    formats: Formats
    width: int

    def read(self, line: Line) -> Entry:
        """One line; its `problem` where it cannot be read."""
        said = dict(self.constants)
        if len(line.cells) != self.width:
            detail = f"has {len(line.cells)} cells, the header {self.width}"
            return Entry(line=line.number, problem=detail)
        formats = self.formats
        said |= {name: formats.said(line.cells[at]) for name, at in self.cells.items()}
        try:
            _readable(said, formats.encoding)
            exponent(said["currency"])
            return Entry(
                line=line.number,
                reference=_reference(said["reference"]),
                amount_minor=minor_of(
                    said["amount"], formats.amounts, said["currency"], formats.numbers
                ),
                currency=said["currency"],
                on=_day(said["date"], formats) if said.get("date") else None,
            )
        except (ValueError, InvalidInput) as problem:
            detail = problem.detail if isinstance(problem, InvalidInput) else str(problem)
            return Entry(line=line.number, reference=said["reference"][:255], problem=detail)


def columns(
    header: Sequence[str],
    *,
    formats: Formats,
    renamed: Mapping[str, str],
    constants: Mapping[str, str],
) -> Columns:
    """How to read a file with this header; columns it does not need are passed over.

    Raises `BadColumns`, naming every misfit.
    """
    headers = [name.strip() for name in header]
    misfits = [f"nobody knows {n}" for n in (*renamed, *constants) if n not in NAMES]
    misfits += [f"there is no column {own}" for own in renamed.values() if own not in headers]
    cells: dict[str, int] = {}
    for name in NAMES:
        minor = name == "amount" and formats.amounts is Amounts.MINOR
        own = renamed.get(name, "amount_minor" if minor else name)
        if own in headers:
            cells[name] = headers.index(own)
    needed = ("reference", "amount", "currency")
    misfits += [f"{n} is missing" for n in needed if n not in cells and n not in constants]
    if misfits:
        raise BadColumns(listed(misfits) + guess(header))
    return Columns(cells=cells, constants=constants, formats=formats, width=len(headers))


#: A transaction of the tenant's for each page of what is asked.
Pages = Callable[[], AbstractAsyncContextManager[Transaction]]


def pages_of(database: Database, tenant_id: UUID) -> Pages:
    """A transaction of its own for each page."""

    @asynccontextmanager
    async def page() -> AsyncIterator[Transaction]:
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant_id)
            yield tx

    return page


def pages_within(tx: Transaction) -> Pages:
    """The one transaction there is, for all pages."""

    @asynccontextmanager
    async def page() -> AsyncIterator[Transaction]:
        yield tx

    return page


async def reconcile(
    pages: Pages,
    entries: Iterable[Entry],
    total: Reconciliation,
    *,
    since: date | None = None,
    until: date | None = None,
    method: str | None = None,
) -> AsyncIterator[Finding]:
    """Every finding, the file's lines first; `total` is brought up as they come.

    In order, but that lines of payments that were reversed come after the others.

    `since` and `until` are the days on which what the file does not name is missed: by default
    those its own lines cover; without any day, nothing is.
    """
    total.since, total.until = since, until
    judging = _Judging()
    waiting = iter(entries)
    while page := tuple(islice(waiting, _PAGE)):
        async with pages() as tx:
            came = {one.reference for one in page if one.problem is None and not one.went}
            went = {one.reference for one in page if one.problem is None and one.went}
            found = await receipts.by_reference(tx, came)
            gone = await undoings.by_reference(tx, went) if went else {}
        for entry in page:
            total.read.add(entry.currency, entry.amount_minor)
            _cover(total, entry, since, until)
            judged = judging.line(entry, found, gone)
            if judged is not None:
                total.add(judged)
                yield judged
    for finding in judging.reversed_payments():
        total.add(finding)
        yield finding
    async for finding in _unnamed(pages, total, judging.seen, method):
        total.add(finding)
        yield finding


@dataclass(slots=True)
class _Judging:
    """What the lines so far have named, and lines that wait for the end of the file."""

    seen: set[str] = field(default_factory=set)
    used: set[UUID] = field(default_factory=set)  # what went back, by its id
    reversals: set[UUID] = field(default_factory=set)  # payments whose reversal has its line
    waiting: list[Finding] = field(default_factory=list)

    def line(
        self,
        entry: Entry,
        found: Mapping[str, Receipt],
        gone: Mapping[str, Sequence[Back]],
    ) -> Finding | None:
        """A line, of what its page's references name here; None: it is judged at the end."""
        if entry.went and entry.problem is None:
            return self.gone(entry, gone.get(entry.reference, ()))
        return self.came(entry, found.get(entry.reference))

    def came(self, entry: Entry, here: Receipt | None) -> Finding | None:
        """A line of money that came; None: it is judged at the end."""
        if entry.problem is not None:
            return Finding(verdict=Verdict.UNREADABLE, there=entry)
        if entry.reference in self.seen:
            return Finding(verdict=Verdict.DUPLICATE, there=entry, here=here)
        self.seen.add(entry.reference)
        if here is None:
            return Finding(verdict=Verdict.MISSING_HERE, there=entry)
        if here.status == REVERSED:
            self.waiting.append(Finding(verdict=_held(entry, 0, here), there=entry, here=here))
            return None
        return Finding(verdict=_held(entry, here.amount_minor, here), there=entry, here=here)

    def gone(self, entry: Entry, known: Sequence[Back]) -> Finding:
        """A line of money that went back."""
        if not known:
            return Finding(verdict=Verdict.MISSING_HERE, there=entry)
        fitting = [one for one in known if _held(entry, -one.amount_minor, one) is Verdict.MATCHED]
        free = [one for one in fitting or known if one.id not in self.used]
        if not free:
            here = _receipt(entry, (fitting or known)[0])
            return Finding(verdict=Verdict.DUPLICATE, there=entry, here=here)
        one = free[0]
        verdict = _held(entry, -one.amount_minor, one)
        self.used.add(one.id)
        if one.kind == "reversal" and verdict is Verdict.MATCHED:
            self.reversals.add(one.payment_id)
        return Finding(verdict=verdict, there=entry, here=_receipt(entry, one))

    def reversed_payments(self) -> Iterator[Finding]:
        """Lines of payments that were reversed: they came where the file also says they went."""
        for one in self.waiting:
            here = one.here
            if here is not None and one.there is not None and here.id in self.reversals:
                here = replace(here, status="returned")
                verdict = _held(one.there, here.amount_minor, here)
                yield replace(one, verdict=verdict, here=here)
            else:
                yield one


REVERSED = "reversed"


def _held(entry: Entry, counted_minor: int, here: Receipt | Back) -> Verdict:
    same = (entry.amount_minor, entry.currency) == (counted_minor, here.currency)
    return Verdict.MATCHED if same else Verdict.AMOUNT_DIFFERS


def _receipt(entry: Entry, back: Back) -> Receipt:
    """What went back, as it counts here: below zero, with the payment it is of."""
    return Receipt(
        reference=entry.reference,
        id=back.payment_id,
        amount_minor=-back.amount_minor,
        currency=back.currency,
        effective_on=back.effective_on,
        status=back.kind,
        method="",
    )


def _cover(total: Reconciliation, entry: Entry, since: date | None, until: date | None) -> None:
    """Widen the days the file covers by a line's, where nobody said which they are."""
    if entry.on is None:
        return
    if since is None:
        total.since = min(total.since or entry.on, entry.on)
    if until is None:
        total.until = max(total.until or entry.on, entry.on)


async def _unnamed(
    pages: Pages,
    total: Reconciliation,
    seen: set[str],
    method: str | None,
) -> AsyncIterator[Finding]:
    """What was received on those days and no line names."""
    if total.since is None or total.until is None:
        return
    after: UUID | None = None
    while True:
        async with pages() as tx:
            page = await receipts.between(
                tx, since=total.since, until=total.until, method=method, after=after, limit=_PAGE
            )
        for here in page:
            if here.reference not in seen and here.status != "reversed":
                yield Finding(verdict=Verdict.MISSING_THERE, there=None, here=here)
        if len(page) < _PAGE:
            return
        after = page[-1].id


def _readable(said: Mapping[str, str], encoding: str) -> None:
    for name, cell in said.items():
        if problem := undecoded(cell, encoding):
            raise ValueError(f"/{name}: {problem}")


def _reference(cell: str) -> str:
    if problem := field_limits.REFERENCE.problem(cell):
        raise ValueError(f"/reference: {problem}")
    return cell


def _day(cell: str, formats: Formats) -> date:
    """The day of an instant or a day; an hour may follow it."""
    try:
        return formats.days.read(cell.partition(" ")[0].partition("T")[0])
    except ValueError as problem:
        raise ValueError(f"/date: {problem}") from None
