"""Telling that a report did not come to what the ledger says, and so was shown to nobody."""

from uuid import UUID

from app.domain.entries.events import EventType
from app.domain.overview.question import Question
from app.domain.refusals.reports import ReportDoesNotReconcile
from app.services.context import Context
from app.services.reports.asked import context_of
from app.services.telling.tell import event, tell
from app.storage.database.engine import Database


async def tell_apart(ctx: Context, database: Database, asked: Question) -> None:
    """Tell of it though the transaction of who asked comes to nothing: in one of its own."""
    async with context_of(
        database, ctx.tenant_id, business_date=ctx.business_date, time_zone=ctx.time_zone
    ) as own:
        tell_unreconciled(own, asked, run_id=None)


def tell_unreconciled(ctx: Context, asked: Question, *, run_id: UUID | None) -> None:
    """Tell of it, of no schedule and nobody it is brought to."""
    data = {
        "schedule_id": None,
        "delivery_id": None,
        "run_id": run_id,
        "report": asked.report,
        "due_on": None,
        "from_on": asked.begins,
        "to_on": asked.ends,
        "problem": ReportDoesNotReconcile.problem,
    }
    tell(ctx, event(ctx, EventType.REPORT_FAILED, data))
