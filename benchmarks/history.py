"""Posting to an account with 5,000 earlier payments beside one with 5.

The same posting, in turn to accounts with a long history and with a short one, over HTTP on one
connection; the medians are compared. The cached state is read, not the history.

    python -m benchmarks.history [EARLIER [POSTINGS]]
"""

import asyncio
import json
import sys
import time
from http.client import HTTPConnection
from statistics import median
from uuid import UUID

from app.schemas.edge.ids import encode
from app.services.payments.post import PostPayment, post_payments
from benchmarks.load import FIRST_DUE_ON, Place, open_one, place, serving, tidy

AIM = 1.3
SHORT, EACH, PAIRS, PAGE = 5, 100, 4, 500
INSTALLMENT = 10_000_00  # none is paid in full by all of it: every posting does the same work


async def past(at: Place, name: str, payments: int) -> UUID:
    """An account with so many earlier payments."""
    account = await open_one(at, name, installment_minor=INSTALLMENT)
    for start in range(0, payments, PAGE):
        async with at.context(FIRST_DUE_ON) as ctx:
            await post_payments(
                ctx,
                [
                    PostPayment(
                        reference=f"{name}-{n}",
                        amount_minor=EACH,
                        currency="USD",
                        account_id=account,
                    )
                    for n in range(start, min(start + PAGE, payments))
                ],
            )
    return account


async def main() -> None:
    given = [int(one) for one in sys.argv[1:]]
    earlier, postings = (*given, *(5_000, 400)[len(given) :])
    async with place() as at:
        kinds: dict[int, list[UUID]] = {SHORT: [], earlier: []}
        for number in range(PAIRS):
            for payments, accounts in kinds.items():
                accounts.append(await past(at, f"H-{payments}-{number}", payments))
        tidy(at)
        took: dict[int, list[float]] = {payments: [] for payments in kinds}
        with serving(at) as port:
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            for number in range(postings + 20):
                for payments, accounts in kinds.items():
                    seconds = post(connection, at.token, accounts[number % PAIRS], number)
                    if number >= 20:  # noqa: PLR2004 - the first are for the caches
                        took[payments].append(seconds)
    for payments, times in took.items():
        print(f"after {payments:>6,} payments  {median(times) * 1000:>6.2f} ms")
    print(f"ratio {median(took[earlier]) / median(took[SHORT]):.2f} (aim: at most {AIM:.1f})")


def post(connection: HTTPConnection, token: str, account: UUID, number: int) -> float:
    """One posting; answers how long it took."""
    body = {
        "account_id": encode("acc", account),
        "reference": f"{account}-{number}",
        "amount_minor": EACH,
        "currency": "USD",
    }
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"{account}-{number}",
    }
    sent = json.dumps(body).encode()
    begun = time.perf_counter()
    connection.request("POST", "/v1/payments", sent, headers)
    answer = connection.getresponse()
    said = answer.read()
    taken = time.perf_counter() - begun
    if answer.status != 201:  # noqa: PLR2004
        raise SystemExit(f"{answer.status} {said[:500]!r}")
    return taken


if __name__ == "__main__":
    asyncio.run(main())
