"""Imports: a file's rows through the same services as HTTP, a page of them in a transaction.

Every row carries its own reference, so an import that was killed is continued by giving the
same file again: what is stored with the same content is already there, with other content it
is refused. A page is stored whole or not at all; one row refused keeps none from it, and one
that fails as nobody foresaw takes none with it: its page goes on in halves, down to the row.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Protocol
from uuid import UUID

from app.domain.refusals.commands import ReferenceTaken
from app.domain.vocabulary import Role
from app.services.collector import collect_rarely
from app.services.context import Context, instant_on
from app.services.files.columns import Kind
from app.services.files.pages import Outcome, Result, import_page
from app.services.files.rows import Row
from app.storage import tenancy
from app.storage.database.engine import Database, Transaction
from app.storage.database.faults import of_the_rows
from app.storage.database.unavailable import Unavailable

_ATTEMPTS = 5
#: How the database says that a page may have been more than it bears at once.
_TOO_MUCH = {"connection", "statement"}


class Superseded(Exception):
    """Somebody else goes on with this file; of the page at hand nothing is stored."""


class Importing(Protocol):
    """Whose file it is, and who wants to know of each page within its transaction."""

    @property
    def kind(self) -> Kind:
        """What the file holds."""
        ...

    async def context(self, tx: Transaction) -> Context:
        """One page's surroundings."""
        ...

    async def recorded(self, ctx: Context, results: Sequence[Result]) -> None:
        """What became of these rows, to be stored with them. Raises `Superseded`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """Into which tenant a file goes, as what, and who answers for it.

    `today` tells the calendar day in a time zone; a sandbox's own clock goes before it, and
    `business_date`, which only a sandbox may be given, before both.
    """

    tenant_id: UUID
    kind: Kind
    today: Callable[[str], date]
    actor: str | None = None
    business_date: date | None = None
    clock: Callable[[str], datetime] | None = None  # what it shows in a time zone; None: noon
    day: date = date.min  # what it is as the file is opened, for what is said of it beforehand

    async def context(self, tx: Transaction) -> Context:
        """One page's surroundings, on the tenant's business date as it is then."""
        tenants = {one.tenant_id: one for one in await tenancy.list_tenants(tx)}
        tenant = tenants[self.tenant_id]
        await tenancy.enter_tenant(tx, tenant.tenant_id)
        own = self.business_date if tenant.sandbox else None
        on = own or tenant.business_date or self.today(tenant.time_zone)
        return Context(
            tx=tx,
            tenant_id=tenant.tenant_id,
            role=Role.ADMIN,
            business_date=on,
            now=self._now(on, tenant.time_zone),
            time_zone=tenant.time_zone,
            sandbox=tenant.sandbox,
            actor=self.actor,
            policy_epoch=tenant.policy_epoch,
        )

    def _now(self, on: date, time_zone: str) -> datetime | None:
        """That day with the clock's time of day."""
        if self.clock is None:
            return None
        return instant_on(on, self.clock(time_zone))

    async def recorded(self, ctx: Context, results: Sequence[Result]) -> None:
        """Whoever runs the command sees it; nothing is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A row that was rejected because of what nobody foresaw."""

    row: Row
    error: Exception


@dataclass(slots=True)
class Tally:
    """Rows counted and summed, by currency ("" where the file names none).

    `unread` of the rows carry no amount that can be read; they are in no sum.
    """

    rows: int = 0
    unread: int = 0
    sums: dict[str, int] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        self.rows += 1
        if row.amount_minor is None:
            self.unread += 1
        else:
            self.sums[row.currency] = self.sums.get(row.currency, 0) + row.amount_minor


