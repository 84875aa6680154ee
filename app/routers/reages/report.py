"""The examiner's report of re-ages, as JSON and as CSV."""

import csv
import io
from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from app.domain.errors import InvalidInput
from app.routers.edge.csv import Csv, From, To, inert_row
from app.routers.edge.deps import CanReportPlans
from app.routers.edge.route import Operation, answer
from app.schemas.reages.report import ReAgeReportRead, ReportedReAgeRead
from app.services.context import Context
from app.services.reages.report import ReAgeReport, Reported, report

router = APIRouter(prefix="/v1/reports", tags=["reports"], route_class=Operation)

_COLUMNS = ("id", "account_id", "plan_id", "kind", "effective_on", "actor", "moved_minor",
            "overridden", "undone_on", "flagged_on", "flagged_because", "defaulted_on")  # fmt: skip
_CSV: dict[str, Any] = {
    "description": "A row for each re-age.",
    "content": {"text/csv": {"schema": {"type": "string", "examples": [",".join(_COLUMNS)]}}},
}


@router.get("/re-ages", summary="Report on re-ages", response_model=ReAgeReportRead)
async def re_ages(ctx: CanReportPlans, *, from_: From = None, to: To = None) -> Response:
    """The figures an examiner asks for: granted, refused by reason, overridden, undone.

    And how many of those that stand were late again within 3, 6 and 12 months. Each is listed.
    """
    found = await _report(ctx, from_, to)
    totals = found.figures
    return answer(
        ReAgeReportRead(
            since=found.since,
            until=found.until,
            granted=totals.granted,
            of_plans=totals.of_plans,
            of_accounts=totals.of_accounts,
            standard=totals.standard,
            workout=totals.workout,
            overridden=totals.overridden,
            undone=totals.undone,
            flagged=totals.flagged,
            moved_minor=totals.moved_minor,
            refused=found.refused,
            refused_by_reason=dict(found.refused_by_reason),
            overridden_by_reason=dict(totals.overridden_by_reason),
            re_defaults={str(months): count for months, count in totals.re_defaults},
            re_ages=[_row(one) for one in found.rows],
        )
    )


@router.get("/re-ages.csv", summary="Export re-ages", response_class=Csv, responses={200: _CSV})
async def export_re_ages(ctx: CanReportPlans, *, from_: From = None, to: To = None) -> Response:
    """Every re-age of these business dates, undone ones too: the rows of the report, as CSV."""
    found = await _report(ctx, from_, to)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in found.rows:
        row = inert_row(_row(one).model_dump(mode="json"))
        writer.writerow([_cell(row[name]) for name in _COLUMNS])
    return Csv(text.getvalue())


async def _report(ctx: Context, since: date | None, to: date | None) -> ReAgeReport:
    until = min(to or ctx.business_date, ctx.business_date)
    begins = since or until.replace(month=1, day=1)
    if to is not None and begins > to:
        raise InvalidInput.at("?to", "should not lie before from")
    return await report(ctx, since=begins, until=until)


def _cell(value: object) -> object:
    return " ".join(value) if isinstance(value, list) else value


def _row(one: Reported) -> ReportedReAgeRead:
    override = one.body.override
    return ReportedReAgeRead(
        id=one.stored.id,
        account_id=one.stored.account_id,
        plan_id=one.stored.plan_id,
        kind=one.body.re_age,
        effective_on=one.stored.effective_on,
        actor=one.stored.actor,
        moved_minor=one.grant.moved_minor,
        overridden=list(override.failed) if override else [],
        undone_on=one.grant.undone_on,
        flagged_on=one.grant.flagged_on,
        flagged_because=one.flag.payment_id if one.flag else None,
        defaulted_on=one.grant.defaulted_on,
    )
