"""Reports made by the calendar, and brought to those who asked for them."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.background import BackgroundTask

from app.domain.errors import NotFound
from app.domain.overview.runs import ReportFormat
from app.domain.refusals.reports import ReportDayOpen, ReportSpan, RunsBusy
from app.domain.reports.timing import Timing
from app.routers.edge.deps import CanReadReports, CanWriteReports
from app.routers.edge.etags import IfMatch
from app.routers.edge.field_problems import parameters_in_body
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import PREFIXES, ScheduleId, encode
from app.schemas.edge.time import Date
from app.schemas.edge.types import Page
from app.schemas.report_schedules.report_schedules import (
    ReportDeliveryRead,
    ReportScheduleChangeRequest,
    ReportSchedulePreviewRead,
    ReportScheduleRead,
    ReportScheduleRequest,
    at_of,
)
from app.services.context import Context
from app.services.etags import EtagMismatch
from app.services.report_schedules import issuing, schedules
from app.services.report_schedules.issuing import Ways
from app.services.report_schedules.schedules import Schedule, StoredDelivery, StoredSchedule

router = APIRouter(prefix="/v1/report-schedules", tags=["reports"], route_class=Operation)

SCHEDULES = Keyset("report-schedules", UUID)
DELIVERIES = Keyset("report-deliveries", UUID)


@router.post(
    "",
    status_code=201,
    summary="Schedule a report",
    response_model=ReportScheduleRead,
    responses=problems(NotFound, ReportSpan),
)
async def create(body: ReportScheduleRequest, ctx: CanWriteReports) -> Response:
    """Have a report made on days of the tenant's calendar, and brought to whom it is for.

    It waits until the day before is closed; where that is not so `max_wait_hours` later, it is told
    as `report.failed` and not made. Each is made once, whoever many servers run, kept thirty days
    as a run, and mailed once. Times are the tenant's zone.
    """
    with parameters_in_body():
        made = await schedules.create_schedule(ctx, Schedule(**_said(dict(body))))
    at = f"/v1/report-schedules/{encode(PREFIXES['schedule'], made.id)}"
    return answer(_read(ctx, made), status=201, version=made.version, location=at)


@router.get("", summary="List report schedules", response_model=Page[ReportScheduleRead])
async def find(
    ctx: CanReadReports, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Schedules, the oldest first."""
    (after,) = SCHEDULES.read(cursor) or (None,)
    found = await schedules.find_schedules(ctx, after=after, limit=limit + 1)
    page, next_cursor = SCHEDULES.cut(found, limit, key=lambda one: (one.id,))
    return answer({"data": [_read(ctx, one) for one in page], "next_cursor": next_cursor})


@router.get(
    "/{schedule_id}",
    summary="Read a report schedule",
    response_model=ReportScheduleRead,
    responses=problems(NotFound),
)
async def read(schedule_id: ScheduleId, ctx: CanReadReports) -> Response:
    """A schedule, and when it is due next."""
    found = await schedules.read_schedule(ctx, schedule_id)
    return answer(_read(ctx, found), version=found.version)


@router.patch(
    "/{schedule_id}",
    summary="Change a report schedule",
    response_model=ReportScheduleRead,
    responses=problems(NotFound, ReportSpan, EtagMismatch),
)
async def change(
    schedule_id: ScheduleId,
    body: ReportScheduleChangeRequest,
    ctx: CanWriteReports,
    if_match: IfMatch = None,
) -> Response:
    """Say some of it otherwise; it is due anew on the next of its days."""
    stored = await schedules.read_schedule(ctx, schedule_id)
    sent = {name: getattr(body, name) for name in body.model_fields_set}
    wanted = _changed({name: one for name, one in sent.items() if _means(name, one)}, stored)
    with parameters_in_body():
        made = await schedules.change_schedule(ctx, schedule_id, wanted, if_match)
    return answer(_read(ctx, made), version=made.version)


@router.delete(
    "/{schedule_id}",
    status_code=204,
    summary="Delete a report schedule",
    response_class=Response,
    responses=problems(NotFound),
)
async def delete(schedule_id: ScheduleId, ctx: CanWriteReports) -> Response:
    """Make it no more; runs that it made stay for their thirty days."""
    await schedules.delete_schedule(ctx, schedule_id)
    return Response(status_code=204)


