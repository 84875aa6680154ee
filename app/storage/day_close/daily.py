"""The daily sweep's claim: a tenant's business date is swept by one process, whoever asks.

Its book is `sweep_run` itself. A date is taken while a run of it is `done`, or `running` and
heard of; a run that failed or fell silent gives it free. So does one that somebody kept from an
account; one that left only what it cannot judge is not tried again before the next date.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select, text

from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.day_close import sweeps

_RUN = tables.table(tables.SweepRun)
#: Held to the end of the transaction, which only looks and notes the run.
_TURN = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('daily sweep ' || accord_tenant_id()::text, 0))"
)


async def claim(tx: Transaction, tenant_id: UUID, run_id: UUID, business_date: date) -> bool:
    """Note a run of that date as begun, unless another has it. In a transaction of its own."""
    await tx.execute(_TURN)
    runs = await sweeps.runs_of(tx, business_date)
    if any(run.status in {"done", "running"} or run.through for run in runs):
        return False
    await sweeps.start(tx, tenant_id, run_id, business_date)
    return True


async def newest_done(tx: Transaction, until: date) -> date | None:
    """The last date up to that one of which a run did all that could be done; None: never."""
    query = select(func.max(_RUN.c.business_date)).where(
        or_(_RUN.c.status == "done", sweeps.THROUGH), _RUN.c.business_date <= until
    )
    newest: date | None = (await tx.execute(query)).scalar_one()
    return newest
