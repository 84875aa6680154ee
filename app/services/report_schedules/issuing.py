"""What the calendar makes: a run of a schedule's period, once, and a delivery to each recipient.

Nothing is made of a day that is not closed: it waits for the sweep of the day before, and where
that does not come in time it is told, not guessed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.entries.events import EventType
from app.domain.errors import DomainError
from app.domain.overview.runs import ReportFormat
from app.domain.refusals.reports import ReportDayOpen, RunsBusy
from app.domain.reports.periods import Period
from app.domain.reports.periods import resolve as resolve_period
from app.domain.reports.timing import instant_of
from app.domain.values import replace
from app.services.context import Context
from app.services.messages.surroundings import TenantRecord, inside, instant_in
from app.services.report_schedules.schedules import (
    asked_of,
    due,
    holidays_of,
    read_schedule,
    timing_of,
)
from app.services.reports.runs import Running, begin_run
from app.services.telling.tell import event, tell
from app.storage import tenancy
from app.storage.database.engine import Database
from app.storage.day_close import daily
from app.storage.ids import new_id
from app.storage.report_schedules import deliveries, schedules
from app.storage.report_schedules.deliveries import StoredDelivery
from app.storage.report_schedules.schedules import StoredSchedule

_LOOK_AGAIN: Final = timedelta(minutes=5)
#: How soon it is looked whether a run is over.
RUN_LOOK: Final = timedelta(seconds=5)
ACTOR: Final = "reports"
_DAY = timedelta(days=1)


class Ways(NamedTuple):
    """How this service calls a run outside, and in which month (1 to 12) its years begin."""

    called: Callable[[UUID], str]
    fiscal_month: int = 1

    def period(self, schedule: StoredSchedule, on: date) -> Period:
        """The days that a schedule's report of a day is about."""
        return resolve_period(schedule.period, on, fiscal_year_starts_in=self.fiscal_month)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A run that is to be made now, outside the transaction that noted it."""

    running: Running


async def tenants_due(database: Database, *, now: datetime, most: int) -> list[TenantRecord]:
    """Tenants with a report to make or to bring, by their own clocks."""
    async with database.transaction() as tx:
        known = {one.tenant_id: one for one in await tenancy.list_tenants(tx)}
        by = max([now, *(instant_in(one, now) for one in known.values())])
        found = await schedules.due_tenants(tx, by=by, most=most)
    return [known[one] for one in found if one in known]


async def issue(
    database: Database, tenant: TenantRecord, *, now: datetime, ways: Ways
) -> Issued | None:
    """Make what the tenant's calendar asks for next, if its day is closed. None: nothing now."""
    async with inside(database, tenant, now) as made:
        ctx = replace_actor(made)
        schedule = await schedules.claim_due(ctx.tx, at=ctx.instant)
        if schedule is None or schedule.due_on is None:
            return None
        due_at = _due_at(ctx, schedule, schedule.due_on)
        if ctx.instant < due_at:  # the tenant's time zone was changed: its day is still to come
            await schedules.change(ctx.tx, schedule.id, {"due_at": due_at})
            return None
        if not await is_closed(ctx, schedule.due_on):
            if ctx.instant >= due_at + timedelta(hours=schedule.max_wait_hours):
                await _give_up(ctx, schedule, "report-day-open", ways)
            else:
                await _again(ctx, schedule)
            return None
        try:
            issued = await _issued(ctx, database, schedule, schedule.due_on, ways)
        except RunsBusy:
            await _again(ctx, schedule)
            return None
        except DomainError as refusal:
            await _give_up(ctx, schedule, refusal.problem, ways)
            return None
        await schedules.change(ctx.tx, schedule.id, _next(ctx, schedule))
        return issued


async def is_closed(ctx: Context, due_on: date) -> bool:
    """Whether the day before is closed."""
    newest = await daily.newest_done(ctx.tx, ctx.business_date)
    return newest is not None and newest >= due_on - _DAY


def _due_at(ctx: Context, schedule: StoredSchedule, due_on: date) -> datetime:
    """The hour of that day where the tenant is by now."""
    return instant_of(due_on, timing_of(schedule).at, ZoneInfo(ctx.time_zone))


