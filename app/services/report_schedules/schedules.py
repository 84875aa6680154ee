"""Schedules of reports: kept, changed, ended, and asked which days they would be about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput, NotFound
from app.domain.overview.question import Asked, Span
from app.domain.overview.runs import ReportFormat
from app.domain.reports.periods import Period
from app.domain.reports.periods import resolve as resolve_period
from app.domain.reports.timing import Every, Timing, instant_of, next_day, problems
from app.domain.schedule.dates import NO_HOLIDAYS, Holidays
from app.domain.schedule.terms import Convention
from app.domain.webhooks.wanted import is_wanted
from app.services.context import Context
from app.services.etags import Expected
from app.services.holidays import calendar
from app.services.listings.making import LISTINGS
from app.services.reports.report import definition_of, resolve
from app.storage.ids import new_id
from app.storage.report_schedules import deliveries, schedules
from app.storage.report_schedules.deliveries import StoredDelivery
from app.storage.report_schedules.schedules import StoredSchedule
from app.storage.webhooks import endpoints

__all__ = ["StoredDelivery", "StoredSchedule"]

#: What is sent leaves out figures of few accounts, and each row of these is of one or a few.
_NOT_SENT: Final = (
    "is made on no schedule: what is sent tells of no single accounts, as {report} does row by row;"
    " ask for it by POST /v1/report-runs"
)
MAIL, WEBHOOK, FOLDER = "mail", "webhook", "folder"
MOST_SCHEDULES: Final = 100

#: Why a webhook is not told of a report, as a delivery names it.
WEBHOOK_GONE: Final = "webhook-gone"
WEBHOOK_ASKS_NOT: Final = "webhook-asks-not"
_UNTOLD: Final = {
    WEBHOOK_GONE: "is no webhook",
    WEBHOOK_ASKS_NOT: "is a webhook that does not ask for report.delivered",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What is wanted of a schedule. `recipients`: `{"kind": …, "to": …}`."""

    name: str
    report: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    period: str
    timing: Timing
    calendar: str | None = None
    form: ReportFormat = ReportFormat.XLSX
    recipients: tuple[Mapping[str, str], ...]
    max_wait_hours: int = 6
    attach: bool = False
    active: bool = True


async def create_schedule(ctx: Context, wanted: Schedule) -> StoredSchedule:
    """A new schedule, due on its next day. Raises `InvalidInput`, `NotFound`, `ReportSpan`."""
    if len(await schedules.find(ctx.tx, after=None, limit=MOST_SCHEDULES)) >= MOST_SCHEDULES:
        raise InvalidInput.at("", f"would be more than {MOST_SCHEDULES} schedules")
    said = await _said(ctx, wanted)
    schedule_id = new_id()
    made = {"id": schedule_id, "version": 1, "created_at": ctx.instant, "actor": ctx.actor}
    await schedules.add(
        ctx.tx, ctx.tenant_id, {**said, **made, "role": str(ctx.role), "key_id": ctx.key_id}
    )
    return await read_schedule(ctx, schedule_id)


async def read_schedule(ctx: Context, schedule_id: UUID) -> StoredSchedule:
    """A schedule as it stands. Raises `NotFound`."""
    return _there(await schedules.read(ctx.tx, schedule_id), schedule_id)


async def change_schedule(
    ctx: Context, schedule_id: UUID, wanted: Mapping[str, Any], if_match: Expected | None
) -> StoredSchedule:
    """A schedule with fields said otherwise. Raises what `create_schedule` does.

    It stays due when it was, unless it is said when: of a day that waits to be closed a report is
    still to be made.
    """
    stored = _there(await schedules.read(ctx.tx, schedule_id, lock=True), schedule_id)
    if if_match is not None:
        if_match.check(stored.version)
    before = asdict_of(stored)
    parts = {**before, **wanted}
    said = await _said(ctx, Schedule(**parts))
    if all(parts[name] == before[name] for name in ("timing", "calendar", "active")):
        said |= {"due_on": stored.due_on, "due_at": stored.due_at}
    await schedules.change(ctx.tx, schedule_id, {**said, "version": stored.version + 1})
    return await read_schedule(ctx, schedule_id)


async def delete_schedule(ctx: Context, schedule_id: UUID) -> None:
    """End it; what it made stays. Raises `NotFound`."""
    _there(await schedules.read(ctx.tx, schedule_id, lock=True), schedule_id)
    over = {"deleted_at": ctx.instant, "active": False, "due_on": None, "due_at": None}
    await schedules.change(ctx.tx, schedule_id, over)


async def find_schedules(ctx: Context, *, after: UUID | None, limit: int) -> list[StoredSchedule]:
    """Schedules, the oldest first."""
    return await schedules.find(ctx.tx, after=after, limit=limit)


