"""The faults: what is done to a running installation, how often, and when it has ended.

An injury returns when the fault is over; recovery counts from there, until a payment sent again
and again is acknowledged.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg

from tests.faults.place import LOGIN, Place

LOCKED_S, TAKEN_S, STOPPED_S = 5, 3, 3
_TERMINATE = """
    SELECT pg_terminate_backend(pid) FROM (
        SELECT pid FROM pg_stat_activity
        WHERE usename = 'accord_app' AND backend_type = 'client backend'
        ORDER BY random() LIMIT {most}) AS these
"""
_LOCK = "SELECT 1 FROM account FOR UPDATE"

Injury = Callable[[Place], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One row of the table. `share` is its part of all the faults asked for.

    Without an injury the sending is the fault: each command that was dropped, or sent several
    times at once, counts.
    """

    name: str
    share: float
    injury: Injury | None = None
    servers: tuple[str, ...] = ("direct",)
    sending: str = "plain"
    gap_s: tuple[float, float] = (0.2, 0.8)
    patience_s: float = 120


async def _kill_server(place: Place) -> None:
    place.servers[0].kill()
    place.servers[0].begin()


async def _kill_second(place: Place) -> None:
    """The other goes on."""
    place.servers[1].kill()
    place.servers[1].begin()
    await place.servers[1].ready()


async def _stop_server(place: Place) -> None:
    place.servers[0].signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(STOPPED_S)
    finally:
        place.servers[0].signal(signal.SIGCONT)


async def _terminate_all(place: Place) -> None:
    await place.postgres.run(_TERMINATE.format(most=1000))


async def _terminate_three(place: Place) -> None:
    await place.postgres.run(_TERMINATE.format(most=3))


async def _stop_immediate(place: Place) -> None:
    await place.postgres.stop("immediate")
    await place.postgres.start()


async def _stop_fast(place: Place) -> None:
    await place.postgres.stop("fast")
    await place.postgres.start()


async def _kill_postmaster(place: Place) -> None:
    place.postgres.kill()


async def _lock_accounts(place: Place) -> None:
    """Longer than a command waits for its account, so that the pool fills and empties."""
    admin = await place.postgres.connect()
    try:
        async with admin.transaction():
            await admin.execute(_LOCK)
            await asyncio.sleep(LOCKED_S)
    finally:
        await admin.close()


async def _take_slots(place: Place) -> None:
    """Every connection PostgreSQL gives the application is somebody else's; the pool loses some."""
    taken: list[asyncpg.Connection] = []
    admin = await place.postgres.connect()
    try:
        await admin.execute(_TERMINATE.format(most=8))
        while True:
            try:
                taken.append(await place.postgres.connect(LOGIN))
            except asyncpg.TooManyConnectionsError:
                break
        await asyncio.sleep(TAKEN_S)
    finally:
        for connection in (*taken, admin):
            await connection.close()


async def _go_silent(place: Place) -> None:
    place.proxy.swallow()


FAULTS = (
    Fault(name="each request three times at once", share=0.4, sending="tripled"),
    Fault(name="client drops 0-16 ms after sending", share=0.4, sending="leaving"),
    Fault(name="each request to both of two servers", share=0.05, sending="everywhere",
          servers=("direct", "second")),
    Fault(name="pg_terminate_backend, 3 at random", share=0.1, injury=_terminate_three,
          gap_s=(0.02, 0.3)),
    Fault(name="pg_terminate_backend, all", share=0.025, injury=_terminate_all, gap_s=(0.1, 0.6)),
    Fault(name="kill -9 of the server", share=0.004, injury=_kill_server),
    Fault(name="kill -9 of one of two servers", share=0.002, injury=_kill_second,
          servers=("direct", "second")),
    Fault(name="SIGSTOP of the server, 3 s", share=0.003, injury=_stop_server),
    Fault(name="PostgreSQL stop immediate, start", share=0.005, injury=_stop_immediate),
    Fault(name="PostgreSQL stop fast, start", share=0.005, injury=_stop_fast),
    Fault(name="all accounts locked, 5 s", share=0.002, injury=_lock_accounts),
    Fault(name="all connection slots taken, 3 s", share=0.003, injury=_take_slots),
    Fault(name="connections silent behind a proxy", share=0.0005, injury=_go_silent,
          servers=("proxied",)),
    Fault(name="embedded postmaster kill -9", share=0.0005, injury=_kill_postmaster,
          servers=("embedded",)),
)  # fmt: skip
