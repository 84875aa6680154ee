"""Payments a second over HTTP, beside pgbench sending the same statements, in one run.

One API process (`accord serve`) on its own durable PostgreSQL, 16 connections of wrk, each
request with its own reference, idempotency key and account. The floor is in `floor.py`. Rounds
of both are interleaved; the medians are compared.

    python -m benchmarks.postings [ACCOUNTS [SECONDS [ROUNDS]]]
"""

import asyncio
import sys
import time
from statistics import median

from benchmarks.floor import pgbench, pgbench_script, recorded
from benchmarks.load import CONNECTIONS, Load, copies, place, posting_lua, serving, wrk

AIM = 0.30


async def main() -> None:
    given = [int(one) for one in sys.argv[1:]]
    accounts, seconds, rounds = (*given, *(100_000, 10, 5)[len(given) :])
    async with place() as at:
        begun = time.perf_counter()
        await copies(at, accounts)
        print(f"{accounts:,} accounts with plans in {time.perf_counter() - begun:.0f} s")
        half = accounts // 2  # each has its own: what the floor writes is right once only
        script = pgbench_script(await recorded(at))
        floors, loads = list[Load](), list[Load]()
        with serving(at) as port:
            url = f"http://127.0.0.1:{port}/v1/payments"
            for number in range(rounds + 1):
                floor = pgbench(at, script, accounts=half, run=number, seconds=seconds)
                lua = posting_lua(at, half, f"r{number}")
                load = wrk(url, lua, at.folder, seconds=seconds, connections=CONNECTIONS)
                if number:  # the first is for the caches
                    floors.append(floor)
                    loads.append(load)
        _print("pgbench, the same statements", floors)
        _print("POST /v1/payments", loads)
        ratio = median(o.rate / f.rate for o, f in zip(loads, floors, strict=True))
        print(f"ratio {ratio:.2f} (aim: at least {AIM:.2f})")


def _print(name: str, rounds: list[Load]) -> None:
    rate, p50, p99 = (
        median(getattr(one, figure) for one in rounds) for figure in ("rate", "p50_ms", "p99_ms")
    )
    print(f"{name:<30} {rate:>8,.0f}/s  p50 {p50:>6.1f} ms  p99 {p99:>6.1f} ms")


if __name__ == "__main__":
    asyncio.run(main())
