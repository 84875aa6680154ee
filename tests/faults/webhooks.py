"""Kill the workers while a moody receiver is told events, and count what came, how often, how.

    python -m tests.faults.webhooks [--events 10000] [--kills 10] [--speed 30] [--accounts 250]

Two workers, side by side, on a clock that goes `--speed` times as fast; one of them is killed
(SIGKILL) each time and begun again. Half of the events are there at the beginning, half come
meanwhile. The receiver fails, hangs, redirects, hangs up, answers 429 and, three times, 410, upon
which its owner enables it again; and for two seconds it is away. Exits 1 unless every event was
accepted at least once, in each account's order, and no request was unsigned or redirected.
"""

import argparse
import asyncio
import random
import sys
import time

import httpx

from tests.faults.moody import Moody
from tests.faults.place import LOGIN, Workers, place

BATCH = 250
OPENED = "2026-01-10"
AWAY_S = 2
GONE = 3


class Owner:
    """The tenant whose events these are, at the API."""

    def __init__(self, client):
        self.client = client
        self.hook = ""
        self._payments = 0
        self._accounts = []

    async def ask(self, method, path, **request):
        answer = await self.client.request(method, path, **request)
        if not answer.is_success:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json()

    async def begin(self, url, accounts):
        clock_of = {"business_date": OPENED}
        await self.ask("PUT", "/v1/sandbox/clock", json=clock_of)
        made = {"url": url, "rate_per_second": 1000}
        made = await self.ask("POST", "/v1/webhooks", json=made)
        self.hook = f"/v1/webhooks/{made['id']}"
        items = [
            {"reference": f"A-{number}", "currency": "USD",
             "balance": {"principal_minor": 1_000_000_00}}
            for number in range(accounts)
        ]  # fmt: skip
        for start in range(0, accounts, BATCH):
            batch = {"mode": "continue", "items": items[start : start + BATCH]}
            await self.ask("POST", "/v1/accounts/batch", json=batch)
        self._accounts = [item["reference"] for item in items]
        return made["secret"]

    async def pay(self, many):
        """So many payments, over all accounts in turn: an event each."""
        for start in range(0, many, BATCH):
            items = []
            for _ in range(min(BATCH, many - start)):
                account = self._accounts[self._payments % len(self._accounts)]
                self._payments += 1
                items.append(
                    {"account_reference": account, "reference": f"P-{self._payments}",
                     "amount_minor": 1, "currency": "USD"}
                )  # fmt: skip
            body = {"mode": "continue", "items": items}
            await self.ask("POST", "/v1/payments/batch", json=body)

    async def events(self):
        """Every event of the feed: (id, account, sequence)."""
        found, after = [], None
        while True:
            asked = {"limit": 200, **({"after": after} if after else {})}
            page = await self.ask("GET", "/v1/events", params=asked)
            found += [(e["id"], e["account_id"], e["sequence"]) for e in page["data"]]
            if len(page["data"]) < 200:
                return found
            after = page["next_cursor"]

    async def enable(self):
        """Enable the endpoint again where it was disabled; whether it was."""
        if (await self.ask("GET", self.hook))["status"] == "enabled":
            return False
        await self.ask("POST", f"{self.hook}/enable", json={})
        return True


def out_of_order(accepted):
    """Acceptances of an event before an earlier one of its account was accepted once."""
    told, wrong = {}, 0
    for _, account, sequence in accepted:
        wrong += sequence > told.get(account, 0) + 1
        told[account] = max(told.get(account, 0), sequence)
    return wrong


async def play(options):
    """The run and its figures. Whether all holds."""
    began = time.time()
    receiver = Moody(random.Random(7), gone=GONE)
    await receiver.open()
    async with place() as here:
        await here.serve("direct")
        headers = {"Authorization": f"Bearer {here.token}", "Accord-Actor": "owner"}
        async with httpx.AsyncClient(
            base_url=here.servers[0].base, headers=headers, timeout=300, trust_env=False
        ) as client:
            owner = Owner(client)
            receiver.secret = await owner.begin(receiver.url, options.accounts)
            await owner.pay((options.events - options.accounts) // 2)
            how_fast = (str(began), str(options.speed))
            workers = Workers("tests.faults.lapse", here.postgres.url(LOGIN), *how_fast)
            started = time.monotonic()
            try:
                enabled = await _live(options, owner, receiver, workers)
            finally:
                workers.end()
            seconds = time.monotonic() - started
            events = await owner.events()
    await receiver.close()
    return _told(options, receiver, workers, events, enabled=enabled, seconds=seconds)


async def _live(options, owner, receiver, workers):
    """Until every event was accepted, with all kills and moods on the way; how often enabled."""
    left = options.events - options.accounts - (options.events - options.accounts) // 2
    enabled, away_at = 0, options.events // 3
    deadline = time.monotonic() + options.patience
    while time.monotonic() < deadline:
        accepted = len({one[0] for one in receiver.accepted})
        if accepted >= options.events and not left and workers.kills >= options.kills:
            return enabled
        if left and accepted >= options.events // 5:
            many = min(left, BATCH)
            await owner.pay(many)
            left -= many
        if workers.kills < options.kills * accepted / options.events:
            await workers.kill()
        if away_at is not None and accepted >= away_at:
            away_at = None
            await receiver.close()
            await asyncio.sleep(AWAY_S)
            await receiver.open()
        enabled += await owner.enable()
        await asyncio.sleep(0.2)
    return enabled


def _told(options, receiver, workers, events, *, enabled, seconds):
    """Print the table; whether all holds."""
    accepted = {one[0] for one in receiver.accepted}
    missing = [one for one in events if one[0] not in accepted]
    disordered = out_of_order(receiver.accepted)
    asked = sum(receiver.answered.values())
    moods = ", ".join(f"{n} {mood}" for mood, n in sorted(receiver.answered.items()))
    for name, value in (
        ("events in the feed", len(events)),
        ("requests", asked),
        ("answers", moods),
        ("kill -9 of a worker", workers.kills),
        ("disabled by 410 and enabled", enabled),
        ("accepted, once or more", len(accepted)),
        ("accepted again", len(receiver.accepted) - len(accepted)),
        ("never accepted", len(missing)),
        ("out of an account's order", disordered),
        ("not signed", receiver.unsigned),
        ("redirects followed", receiver.trapped),
        ("seconds", f"{seconds:.0f}, {len(accepted) / seconds:.0f} events a second"),
    ):
        print(f"{name:<28}{value}", flush=True)
    enough = len(events) >= options.events and workers.kills >= options.kills
    return enough and not (missing or disordered or receiver.unsigned or receiver.trapped)


def main(words=None):
    """Play it and print the table; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--accounts", type=int, default=250)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--speed", type=float, default=30)
    parser.add_argument("--patience", type=float, default=1800, help="seconds, at most")
    holds = asyncio.run(play(parser.parse_args(words)))
    print("ok: each event came, in order" if holds else "FAILED")
    return int(not holds)


if __name__ == "__main__":
    sys.exit(main())
