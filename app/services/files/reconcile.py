"""Reconciliation: a processor's settlement file held against what was posted, line by line.

Each line of the file has one verdict, and so has each payment of the days the file covers that
it does not name. What counts here is what was received under the reference, whatever was
charged back or refunded of it since; a payment that was reversed counts 0, for it never
happened. Money in suspense was received: it counts like any other.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice
from uuid import UUID

from app.domain import field_limits
from app.domain.currencies import exponent
from app.domain.errors import InvalidInput
from app.services.files.csv_files import Line, guess, stray_byte
from app.services.files.rows import Amounts, BadColumns, minor_of
from app.storage import tenancy
from app.storage.database.engine import Database
from app.storage.payments import receipts
from app.storage.payments.receipts import Receipt

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
    amounts: Amounts
    width: int

    def read(self, line: Line) -> Entry:
        """One line; its `problem` where it cannot be read."""
        said = dict(self.constants)
        if len(line.cells) != self.width:
            detail = f"has {len(line.cells)} cells, the header {self.width}"
            return Entry(line=line.number, problem=detail)
        said |= {name: line.cells[at].strip() for name, at in self.cells.items()}
        try:
            _readable(said)
            exponent(said["currency"])
            return Entry(
                line=line.number,
                reference=_reference(said["reference"]),
                amount_minor=minor_of(said["amount"], self.amounts, said["currency"]),
                currency=said["currency"],
                on=_day(said["date"]) if said.get("date") else None,
            )
        except (ValueError, InvalidInput) as problem:
            detail = problem.detail if isinstance(problem, InvalidInput) else str(problem)
            return Entry(line=line.number, reference=said["reference"][:255], problem=detail)


def columns(
    header: Sequence[str],
    *,
    amounts: Amounts,
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
        minor = name == "amount" and amounts is Amounts.MINOR
        own = renamed.get(name, "amount_minor" if minor else name)
        if own in headers:
            cells[name] = headers.index(own)
    needed = ("reference", "amount", "currency")
    misfits += [f"{n} is missing" for n in needed if n not in cells and n not in constants]
    if misfits:
        raise BadColumns("; ".join(misfits) + guess(header))
    return Columns(cells=cells, constants=constants, amounts=amounts, width=len(headers))


async def reconcile(
    database: Database,
    tenant_id: UUID,
    entries: Iterable[Entry],
    total: Reconciliation,
    *,
    since: date | None = None,
    until: date | None = None,
    method: str | None = None,
) -> AsyncIterator[Finding]:
    """Every finding, the file's lines first and in order; `total` is brought up as they come.

    `since` and `until` are the days on which what the file does not name is missed: by default
    those its own lines cover; without any day, nothing is.
    """
    total.since, total.until = since, until
    seen = set[str]()
    waiting = iter(entries)
    while page := tuple(islice(waiting, _PAGE)):
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant_id)
            named = {entry.reference for entry in page if entry.problem is None}
            found = await receipts.by_reference(tx, named)
        for entry in page:
            total.read.add(entry.currency, entry.amount_minor)
            finding = _judged(entry, found.get(entry.reference), seen)
            _cover(total, entry, since, until)
            total.add(finding)
            yield finding
    async for finding in _unnamed(database, tenant_id, total, seen, method):
        total.add(finding)
        yield finding


def _judged(entry: Entry, here: Receipt | None, seen: set[str]) -> Finding:
    if entry.problem is not None:
        return Finding(verdict=Verdict.UNREADABLE, there=entry)
    if entry.reference in seen:
        return Finding(verdict=Verdict.DUPLICATE, there=entry, here=here)
    seen.add(entry.reference)
    if here is None:
        return Finding(verdict=Verdict.MISSING_HERE, there=entry)
    counted = 0 if here.status == "reversed" else here.amount_minor
    same = (entry.amount_minor, entry.currency) == (counted, here.currency)
    verdict = Verdict.MATCHED if same else Verdict.AMOUNT_DIFFERS
    return Finding(verdict=verdict, there=entry, here=here)


def _cover(total: Reconciliation, entry: Entry, since: date | None, until: date | None) -> None:
    """Widen the days the file covers by a line's, where nobody said which they are."""
    if entry.on is None:
        return
    if since is None:
        total.since = min(total.since or entry.on, entry.on)
    if until is None:
        total.until = max(total.until or entry.on, entry.on)


async def _unnamed(
    database: Database,
    tenant_id: UUID,
    total: Reconciliation,
    seen: set[str],
    method: str | None,
) -> AsyncIterator[Finding]:
    """What was received on those days and no line names."""
    if total.since is None or total.until is None:
        return
    after: UUID | None = None
    while True:
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant_id)
            page = await receipts.between(
                tx, since=total.since, until=total.until, method=method, after=after, limit=_PAGE
            )
        for here in page:
            if here.reference not in seen and here.status != "reversed":
                yield Finding(verdict=Verdict.MISSING_THERE, there=None, here=here)
        if len(page) < _PAGE:
            return
        after = page[-1].id


def _readable(said: Mapping[str, str]) -> None:
    for name, cell in said.items():
        if problem := stray_byte(cell):
            raise ValueError(f"/{name}: {problem}")


def _reference(cell: str) -> str:
    if problem := field_limits.REFERENCE.problem(cell):
        raise ValueError(f"/reference: {problem}")
    return cell


def _day(cell: str) -> date:
    try:
        return field_limits.read_day(cell[:10])
    except ValueError as problem:
        raise ValueError(f"/date: {problem}") from None