@router.get(
    "/{schedule_id}/deliveries",
    summary="List a schedule's deliveries",
    response_model=Page[ReportDeliveryRead],
    responses=problems(NotFound),
)
async def deliveries(
    schedule_id: ScheduleId,
    ctx: CanReadReports,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """What was brought to whom, what waits and what failed, the newest first."""
    (after,) = DELIVERIES.read(cursor) or (None,)
    found = await schedules.deliveries_of(ctx, schedule_id, after=after, limit=limit + 1)
    page, next_cursor = DELIVERIES.cut(found, limit, key=lambda one: (one.id,))
    return answer({"data": [_delivery(one) for one in page], "next_cursor": next_cursor})


@router.post(
    "/{schedule_id}/run-now",
    status_code=202,
    summary="Make a scheduled report now",
    response_model=ReportScheduleRead,
    responses=problems(NotFound, ReportDayOpen, RunsBusy),
)
async def run_now(schedule_id: ScheduleId, ctx: CanWriteReports, request: Request) -> Response:
    """Make it for today as if it were due; whom it was brought to today already gets no second."""
    database = request.scope["state"]["database"]
    issued = await issuing.run_now(ctx, database, schedule_id, _ways(request))
    found = await schedules.read_schedule(ctx, schedule_id)
    response = answer(_read(ctx, found), status=202, version=found.version)
    response.background = BackgroundTask(issued.running.go)
    return response


@router.get(
    "/{schedule_id}/preview",
    summary="Preview a report schedule",
    response_model=ReportSchedulePreviewRead,
    responses=problems(NotFound),
)
async def preview(
    schedule_id: ScheduleId,
    ctx: CanReadReports,
    request: Request,
    *,
    on: Annotated[
        Date | None, Query(description="The first of its days from this one on; else from today.")
    ] = None,
) -> Response:
    """The next day it is made on, and the days it would then be about."""
    found = await schedules.read_schedule(ctx, schedule_id)
    day, at = schedules.due(
        schedules.timing_of(found),
        schedules.holidays_of(found.calendar),
        after=(on or ctx.business_date) - timedelta(days=1),
        time_zone=ctx.time_zone,
    )
    period = _ways(request).period(found, day)
    return answer(
        ReportSchedulePreviewRead(
            due_on=day,
            due_at=at,
            from_on=period.from_on,
            to_on=period.to_on,
            as_of=period.to_on,
            known_on=period.known_on,
        )
    )


def _ways(request: Request) -> Ways:
    return Ways(partial(encode, "run"), request.scope["state"].get("fiscal_month", 1))


_PLAIN = ("name", "report", "period", "calendar", "max_wait_hours", "attach", "active")


def _means(name: str, value: object) -> bool:
    """Null says something of the calendar alone: that there is none."""
    return value is not None or name == "calendar"


def _said(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body's parts as the service names them."""
    wanted = {name: body[name] for name in _PLAIN if name in body}
    if "parameters" in body:
        parameters = body["parameters"]
        wanted["parameters"] = {**dict(parameters), "by": list(parameters.by)}
    if "format" in body:
        wanted["form"] = ReportFormat(body["format"])
    if "recipients" in body:
        wanted["recipients"] = tuple(
            {"kind": one.kind, "to": str(one.to)} for one in body["recipients"]
        )
    if "days" in body:
        wanted["timing"] = Timing(
            at=at_of(body["at"]),
            every=body["days"].unit,
            on=tuple(body["days"].on),
            business_days=body["business_days"],
        )
    return wanted


def _changed(sent: Mapping[str, Any], stored: StoredSchedule) -> dict[str, Any]:
    """The same of a change; its timing is made of what is sent and what is stored."""
    timing = schedules.timing_of(stored)
    days = sent.get("days")
    wanted = _said({name: one for name, one in sent.items() if name != "days"})
    wanted["timing"] = Timing(
        at=at_of(sent["at"]) if "at" in sent else timing.at,
        every=days.unit if days else timing.every,
        on=tuple(days.on) if days else timing.on,
        business_days=sent.get("business_days", timing.business_days),
    )
    return wanted


def _read(ctx: Context, one: StoredSchedule) -> ReportScheduleRead:
    own = {"days", "format", "recipients", "next_on", "next_at", "time_zone"}
    shared = {
        name: getattr(one, name) for name in ReportScheduleRead.model_fields if name not in own
    }
    return ReportScheduleRead.model_validate(
        {
            **shared,
            "days": {"unit": one.every, "on": one.on_days},
            "format": one.form,
            "recipients": [
                {"kind": r["kind"], "to": _to(r["kind"], r["to"])} for r in one.recipients
            ],
            "next_on": one.due_on,
            "next_at": one.due_at,
            "time_zone": ctx.time_zone,
        }
    )


def _delivery(one: StoredDelivery) -> ReportDeliveryRead:
    shared = {name: getattr(one, name) for name in ReportDeliveryRead.model_fields if name != "to"}
    return ReportDeliveryRead.model_validate({**shared, "to": _to(one.kind, one.address)})


def _to(kind: str, address: str) -> str:
    return encode(PREFIXES["webhook"], UUID(address)) if kind == schedules.WEBHOOK else address
