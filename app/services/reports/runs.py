"""Runs: a report made a page of accounts at a time, kept for thirty days, and asked again.

The run begins when its answer is sent, on transactions of its own. Each page is noted, so that who
looks sees how far it is and who cancels is heard at the next one. A booked report of a closed day
is the same whenever its pages are read; what is entered meanwhile does not count.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from app.domain.errors import DomainError, InvalidInput, NotFound
from app.domain.overview.definitions.catalog import Definition
from app.domain.overview.question import Asked, Question, asked_again
from app.domain.overview.runs import (
    KEPT,
    Difference,
    ReportFormat,
    RunStatus,
    differences,
    first_of,
    told_of,
)
from app.domain.overview.table import Report, Tally, parameters
from app.domain.refusals.reports import (
    ReportDoesNotReconcile,
    ReportTooLarge,
    RunGone,
    RunsBusy,
)
from app.domain.values import replace
from app.services.context import Context
from app.services.reports.alarm import tell_unreconciled
from app.services.reports.asked import context_of
from app.services.reports.beside import beside
from app.services.reports.files import written
from app.services.reports.look import Portfolio, look_page
from app.services.reports.report import finished, layout_of, make, resolve
from app.services.reports.rows import Sides, add_columns, add_to
from app.services.reports.summed import answered, whose
from app.storage import tenancy
from app.storage.database.engine import Database
from app.storage.ids import new_id
from app.storage.reports import accounts, runs
from app.storage.reports.runs import EnteredFact, StoredRun

__all__ = ["Compared", "EnteredFact", "Running", "StoredRun", "Verified"]

MOST_LIVE = 2
MOST_ACCOUNTS = 1_000_000
MOST_ROWS = 20_000
MOST_DIFFERENCES = 100
_WHOLE_BPS = 10_000
#: Accounts whose postings are counted in one statement.
_COUNTED = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The same question asked again, held against what a run answered."""

    hash_then: str
    hash_now: str
    differences: tuple[Difference, ...]
    facts_since: tuple[EnteredFact, ...]

    @property
    def same(self) -> bool:
        return self.hash_then == self.hash_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two runs held against each other; `count`: of all differences, the first are told."""

    count: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of a run that is done."""

    hash: str
    told: Mapping[str, object]
    content: bytes


class Listed(Protocol):
    """Reports that list things one by one, and so are made another way (`services/listings`)."""

    def has(self, name: str) -> bool:
        """Whether a report of that name is one of them."""

    def asked(self, name: str, asked: Asked, ctx: Context) -> Question:
        """Its question with its defaults. Raises `InvalidInput`."""

    async def again(self, ctx: Context, run: StoredRun) -> Report:
        """What a run's question comes to now. Raises `ReportTooLarge`."""

    async def make(self, running: "Running", run: StoredRun) -> Kept | None:
        """The run's file and what is kept of it; None: it was cancelled."""


async def begin_run(
    ctx: Context, name: str, asked: Asked, form: ReportFormat, *, listed: Listed | None = None
) -> StoredRun:
    """Note a run that is about to begin. Raises what `resolve` does, and `RunsBusy`."""
    if listed is not None and listed.has(name):
        wanted = listed.asked(name, asked, ctx)
    else:
        _, wanted = resolve(name, asked, ctx.business_date)
    if await runs.live(ctx.tx) >= MOST_LIVE:
        raise RunsBusy(limit=MOST_LIVE)
    await runs.empty_old(ctx.tx, ctx.instant)
    run_id = new_id()
    await runs.start(
        ctx.tx,
        ctx.tenant_id,
        {
            "id": run_id,
            "report": name,
            "parameters": parameters(wanted),
            "form": form.value,
            "business_date": ctx.business_date,
            "created_at": ctx.instant,
            "expires_at": ctx.instant + KEPT,
            "actor": ctx.actor,
            "role": ctx.role,
            "key_id": ctx.key_id,
        },
    )
    return await read_run(ctx, run_id)


