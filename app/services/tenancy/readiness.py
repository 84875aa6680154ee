"""Can this installation serve? And the parts it starts itself when nobody names a database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from app.storage.database import migrate
from app.storage.database.engine import Database
from app.storage.database.unavailable import Unavailable
from app.storage.embedded import embedded

EMBEDDED_DATABASE = "postgres"
DEADLINE_S = 3  # whoever asks whether we are ready asks again soon


@cache
def newest_revision() -> str:
    """The schema this version was made for."""
    return migrate.head()


async def readiness(database: Database) -> str:
    """`ok`, or what is missing: `database-unavailable`, `migrations-pending`.

    It answers within `DEADLINE_S`. A database that refuses our login raises `Unavailable`: waiting
    mends nothing there.
    """
    try:
        async with asyncio.timeout(DEADLINE_S), database.transaction() as tx:
            found = await migrate.current(tx)
    except Unavailable as away:
        if away.reason == "refused":
            raise
        return "database-unavailable"
    except TimeoutError:
        return "database-unavailable"
    return "ok" if found == newest_revision() else "migrations-pending"


@asynccontextmanager
async def embedded_database(data_dir: Path) -> AsyncIterator[str]:
    """The embedded PostgreSQL, migrated, as the application's login sees it: its URL."""
    with embedded.start(data_dir) as server, embedded.watched(server):
        await migrate.upgrade(server.url(EMBEDDED_DATABASE, embedded.SUPERUSER))
        yield server.url(EMBEDDED_DATABASE, migrate.APP_ROLE)
