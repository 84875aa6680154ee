"""A report as a file: the same bytes over HTTP, at the command line and from a run."""

import orjson

from app.domain.overview.definitions.catalog import REPORTS
from app.domain.overview.runs import ReportFormat
from app.domain.overview.table import Report
from app.services.context import Context
from app.services.paper.sheets import A4, LETTER, Sheet
from app.services.reports.paper import report_pdf
from app.services.reports.render import report_csv, report_json
from app.services.reports.workbook import report_xlsx
from app.services.threads import apart


async def written(ctx: Context, report: Report, form: ReportFormat) -> bytes:
    """The file. Raises `CannotDraw` where a page cannot be drawn."""
    match form:
        case ReportFormat.JSON:
            said = report_json(report, generated_at=ctx.instant)
            return orjson.dumps(said, option=orjson.OPT_UTC_Z)
        case ReportFormat.CSV:
            return report_csv(report).encode()
        case ReportFormat.XLSX:
            return await workbook(ctx, report)
        case ReportFormat.PDF:
            return await printed(ctx, report)


async def workbook(ctx: Context, report: Report) -> bytes:
    """As XLSX."""
    chart = REPORTS[report.question.report].chart
    return await apart(ctx, lambda: report_xlsx(report, chart), size=_size(report))


async def printed(ctx: Context, report: Report) -> bytes:
    """As PDF, on what the tenant's part of the world writes on. Raises `CannotDraw`."""
    chart = REPORTS[report.question.report].chart
    sheet = sheet_of(ctx)
    return await apart(ctx, lambda: report_pdf(report, chart, sheet), size=_size(report))


def sheet_of(ctx: Context) -> Sheet:
    """What the tenant's part of the world writes on."""
    return LETTER if ctx.time_zone.startswith("America/") else A4


def _size(report: Report) -> int:
    return len(report.rows) * len(report.columns)
