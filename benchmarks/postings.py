"""Payments a second over HTTP, beside two floors on the same server, in one run.

One API process (`accord serve`) on its own durable PostgreSQL, 16 connections of wrk, each
request with its own reference, idempotency key and account; then as many processes as there are
processors, as the guide to operations asks, with the same connections divided. The floors:
pgbench sending the very statements of the service (`floor.py`), which shows what HTTP and Python
cost; and the least any such posting must write, on bare tables (`independent_floor.py`), which
shows what our SQL costs. Rounds of all are interleaved; the medians are compared. Processor time
and WAL a posting stand beside the rates: a noisy machine cannot hide them.

    python -m benchmarks.postings [ACCOUNTS [SECONDS [ROUNDS]]]
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

from benchmarks import independent_floor
from benchmarks.floor import pgbench, pgbench_script, recorded
from benchmarks.load import (
    CONNECTIONS,
    Load,
    Place,
    copies,
    place,
    posting_lua,
    serving_process,
    tidy,
    wrk,
    wrk_each,
)
from benchmarks.usage import Usage, image_bytes, usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """What the rounds of one contender found, and what each used."""

    name: str
    loads: list[Load] = field(default_factory=list)
    used: list[Usage] = field(default_factory=list)
    images: list[int] = field(default_factory=list)
    seconds: float

    def __str__(self) -> str:
        done = [load.rate * self.seconds for load in self.loads]
        rate, p50, p99 = (
            median(getattr(one, figure) for one in self.loads)
            for figure in ("rate", "p50_ms", "p99_ms")
        )
        postgres, python, wal = (
            median(getattr(used, figure) / n for used, n in zip(self.used, done, strict=True))
            for figure in ("postgres_s", "python_s", "wal_bytes")
        )
        images = median(found / n for found, n in zip(self.images, done, strict=True))
        said = (
            f"{self.name:<28} {rate:>7,.0f}/s  p50 {p50:>5.1f} ms  p99 {p99:>6.1f} ms"
            f"  PostgreSQL {postgres * 1e3:.2f} ms  WAL {wal / 1e3:.1f} kB,"
            f" {(wal - images) / 1e3:.1f} without images of pages"
        )
        if python:
            said += f"  Python {python * 1e3:.2f} ms"
        updated = sum(one.updated for one in self.used)
        return said + (
            f"  in-page {sum(one.hot for one in self.used) / updated:.0%}" if updated else ""
        )


async def main() -> None:
    given = [int(one) for one in sys.argv[1:]]
    accounts, seconds, rounds = (*given, *(100_000, 10, 5)[len(given) :])
    async with place() as at:
        begun = time.perf_counter()
        await copies(at, accounts)
        bare = await independent_floor.prepare(at, accounts)
        print(f"{accounts:,} accounts with plans in {time.perf_counter() - begun:.0f} s")
        half = accounts // 2  # each has its own: what the floor writes is right once only
        script = pgbench_script(await recorded(at))
        same = Rounds(name="pgbench, the same statements", seconds=seconds)
        least = Rounds(name="pgbench, the least to write", seconds=seconds)
        ours = Rounds(name="POST /v1/payments", seconds=seconds)
        cores = os.cpu_count() or 1
        each = Rounds(name=f"the same, {cores} processes", seconds=seconds)
        with ExitStack() as ending:
            served = [ending.enter_context(serving_process(at)) for _ in range(cores)]
            urls = [f"http://127.0.0.1:{port}/v1/payments" for port, _ in served]
            processes = [process for _, process in served]
            counted = {ours.name: processes[:1], each.name: processes}
            for number in range(rounds + 1):
                lua = posting_lua(at, half, f"r{number}")
                divided = [
                    (url, posting_lua(at, half, f"p{number}x{nth}")) for nth, url in enumerate(urls)
                ]
                for one, run in (
                    (
                        same,
                        lambda n=number: pgbench(at, script, accounts=half, run=n, seconds=seconds),
                    ),
                    (
                        least,
                        lambda: independent_floor.pgbench(
                            at, bare, accounts=accounts, seconds=seconds
                        ),
                    ),
                    (
                        ours,
                        lambda lua=lua: wrk(
                            urls[0], lua, at.folder, seconds=seconds, connections=CONNECTIONS
                        ),
                    ),
                    (
                        each,
                        lambda divided=divided: wrk_each(
                            divided, at.folder, seconds=seconds, connections=CONNECTIONS
                        ),
                    ),
                ):
                    await _round(at, one, run, counted.get(one.name, ()), kept=number > 0)
        for one in (same, least, ours, each):
            print(one)
        print(f"{cores} processes: ratio to the same statements {_ratio(each, same):.2f}")
        print(f"{cores} processes: ratio to the independent floor {_ratio(each, least):.2f}")
        print(f"ratio to the same statements {_ratio(ours, same):.2f}")
        print(f"ratio to the independent floor {_ratio(ours, least):.2f}")


async def _round(
    at: Place, one: Rounds, run: Callable[[], Load], processes: Sequence[int], *, kept: bool
) -> None:
    """One round; the first of each is for the caches and is not kept."""
    before = await usage(at, *processes)
    load = run()
    if not kept:
        tidy(at)  # what was planned while tables were empty reads them from end to end
        return
    one.loads.append(load)
    after = await usage(at, *processes)
    one.used.append(after - before)
    one.images.append(image_bytes(at, before, after))


def _ratio(ours: Rounds, floor: Rounds) -> float:
    return median(o.rate / f.rate for o, f in zip(ours.loads, floor.loads, strict=True))


if __name__ == "__main__":
    asyncio.run(main())
