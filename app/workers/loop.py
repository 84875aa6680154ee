"""A worker's loop, for any kind of work: take what is due, do it side by side, look again.

What there is to do stands in the database; a kind of work takes it there with a lease, so that
any number of processes may run this, and what one left behind when it died is taken by another.
Nothing is listened for: the database is asked each second, every five while nothing happens.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from app.routers.edge.logs import exception_facts, log

Job = TypeVar("Job")
_QUIET_LOOKS = 10  # so often nothing was found, and it is idle


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch(Generic[Job]):
    """What was taken, each job ours until its lease ends. `busy`: there is more, only not now."""

    jobs: Sequence[Job] = ()
    busy: bool = False


class Work(Protocol[Job]):
    """A kind of work."""

    @property
    def name(self) -> str:
        """How logs call it."""
        ...

    async def take(self, most: int) -> Batch[Job]:
        """Up to so many jobs, leased in a short transaction."""
        ...

    async def do(self, job: Job) -> None:
        """Do one, outside any transaction, and record it in another."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many jobs at once, how often to look, and how long a stop waits for those under way."""

    slots: int = 50
    busy_s: float = 1.0
    idle_s: float = 5.0
    stopping_s: float = 5.0


async def keep_working(work: Work[Job], pace: Pace) -> None:
    """Until cancelled. Trouble with one job is logged and is not the others'."""
    running: set[asyncio.Task[None]] = set()
    quiet = 0
    try:
        while True:
            batch = await _taken(work, pace.slots - len(running))
            for job in batch.jobs:
                running.add(asyncio.create_task(_done(work, job)))
            quiet = 0 if batch.jobs or batch.busy or running else quiet + 1
            wait_s = pace.idle_s if quiet > _QUIET_LOOKS else pace.busy_s
            running = await _waited(running, wait_s)
    finally:
        await _stop(running, pace.stopping_s)


async def _taken(work: Work[Job], most: int) -> Batch[Job]:
    if most <= 0:
        return Batch(busy=True)
    try:
        return await work.take(most)
    except Exception as error:  # noqa: BLE001 - a database that is away comes back
        log.error("worker", work=work.name, **exception_facts(error))
        return Batch()


async def _done(work: Work[Job], job: Job) -> None:
    try:
        await work.do(job)
    except Exception as error:  # noqa: BLE001 - its lease ends, and it is taken again
        log.error("worker", work=work.name, **exception_facts(error))


async def _waited(
    running: Collection[asyncio.Task[None]], wait_s: float
) -> set[asyncio.Task[None]]:
    """Those still under way when the first is done, or when it is time to look again."""
    if not running:
        await asyncio.sleep(wait_s)
        return set()
    _, still = await asyncio.wait(running, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
    return still


async def _stop(running: Collection[asyncio.Task[None]], stopping_s: float) -> None:
    """Let what is under way end; what takes longer is cut off, and sent again after its lease."""
    if not running:
        return
    _, late = await asyncio.wait(running, timeout=stopping_s)
    for one in late:
        one.cancel()
    await asyncio.gather(*late, return_exceptions=True)
