"""Payments a second in batches of 1,000 over HTTP, beside pgbench posting one a transaction.

One API process, then two side by side; four connections, each batch under an idempotency key of
its own, one payment an account. The floor is that of `postings.py`: what PostgreSQL does of
single postings with 16 clients. Rounds of all are interleaved; the medians are compared.

    python -m benchmarks.batch [PAYMENTS [ACCOUNTS [ROUNDS]]]
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import count, cycle
from statistics import median
from threading import local

from app.schemas.edge.ids import encode
from benchmarks.floor import pgbench, pgbench_script, recorded
from benchmarks.load import INSTALLMENT, Place, account_id, copies, place, serving

SIZE, SENDERS, AIM = 1_000, 4, 2.0
FLOOR_SECONDS = 10
_KEYS = count()


class Sender:
    """Sends batches, each thread on a connection of its own, to one process after the other."""

    def __init__(self, at: Place, ports: Sequence[int]) -> None:
        self._ports = cycle(ports)
        self._headers = {
            "Authorization": f"Bearer {at.token}",
            "Content-Type": "application/json",
        }
        self._own = local()

    def post(self, body: bytes) -> None:
        if not hasattr(self._own, "connection"):
            self._own.connection = HTTPConnection("127.0.0.1", next(self._ports), timeout=120)
        headers = {**self._headers, "Idempotency-Key": f"batch-{next(_KEYS)}"}
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
        floors = list[float]()
        rates = dict[int, list[float]]({1: [], 2: []})
        with serving(at) as one, serving(at) as other:
            for number in range(rounds):
                floor = pgbench(at, script, accounts=accounts, run=number, seconds=FLOOR_SECONDS)
                floors.append(floor.rate)
                for ports in ((one,), (one, other)):
                    first = (2 * number + len(ports) - 1) * part
                    rates[len(ports)].append(rate(at, ports, batches(first, part, accounts)))
        print(f"{2 * part * rounds:,} payments in batches of {SIZE:,}, {accounts:,} accounts")
        print(f"pgbench, one a transaction  {median(floors):>8,.0f}/s")
        for processes, found in rates.items():
            ratio = median(r / f for r, f in zip(found, floors, strict=True))
            print(
                f"POST /v1/payments/batch, {processes} process{'es' * (processes > 1)}"
                f"  {median(found):>8,.0f}/s  ratio {ratio:.2f} (aim: at least {AIM:.1f})"
            )


def rate(at: Place, ports: Sequence[int], bodies: list[bytes]) -> float:
    """Payments a second when the batches go to these processes."""
    sender = Sender(at, ports)
    with ThreadPoolExecutor(SENDERS) as pool:
        begun = time.perf_counter()
        list(pool.map(sender.post, bodies))
        return len(bodies) * SIZE / (time.perf_counter() - begun)


if __name__ == "__main__":
    asyncio.run(main())
