"""Payments a second in batches of 1,000 over HTTP, beside pgbench posting one a transaction.

One API process, four connections, each batch under an idempotency key of its own, one payment
an account. The floor is that of `postings.py`: what PostgreSQL does of single postings with 16
clients. Rounds of both are interleaved; the medians are compared.

    python -m benchmarks.batch [PAYMENTS [ACCOUNTS [ROUNDS]]]
"""

import asyncio
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import count
from statistics import median
from threading import local

from app.schemas.ids import encode
from benchmarks.floor import pgbench, pgbench_script, recorded
from benchmarks.load import INSTALLMENT, Place, account_id, copies, place, serving

SIZE, SENDERS, AIM = 1_000, 4, 2.0
FLOOR_SECONDS = 10


class Sender:
    """Sends batches, each thread on a connection of its own."""

    def __init__(self, at: Place, port: int) -> None:
        self._port = port
        self._headers = {
            "Authorization": f"Bearer {at.token}",
            "Content-Type": "application/json",
        }
        self._own = local()
        self._keys = count()

    def post(self, body: bytes) -> None:
        if not hasattr(self._own, "connection"):
            self._own.connection = HTTPConnection("127.0.0.1", self._port, timeout=120)
        headers = {**self._headers, "Idempotency-Key": f"batch-{next(self._keys)}"}
        self._own.connection.request("POST", "/v1/payments/batch", body, headers)
        answer = self._own.connection.getresponse()
        said = answer.read()
        if answer.status != 200 or said.count(b'"status":201') != SIZE:  # noqa: PLR2004
            raise SystemExit(f"{answer.status} {said[:500]!r}")


def batches(first: int, payments: int, accounts: int) -> list[bytes]:
    """Bodies of `SIZE` payments each, one installment for one account after the other."""
    items = [
        {
            "account_id": encode("acc", account_id(n % accounts)),
            "reference": f"B-{n}",
            "amount_minor": INSTALLMENT,
            "currency": "USD",
            "method": "ach",
        }
        for n in range(first, first + payments)
    ]
    return [
        json.dumps({"mode": "continue", "items": items[n : n + SIZE]}).encode()
        for n in range(0, payments, SIZE)
    ]


async def main() -> None:
    given = [int(one) for one in sys.argv[1:]]
    payments, accounts, rounds = (*given, *(100_000, 50_000, 4)[len(given) :])
    part = payments // rounds // SIZE * SIZE
    async with place() as at:
        await copies(at, 2 * accounts)
        script = pgbench_script(await recorded(at))
        floors, rates = list[float](), list[float]()
        with serving(at) as port, ThreadPoolExecutor(SENDERS) as pool:
            sender = Sender(at, port)
            for number in range(rounds):
                floor = pgbench(at, script, accounts=accounts, run=number, seconds=FLOOR_SECONDS)
                floors.append(floor.rate)
                bodies = batches(number * part, part, accounts)
                begun = time.perf_counter()
                list(pool.map(sender.post, bodies))
                rates.append(part / (time.perf_counter() - begun))
        print(f"{part * rounds:,} payments in batches of {SIZE:,}, {accounts:,} accounts")
        print(f"pgbench, one a transaction  {median(floors):>8,.0f}/s")
        print(f"POST /v1/payments/batch     {median(rates):>8,.0f}/s")
        ratio = median(r / f for r, f in zip(rates, floors, strict=True))
        print(f"ratio {ratio:.2f} (aim: at least {AIM:.1f})")


if __name__ == "__main__":
    asyncio.run(main())
