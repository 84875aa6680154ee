"""The sweep: the day close for every account that has a day to close, page by page.

It judges with the one function commands and reads use, so it decides nothing of its own: it
only stores verdicts earlier than the next command would. Running it twice, late, or not at all
changes no state, only when events are told.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.domain.errors import InvalidInput, NotFound
from app.domain.events import Event, EventType
from app.domain.policy import Role
from app.services.context import Context
from app.services.entering import finish, take_up
from app.storage import accounts, keys, sweeps
from app.storage.engine import Database, Transaction
from app.storage.sweeps import StoredSweep
from app.storage.types import new_id

PAGE = 200


@dataclass(slots=True)
class SweepReport:
    """What a sweep of one business date did."""

    business_date: date
    examined: int = 0
    changed: int = 0
    by_transition: Counter[str] = field(default_factory=Counter)
    entered: Counter[str] = field(default_factory=Counter)  # by bucket
    left: Counter[str] = field(default_factory=Counter)

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
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepView:
    """A run as it stands, with what is left to do and the hash of what was told of its day."""

    run: StoredSweep
    remaining: int
    checksum: str
    now: datetime

    @property
    def rate_per_second(self) -> float:
        """Accounts a second, so far or in all."""
        until = self.run.finished_at or self.now
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
        now=ctx.instant if not ctx.sandbox else run.finished_at or run.started_at,
    )


async def sweep(
    database: Database,
    tenant_id: UUID,
    *,
    business_date: date,
    policy_epoch: int,
    run_id: UUID | None = None,
    progress: Callable[[SweepReport], None] = lambda _: None,
) -> SweepReport:
    """Close every account's days up to the opening of `business_date`.

    One transaction a page, in which the run (a new one unless `run_id` names one) says how far
    it is. Accounts others hold are skipped at first; a last pass waits for them in order of id,
    so that when it returns none is left. A run that raises is `incomplete`; another goes on.
    """
    report = SweepReport(business_date=business_date)
    if run_id is None:
        run_id = new_id()
        async with database.transaction() as tx:
            await keys.enter_tenant(tx, tenant_id)
            await sweeps.start(tx, tenant_id, run_id, business_date)
    status = "incomplete"
    try:
        for wait in (False, True):
            while await _page(database, tenant_id, policy_epoch, report, run_id, wait=wait):
                progress(report)
        status = "done"
    finally:
        async with database.transaction() as tx:
            await keys.enter_tenant(tx, tenant_id)
            await _note(tx, run_id, report, status)
    return report


async def _page(
    database: Database,
    tenant_id: UUID,
    policy_epoch: int,
    report: SweepReport,
    run_id: UUID,
    *,
    wait: bool,
) -> int:
    """Close one page of accounts; answers how many there were."""
    async with database.transaction() as tx:
        await keys.enter_tenant(tx, tenant_id)
        ctx = Context(
            tx=tx,
            tenant_id=tenant_id,
            role=Role.ADMIN,
            business_date=report.business_date,
            policy_epoch=policy_epoch,
            actor="sweep",
        )
        due = await accounts.due_for_review(tx, report.business_date, limit=PAGE, wait=wait)
        works = [await take_up(ctx, account) for account in due]
        await finish(ctx, works)
        for work in works:
            report.count(work.draft.events)
        if works:
            await _note(tx, run_id, report, "running")
    return len(works)


async def _note(tx: Transaction, run_id: UUID, report: SweepReport, status: str) -> None:
    await sweeps.note(
        tx,
        run_id,
        status=status,
        examined=report.examined,
        changed=report.changed,
        counts=report.counts,
    )
