"""What a decision over HTTP costs beside a posting: processor time of Python and of PostgreSQL.

Rounds of postings and of `contact-decisions` are taken in turns on one connection, about accounts
whose debtors have a phone and some calls behind them; each decision is kept and, allowed, reserved,
then released outside of what is counted. Medians of all rounds, and the ratio of their sums.

    python -m benchmarks.decisions [ASKED [ROUNDS]]
"""

import asyncio
import sys
from statistics import median

from benchmarks.load import Place, place, serving_process
from benchmarks.usage import Usage, usage
from benchmarks.webhook_cost import ACCOUNTS, Client

AIM = 1.3
CALLS = 4  # behind each debtor


class Dialer(Client):
    """One that asks whether it may call."""

    def __init__(self, port: int, token: str) -> None:
        super().__init__(port, token)
        self._accounts: list[str] = []
        self._asked = 0
        self._held: list[str] = []

    def place(self, number: int) -> None:
        """An account whose debtor was called some times."""
        debt = {"reference": f"A-{number}", "currency": "USD", "policy": "unlimited"}
        debtor = {"reference": f"D-{number}", "phone": f"+1312555{1000 + number}",
                  "region": "US-IL", "time_zone": "America/Chicago"}  # fmt: skip
        owed = {"balance": {"principal_minor": 10**9}, "debtor": debtor}
        made = self.ask("/v1/accounts", {**debt, **owed})
        self._accounts.append(made["id"])
        items = [
            {"account_ids": [made["id"]], "person_id": made["debtor"]["id"], "channel": "call",
             "direction": "out", "outcome": "no_answer",
             "started_at": f"2026-01-{26 + call}T16:00:00Z"}  # the sandbox is in February
            for call in range(CALLS)
        ]  # fmt: skip
        self.ask("/v1/contacts/batch", {"mode": "atomic", "items": items})

    def decide(self) -> None:
        self._asked += 1
        account = self._accounts[self._asked % len(self._accounts)]
        made = self.ask(f"/v1/accounts/{account}/contact-decisions", {"channel": "call"})
        if made["allowed"]:
            self._held.append(made["id"])

    def release(self) -> None:
        """Give back what is reserved, so that the next round finds what this one found."""
        for one in self._held:
            self.ask(f"/v1/contact-decisions/{one}/release", {"reason": "measured"})
        self._held.clear()


async def measured(at: Place, dialer: Dialer, process: int, how: str, asked: int) -> Usage:
    """What so many of a kind used."""
    act = dialer.pay if how == "postings" else dialer.decide
    before = await usage(at, process)
    for _ in range(asked):
        act()
    used = await usage(at, process) - before
    dialer.release()
    return used


async def main() -> None:
    """Print a line for each kind, and the ratio."""
    asked, rounds = (int(one) for one in [*sys.argv[1:], *("300", "8")[len(sys.argv) - 1 :]])
    found: dict[str, list[Usage]] = {"postings": [], "decisions": []}
    async with place() as at:
        with serving_process(at) as (port, process):
            dialer = Dialer(port, at.token)
            for number in range(ACCOUNTS):
                dialer.place(number)
            for how in found:
                await measured(at, dialer, process, how, asked // 4)  # so that all is warm
            for turn in range(rounds):
                for how in sorted(found, reverse=turn % 2 == 1):
                    found[how].append(await measured(at, dialer, process, how, asked))
    print(f"{'':<12}{'Python, ms':>12}{'PostgreSQL, ms':>16}{'both, ms':>10}")
    sums: dict[str, float] = {}
    for how, usages in found.items():
        python_ms, postgres_ms = (
            median(getattr(one, name) for one in usages) / asked * 1000
            for name in ("python_s", "postgres_s")
        )
        sums[how] = python_ms + postgres_ms
        print(f"{how:<12}{python_ms:>12.3f}{postgres_ms:>16.3f}{sums[how]:>10.3f}")
    print(f"a decision is {sums['decisions'] / sums['postings']:.2f} postings (aim: {AIM} at most)")


if __name__ == "__main__":
    asyncio.run(main())
