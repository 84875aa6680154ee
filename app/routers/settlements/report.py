"""The report of settlements, as JSON and as CSV."""

import csv
import io
from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from app.domain.errors import InvalidInput
from app.domain.reporting.settlements import SettlementFigures
from app.routers.edge.csv import Csv, From, To, inert_row
from app.routers.edge.deps import CanReportPlans
from app.routers.edge.route import Operation, answer
from app.schemas.settlements.report import SettlementFiguresRead, SettlementReportRead
from app.services.context import Context
from app.services.settlements.report import SettlementReport, report

router = APIRouter(prefix="/v1/reports", tags=["reports"], route_class=Operation)

_COLUMNS = tuple(SettlementFiguresRead.model_fields)
_CSV: dict[str, Any] = {
    "description": "A row for each month, creditor, role and currency.",
    "content": {"text/csv": {"schema": {"type": "string", "examples": [",".join(_COLUMNS)]}}},
}


@router.get("/settlements", summary="Report on settlements", response_model=SettlementReportRead)
async def settlements(ctx: CanReportPlans, *, from_: From = None, to: To = None) -> Response:
    """Offered, accepted, satisfied, void; forgiven and recovered: by month, creditor and role.

    Each settlement counts as it stands now, in the month in which each thing happened to it: a
    satisfaction that a returned payment took away counts no more. Days nobody has closed yet are
    judged; where more than 1,000 accounts are behind, `accounts_behind` are not, and the report is
    right as of `judged_through_on`.
    """
    found = await _report(ctx, from_, to)
    rows = [_row(one) for one in found.rows]
    return answer(
        SettlementReportRead(
            since=found.since,
            until=found.until,
            rows=rows,
            judged_through_on=found.judged_through_on,
            accounts_behind=found.accounts_behind,
        )
    )


@router.get(
    "/settlements.csv", summary="Export settlements", response_class=Csv, responses={200: _CSV}
)
async def export_settlements(ctx: CanReportPlans, *, from_: From = None, to: To = None) -> Response:
    """The rows of the report, as CSV: one for each month, creditor, role and currency."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in (await _report(ctx, from_, to)).rows:
        writer.writerow(inert_row(_row(one).model_dump(mode="json")).values())
    return Csv(text.getvalue())


async def _report(ctx: Context, since: date | None, to: date | None) -> SettlementReport:
    until = min(to or ctx.business_date, ctx.business_date)
    begins = since or until.replace(month=1, day=1)
    if to is not None and begins > to:
        raise InvalidInput.at("?to", "should not lie before from")
    return await report(ctx, since=begins, until=until)


def _row(one: SettlementFigures) -> SettlementFiguresRead:
    return SettlementFiguresRead(
        month=f"{one.month_on:%Y-%m}",
        role=one.role,
        creditor_reference=one.creditor_reference,
        currency=one.currency,
        offered=one.offered,
        accepted=one.accepted,
        satisfied=one.satisfied,
        void=one.void,
        expired=one.expired,
        declined=one.declined,
        withdrawn=one.withdrawn,
        forgiven_minor=one.forgiven_minor,
        recovered_minor=one.recovered_minor,
    )
