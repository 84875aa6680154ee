"""A run's file for those who may not see accounts: cells of few accounts are left out."""

from app.domain.overview.question import asked_again
from app.domain.overview.runs import ReportFormat, retold
from app.domain.overview.table import Report, suppressed
from app.domain.values import replace
from app.services.context import Context
from app.services.reports.files import written
from app.services.reports.report import layout_of, resolve
from app.storage.reports.runs import StoredRun


async def outgoing(
    ctx: Context, run: StoredRun, *, min_cell: int, called: str | None = None
) -> Report | None:
    """The report of a run that is done, small cells suppressed; `called`: what it is outside.

    None: its cells are gone, or are of before it was kept how many accounts a row is of.
    """
    whole = await told_again(ctx, run)
    return None if whole is None else replace(suppressed(whole, min_cell), run_id=called)


async def told_again(ctx: Context, run: StoredRun) -> Report | None:
    """The whole report of a run that is done; None: as `outgoing`."""
    if run.told is None or run.hash is None or "few" not in run.told:
        return None
    definition, wanted = resolve(run.report, asked_again(run.parameters), run.business_date)
    layout = await layout_of(ctx, definition, wanted)
    return retold(
        run.told, question=wanted, title=definition.title, columns=layout.columns,
        notes=definition.notes, whole=run.hash,
    )  # fmt: skip


async def outgoing_file(ctx: Context, run: StoredRun, report: Report) -> bytes:
    """The same as the run's file, of such a report."""
    return await written(ctx, report, ReportFormat(run.form))
