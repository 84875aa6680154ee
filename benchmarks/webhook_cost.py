"""What a posting costs beside endpoints that are told of it, and beside none: it should be as much.

Rounds with ten endpoints enabled and with all of them disabled are taken in turns; nobody sends
meanwhile, so that what is counted is the posting's own: processor time of Python and PostgreSQL,
and bytes of WAL, each a posting, the medians of all rounds.

    python -m benchmarks.webhook_cost [POSTINGS [ROUNDS]]
"""

import asyncio
import json
import sys
from http.client import HTTPConnection
from statistics import median
from typing import Any

from benchmarks.load import Place, place, serving_process
from benchmarks.usage import Usage, usage

ENDPOINTS, ACCOUNTS = 10, 50


class Client:
    """The tenant at the API, on one connection."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Accord-Actor": "bench",
            "Content-Type": "application/json",
        }
        self._posted = 0

    def ask(self, path: str, body: object) -> dict[str, Any]:
        self._connection.request("POST", path, json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        said: dict[str, Any] = json.loads(answer.read())
        if answer.status >= 300:  # noqa: PLR2004 - no 2xx
            raise RuntimeError(f"{path}: {answer.status} {said}")
        return said

    def pay(self) -> None:
        self._posted += 1
        money = {"amount_minor": 1, "currency": "USD", "reference": f"P-{self._posted}"}
        self.ask("/v1/payments", {**money, "account_reference": f"A-{self._posted % ACCOUNTS}"})


async def measured(at: Place, client: Client, process: int, postings: int) -> Usage:
    """What so many postings used."""
    before = await usage(at, process)
    for _ in range(postings):
        client.pay()
    return await usage(at, process) - before


async def main() -> None:
    """Print a line for each way, and what one more endpoint costs."""
    postings, rounds = (int(one) for one in [*sys.argv[1:], *("300", "8")[len(sys.argv) - 1 :]])
    found: dict[str, list[Usage]] = {"enable": [], "disable": []}
    async with place() as at:
        with serving_process(at) as (port, process):
            client = Client(port, at.token)
            for number in range(ACCOUNTS):
                debt = {"reference": f"A-{number}", "currency": "USD", "policy": "unlimited"}
                client.ask("/v1/accounts", {**debt, "balance": {"principal_minor": 10**9}})
            url = {"url": "https://hooks.example.com/accord"}
            hooks = [client.ask("/v1/webhooks", url)["id"] for _ in range(ENDPOINTS)]
            await measured(at, client, process, postings)  # so that all is warm
            for turn in range(rounds):
                for how in sorted(found, reverse=turn % 2 == 1):
                    for hook in hooks:
                        client.ask(f"/v1/webhooks/{hook}/{how}", {})
                    found[how].append(await measured(at, client, process, postings))
    print(f"{'endpoints':<12}{'Python, ms':>12}{'PostgreSQL, ms':>16}{'WAL, bytes':>12}")
    for how, usages in found.items():
        python_ms, postgres_ms = (
            median(getattr(one, name) for one in usages) / postings * 1000
            for name in ("python_s", "postgres_s")
        )
        wal = median(one.wal_bytes for one in usages) / postings
        many = ENDPOINTS if how == "enable" else 0
        print(f"{many:<12}{python_ms:>12.3f}{postgres_ms:>16.3f}{wal:>12.0f}")


if __name__ == "__main__":
    asyncio.run(main())