async def read_run(ctx: Context, run_id: UUID) -> StoredRun:
    """A run as it stands. Raises `NotFound`."""
    run = await runs.read(ctx.tx, run_id)
    if run is None:
        raise NotFound(resource="report_run", key=str(run_id))
    return run


async def cancel_run(ctx: Context, run_id: UUID) -> StoredRun:
    """Have it go on no further; one that is over stays as it is. Raises `NotFound`."""
    await read_run(ctx, run_id)
    await runs.end(ctx.tx, run_id, RunStatus.CANCELLED)
    return await read_run(ctx, run_id)


async def file_of(ctx: Context, run_id: UUID) -> tuple[StoredRun, bytes]:
    """The file of a run that is done. Raises `NotFound`, `RunGone`."""
    run = await read_run(ctx, run_id)
    content = await runs.content(ctx.tx, run_id)
    if content is None or run.expires_at <= ctx.instant:
        raise RunGone(run_id=run_id, run_status=run.status, expires_at=run.expires_at)
    return run, content


async def runs_by_status(database: Database, tenant_id: UUID) -> Mapping[str, int]:
    """How many runs a tenant has of the last thirty days, by how they stand."""
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant_id)
        return await runs.by_status(tx)


async def verify_run(
    ctx: Context, run_id: UUID, *, again: UUID | None = None, listed: Listed | None = None
) -> Verified:
    """Ask its question again, or hear what a later run of the same question answered.

    Raises `NotFound`, `RunGone`, `InvalidInput` where that run asked another question, and what
    `make` does: of more than a request may read `ReportTooLarge`.
    """
    run, told = await _told(ctx, run_id)
    hash_now, now = await _now(ctx, run, again, listed)
    found, _ = first_of(differences(told, now), MOST_DIFFERENCES)
    since: tuple[EnteredFact, ...] = ()
    if run.finished_at is not None:
        since = await runs.facts_since(ctx.tx, run.noted_at, limit=MOST_DIFFERENCES)
    return Verified(
        hash_then=run.hash or "", hash_now=hash_now, differences=tuple(found), facts_since=since
    )


async def _now(
    ctx: Context, run: StoredRun, again: UUID | None, listed: Listed | None
) -> tuple[str, Mapping[str, object]]:
    """The hash and the cells of a run's question, asked again."""
    if again is None:
        if listed is not None and listed.has(run.report):
            report = await listed.again(ctx, run)
        else:
            report = (await make(ctx, run.report, asked_again(run.parameters))).report
        return report.hash, told_of(report)
    other, told = await _told(ctx, again)
    if other.parameters != run.parameters:
        raise InvalidInput.at("?again", "asks another question")
    return other.hash or "", told


async def compare_runs(ctx: Context, left: UUID, right: UUID) -> Compared:
    """Cell by cell. Raises `NotFound`, `RunGone`."""
    (_, one), (_, other) = await _told(ctx, left), await _told(ctx, right)
    found, count = first_of(differences(one, other), MOST_DIFFERENCES)
    return Compared(count=count, differences=tuple(found))


async def _told(ctx: Context, run_id: UUID) -> tuple[StoredRun, Mapping[str, object]]:
    run = await read_run(ctx, run_id)
    if run.told is None:
        raise RunGone(run_id=run_id, run_status=run.status, expires_at=run.expires_at)
    return run, run.told