async def run_now(ctx: Context, database: Database, schedule_id: UUID, ways: Ways) -> Issued:
    """Make it for today, as if it were due. Raises `NotFound`, `ReportDayOpen`, `RunsBusy`."""
    schedule = await read_schedule(ctx, schedule_id)
    if not await is_closed(ctx, ctx.business_date):
        last = await daily.newest_done(ctx.tx, ctx.business_date)
        raise ReportDayOpen(day=ctx.business_date - _DAY, last_closed_on=last)
    return await _issued(ctx, database, schedule, ctx.business_date, ways)


async def _issued(
    ctx: Context, database: Database, schedule: StoredSchedule, on: date, ways: Ways
) -> Issued:
    period = ways.period(schedule, on)
    asked = asked_of(schedule.report, schedule.parameters, period)
    run = await begin_run(ctx, schedule.report, asked, ReportFormat(schedule.form))
    made = await deliveries.add(ctx.tx, ctx.tenant_id, _rows(ctx, schedule, on, period, run.id))
    if made:
        data = {
            "schedule_id": schedule.id,
            "run_id": run.id,
            "report": schedule.report,
            "due_on": on,
            "from_on": period.from_on,
            "to_on": period.to_on,
        }
        tell(ctx, event(ctx, EventType.REPORT_SCHEDULED, data))
    running = Running(
        database=database,
        tenant_id=ctx.tenant_id,
        run_id=run.id,
        business_date=ctx.business_date,
        time_zone=ctx.time_zone,
        called=ways.called(run.id),
    )
    return Issued(running=running)


def _rows(
    ctx: Context,
    schedule: StoredSchedule,
    on: date,
    period: Period,
    run_id: UUID | None,
    **over: object,
) -> Sequence[Mapping[str, Any]]:
    return [
        {
            "id": new_id(),
            "schedule_id": schedule.id,
            "due_on": on,
            "recipient": number,
            "kind": one["kind"],
            "address": one["to"],
            "from_on": period.from_on,
            "to_on": period.to_on,
            "known_on": period.known_on,
            "run_id": run_id,
            "status": "making",
            "tries": 0,
            "next_at": ctx.instant + RUN_LOOK,
            "created_at": ctx.instant,
            **over,
        }
        for number, one in enumerate(schedule.recipients)
    ]


async def _give_up(ctx: Context, schedule: StoredSchedule, problem: str, ways: Ways) -> None:
    """Tell that there is no report of this day, and wait for the next."""
    if schedule.due_on is None:
        return
    period = ways.period(schedule, schedule.due_on)
    over = {"status": "failed", "problem": problem, "next_at": None, "finished_at": ctx.instant}
    rows = _rows(ctx, schedule, schedule.due_on, period, None, **over)
    for one in await deliveries.add(ctx.tx, ctx.tenant_id, rows):
        tell_failed(ctx, schedule.report, one, problem)
    await schedules.change(ctx.tx, schedule.id, _next(ctx, schedule))


def tell_failed(ctx: Context, report: str, one: StoredDelivery, problem: str) -> None:
    """Say that somebody has not been brought a report."""
    data = {**told_of(one, report), "problem": problem}
    tell(ctx, event(ctx, EventType.REPORT_FAILED, data))


def told_of(one: StoredDelivery, report: str) -> dict[str, object]:
    """What events say of a delivery; addresses stay here."""
    return {
        "schedule_id": one.schedule_id,
        "delivery_id": one.id,
        "run_id": one.run_id,
        "report": report,
        "due_on": one.due_on,
        "from_on": one.from_on,
        "to_on": one.to_on,
    }


async def _again(ctx: Context, schedule: StoredSchedule) -> None:
    await schedules.change(ctx.tx, schedule.id, {"due_at": ctx.instant + _LOOK_AGAIN})


def _next(ctx: Context, schedule: StoredSchedule) -> dict[str, Any]:
    """Its next day: of those that were missed while nobody looked, none is made up for."""
    behind = max(schedule.due_on or ctx.business_date, ctx.business_date - _DAY)
    day, at = due(
        timing_of(schedule), holidays_of(schedule.calendar), after=behind, time_zone=ctx.time_zone
    )
    return {"due_on": day, "due_at": at}


def replace_actor(ctx: Context) -> Context:
    """By nobody's key: the calendar asks."""
    return replace(ctx, actor=ACTOR)
