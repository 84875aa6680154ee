"""A large sheet's way into the books: taken with a lease, page by page, or all in one transaction.

A page is stored together with how far the sheet is, as files are (decision 0051). What is stored
all or none is one transaction, which holds the sheet's row, so nobody else takes it meanwhile.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from app.domain.entries.events import EventType
from app.domain.spreadsheets.fields import SheetKind
from app.services.context import Context
from app.services.dry_runs.asking import as_asked
from app.services.dry_runs.commit import judge_of
from app.services.dry_runs.dry_runs import pages_of
from app.services.dry_runs.rows import Mode, counted, rejected_of, store, told, verdicts_after
from app.services.messages.surroundings import TenantRecord, inside
from app.services.telling.tell import event, tell
from app.storage import tenancy
from app.storage.database.engine import Database
from app.storage.dry_runs import dry_runs
from app.storage.dry_runs.dry_runs import StoredDryRun
from app.storage.ids import new_id

#: Longer than a page can take; then whoever has it is taken to be dead.
LEASE: Final = timedelta(minutes=2)
#: Turns without a page stored, after which it is given up.
MOST_TRIES: Final = 5
_GIVEN_UP: Final = "it was begun again and again and came no further"

Clock = Callable[[], datetime]


class _RefusedRow(Exception):
    """The books refuse a row of a sheet that is stored all or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A sheet that is the caller's until its lease ends; every page renews it."""

    tenant: TenantRecord
    run_id: UUID
    lease_id: UUID
    mode: Mode


async def tenants_due(database: Database, *, now: datetime, most: int) -> list[TenantRecord]:
    """Tenants with a sheet to store, the longest waiting first."""
    async with database.transaction() as tx:
        known = {one.tenant_id: one for one in await tenancy.list_tenants(tx)}
        found = await dry_runs.due_tenants(tx, by=now, most=most)
    return [known[one] for one in found if one in known]


async def take(database: Database, tenant: TenantRecord, *, now: datetime) -> Taken | None:
    """The tenant's next sheet; one that was begun too often is open again instead."""
    async with inside(database, tenant, now) as ctx:
        lease_id = new_id()
        run = await dry_runs.claim(ctx.tx, lease_id=lease_id, at=now, until=now + LEASE)
        if run is None or run.mode is None:
            return None
        if run.tries > MOST_TRIES:
            await dry_runs.change(ctx.tx, run.id, _open_again(run, _GIVEN_UP))
            return None
        return Taken(tenant=tenant, run_id=run.id, lease_id=lease_id, mode=Mode(run.mode))


async def carry_on(database: Database, taken: Taken, *, now: Clock) -> None:
    """Store it to its end. What somebody else goes on with is left to them."""
    if taken.mode is Mode.CONTINUE:
        while await _one_page(database, taken, now):
            pass
        return
    try:
        async with _held(database, taken, now) as (ctx, run):
            if run is not None:
                await _all(ctx, run)
    except _RefusedRow as refused:
        async with _held(database, taken, now) as (ctx, run):
            if run is not None:
                await dry_runs.change(ctx.tx, run.id, _open_again(run, str(refused)))


@asynccontextmanager
async def _held(
    database: Database, taken: Taken, now: Clock
) -> AsyncIterator[tuple[Context, StoredDryRun | None]]:
    """A transaction in the name of who committed it; None: it is no longer the holder's."""
    async with inside(database, taken.tenant, now()) as made:
        run = await dry_runs.held(made.tx, taken.run_id, taken.lease_id)
        if run is None:
            yield made, None
            return
        yield as_asked(made, run), run


async def _one_page(database: Database, taken: Taken, now: Clock) -> bool:
    """Store the next page with how far it is; False: that was all, or somebody else goes on."""
    async with _held(database, taken, now) as (ctx, run):
        if run is None:
            return False
        judge, following = judge_of(run), run.pages_stored + 1
        async for page in pages_of(ctx, run):
            judged = await judge.page(ctx, page.cells)  # those before, for what is said twice
            if page.number < following:
                continue
            stored = await store(ctx, SheetKind(run.kind), judged)
            said = verdicts_after(page, rejected_of(stored))
            await dry_runs.judged(ctx.tx, run.id, page.number, said)
            outcome = _added(run.outcome, counted(Mode.CONTINUE, judged, stored))
            moved = {"pages_stored": page.number, "outcome": outcome, "next_at": now() + LEASE}
            await dry_runs.change(ctx.tx, run.id, {**moved, "tries": 0})
            return True
        await _end(ctx, run, run.outcome or {})
        return False


async def _all(ctx: Context, run: StoredDryRun) -> None:
    """Store every page, or raise `_RefusedRow`."""
    judge, outcome, number = judge_of(run), dict[str, Any](), 0
    async for page in pages_of(ctx, run):
        judged = await judge.page(ctx, page.cells)
        refused = {one.number: "it is refused now" for one in judged if one.verdict == "refused"}
        stored = await store(ctx, SheetKind(run.kind), judged)
        for row, why in (*refused.items(), *rejected_of(stored).items()):
            raise _RefusedRow(f"Row {row}: {why}")
        outcome = _added(outcome, counted(Mode.ATOMIC, judged, stored))
        number = page.number
    await dry_runs.change(ctx.tx, run.id, {"pages_stored": number})
    await _end(ctx, run, outcome)


def _added(before: Mapping[str, Any] | None, more: Mapping[str, Any]) -> dict[str, Any]:
    known = before or {}
    return {
        name: said if name == "mode" else said + known.get(name, 0) for name, said in more.items()
    }


async def _end(ctx: Context, run: StoredDryRun, outcome: Mapping[str, Any]) -> None:
    over = {"status": "committed", "outcome": outcome, "committed_at": ctx.instant}
    gone = {"next_at": None, "lease_id": None}
    await dry_runs.change(ctx.tx, run.id, {**over, **gone, "version": run.version + 1})
    tell(ctx, event(ctx, EventType.IMPORT_COMMITTED, told(run, outcome)))


def _open_again(run: StoredDryRun, problem: str) -> Mapping[str, Any]:
    """Whoever sent it may mend it and commit it again."""
    gone = {"next_at": None, "lease_id": None}
    return {"status": "open", "problem": problem, "version": run.version + 1, **gone}