# --- Made --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A run with what it needs when its request is over. `called`: what it is outside.

    `listed`: the reports that are made another way, where such a run may be one of them.
    """

    database: Database
    tenant_id: UUID
    run_id: UUID
    business_date: date
    time_zone: str
    called: str | None = None
    listed: Listed | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Context]:
        async with context_of(
            self.database, self.tenant_id, business_date=self.business_date,
            time_zone=self.time_zone,
        ) as ctx:  # fmt: skip
            yield ctx

    async def go(self) -> None:
        """Make it and keep its file; a refusal is kept by its name, a bug fails it and is told."""
        try:
            await self._make()
        except ReportDoesNotReconcile as refusal:
            await self._fail(refusal.problem, alarm=True)
        except DomainError as refusal:
            await self._fail(refusal.problem)
        except BaseException:
            await self._fail("internal-error")
            raise

    async def _fail(self, problem: str, *, alarm: bool = False) -> None:
        async with self.opened() as ctx:
            if alarm:
                run = await read_run(ctx, self.run_id)
                asked = asked_again(run.parameters)
                _, wanted = resolve(run.report, asked, self.business_date)
                tell_unreconciled(ctx, wanted, run_id=run.id)
            await runs.end(ctx.tx, self.run_id, RunStatus.FAILED, problem=problem)

    async def _make(self) -> None:
        async with self.opened() as ctx:
            run = await read_run(ctx, self.run_id)
        if self.listed is not None and self.listed.has(run.report):
            kept = await self.listed.make(self, run)
            if kept is not None:
                await self._end(kept)
            return
        async with self.opened() as ctx:
            asked = asked_again(run.parameters)
            definition, wanted = resolve(run.report, asked, self.business_date)
            tally = Tally(wanted, await layout_of(ctx, definition, wanted))
            of_nobody = await beside(ctx, definition, wanted)
            tally.add(of_nobody)
            number = await accounts.number_of(ctx.tx, wanted.filters)
            found = await answered(ctx, definition, wanted)
        if found is not None:
            tally.add(found.entries)
            if not await self._count(tally, wanted, number):
                return
        else:
            found = await self._look(tally, definition, wanted, number)
            if found is None:
                return
        report = finished(definition, wanted, tally, found, of_nobody)
        await self._keep(report, ReportFormat(run.form))

    async def _look(
        self, tally: Tally, definition: Definition, wanted: Question, number: int
    ) -> Portfolio | None:
        """Sum what each account adds, a page at a time; None: the run was cancelled."""
        if number > MOST_ACCOUNTS:
            raise ReportTooLarge(limit=MOST_ACCOUNTS, what="accounts")
        ledger, sides = dict[str, int](), Sides()
        done, provisional, after = 0, False, None
        while True:
            async with self.opened() as ctx:
                if not await self.goes_on(ctx, done, number):
                    return None
                found, ids = await look_page(ctx, definition, wanted, after=after)
            if not ids:
                return Portfolio(entries=(), ledger=ledger, provisional=provisional, sides=sides)
            tally.add(found.entries)
            if tally.size > MOST_ROWS:
                raise ReportTooLarge(limit=MOST_ROWS, what="rows")
            add_to(ledger, found.ledger)
            add_columns(sides, found.sides)
            provisional = provisional or found.provisional
            done, after = done + len(ids), ids[-1]

    async def _count(self, tally: Tally, wanted: Question, number: int) -> bool:
        """Count of how many accounts rows of kept sums are, a page at a time.

        It goes on while one of them may be of few, which are left out of what is sent. False: the
        run was cancelled.
        """
        done, after = 0, None
        while tally.uncounted:
            async with self.opened() as ctx:
                if not await self.goes_on(ctx, done, number):
                    return False
                ids = await accounts.ids(ctx.tx, wanted.filters, limit=_COUNTED, after=after)
                if not ids:
                    break
                tally.count(await whose(ctx, wanted, ids))
            done, after = done + len(ids), ids[-1]
        return True

    async def goes_on(self, ctx: Context, done: int, number: int) -> bool:
        """Note how many of its accounts, or what it lists, are done; False: it was cancelled."""
        progress = min(_WHOLE_BPS, done * _WHOLE_BPS // max(1, number))
        return await runs.note(ctx.tx, self.run_id, progress_bps=progress)

    async def _keep(self, report: Report, form: ReportFormat) -> None:
        async with self.opened() as ctx:
            content = await written(ctx, replace(report, run_id=self.called), form)
        await self._end(Kept(hash=report.hash, told=told_of(report), content=content))

    async def _end(self, kept: Kept) -> None:
        async with self.opened() as ctx:
            await runs.end(
                ctx.tx, self.run_id, RunStatus.DONE, progress_bps=_WHOLE_BPS, hash=kept.hash,
                told=kept.told, content=kept.content,
            )  # fmt: skip
