"""One import's way through its file: taken with a lease, page by page, to its end.

    taken = await take(database, tenant, now=…)
    await carry_on(database, taken, now=clock, payment_id=…)

A page is stored together with how far the file is, so whoever goes on after a server died begins
behind the last page that was stored, and counts nothing twice. A lease ends by itself; who finds
that another goes on stores nothing more.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.values import replace
from app.domain.vocabulary import Role
from app.services.context import Context
from app.services.files.columns import Kind
from app.services.files.csv_files import Line, Source, Unreadable
from app.services.files.imports import Failure, Superseded, Tally, read_only, run
from app.services.files.pages import Outcome, Result
from app.services.files.rows import BadColumns, Layout, Row
from app.services.imports.queue import (
    REJECTS_KEPT,
    ShownId,
    layout_of,
    rejected,
    source_of,
    storable,
)
from app.services.messages.surroundings import instant_in
from app.storage import tenancy
from app.storage.database.engine import Database, Transaction
from app.storage.ids import new_id
from app.storage.imports import lines, runs
from app.storage.imports.lines import Reject
from app.storage.imports.runs import StoredImport

#: Longer than a page can take; then whoever has it is taken to be dead.
LEASE: Final = timedelta(minutes=2)
#: Turns without a page stored, after which it is given up.
MOST_TRIES: Final = 5
#: Rows a transaction: what others wait for in the same process stays short.
PAGE_ROWS: Final = 100
MAX_LINES: Final = 500_000
#: Rejected lines that are kept; all are counted.
MOST_REJECTS: Final = 10_000
_FORGOTTEN_AT_ONCE: Final = 20

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An import that is the caller's until its lease ends; every page renews it."""

    tenant_id: UUID
    stored: StoredImport
    lease_id: UUID


async def tenants_due(database: Database, *, now: datetime, most: int) -> tuple[UUID, ...]:
    """Tenants with a file to work on, the longest waiting first."""
    async with database.transaction() as tx:
        return await runs.due_tenants(tx, by=now, most=most)


async def take(database: Database, tenant_id: UUID, *, now: datetime) -> Taken | None:
    """The tenant's next import; one that was begun too often is ended instead."""
    async with database.transaction() as tx:
        ctx = await _surroundings(tx, tenant_id, now)
        lease_id = new_id()
        stored = await runs.claim(
            tx, lease_id=lease_id, at=now, until=now + LEASE, started_at=ctx.instant
        )
        if stored is None:
            return None
        if stored.tries > MOST_TRIES:
            await _end(ctx, stored, "it was begun again and again and came no further", now)
            return None
        return Taken(tenant_id=tenant_id, stored=stored, lease_id=lease_id)


async def carry_on(
    database: Database,
    taken: Taken,
    *,
    now: Clock,
    payment_id: ShownId,
    failed: Callable[[Failure], None],
) -> None:
    """Go on where it stands, to its end. Raises `Unavailable`: a later turn goes on then.

    `failed` is told of each line that nobody foresaw.
    """
    with TemporaryFile() as file, suppress(Superseded):
        await _fetch(database, taken, file, now)
        work = _Run(taken, now)
        problem: str | None = None
        try:
            source = work.source = source_of(file, taken.stored.bytes, said=taken.stored.said)
            shape = layout_of(work.kind, source.header, taken.stored.said, payment_id)
            rows = await _behind(source, shape, taken.stored.line)
            if taken.stored.dry_run:
                await _look(database, work, rows)
            else:
                await run(
                    database, work, rows, page_size=PAGE_ROWS, after_page=_nothing, failed=failed
                )
        except (Unreadable, BadColumns) as error:
            problem = str(error)
        async with database.transaction() as tx:
            ctx = await work.context(tx)
            await _end(ctx, await _still_held(ctx, taken), problem, now(), work.source)


async def forget_rejects(database: Database, tenant_id: UUID, *, now: datetime) -> int:
    """Empty rejected lines that were kept for thirty days, a few files at a time; how many."""
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant_id)
        found = await runs.to_forget(tx, at=now, limit=_FORGOTTEN_AT_ONCE)
        if not found:
            return 0
        await runs.forgotten(tx, found)
        return await lines.empty_rejects(tx, found)


# One file -----------------------------------------------------------------------------------


