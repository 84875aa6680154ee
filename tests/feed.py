"""When may a test read the feed? Transactions of other workers' tests hold it back."""

import asyncio

from sqlalchemy import text

from app.storage.database.engine import Database
from app.storage.database.prepared import driver


async def feed_at_rest(database: Database) -> None:
    """Wait until all that is committed by now can be read from the feed.

    It ends before the oldest transaction of the whole server, other workers' tests included.
    Where tables are spread, each server has its own.
    """
    async with database.transaction() as tx:
        spread = driver(tx).spread
    if spread:
        await _all_at_rest(database)
        return
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


async def _all_at_rest(database: Database) -> None:
    """Wait until every server has ended what ran on it by now."""
    begun = await _on_each(database, "SELECT pg_snapshot_xmax(pg_current_snapshot())")
    for _ in range(600):
        oldest = await _on_each(database, "SELECT pg_snapshot_xmin(pg_current_snapshot())")
        if all(oldest[node] >= number for node, number in begun.items()):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("some transaction on some server does not end")


async def _on_each(database: Database, question: str) -> dict[int, int]:
    asked = text("SELECT nodeid, result FROM run_command_on_all_nodes(:question)")
    async with database.transaction() as tx:
        rows = await tx.execute(asked, {"question": question})
        return {row.nodeid: int(row.result) for row in rows}
