"""The built-in scheduler: every tenant is swept once a day, at its own local time.

At each look, replies kept for a retry and past their time are deleted besides, and points of
cohorts are kept of a month that is over.

APScheduler is the clock and nothing else: it wakes this process when the time comes in a zone
that tenants live in, and every few minutes besides. What was swept stands in the database, which
also decides who sweeps (`services/day_close/daily.py`); so any number of processes may run this,
and one that was down at the hour makes up for it. A trouble is logged, and tried again at the
next look.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from app.routers.edge.deps import here_and_now
from app.routers.edge.logs import exception_facts, log
from app.routers.edge.middleware.metrics import Metrics
from app.routers.edge.skips import skipping
from app.services.day_close.daily import sweep_due
from app.services.day_close.report import DayKept
from app.services.imports.work import forget_rejects
from app.services.keeping.erase import erase_due
from app.services.messages.notices.noticing import follow_day, notice_page
from app.services.messages.reports import forget_early
from app.services.reports.closing import days_behind, keep_day_before
from app.services.reports.points import Pointed, keep_points
from app.services.reports.runs import runs_by_status
from app.services.tenancy.distribution import apart, side_by_side
from app.services.tenancy.tenants import TenantRecord, as_it_is, list_tenants
from app.services.upkeep import forget_replies, forget_sheets
from app.services.worklists.older import keep_older
from app.storage.database.engine import Database

LOOK_EVERY = timedelta(minutes=5)


@asynccontextmanager
async def daily_sweeps(
    database: Database,
    *,
    at: time,
    look_every: timedelta = LOOK_EVERY,
    figures: Metrics | None = None,
    now: Callable[[str], datetime] = here_and_now,
) -> AsyncIterator[None]:
    """Sweep every tenant daily at `at` in its time zone, for as long as the block lasts.

    `database` should be its own: a sweep must not wait for requests, nor they for it. When the
    block ends, a sweep under way stops after what it has committed and is `incomplete`.
    """
    clock = AsyncIOScheduler(timezone=UTC)
    sweeping = _Sweeping(database, clock, at=at, figures=figures or Metrics(), now=now)
    clock.add_job(sweeping.look, IntervalTrigger(seconds=look_every.total_seconds()), **_ONCE)
    clock.add_job(sweeping.look)  # and now
    clock.start()
    try:
        yield
    finally:
        clock.shutdown(wait=False)  # which it does when the loop next turns
        await asyncio.sleep(0)
        await sweeping.stop()


#: However late a wake-up comes it is heeded, and several missed ones are one.
_ONCE = {"coalesce": True, "misfire_grace_time": None}


class _Sweeping:
    """One process's turn at it: a sweep at a time, and one of each server that holds tenants."""

    def __init__(
        self,
        database: Database,
        clock: AsyncIOScheduler,
        *,
        at: time,
        figures: Metrics,
        now: Callable[[str], datetime],
    ) -> None:
        self._database = database
        self._clock = clock
        self._at = at
        self._figures = figures
        self._now = now
        self._turn = asyncio.Lock()
        self._looking: set[asyncio.Task[None]] = set()

    async def look(self) -> None:
        """Sweep whatever any tenant is owed by now, and know all their time zones."""
        task = asyncio.create_task(self._look())
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)
        await task

    async def stop(self) -> None:
        """End what is under way."""
        looking = tuple(self._looking)
        for task in looking:
            task.cancel()
        await asyncio.gather(*looking, return_exceptions=True)

    async def _look(self) -> None:
        async with self._turn:
            try:
                tenants = await list_tenants(self._database)
                groups = await apart(self._database, tenants)
            except Exception as error:  # noqa: BLE001 - a database that is away comes back
                log.error("daily sweep", **exception_facts(error))
                return
            self._wake_up_for(tenant.time_zone for tenant in tenants)
            await side_by_side(groups, self._keep)

    async def _keep(self, tenant: TenantRecord) -> None:
        if tenant.business_date is None:  # a sandbox whose owner moves its clock sweeps
            await self._sweep(tenant)
        await self._clear(tenant.tenant_id)

    def _wake_up_for(self, zones: Iterable[str]) -> None:
        """A wake-up at the hour of each zone; where it comes twice a night, one finds all done."""
        for zone in sorted(set(zones)):
            if self._clock.get_job(zone) is None:
                hour = CronTrigger(
                    hour=self._at.hour,
                    minute=self._at.minute,
                    second=self._at.second,
                    timezone=ZoneInfo(zone),
                )
                self._clock.add_job(self.look, hour, id=zone, max_instances=2, **_ONCE)

    async def _clear(self, tenant_id: UUID) -> None:
        try:
            tenant = await as_it_is(self._database, tenant_id)  # its clock may be set by now
            forgotten = await forget_replies(self._database, tenant.tenant_id)
            now = self._now(tenant.time_zone)
            sheets = await forget_sheets(self._database, tenant.tenant_id, at=now)
            on = tenant.business_date or now.date()
            early = await forget_early(self._database, tenant.tenant_id, on, tenant.time_zone)
            erased = await erase_due(self._database, tenant.tenant_id, on)
            await forget_rejects(self._database, tenant.tenant_id, now=self._now("UTC"))
            older = await keep_older(
                self._database, tenant.tenant_id, on=on, time_zone=tenant.time_zone
            )
            runs = await runs_by_status(self._database, tenant.tenant_id)
            self._figures.runs_kept(tenant.tenant_id, runs)
            pointed = await keep_points(self._database, tenant.tenant_id, on)
        except Exception as error:  # noqa: BLE001 - it is done at the next look
            log.error("upkeep", tenant=str(tenant_id), **exception_facts(error))
            return
        if older.accounts:
            said = {"accounts_kept": older.accounts, "accounts_skipped": len(older.skipped)}
            log.info("upkeep", tenant=str(tenant.tenant_id), **said, done=older.done)
        if pointed.accounts:
            log.info("upkeep", tenant=str(tenant.tenant_id), points_of_accounts=pointed.accounts)
        _log_unkept(tenant, pointed)
        if erased:
            log.info("upkeep", tenant=str(tenant.tenant_id), persons_erased=erased)
        if forgotten:
            log.info("upkeep", tenant=str(tenant.tenant_id), replies_deleted=forgotten)
        if early:
            log.info("upkeep", tenant=str(tenant.tenant_id), early_reports_deleted=early)
        if sheets:
            log.info("upkeep", tenant=str(tenant.tenant_id), sheets_emptied=sheets)

    async def _sweep(self, tenant: TenantRecord) -> None:
        local = self._now(tenant.time_zone)
        try:
            heard = skipping(self._figures, tenant.tenant_id)
            reports = await sweep_due(
                self._database,
                tenant,
                local,
                at=self._at,
                heard=heard,
                first=keep_day_before,
                then=follow_day,
                beside=notice_page,
            )
            if reports:
                on = reports[-1].business_date
                behind = await days_behind(self._database, tenant.tenant_id, on)
                self._figures.rollups_behind(tenant.tenant_id, behind)
        except Exception as error:  # noqa: BLE001 - one tenant's trouble is not the others'
            log.error("daily sweep", tenant=str(tenant.tenant_id), **exception_facts(error))
            return
        for report in reports:
            log.info(
                "daily sweep",
                tenant=str(tenant.tenant_id),
                business_date=str(report.business_date),
                examined=report.examined,
                changed=report.changed,
                skipped=sum(map(len, report.skipped.values())),
                **_kept(report.day_kept),
                clock_moved=report.clock_moved,
            )


def _kept(day: DayKept | None) -> dict[str, object]:
    """What the log says of the day before: whether it is kept, why not, and whose policy misses."""
    if day is None:
        return {"day_kept": None}
    said: dict[str, object] = {"day_kept": bool(day)}
    if day.why_not is not None:
        said["day_not_kept"] = day.why_not.value
    if day.without_policy:
        said["without_policy"] = [str(one) for one in day.without_policy]
    return said


def _log_unkept(tenant: TenantRecord, pointed: Pointed) -> None:
    """Days without points since a policy is missing: who mends it rebuilds them."""
    for day, unjudged in pointed.unkept.items():
        said = {"day": str(day), "accounts": [str(one) for one in unjudged]}
        log.error("points not kept", tenant=str(tenant.tenant_id), **said, why="policy missing")
