"""EXPLAIN (ANALYZE, BUFFERS) of the hottest statements, as `docs/performance.md` shows them.

A posting with an idempotency key, a read, the lists and a sweep's page are asked for over HTTP, in
process, at 100,000 accounts with twelve payments each; each statement is explained where it is
sent (`explaining.py`). Those that took longest together are printed, the longest first.

    python -m benchmarks.explain [ACCOUNTS] [HOW MANY]
"""

import asyncio
import re
import sys
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

import httpx

from app.main import create_app
from app.schemas.edge.ids import encode
from app.services.day_close.sweep import sweep
from app.storage.database.engine import Database
from benchmarks.copying import FIRST, multiply
from benchmarks.crowd import NEXT_ON, set_clock, templates
from benchmarks.explaining import Explained, explaining
from benchmarks.growth import lists
from benchmarks.load import INSTALLMENT, Place, account_id, place, tidy

ACCOUNTS, SHOWN, TIMES = 100_000, 10, 20
_WIDTH = 118
_ID = re.compile(r"'[0-9a-f]{8}-[0-9a-f-]{27}'::uuid|\{[^}]{60,}\}")
_ESTIMATE = re.compile(r"\(cost=[\d.]+\.\.[\d.]+ rows=\d+ width=\d+\) ")
_LEFT_OUT = (
    "Index Searches", "Storage:", "Heap Blocks", "Cache ", "Hits:", "Memory Usage", "Batches:",
    "Planning", "Execution Time", "Buckets:", "Heap Fetches", "Sort Method", "Recheck",
    "Rows Removed",
)  # fmt: skip
_TITLES = (
    ("accord_authenticate", "Who is there"),
    ("accord_look", "Who is there, and their account"),
    ("accord_write_for_calls", "The books of a posting, and its reply"),
    ("AS few", "Plans with something due in a span"),
    ("accord_feed_end", "Where the feed ends"),
    ("posting_tenant_id_business_date", "A page of the journal"),
    ("INSERT INTO sweep_run", "A run of the sweep, noted"),
    ("accord_enter", "The tenant entered"),
    ("INSERT INTO handle", "The books of a posting"),
    ("AS behind", "Accounts that wait to be judged"),
    ("reversed_kind", "An account's ledger"),
    ("debtor_role", "The people and labels of a page of accounts"),
    ("plan_pending", "A page of plans, with accounts and labels"),
    ("LockRows", "Accounts due for review, locked: a page of a sweep"),
    ("allocation.payment_id", "The lines of a page of payments"),
    ("INSERT INTO idempotency_key", "The reply of a posting, kept"),
    ("FROM event", "A page of events"),
    ("FROM payment", "A page of payments"),
    ("FROM suspense", "Moves of suspense, for the journal"),
    ("FROM settlement", "A page of settlements"),
    ("account.status =", "A page of accounts of a status"),
    ("FROM account", "A page of accounts"),
)


async def asked(at: Place, accounts: int) -> dict[str, Explained]:
    """What postings, reads and lists send."""
    database = Database(at.app_url, pool_size=2, statement_timeout_s=60)
    try:
        app = create_app(database)
        async with app.router.lifespan_context(app) as state:

            async def running(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
                await app({**scope, "state": dict(state or {})}, receive, send)

            transport = httpx.ASGITransport(running)
            headers = {"Authorization": f"Bearer {at.token}"}
            async with httpx.AsyncClient(
                transport=transport, base_url="http://bench", headers=headers
            ) as client:
                await _turn(client, 0, accounts)  # caches, policies, prepared statements
                with explaining(database) as said:
                    for number in range(1, TIMES + 1):
                        await _turn(client, number, accounts)
    finally:
        await database.dispose()
    return said


async def _turn(client: httpx.AsyncClient, number: int, accounts: int) -> None:
    mine = encode("acc", account_id(number * 7919 % accounts))
    body = {
        "account_id": mine, "reference": f"explained-{number}", "amount_minor": INSTALLMENT,
        "currency": "USD", "method": "ach",
    }  # fmt: skip
    answer = await client.post(
        "/v1/payments", json=body, headers={"Idempotency-Key": f"explained-{number}"}
    )
    answer.raise_for_status()
    for path in lists(number).values():
        (await client.get(path)).raise_for_status()


async def main() -> None:
    given = [int(one) for one in sys.argv[1:]]
    accounts, shown = (*given, *(ACCOUNTS, SHOWN)[len(given) :])
    async with place() as at:
        await multiply(at.owner, await templates(at), accounts, first=FIRST)
        tidy(at)
        await set_clock(at, NEXT_ON)
        with explaining(at.app) as swept:
            await sweep(at.app, at.tenant_id, business_date=NEXT_ON)
        said = await asked(at, accounts)
    print(f"At {accounts:,} accounts. Of a posting, reads and lists:\n")
    _show(said, shown)
    print("\nOf a day's sweep:\n")
    _show(swept, 3)


def _show(said: dict[str, Explained], shown: int) -> None:
    ordered = sorted(said.values(), key=lambda one: -median(one.executed_ms) * len(one.executed_ms))
    for number, one in enumerate(ordered[:shown], start=1):
        times = len(one.executed_ms)
        print(f"**{number}. {_title(one)}**: {one.cost}; {times} times.\n\n```")
        print("\n".join(_trimmed(one.plan)))
        print("```\n")


def _title(one: Explained) -> str:
    """What it is for, by what its text or its plan names; else how it begins."""
    whole = one.sql + "\n".join(one.plan)
    named = (title for part, title in _TITLES if part in whole)
    return next(named, " ".join(one.sql.split())[:60])


def _trimmed(plan: Sequence[str]) -> Iterator[str]:
    """A plan without estimates, ids and what is said of memory; blocks of the whole alone."""
    lines = [line for line in plan if line.strip() and not line.strip().startswith(_LEFT_OUT)]
    blocks = [line for line in lines if line.strip().startswith("Buffers")]
    for line in lines:
        if line in blocks and line != blocks[0]:
            continue
        short = _ESTIMATE.sub("", _ID.sub("…", line)).replace("actual time=", "")
        yield short if len(short) <= _WIDTH else short[: _WIDTH - 1] + "…"


if __name__ == "__main__":
    asyncio.run(main())
