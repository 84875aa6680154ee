"""The sweep: the day close for every account that has a day to close, page by page.

It judges with the one function commands and reads use, so it decides nothing of its own: it
only stores verdicts earlier than the next command would. Running it twice, late, or not at all
changes no state, only when events are told.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.domain.errors import InvalidInput, NotFound
from app.domain.events import Event, EventType
from app.domain.policy import PolicyNotLoaded, Role
from app.services.context import Context
from app.services.entering import Work, finish, take_up
from app.services.expiring import expire_page
from app.storage import accounts, judging, keys, sweeps
from app.storage.accounts import FIRST_TURN, StoredAccount
from app.storage.engine import Database, Transaction, Unavailable
from app.storage.sweeps import StoredSweep
from app.storage.types import new_id

#: Accounts a transaction: with more, whoever waits for one of them waits longer.
PAGE = 250
#: Pages a run has under way: while the database writes one, the other is judged.
HANDS = 2
#: How many skipped accounts a report names, of each reason.
NAMED = 20


class SkipReason(StrEnum):
    """Why an account that was due was left as it was."""

    LOCKED = "locked"  # held by another transaction for longer than a lock is waited for
    POLICY_MISSING = "policy_missing"  # the policy or the version it is judged by is not there


@dataclass(slots=True)
class SweepReport:
    """What a sweep of one business date did."""

    business_date: date
    examined: int = 0
    changed: int = 0
    by_transition: Counter[str] = field(default_factory=Counter)
    entered: Counter[str] = field(default_factory=Counter)  # by bucket
    left: Counter[str] = field(default_factory=Counter)
    skipped: dict[SkipReason, list[UUID]] = field(default_factory=dict)

    def skip(self, account_id: UUID, reason: SkipReason) -> None:
        """Add an account that had a day to close, and still has."""
        self.skipped.setdefault(reason, []).append(account_id)

    def count(self, events: tuple[Event, ...]) -> None:
        """Add what was told of one account."""
        self.examined += 1
        self.changed += bool(events)
        for event in events:
            self.by_transition[event.type.value] += 1
            if event.type is EventType.BUCKET_CHANGED and not event.corrects:
                self.entered[str(event.data["to"])] += 1
                self.left[str(event.data["from"])] += 1

    @property
    def counts(self) -> dict[str, Any]:
        """Everything counted by name, as it is kept with the run."""
        return {
            "by_transition": dict(sorted(self.by_transition.items())),
            "entered": dict(sorted(self.entered.items())),
            "left": dict(sorted(self.left.items())),
            "skipped": {
                reason.value: {"count": len(ids), "account_ids": [str(one) for one in ids[:NAMED]]}
                for reason, ids in sorted(self.skipped.items())
            },
        }


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


async def start_sweep(ctx: Context, business_date: date) -> StoredSweep:
    """Note a run that is about to begin. Raises `InvalidInput` for a date still to come."""
    if business_date > ctx.business_date:
        limit = f"must not lie after the business date {ctx.business_date}"
        raise InvalidInput.at("/business_date", limit)
    return await sweeps.start(ctx.tx, ctx.tenant_id, new_id(), business_date)


async def view_sweep(ctx: Context, run_id: UUID) -> SweepView:
    """A run as it stands. Raises `NotFound`."""
    run = await sweeps.read(ctx.tx, run_id)
    if run is None:
        raise NotFound(resource="sweep", key=str(run_id))
    return SweepView(
        run=run,
        remaining=await sweeps.remaining(ctx.tx, run.business_date),
        checksum=await sweeps.checksum(ctx.tx, run.business_date),
    )


async def to_close(database: Database, tenant_id: UUID, business_date: date) -> int:
    """How many accounts have a day up to that one to close, as it stands."""
    async with database.transaction() as tx:
        await keys.enter_tenant(tx, tenant_id)
        return await sweeps.remaining(tx, business_date)


async def sweep(
    database: Database,
    tenant_id: UUID,
    *,
    business_date: date,
    run_id: UUID | None = None,
    progress: Callable[[SweepReport], None] = lambda _: None,
) -> SweepReport:
    """Close every account's days up to the opening of `business_date`.

    One transaction a page, in which the run (a new one unless `run_id` names one) says how far
    it is. Accounts others hold are passed by at first; then one pass waits for them, so that
    none is left. A run that raises, or had to skip one, is `incomplete`; another goes on.
    """
    report = SweepReport(business_date=business_date)
    if run_id is None:
        run_id = new_id()
        async with database.transaction() as tx:
            await keys.enter_tenant(tx, tenant_id)
            await sweeps.start(tx, tenant_id, run_id, business_date)
    run = _Run(database=database, tenant_id=tenant_id, id=run_id, report=report, progress=progress)
    status = "incomplete"
    try:
        async with run.page() as ctx:
            await judging.heed_changes(ctx.tx, business_date)
        await _quotes(run, wait=False)
        await _pass_by(run)
        await _wait_for_the_rest(run)
        await _quotes(run, wait=True)
        status = "done" if await _remaining(run) == 0 else status
    finally:
        async with database.transaction() as tx:
            await keys.enter_tenant(tx, tenant_id)
            await _note(tx, run_id, report, status)
    return report


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A run under way, and how it opens the transaction of a page."""

    database: Database
    tenant_id: UUID
    id: UUID
    report: SweepReport
    progress: Callable[[SweepReport], None]

    @asynccontextmanager
    async def page(self) -> AsyncIterator[Context]:
        """One transaction, with the policies as they stand at its start."""
        async with self.database.transaction() as tx:
            await keys.enter_tenant(tx, self.tenant_id)
            yield Context(
                tx=tx,
                tenant_id=self.tenant_id,
                role=Role.ADMIN,
                business_date=self.report.business_date,
                policy_epoch=await keys.policy_epoch(tx, self.tenant_id),
                actor="sweep",
            )


