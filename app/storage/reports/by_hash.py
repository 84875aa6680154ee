"""How the database should work out sums of every account: by hash tables, in memory.

What it expects of groups by ten columns, and of a month that was written just now, is far from
what is there: left to itself it sorts on disk, or looks up a million rows one by one.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from app.storage.database.engine import Transaction

_SET = text(
    "SELECT set_config('work_mem', '64MB', true), set_config('enable_sort', :sorts, true),"
    " set_config('enable_nestloop', :loops, true)"
)


@asynccontextmanager
async def by_hash(tx: Transaction, *, joins: bool = False) -> AsyncIterator[None]:
    """Groups by hash, and joins, too, where they are of every row there is."""
    await tx.execute(_SET, {"sorts": "off", "loops": "off" if joins else "on"})
    yield
    await tx.execute(_SET, {"sorts": "on", "loops": "on"})
