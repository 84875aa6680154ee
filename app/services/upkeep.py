"""What is cleared away once nobody can ask for it: old replies, and cells of tried sheets."""

from datetime import datetime
from uuid import UUID

from app.storage import idempotency, tenancy
from app.storage.database.engine import Database
from app.storage.dry_runs import dry_runs

#: Replies deleted in one transaction: some tens of milliseconds of work.
BATCH = 1_000
#: Sheets emptied in one transaction: each may have 100,000 rows.
SHEETS = 5
#: Batches at one asking; what is left is the next one's.
MOST_BATCHES = 1_000


async def forget_replies(
    database: Database, tenant_id: UUID, *, batch: int = BATCH, most_batches: int = MOST_BATCHES
) -> int:
    """Delete a tenant's replies of more than thirty days, a batch a transaction; how many.

    Any number of processes may: each passes over what another is deleting.
    """
    forgotten = 0
    for _ in range(most_batches):
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant_id)
            found = await idempotency.forget_expired(tx, limit=batch)
        forgotten += found
        if found < batch:
            break
    return forgotten


async def forget_sheets(database: Database, tenant_id: UUID, *, at: datetime) -> int:
    """Empty the cells of a tenant's sheets whose day is over by `at`; how many sheets.

    They hold what a file says of people; what was found of them, in numbers, stays.
    """
    forgotten = 0
    for _ in range(MOST_BATCHES):
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant_id)
            over = await dry_runs.to_forget(tx, at=at, limit=SHEETS)
            await dry_runs.forget(tx, over)
        forgotten += len(over)
        if len(over) < SHEETS:
            break
    return forgotten
