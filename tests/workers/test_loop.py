"""The loop of any kind of work: side by side, bounded, and no trouble of one is another's."""

import asyncio
from contextlib import suppress

from app.workers.loop import Batch, Pace, keep_working

FAST = Pace(slots=3, busy_s=0.005, idle_s=0.005, stopping_s=0.2)


class Counting:
    """Work that is numbers: given out once, done when the test says."""

    name = "counting"

    def __init__(self, jobs):
        self.waiting, self.done, self.under_way, self.most = list(jobs), [], 0, 0
        self.hold, self.finished = asyncio.Event(), asyncio.Event()
        self.hold.set()
        self.troubles = []

    async def take(self, most):
        if self.troubles:
            raise self.troubles.pop()
        taken, self.waiting = self.waiting[:most], self.waiting[most:]
        return Batch(jobs=taken, busy=bool(self.waiting))

    async def do(self, job):
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await asyncio.sleep(0.001)
            await self.hold.wait()
            if job == "bad":
                raise ValueError("of one")
            self.done.append(job)
        finally:
            self.under_way -= 1
            if len(self.done) == 10:
                self.finished.set()


async def stopped(loop):
    loop.cancel()
    with suppress(asyncio.CancelledError):
        await loop


async def test_everything_is_done_and_never_more_at_once_than_there_are_slots():
    work = Counting(range(10))
    loop = asyncio.create_task(keep_working(work, FAST))
    await asyncio.wait_for(work.finished.wait(), 5)
    await stopped(loop)
    assert sorted(work.done) == list(range(10))
    assert work.most == 3


async def test_trouble_ends_nothing():
    work = Counting(["bad", *range(10)])
    work.troubles = [OSError("the database is away")]
    loop = asyncio.create_task(keep_working(work, FAST))
    await asyncio.wait_for(work.finished.wait(), 5)
    await stopped(loop)
    assert len(work.done) == 10


async def test_a_stop_lets_what_is_under_way_end():
    work = Counting([1])
    work.hold.clear()
    loop = asyncio.create_task(keep_working(work, FAST))
    for _ in range(1000):
        if work.under_way:
            break
        await asyncio.sleep(0.001)
    loop.cancel()
    await asyncio.sleep(0)
    work.hold.set()
    await stopped(loop)
    assert work.done == [1]


async def test_a_stop_waits_no_longer_than_it_may():
    work = Counting([1])
    work.hold.clear()
    loop = asyncio.create_task(keep_working(work, FAST))
    await asyncio.sleep(0.05)
    await stopped(loop)
    assert (work.done, work.under_way) == ([], 0)
