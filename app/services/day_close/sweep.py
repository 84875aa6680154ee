"""The sweep: the day close for every account that has a day to close, page by page.

It judges with the one function commands and reads use, so it decides nothing of its own: it
only stores verdicts earlier than the next command would. Running it twice, late, or not at all
changes no state, only when events are told.

An account that cannot be judged or written keeps no other from it: its page is done again one
by one, it is skipped with the reason, told by an event, and whoever runs the sweep hears of it.
What would fail for every account (`storage/database/faults.py`) ends the run.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.domain.agreement.acts import Office, check_office
from app.domain.errors import InvalidInput, NotFound
from app.domain.vocabulary import Role
from app.services.context import Context
from app.services.day_close.not_judged import take_up_apart, tell_not_judged
from app.services.day_close.quotes import expire_page
from app.services.day_close.report import NAMED, DayKept, Skipped, SkipReason, SweepReport, unheard
from app.services.work import Work, finish
from app.storage import tenancy
from app.storage.accounts import judging, review
from app.storage.accounts.accounts import StoredAccount
from app.storage.accounts.review import FIRST_TURN, Reached
from app.storage.database.engine import Database, Transaction
from app.storage.database.faults import ClockMoved, of_the_rows
from app.storage.database.unavailable import Unavailable
from app.storage.day_close import sweeps
from app.storage.day_close.sweeps import StoredSweep
from app.storage.ids import new_id

__all__ = ["NAMED", "SkipReason", "Skipped", "SweepReport"]

#: Accounts a transaction: with more, whoever waits for one of them waits longer.
PAGE = 250
#: Pages a run has under way: while the database writes one, the other is judged.
WORKERS = 2


#: What a day makes of accounts that are being closed, in their own transaction.
Beside = Callable[[Context, Sequence[Work]], Awaitable[None]]
#: What goes before the accounts of a day; where it could not be, the day is closed without.
First = Callable[[Database, UUID, date], Awaitable[DayKept]]
#: What follows a day that was closed: in transactions of its own.
Follow = Callable[[Database, UUID, date], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepView:
    """A run as it stands, with what is left to do and the hash of what was told of its day."""

    run: StoredSweep
    remaining: int
    checksum: str

    @property
    def rate_per_second(self) -> float:
        """Accounts a second, so far or in all."""
        until = self.run.finished_at or self.run.noted_at
        seconds = (until - self.run.started_at).total_seconds()
        return round(self.run.examined / seconds, 1) if seconds > 0 else 0.0


def refuse_to_come(business_date: date, today: date) -> None:
    """No day is closed before it is there. Raises `InvalidInput`. `today`: the tenant's date."""
    if business_date > today:
        limit = f"must not lie after the business date {today}"
        raise InvalidInput.at("/business_date", limit)


async def start_sweep(ctx: Context, business_date: date) -> StoredSweep:
    """Note a run that is about to begin.

    Raises `OutsideAuthority`, and `InvalidInput` for a date still to come.
    """
    check_office(Office.SWEEP, ctx.role)
    refuse_to_come(business_date, ctx.business_date)
    return await sweeps.start(ctx.tx, ctx.tenant_id, new_id(), business_date)


async def view_sweep(ctx: Context, run_id: UUID) -> SweepView:
    """A run as it stands. Raises `NotFound`."""
    run = await sweeps.read(ctx.tx, run_id)
    if run is None:
        raise NotFound(resource="sweep", key=str(run_id))
    return SweepView(
        run=run,
        remaining=await review.remaining(ctx.tx, run.business_date),
        checksum=await sweeps.checksum(ctx.tx, run.business_date),
    )


async def to_close(database: Database, tenant_id: UUID, business_date: date) -> int:
    """How many accounts have a day up to that one to close, as it stands."""
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant_id)
        return await review.remaining(tx, business_date)


