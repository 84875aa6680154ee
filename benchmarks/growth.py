"""How posting, reading, listing and sweeping grow with the books, and what these take on disk.

Accounts with a plan and twelve payments each (`crowd.py`), measured at one size after another on
one server. A sweep's day brings a twenty-eighth of the accounts something due. Beside the time on
the clock stands processor time, PostgreSQL's and Python's: it moves least on a busy machine.

    python -m benchmarks.growth [ACCOUNTS …]          (default: 100000 1000000)
"""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import httpx
from sqlalchemy import text

from app.schemas.edge.ids import encode
from app.services.day_close.sweep import sweep
from benchmarks.copying import FIRST, multiply
from benchmarks.crowd import CLOSED_ON, NEXT_ON, set_clock, templates
from benchmarks.load import (
    CONNECTIONS,
    Place,
    account_id,
    place,
    posting_lua,
    serving_process,
    tidy,
    wrk,
)
from benchmarks.usage import usage

SIZES = (100_000, 1_000_000)
SECONDS, ROUNDS, TIMES, SWEPT_DAYS = 5, 3, 9, 3
MINE, YEAR = "acc", 2026
_SIZES = text("""
    SELECT c.relname, c.reltuples::bigint AS rows, pg_relation_size(c.oid) AS heap,
        pg_indexes_size(c.oid) AS indexes, pg_total_relation_size(c.oid) AS whole
    FROM pg_class AS c
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.reltuples > 1000
    ORDER BY whole DESC""")
_UNUSED = text("""
    SELECT indexrelname, pg_relation_size(indexrelid) AS bytes FROM pg_stat_user_indexes
    WHERE schemaname = 'public' AND idx_scan = 0 AND pg_relation_size(indexrelid) > 1000000
    ORDER BY bytes DESC""")


def lists(number: int) -> Mapping[str, str]:
    """What is read, by name: with values that some rows have, and that none has."""
    mine = encode(MINE, account_id(number))
    day = CLOSED_ON - timedelta(days=number % 20)
    ahead = NEXT_ON + timedelta(days=number % 20)
    return {
        "an account": f"/v1/accounts/{mine}",
        "its ledger": f"/v1/accounts/{mine}/ledger?limit=200",
        "accounts, 200": "/v1/accounts?limit=200",
        "accounts of a status": "/v1/accounts?status=open&limit=200",
        "accounts of a bucket, none": "/v1/accounts?bucket=180%2B&limit=200",
        "account by reference": f"/v1/accounts?reference=A-{FIRST + number}",
        "plans, 200": "/v1/plans?limit=200",
        "plans of a standing, none": "/v1/plans?standing=delinquent&limit=200",
        "plans waiting for approval": "/v1/plans?status=pending_approval&limit=200",
        "plans due on a day": f"/v1/plans?due_from={ahead}&due_to={ahead}&limit=200",
        "plans due in a month": f"/v1/plans?due_from={NEXT_ON}&due_to={YEAR}-08-31&limit=200",
        "plans due on a past day, none": f"/v1/plans?due_from={YEAR}-03-05&due_to={YEAR}-03-05",
        "payments, 200": "/v1/payments?limit=200",
        "payments of a day": f"/v1/payments?from={day}&to={day}&limit=200",
        "payments of a half-year": f"/v1/payments?from={YEAR}-02-01&limit=200",
        "payments reversed, none": "/v1/payments?status=reversed&limit=200",
        "payment by reference": f"/v1/payments?reference=P-00-03-{FIRST + number}",
        "events, 200": "/v1/events?limit=200",
        "events of a type, none": "/v1/events?types=re_age.granted&limit=200",
        "journal of a day, 1,000": f"/v1/reports/journal?from={day}&to={day}&limit=1000",
        "journal of a month, 1,000": f"/v1/reports/journal?from={YEAR}-05-01&to={YEAR}-05-31",
        "settlements waiting": "/v1/settlement-offers?status=pending_approval",
    }


async def measured(at: Place, accounts: int) -> dict[str, str]:
    """The figures of a size, by name."""
    figures = dict(await _sweeps(at))
    with serving_process(at) as (port, process):
        figures |= await _reads(at, port, process, accounts)
        figures |= await _posting(at, port, process, accounts)
    return figures


