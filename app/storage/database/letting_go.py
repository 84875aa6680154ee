"""Ending, by another connection, what a connection that fell silent still holds.

A client that gives a connection up cannot say so by it. Its server process goes on waiting for
the next message, with its locks, until a limit of the server's ends it, or, within a statement
before PostgreSQL 17, for ever. So it is ended at once, by whoever noticed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from asyncpg import InterfaceError, PostgresError

from app.storage.database.addresses import Driven

#: How long may be spent on it: the server's own limits come after.
_TRYING_S: Final = 3
#: A process is known by its id and when it began: ids come again, and a pooler may invent them.
_ITSELF: Final = "SELECT pid, backend_start FROM pg_stat_get_activity(pg_backend_pid())"
#: Only one that waits for its client within a transaction: what works ends by its own limits.
_END: Final = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_get_activity($1)
    WHERE backend_start = $2 AND wait_event = 'ClientRead' AND xact_start IS NOT NULL
"""


async def note_process(connection: Driven) -> None:
    """Remember which process of the server's a connection speaks to."""
    connection.process = await connection.fetchrow(_ITSELF)


async def let_go(silent: Driven, connect: Callable[[], Awaitable[Driven]]) -> None:
    """End the process behind a connection that was given up, where it still waits for us."""
    if silent.process is None:
        return
    # what cannot be done now (no server, no room for one more) the limits of the server's do
    with suppress(OSError, TimeoutError, PostgresError, InterfaceError):
        async with asyncio.timeout(_TRYING_S):
            other = await connect()
            try:
                await other.fetchval(_END, *silent.process)
            finally:
                other.terminate()