async def sweep(
    database: Database,
    tenant_id: UUID,
    *,
    business_date: date,
    heard: Callable[[Skipped], None] = unheard,
    run_id: UUID | None = None,
    progress: Callable[[SweepReport], None] = lambda _: None,
    first: First | None = None,
    then: Follow | None = None,
    beside: Beside | None = None,
    keeps_to_clock: bool = False,
) -> SweepReport:
    """Close every account's days up to the opening of `business_date`.

    One transaction a page, in which the run (a new one unless `run_id` names one) says how far
    it is. Accounts others hold are passed by at first; then one pass waits for them, so that
    none is left. A run that raises, or had to skip one, is `incomplete`; another goes on.
    `first` is done before any account goes on, `beside` with each page before it is written, `then`
    once all are judged: what a day makes beside the books. `heard` is told of each account that is
    skipped, with its error: to log it and to count it. `keeps_to_clock`: it stops where a sandbox's
    clock is moved to before the date, with the page that is under way (`clock_moved`).
    """
    report = SweepReport(business_date=business_date)
    begun, run_id = run_id is not None, run_id or new_id()
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant_id)
        if not begun:
            await sweeps.start(tx, tenant_id, run_id, business_date)
        sandbox = (await tenancy.read_tenant(tx, tenant_id)).sandbox
    run = _Run(
        database=database,
        tenant_id=tenant_id,
        id=run_id,
        report=report,
        heard=heard,
        progress=progress,
        beside=beside,
        clock_moves=keeps_to_clock and sandbox,
    )
    status = "incomplete"
    try:
        await _go_through(run, first, then)
        status = "done" if await _remaining(run) == 0 and not report.skipped else status
    except ClockMoved:
        report.clock_moved = True
    finally:
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant_id)
            await _note(tx, run_id, report, status)
    return report


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A run under way, and how it opens the transaction of a page."""

    database: Database
    tenant_id: UUID
    id: UUID
    report: SweepReport
    heard: Callable[[Skipped], None]
    progress: Callable[[SweepReport], None]
    beside: Beside | None
    #: Whether it is a sandbox's, which somebody may move to another day meanwhile.
    clock_moves: bool
    #: What the pages have counted, each by its transaction, until it is over.
    uncommitted: dict[Transaction, list[Work]] = field(default_factory=dict)

    async def skip(self, one: Skipped) -> None:
        """Leave an account as it is, and say so: in the report, to whoever runs us, in its feed."""
        if not self.report.skip(one):
            return
        self.heard(one)
        if one.reason is not SkipReason.LOCKED:
            try:
                async with self.page() as ctx:
                    await tell_not_judged(ctx, one)
            except Exception as error:
                if not of_the_rows(error):
                    raise
                self.heard(Skipped(account_id=one.account_id, reason=one.reason, error=error))

    async def check_clock(self) -> None:
        """Whether the date is there still. Raises `ClockMoved`.

        It is not held: what follows may need the only connection there is.
        """
        async with self.page():
            pass

    @asynccontextmanager
    async def page(self) -> AsyncIterator[Context]:
        """One transaction, with the policies as they stand at its start.

        What it counted is taken back where it fails, be it at the commit.
        """
        counted: list[Work] = []
        try:
            async with self.database.transaction() as tx:
                await tenancy.enter_tenant(tx, self.tenant_id)
                if self.clock_moves:
                    await tenancy.hold_day(tx, self.report.business_date)
                self.uncommitted[tx] = counted
                try:
                    yield Context(
                        tx=tx,
                        tenant_id=self.tenant_id,
                        role=Role.ADMIN,
                        business_date=self.report.business_date,
                        policy_epoch=await tenancy.policy_epoch(tx, self.tenant_id),
                        actor="sweep",
                    )
                finally:
                    del self.uncommitted[tx]
        except BaseException:
            for work in counted:
                self.report.count(work.draft.events, times=-1)
            raise


async def _go_through(run: _Run, first: First | None, then: Follow | None) -> None:
    day = (run.database, run.tenant_id, run.report.business_date)
    async with run.page() as ctx:
        await judging.heed_changes(ctx.tx, ctx.business_date)
    if first is not None:
        await run.check_clock()
        run.report.day_kept = await first(*day)
    await _quotes(run, wait=False)
    await _pass_by(run)
    await _wait_for_the_rest(run)
    await _quotes(run, wait=True)
    if then is not None:
        await run.check_clock()
        await then(*day)
        await run.check_clock()
    run.report.went_through = True


async def _pass_by(run: _Run) -> None:
    """Close the accounts nobody holds, those due longest first, with a page in each hand.

    A hand passes by what the other holds, as it does with anybody's. If one fails, so do both.
    """
    hands = [asyncio.create_task(_worker(run)) for _ in range(WORKERS)]
    try:
        await asyncio.gather(*hands)
    finally:
        for hand in hands:
            hand.cancel()
        await asyncio.gather(*hands, return_exceptions=True)


async def _worker(run: _Run) -> None:
    turn = FIRST_TURN
    while True:
        page: Sequence[Reached] = ()
        try:
            async with run.page() as ctx:
                page = await review.reached(ctx.tx, ctx.business_date, after=turn, limit=PAGE)
                await _close(run, ctx, [one.account for one in page if one.account is not None])
                await review.move_on(ctx.tx, [one.turn.account_id for one in page])
        except Exception as error:
            if not of_the_rows(error):
                raise
            for one in page:  # those that fail alone are left to those that are waited for
                if one.account is not None:
                    await _waited(run, [one.account.id])
        if not page:
            return
        turn = page[-1].turn
        run.progress(run.report)


async def _wait_for_the_rest(run: _Run) -> None:
    """Close what is left, waiting for whoever holds it; one held too long is skipped."""
    turn = FIRST_TURN
    while True:
        async with run.page() as ctx:
            turns = await review.due_turns(ctx.tx, ctx.business_date, after=turn, limit=PAGE)
        if not turns:
            return
        ids = [one.account_id for one in turns]
        for one in await _waited(run, ids):
            await run.skip(one)
        turn = turns[-1]
        run.progress(run.report)


async def _waited(run: _Run, account_ids: Sequence[UUID]) -> list[Skipped]:
    """Close these accounts once they are free; answers those that were not, in time, or cannot be.

    Where they fail together they are done one by one, to skip none but those that fail alone.
    """
    try:
        async with run.page() as ctx:
            due = await review.lock_due(ctx.tx, ctx.business_date, account_ids)
            left = await _close(run, ctx, due)
            await review.move_on(ctx.tx, [one.id for one in due])
            return left
    except Exception as error:
        if not of_the_rows(error):
            raise
        if len(account_ids) > 1:
            return [one for each in account_ids for one in await _waited(run, [each])]
        await _heartbeat(run)
        if isinstance(error, Unavailable) and error.reason == "lock":
            return [Skipped(account_id=account_ids[0], reason=SkipReason.LOCKED)]
        return [Skipped(account_id=account_ids[0], reason=SkipReason.FAILED, error=error)]


async def _close(run: _Run, ctx: Context, due: Sequence[StoredAccount]) -> list[Skipped]:
    """Judge and write locked accounts; answers those that cannot be judged (yet).

    A policy saved after the page began is there for the next one.
    """
    works, unjudged = list[Work](), list[Skipped]()
    for account in due:
        one = await take_up_apart(ctx, account)
        if isinstance(one, Skipped):
            unjudged.append(one)
        else:
            works.append(one)
    if run.beside is not None:
        await run.beside(ctx, works)
    await finish(ctx, works)
    await _counted(run, ctx, works)
    return unjudged


async def _quotes(run: _Run, *, wait: bool) -> None:
    """Tell expired quotes. What is held for too long the next run tells.

    What cannot be judged is told elsewhere, if it has a day to close; what cannot be written is
    found by doing the page again one by one.
    """
    passed_by, limit = set[UUID](), PAGE
    while True:
        tried = set[UUID]()
        try:
            async with run.page() as ctx:
                works = await expire_page(
                    ctx, limit=limit, wait=wait, passed_by=passed_by, tried=tried
                )
                await _counted(run, ctx, works or ())
        except Unavailable as error:
            if error.reason != "lock":
                raise
            return
        except Exception as error:
            if not (tried and of_the_rows(error)):
                raise
            if len(tried) == 1:
                account_id = tried.pop()
                passed_by.add(account_id)
                one = Skipped(account_id=account_id, reason=SkipReason.FAILED, error=error)
                await run.skip(one)
            limit = 1
            continue
        if works is None:
            return
        run.progress(run.report)


async def _heartbeat(run: _Run) -> None:
    """Say that the run lives: each account that is held costs it the time a lock is waited for."""
    async with run.page() as ctx:
        await _note(ctx.tx, run.id, run.report, "running")


async def _remaining(run: _Run) -> int:
    async with run.page() as ctx:
        return await review.remaining(ctx.tx, ctx.business_date)


async def _counted(run: _Run, ctx: Context, works: Sequence[Work]) -> None:
    """Add a page to the report, in its own transaction."""
    for work in works:
        run.report.count(work.draft.events)
        run.uncommitted[ctx.tx].append(work)
    if works:
        await _note(ctx.tx, run.id, run.report, "running")


async def _note(tx: Transaction, run_id: UUID, report: SweepReport, status: str) -> None:
    await sweeps.note(
        tx,
        run_id,
        status=status,
        examined=report.examined,
        changed=report.changed,
        counts=report.counts,
    )