async def _reads(at: Place, port: int, process: int, accounts: int) -> dict[str, str]:
    """Each read some times, every time another account or day."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    headers = {"Authorization": f"Bearer {at.token}"}
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=300) as client:
        for turn in range(TIMES + 1):
            for name, path in lists(turn * 7919 % accounts).items():
                before, begun = await ran_ms(at, process), time.perf_counter()
                answer = await client.get(path)
                answer.raise_for_status()
                took = (time.perf_counter() - begun) * 1000
                after = await ran_ms(at, process)
                if turn:  # the first is for the caches
                    cost = (took, after[0] - before[0], after[1] - before[1])
                    found.setdefault(name, []).append(cost)
    return {name: _spread(*map(median, zip(*each, strict=True))) for name, each in found.items()}


def _spread(took_ms: float, postgres_ms: float, python_ms: float) -> str:
    return f"{postgres_ms:.1f} + {python_ms:.1f} ({took_ms:.0f})"


async def _posting(at: Place, port: int, process: int, accounts: int) -> dict[str, str]:
    url, loads, costs = f"http://127.0.0.1:{port}/v1/payments", [], []
    for number in range(ROUNDS + 1):
        before = await usage(at, process)
        lua = posting_lua(at, accounts, f"g{accounts}r{number}")
        load = wrk(url, lua, at.folder, seconds=SECONDS, connections=CONNECTIONS)
        used, sent = await usage(at, process) - before, load.rate * SECONDS
        if number:
            loads.append(load.rate)
            costs.append((used.postgres_s / sent, used.python_s / sent, used.wal_bytes / sent))
    postgres, python, wal = (median(one) for one in zip(*costs, strict=True))
    return {
        "postings/s, 16 connections": f"{median(loads):.0f}",
        "PostgreSQL a posting, ms": f"{postgres * 1000:.2f}",
        "Python a posting, ms": f"{python * 1000:.2f}",
        "WAL a posting, kB": f"{wal / 1000:.1f}",
    }


async def _sweeps(at: Place) -> dict[str, str]:
    """A few days, each after the other, of which the first is for the caches."""
    seconds, costs = list[float](), list[float]()
    swept = await _swept_until(at)
    for number in range(SWEPT_DAYS + 1):
        day = swept + timedelta(days=number + 1)
        await set_clock(at, day)
        before, begun = await ran_ms(at, os.getpid()), time.perf_counter()
        report = await sweep(at.app, at.tenant_id, business_date=day)
        if number:
            seconds.append(time.perf_counter() - begun)
            after = await ran_ms(at, os.getpid())
            costs.append((sum(after) - sum(before)) / report.examined)
    begun = time.perf_counter()
    await sweep(at.app, at.tenant_id, business_date=swept + timedelta(days=SWEPT_DAYS + 1))
    return {
        "a day's sweep, s": f"{median(seconds):.1f}",
        "an account of it, ms of processor": f"{median(costs):.2f}",
        "a sweep with nothing to do, ms": f"{(time.perf_counter() - begun) * 1000:.0f}",
    }


async def _swept_until(at: Place) -> date:
    """Accounts that came later catch up first, untimed."""
    async with at.owner.transaction() as tx:
        day = (await tx.execute(text("SELECT max(business_date) FROM sweep_run"))).scalar_one()
    if day is None:
        return CLOSED_ON
    await sweep(at.app, at.tenant_id, business_date=day)
    return date.fromisoformat(str(day))


async def ran_ms(at: Place, python: int) -> tuple[float, float]:
    """Processor time used until now: by the sessions of PostgreSQL, and by a process of ours."""
    async with at.owner.transaction() as tx:
        sessions = (await tx.execute(text("SELECT pid FROM pg_stat_activity"))).scalars().all()
    return sum(map(_ran_ms, sessions)), _ran_ms(python)


def _ran_ms(process: int) -> float:
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text("ascii").split()[0]) / 1e6
    except FileNotFoundError:  # it has ended
        return 0.0


async def sizes(at: Place, accounts: int) -> None:
    """Each table's bytes a row and an account."""
    async with at.owner.transaction() as tx:
        rows = (await tx.execute(_SIZES)).all()
        whole = sum(int(row.whole) for row in rows)
        print(
            f"\n{accounts:,} accounts: {whole / 1e9:.1f} GB, {whole / accounts:,.0f} B an account"
        )
        for row in rows:
            print(
                f"  {row.relname:16} {row.rows:>12,} rows {row.whole / row.rows:>7.0f} B a row"
                f" ({row.heap / row.rows:.0f} heap, {row.indexes / row.rows:.0f} indexes)"
                f" {row.whole / accounts:>7.0f} B an account"
            )


async def unused(at: Place) -> None:
    """Indexes that nothing measured here read."""
    async with at.owner.transaction() as tx:
        for row in await tx.execute(_UNUSED):
            print(f"  not read: {row.indexrelname}, {row.bytes / 1e6:.0f} MB")


async def main() -> None:
    wanted = [int(one) for one in sys.argv[1:]] or list(SIZES)
    figures: dict[int, dict[str, str]] = {}
    async with place() as at:
        made, there = await templates(at), 0
        for accounts in wanted:
            begun = time.perf_counter()
            await multiply(at.owner, made, accounts - there, first=FIRST + there)
            there = accounts
            tidy(at)
            print(f"{accounts:,} accounts after {time.perf_counter() - begun:.0f} s", flush=True)
            await sizes(at, accounts)
            figures[accounts] = await measured(at, accounts)
            _table(figures)
            await unused(at)


def _table(figures: Mapping[int, Mapping[str, str]]) -> None:
    print("\nms of processor, PostgreSQL + Python (on the clock), unless said otherwise:")
    print("\n| what | " + " | ".join(f"{size:,}" for size in figures) + " |")
    print("|---|" + "---:|" * len(figures))
    for name in next(iter(figures.values())):
        print(f"| {name} | " + " | ".join(one[name] for one in figures.values()) + " |")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
