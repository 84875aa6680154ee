"""The reports that list things one by one, as files: the journal, re-ages, settlements."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from app.domain.overview.question import Asked
from app.domain.overview.runs import ReportFormat
from app.domain.refusals.letters import CannotDraw
from app.domain.refusals.reports import ReportTooLarge, RunsBusy
from app.routers.books.journal import EXAMPLE
from app.routers.books.report_runs import listings_of, started
from app.routers.books.reports import HEADERS, Pdf, Xlsx, file_response, headers_of
from app.routers.edge.csv import Csv, From, To
from app.routers.edge.deps import CanReportPayments, CanReportPlans
from app.routers.edge.middleware.metrics import Metrics
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation
from app.schemas.books.report_runs import RunRead
from app.schemas.edge.time import Date
from app.services.context import Context
from app.services.listings.making import LISTINGS, listed_file
from app.services.tenancy.authentication import Identity, permit

router = APIRouter(prefix="/v1/reports", tags=["reports"], route_class=Operation)

#: Of more than one request may list, a run is made.
_RUN: dict[int | str, dict[str, Any]] = {
    202: {"model": RunRead, "description": "More than a request may list: a run is made of it."},
    **problems(RunsBusy),
}
_XLSX: dict[int | str, dict[str, Any]] = {
    200: file_response(Xlsx.media_type, "Sheets *About*, *Data*, *Summary* and *Chart*."), **_RUN,
}  # fmt: skip
_PDF: dict[int | str, dict[str, Any]] = {
    200: file_response(Pdf.media_type, "A chart, what it comes to, and the rows."), **_RUN,
    **problems(CannotDraw),
}  # fmt: skip
_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One header line and the rows.",
        "content": {"text/csv": {"schema": {"type": "string", "examples": [EXAMPLE]}}},
        "headers": HEADERS,
    },
    **_RUN,
}
_RESPONSES: dict[ReportFormat, Callable[..., Response]] = {
    ReportFormat.CSV: Csv, ReportFormat.XLSX: Xlsx, ReportFormat.PDF: Pdf,
}  # fmt: skip
_READ_RUNS = "reports:read"


async def _answered(
    request: Request, ctx: Context, name: str, form: ReportFormat, days: tuple[Date | None, ...]
) -> Response:
    """The file; of more than a request may list a run, to a key that may read runs."""
    figures: Metrics = request.scope["state"]["metrics"]
    asked = Asked(from_on=days[0], to_on=days[1])
    listing, listed = LISTINGS[name], listings_of(request)
    with figures.report(name, form):
        question = listing.asked(asked, ctx.business_date)
        try:
            made, content = await listed_file(ctx, listing, question, form, listed.outside)
        except ReportTooLarge:
            identity: Identity = request.scope["state"]["identity"]
            permit(identity.scopes, _READ_RUNS)
            return await started(request, ctx, name, asked, form)
    return _RESPONSES[form](content, headers=headers_of(made))


@router.get("/journal.csv", summary="Export the whole journal", response_class=Csv, responses=_CSV)
async def export_journal(
    ctx: CanReportPayments, request: Request, *, from_: From = None, to: To = None
) -> Response:
    """The journal in one file, where `/v1/reports/journal` gives pages of it."""
    return await _answered(request, ctx, "journal", ReportFormat.CSV, (from_, to))


@router.get(
    "/journal.xlsx", summary="Export the journal as a workbook", response_class=Xlsx,
    responses=_XLSX,
)  # fmt: skip
async def export_journal_workbook(
    ctx: CanReportPayments, request: Request, *, from_: From = None, to: To = None
) -> Response:
    """Debits and credits as typed cells, and what each ledger account comes to."""
    return await _answered(request, ctx, "journal", ReportFormat.XLSX, (from_, to))


@router.get("/journal.pdf", summary="Print the journal", response_class=Pdf, responses=_PDF)
async def print_journal(
    ctx: CanReportPayments, request: Request, *, from_: From = None, to: To = None
) -> Response:
    """What each ledger account comes to, then every debit and credit."""
    return await _answered(request, ctx, "journal", ReportFormat.PDF, (from_, to))


@router.get(
    "/re-ages.xlsx", summary="Export re-ages as a workbook", response_class=Xlsx, responses=_XLSX
)
async def export_re_ages_workbook(
    ctx: CanReportPlans, request: Request, *, from_: From = None, to: To = None
) -> Response:
    """Every re-age as typed cells, and the examiner's figures by the month it counts from."""
    return await _answered(request, ctx, "re-ages", ReportFormat.XLSX, (from_, to))


@router.get("/re-ages.pdf", summary="Print re-ages", response_class=Pdf, responses=_PDF)
async def print_re_ages(
    ctx: CanReportPlans, request: Request, *, from_: From = None, to: To = None
) -> Response:
    """The examiner's figures by month, then every re-age."""
    return await _answered(request, ctx, "re-ages", ReportFormat.PDF, (from_, to))


@router.get(
    "/settlements.xlsx", summary="Export settlements as a workbook", response_class=Xlsx,
    responses=_XLSX,
)  # fmt: skip
async def export_settlements_workbook(
    ctx: CanReportPlans, request: Request, *, from_: From = None, to: To = None
) -> Response:
    """The rows of the report as typed cells, and their sums by month."""
    return await _answered(request, ctx, "settlements", ReportFormat.XLSX, (from_, to))


@router.get("/settlements.pdf", summary="Print settlements", response_class=Pdf, responses=_PDF)
async def print_settlements(
    ctx: CanReportPlans, request: Request, *, from_: From = None, to: To = None
) -> Response:
    """Their sums by month, then the rows of the report."""
    return await _answered(request, ctx, "settlements", ReportFormat.PDF, (from_, to))