async def _pass_by(run: _Run) -> None:
    """Close the accounts nobody holds, those due longest first, with a page in each hand.

    A hand passes by what the other holds, as it does with anybody's. If one fails, so do both.
    """
    hands = [asyncio.create_task(_hand(run)) for _ in range(HANDS)]
    try:
        await asyncio.gather(*hands)
    finally:
        for hand in hands:
            hand.cancel()
        await asyncio.gather(*hands, return_exceptions=True)


async def _hand(run: _Run) -> None:
    turn = FIRST_TURN
    while True:
        async with run.page() as ctx:
            due = await accounts.due_for_review(ctx.tx, ctx.business_date, after=turn, limit=PAGE)
            await _close(run, ctx, due)
        if not due:
            return
        turn = due[-1].turn
        run.progress(run.report)


async def _wait_for_the_rest(run: _Run) -> None:
    """Close what is left, waiting for whoever holds it; one held too long is skipped."""
    turn = FIRST_TURN
    while True:
        async with run.page() as ctx:
            turns = await accounts.due_turns(ctx.tx, ctx.business_date, after=turn, limit=PAGE)
        if not turns:
            return
        ids = [one.account_id for one in turns]
        if not await _waited(run, ids):  # one by one then, to skip none but those that are held
            for account_id in ids:
                if not await _waited(run, [account_id]):
                    run.report.skip(account_id, SkipReason.LOCKED)
                    await _heard(run)
        turn = turns[-1]
        run.progress(run.report)


async def _waited(run: _Run, account_ids: Sequence[UUID]) -> bool:
    """Close these accounts once they are free; False: one of them was not, in time."""
    try:
        async with run.page() as ctx:
            due = await accounts.lock_due(ctx.tx, ctx.business_date, account_ids)
            for account_id in await _close(run, ctx, due):
                run.report.skip(account_id, SkipReason.POLICY_MISSING)
    except Unavailable as error:
        if error.reason != "lock":
            raise
        return False
    return True


async def _close(run: _Run, ctx: Context, due: Sequence[StoredAccount]) -> list[UUID]:
    """Judge and write locked accounts; answers those whose policy is not (yet) there to judge by.

    A policy saved after the page began is there for the next one.
    """
    works, unjudged = list[Work](), list[UUID]()
    for account in due:
        try:
            works.append(await take_up(ctx, account))
        except (PolicyNotLoaded, InvalidInput):
            unjudged.append(account.id)
    await finish(ctx, works)
    await _counted(run, ctx, works)
    return unjudged


async def _quotes(run: _Run, *, wait: bool) -> None:
    """Tell expired quotes. What is held for too long, or cannot be judged, the next run tells."""
    passed_by = set[UUID]()
    while True:
        try:
            async with run.page() as ctx:
                works = await expire_page(ctx, limit=PAGE, wait=wait, passed_by=passed_by)
                await _counted(run, ctx, works or ())
        except Unavailable as error:
            if error.reason != "lock":
                raise
            return
        if works is None:
            return
        run.progress(run.report)


async def _heard(run: _Run) -> None:
    """Say that the run lives: each account that is held costs it the time a lock is waited for."""
    async with run.page() as ctx:
        await _note(ctx.tx, run.id, run.report, "running")


async def _remaining(run: _Run) -> int:
    async with run.page() as ctx:
        return await sweeps.remaining(ctx.tx, ctx.business_date)


async def _counted(run: _Run, ctx: Context, works: Sequence[Work]) -> None:
    """Add a page to the report, in its own transaction."""
    for work in works:
        run.report.count(work.draft.events)
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
