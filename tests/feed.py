"""When may a test read the feed? Transactions of other workers' tests hold it back."""

import asyncio

from sqlalchemy import text

from app.storage.database.engine import Database


async def feed_at_rest(database: Database) -> None:
    """Wait until all that is committed by now can be read from the feed.

    It ends before the oldest transaction of the whole server, other workers' tests included.
    """
    async with database.transaction() as tx:
        mine = (await tx.execute(text("SELECT pg_current_xact_id()::text"))).scalar_one()
    passed = text(
        "SELECT pg_snapshot_xmin(pg_current_snapshot()) > CAST(CAST(:mine AS text) AS xid8)"
    )
    for _ in range(3000):
        async with database.transaction() as tx:
            if (await tx.execute(passed, {"mine": mine})).scalar_one():
                return
        await asyncio.sleep(0.01)
    raise AssertionError("some transaction on the server does not end")