@dataclass(slots=True)
class Summary:
    """What was read, and what became of it."""

    read: Tally = field(default_factory=Tally)
    by_outcome: dict[Outcome, Tally] = field(
        default_factory=lambda: {outcome: Tally() for outcome in Outcome}
    )
    blank: int = 0  # lines with nothing on them, which are no rows
    blank_columns: int = 0  # at the end of the header, without a name

    @property
    def rejected(self) -> int:
        return self.by_outcome[Outcome.REJECTED].rows

    @property
    def reconciles(self) -> bool:
        """Whether the outcomes, counted and summed on their own, make up what was read."""
        parts = self.by_outcome.values()
        sums = {
            currency: sum(part.sums.get(currency, 0) for part in parts)
            for currency in {name for part in parts for name in part.sums}
        }
        return (
            sum(part.rows for part in parts) == self.read.rows
            and sum(part.unread for part in parts) == self.read.unread
            and sums == self.read.sums
        )


async def run(
    database: Database,
    importer: Importing,
    rows: Iterable[Row],
    *,
    page_size: int,
    after_page: Callable[[Sequence[Result]], None],
    failed: Callable[[Failure], None],
) -> Summary:
    """Import all rows, page by page; `after_page` is told what was committed.

    `failed` is told of each row that nobody foresaw, with its error; it is rejected.

    Raises `Unavailable` when the database stays away, `Superseded`; what was committed until then
    stands.
    """
    collect_rarely()
    summary = Summary()
    waiting = iter(rows)
    while page := tuple(islice(waiting, page_size)):
        for row in page:
            summary.read.add(row)
        results = await _committed(database, importer, page, failed)
        for result in results:
            summary.by_outcome[result.outcome].add(result.row)
        after_page(results)
    return summary


def looked_at(rows: Iterable[Row], *, after_page: Callable[[Sequence[Result]], None]) -> Summary:
    """All rows read and none stored: which of them are refused for how they are written."""
    summary = Summary()
    for row in rows:
        summary.read.add(row)
        result = read_only(row)
        summary.by_outcome[result.outcome].add(row)
        if row.problems:
            after_page([result])
    return summary


def read_only(row: Row) -> Result:
    """What a dry run makes of a row."""
    if row.problems:
        return Result(row=row, outcome=Outcome.REJECTED, reason=row.reason)
    return Result(row=row, outcome=Outcome.READABLE)


async def _committed(
    database: Database,
    importer: Importing,
    page: Sequence[Row],
    failed: Callable[[Failure], None],
) -> tuple[Result, ...]:
    """One page, one transaction; tried again where somebody else stood in the way.

    A page during which the connection or a statement's time ended goes on in halves: it may
    have been more work than the server lets a transaction wait for. So does one with a row in
    it that fails.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            async with database.transaction() as tx:
                ctx = await importer.context(tx)
                results = await import_page(ctx, importer.kind, page)
                await importer.recorded(ctx, results)
                return results
        except (Unavailable, ReferenceTaken) as error:
            if attempt == _ATTEMPTS:
                raise
            await asyncio.sleep(getattr(error, "retry_after_s", 0))
            if getattr(error, "reason", "") in _TOO_MUCH and len(page) > 1:
                return await _in_halves(database, importer, page, failed)
        except Exception as error:
            if isinstance(error, Superseded) or not of_the_rows(error):
                raise
            if len(page) > 1:
                return await _in_halves(database, importer, page, failed)
            failed(Failure(row=page[0], error=error))
            return await _rejected(database, importer, page[0], error)
    raise AssertionError("the last attempt answers or raises")


async def _rejected(
    database: Database, importer: Importing, row: Row, error: Exception
) -> tuple[Result]:
    reason = f"failed for a reason nobody foresaw ({type(error).__name__}): please report it"
    result = Result(row=row, outcome=Outcome.REJECTED, reason=reason)
    async with database.transaction() as tx:
        await importer.recorded(await importer.context(tx), (result,))
    return (result,)


async def _in_halves(
    database: Database,
    importer: Importing,
    page: Sequence[Row],
    failed: Callable[[Failure], None],
) -> tuple[Result, ...]:
    middle = len(page) // 2
    first = await _committed(database, importer, page[:middle], failed)
    return (*first, *await _committed(database, importer, page[middle:], failed))
