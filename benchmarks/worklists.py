"""What the next item and a page of fifty cost where a tenth of the accounts have a reason.

    python -m benchmarks.worklists [ACCOUNTS …]          (default: 100000)

One account is copied in SQL, with its days beside it; a tenth of the copies have reasons, spread
over eighty days. Prints the 50th and 95th of a hundred pages and of a hundred `next`, one after the
other, then fifty `next` at once, who must all get another.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import httpx
from sqlalchemy import text

from benchmarks.crowd import set_clock
from benchmarks.load import FIRST_DUE_ON, Place, open_one, place, serving_process

SIZE, TIMES, TAKERS = 100_000, 100, 50
TODAY = FIRST_DUE_ON + timedelta(days=10)
_COPIES = text("""
    INSERT INTO account SELECT (jsonb_populate_record(a, jsonb_build_object(
        'id', md5(a.id::text || n)::uuid, 'reference', 'W-' || n, 'next_review_on', NULL))).*
    FROM account AS a, generate_series(1, :count) AS n WHERE a.id = :id
""")
_DAYS = text("""
    INSERT INTO account_work (tenant_id, account_id, reference, promise_broken_on,
        installment_missed_on, plan_ends_on, overdue_minor, asks)
    SELECT tenant_id, id, reference,
        CASE WHEN n % 20 = 0 THEN CAST(:today AS date) - n % 80 END,
        CASE WHEN n % 10 = 0 THEN CAST(:today AS date) - n % 70 END,
        CAST(:today AS date) + 200, n % 400 * 1000, n % 10 = 0
    FROM (SELECT *, substr(reference, 3)::integer AS n FROM account
        WHERE tenant_id = :tenant AND reference LIKE 'W-%') AS copied
""")
_LIST = {
    "reasons": {
        "promise_broken": {"base": 500, "per_day": 10, "cap_days": 20},
        "installment_missed": {"base": 300, "per_day": 5, "cap_days": 30},
        "no_contact": {"base": 50, "per_day": 1, "cap_days": 60},
    }
}


async def grow(at: Place, accounts: int) -> None:
    """The accounts, their days, and what the planner knows of them."""
    account = await open_one(at, "T-0")
    async with at.owner.transaction() as tx:
        await tx.execute(text("SET LOCAL session_replication_role = replica"))
        await tx.execute(_COPIES, {"count": accounts, "id": account})
        await tx.execute(_DAYS, {"tenant": at.tenant_id, "today": TODAY})
    async with at.owner.transaction() as tx:
        await tx.execute(text("ANALYZE account, account_work, work_item"))


async def timed(times: int, ask: Callable[[int], Awaitable[object]]) -> str:
    """The 50th and the 95th of a hundred, in milliseconds."""
    took = []
    for turn in range(times + 1):
        begun = time.perf_counter()
        await ask(turn)
        took.append((time.perf_counter() - begun) * 1000)
    ordered = sorted(took[1:])  # the first is for the caches
    return f"{ordered[times // 2]:7.1f} {ordered[times * 95 // 100]:7.1f}"


async def measured(at: Place, port: int, accounts: int) -> None:
    """Ask, and print."""
    headers = {"Authorization": f"Bearer {at.token}"}

    def by(actor: str) -> httpx.AsyncClient:
        own = {**headers, "Accord-Actor": actor}
        base = f"http://127.0.0.1:{port}"
        return httpx.AsyncClient(base_url=base, headers=own, timeout=300)

    async with by("boss") as boss:
        (await boss.put("/v1/worklists/bench", json=_LIST)).raise_for_status()

        async def page(_: int) -> None:
            (await boss.get("/v1/worklists/bench/items?limit=50")).raise_for_status()

        async def take(turn: int) -> None:
            async with by(f"a-{turn}") as agent:
                answer = await agent.post("/v1/worklists/bench/next", json={})
                answer.raise_for_status()
                answer.json()  # there is one

        print(f"{accounts:>9}  a page of 50        {await timed(TIMES, page)} ms (50th, 95th)")
        print(f"{accounts:>9}  next                {await timed(TIMES, take)} ms")
        takers = [by(f"b-{n}") for n in range(TAKERS)]
        begun = time.perf_counter()
        answers = await asyncio.gather(
            *(one.post("/v1/worklists/bench/next", json={}) for one in takers)
        )
        took = (time.perf_counter() - begun) * 1000
        taken = [one.json()["id"] for one in answers if one.content]
        print(f"{accounts:>9}  {TAKERS} at once: {len(taken)} items, {len(set(taken))} different,"
              f" {took:.0f} ms for all")  # fmt: skip
        for one in takers:
            await one.aclose()


async def run(sizes: Sequence[int]) -> None:
    """Each size on a server of its own."""
    for accounts in sizes:
        async with place() as at:
            await grow(at, accounts)
            await set_clock(at, TODAY)
            with serving_process(at) as (port, _):
                await measured(at, port, accounts)


if __name__ == "__main__":
    asyncio.run(run([int(one) for one in sys.argv[1:]] or [SIZE]))
