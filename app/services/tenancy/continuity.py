"""So that a restored backup is noticed: noting how far the data went, and saying by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from app.storage.database import continuity
from app.storage.database.engine import Database
from app.storage.database.unavailable import Unavailable

PULSE_S = 10.0


@asynccontextmanager
async def noted(database: Database, *, every_s: float = PULSE_S) -> AsyncIterator[None]:
    """For as long as the block lasts and once at its end; a database that is away is tried again.

    After a restore a reader reads again what came after the last of these, and no more.
    """
    beating = asyncio.create_task(_beat(database, every_s))
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
        await _pulse(database)


async def put_back(owner: Database) -> int:
    """Somebody put the database back: a new epoch of the feed begins; answers which."""
    async with owner.transaction(statement_timeout_s=60) as tx:
        return await continuity.begin_epoch(tx)


async def _beat(database: Database, every_s: float) -> None:
    while True:
        await _pulse(database)
        await asyncio.sleep(every_s)


async def _pulse(database: Database) -> None:
    with suppress(Unavailable):
        async with database.transaction() as tx:
            await continuity.pulse(tx)