async def deliveries_of(
    ctx: Context, schedule_id: UUID, *, after: UUID | None, limit: int
) -> list[StoredDelivery]:
    """What was brought to whom, the newest first. Raises `NotFound`."""
    await read_schedule(ctx, schedule_id)
    return await deliveries.find(ctx.tx, schedule_id, after=after, limit=limit)


def asdict_of(stored: StoredSchedule) -> dict[str, Any]:
    """A stored schedule as what is wanted of it."""
    kept = {name: getattr(stored, name) for name in _KEPT}
    return {
        **kept,
        "timing": timing_of(stored),
        "form": ReportFormat(stored.form),
        "recipients": tuple(stored.recipients),
    }


_KEPT = ("name", "report", "parameters", "period", "calendar", "max_wait_hours", "attach", "active")


def timing_of(stored: StoredSchedule) -> Timing:
    """When it is made."""
    return Timing(
        at=time.fromisoformat(stored.at),
        every=Every(stored.every),
        on=tuple(stored.on_days),
        business_days=Convention(stored.business_days),
    )


def holidays_of(name: str | None) -> Holidays:
    """Which days are none of business: weekends alone where no calendar is named."""
    return NO_HOLIDAYS if name is None else calendar(name, pointer="/calendar")


def due(
    timing: Timing, holidays: Holidays, *, after: date, time_zone: str
) -> tuple[date, datetime]:
    """The first of its days behind a day, and the instant on it."""
    day = next_day(timing, after, holidays)
    return day, instant_of(day, timing.at, ZoneInfo(time_zone))


def first_due(ctx: Context, timing: Timing, holidays: Holidays) -> tuple[date, datetime]:
    """The first of its instants that is still to come."""
    day, at = ctx.business_date, None
    before = date.fromordinal(day.toordinal() - 1)
    day, at = due(timing, holidays, after=before, time_zone=ctx.time_zone)
    if at <= ctx.instant:
        day, at = due(timing, holidays, after=day, time_zone=ctx.time_zone)
    return day, at


def asked_of(report: str, parameters: Mapping[str, Any], period: Period) -> Asked:
    """The question of a period: `as_of` its last day, known as of the last day that is closed.

    A booked report knows what its own day knew (the engine's rule), so that nothing is said there.
    """
    definition = definition_of(report)
    spans = definition.span is not Span.NONE
    return Asked(
        as_of=period.to_on,
        from_on=period.from_on if spans else None,
        to_on=period.to_on if spans else None,
        by=tuple(parameters.get("by", ())),
        standard=bool(parameters.get("standard", False)),
        filters=dict(parameters.get("filters", {})),
    )


async def _said(ctx: Context, wanted: Schedule) -> dict[str, Any]:
    """The row of a schedule that can be meant."""
    if wrong := tuple(problems(wanted.timing)):
        raise InvalidInput(errors=wrong)
    holidays = holidays_of(wanted.calendar)
    if wanted.report in LISTINGS:
        raise InvalidInput.at("/report", _NOT_SENT.format(report=wanted.report))
    period = resolve_period(wanted.period, ctx.business_date)
    resolve(wanted.report, asked_of(wanted.report, wanted.parameters, period), ctx.business_date)
    for number, one in enumerate(wanted.recipients):
        await _check_recipient(ctx, number, one)
    day, at = first_due(ctx, wanted.timing, holidays)
    return {
        "name": wanted.name,
        "report": wanted.report,
        "parameters": dict(wanted.parameters),
        "period": wanted.period,
        "at": f"{wanted.timing.at:%H:%M}",
        "every": str(wanted.timing.every),
        "on_days": sorted(set(wanted.timing.on)),
        "business_days": str(wanted.timing.business_days),
        "calendar": wanted.calendar,
        "form": str(wanted.form),
        "recipients": [dict(one) for one in wanted.recipients],
        "max_wait_hours": wanted.max_wait_hours,
        "attach": wanted.attach,
        "active": wanted.active,
        "due_on": day if wanted.active else None,
        "due_at": at if wanted.active else None,
        "changed_at": ctx.instant,
    }


async def _check_recipient(ctx: Context, number: int, one: Mapping[str, str]) -> None:
    if one["kind"] == WEBHOOK and (wrong := await untold(ctx, UUID(one["to"]))):
        raise InvalidInput.at(f"/recipients/{number}/to", _UNTOLD[wrong])


async def untold(ctx: Context, webhook_id: UUID) -> str | None:
    """Why a webhook is told of no report: it is gone, or asks for other events; None: it is."""
    found = await endpoints.find(ctx.tx, webhook_id)
    if found is None:
        return WEBHOOK_GONE
    return None if is_wanted(EventType.REPORT_DELIVERED, found.types) else WEBHOOK_ASKS_NOT


def _there(found: StoredSchedule | None, schedule_id: UUID) -> StoredSchedule:
    if found is None:
        raise NotFound(resource="report schedule", key=str(schedule_id))
    return found