class _Run:
    """Whose file it is, as each of its pages is stored."""

    def __init__(self, taken: Taken, now: Clock) -> None:
        self.taken, self.now = taken, now
        self.kind = Kind(taken.stored.kind)
        self.source: Source | None = None

    async def context(self, tx: Transaction) -> Context:
        """One page's surroundings: of whoever sent the file, on the day it is by then."""
        stored = self.taken.stored
        ctx = await _surroundings(tx, self.taken.tenant_id, self.now())
        return replace(
            ctx, role=Role(stored.role), actor=stored.actor, key_id=stored.key_id,
            origin=stored.origin,
        )  # fmt: skip

    async def recorded(self, ctx: Context, results: Sequence[Result]) -> None:
        """How far the file is, stored with the page. Raises `Superseded`."""
        stored = await _still_held(ctx, self.taken)
        if results[0].row.line.number <= stored.line:
            raise Superseded  # stored already, by a page whose commit nobody heard of
        room = max(0, MOST_REJECTS - rejected(stored))
        refused = [one for one in results if one.outcome is Outcome.REJECTED][:room]
        kept = [
            Reject(
                line=one.row.line.number,
                reason=storable(one.reason),
                cells=[storable(cell) for cell in one.row.line.cells],
            )
            for one in refused
        ]
        await lines.add_rejects(ctx.tx, ctx.tenant_id, stored.id, kept)
        moved = {
            "line": results[-1].row.line.number,
            "counts": counted(stored.counts, results),
            "bytes_read": self.source.bytes_read if self.source else stored.bytes_read,
            "next_at": self.now() + LEASE,
            "tries": 0,
        }
        await runs.change(ctx.tx, stored.id, moved)


def _nothing(_: Sequence[Result]) -> None:
    """What is stored says it all."""


async def _surroundings(tx: Transaction, tenant_id: UUID, now: datetime) -> Context:
    await tenancy.enter_tenant(tx, tenant_id)
    tenant = await tenancy.read_tenant(tx, tenant_id)
    at = instant_in(tenant, now)
    return Context(
        tx=tx,
        tenant_id=tenant_id,
        role=Role.AGENT,
        business_date=at.astimezone(ZoneInfo(tenant.time_zone)).date(),
        sandbox=tenant.sandbox,
        policy_epoch=tenant.policy_epoch,
        now=at,
        time_zone=tenant.time_zone,
    )


async def _still_held(ctx: Context, taken: Taken) -> StoredImport:
    stored = await runs.held(ctx.tx, taken.stored.id, taken.lease_id)
    if stored is None:
        raise Superseded
    return stored


async def _fetch(database: Database, taken: Taken, file: BinaryIO, now: Clock) -> None:
    """The file as it was sent, piece by piece, onto this machine."""
    number, piece = 0, b""
    while piece or not number:
        number += 1
        async with database.transaction() as tx:
            ctx = await _surroundings(tx, taken.tenant_id, now())
            piece = await lines.read_piece(ctx.tx, taken.stored.id, number) or b""
        file.write(piece)


async def _behind(source: Source, shape: Layout, line: int) -> Iterator[Row]:
    """The rows behind that line, the first of which may be long in coming."""
    following = iter(source)
    first = await asyncio.to_thread(
        lambda: next((one for one in following if one.number > line), None)
    )
    found = following if first is None else chain([first], following)
    return (shape.read(one) for one in _bounded(found))


def _bounded(found: Iterable[Line]) -> Iterator[Line]:
    for one in found:
        if one.number > MAX_LINES + 1:
            raise Unreadable(f"It has more than {MAX_LINES:,} lines: send it in parts.")
        yield one


async def _look(database: Database, work: _Run, rows: Iterator[Row]) -> None:
    """Read the rows and store none: which of them are refused for how they are written."""
    while page := tuple(islice(rows, PAGE_ROWS)):
        results = [read_only(row) for row in page]
        async with database.transaction() as tx:
            await work.recorded(await work.context(tx), results)


async def _end(
    ctx: Context,
    stored: StoredImport,
    problem: str | None,
    now: datetime,
    source: Source | None = None,
) -> None:
    """It is over; what was sent is forgotten, what was rejected is kept for a while."""
    ended: dict[str, Any] = {
        "status": "completed" if problem is None else "incomplete",
        "problem": problem,
        "next_at": None,
        "lease_id": None,
        "finished_at": ctx.instant,
        "forget_at": now + REJECTS_KEPT if rejected(stored) else None,
    }
    if source is not None:
        blank = {"blank_lines": source.blank, "blank_columns": source.blank_columns}
        ended |= {"counts": {**stored.counts, **blank}, "bytes_read": source.bytes_read}
    await runs.change(ctx.tx, stored.id, ended)
    await lines.empty_pieces(ctx.tx, stored.id)


# What became of the lines -------------------------------------------------------------------


def counted(before: Mapping[str, Any], results: Sequence[Result]) -> dict[str, Any]:
    """Rows and sums by outcome, with these; sums as text: no JSON number holds them all."""
    after = {name: _tally(said) for name, said in before.items()}
    for one in results:
        after.setdefault(str(one.outcome), Tally()).add(one.row)
    return {name: _said(tally) for name, tally in after.items()}


def _tally(said: Mapping[str, Any]) -> Tally:
    sums = {currency: int(total) for currency, total in said["sums"].items()}
    return Tally(rows=said["rows"], unread=said["unread"], sums=sums)


def _said(tally: Tally) -> dict[str, Any]:
    sums = {currency: str(total) for currency, total in tally.sums.items()}
    return {"rows": tally.rows, "unread": tally.unread, "sums": sums}
