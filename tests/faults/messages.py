"""Break carriers and kill workers while messages leave, and count what went, how often, and how.

    python -m tests.faults.messages [--messages 10000] [--kills 10]

Half go through a real mail server (aiosmtpd) that breaks off before, during and after DATA, half
through an HTTP provider that hangs up before and after it took one, and answers 503; it knows a
message again by its key. Two workers are killed (SIGKILL) in turn and begun again, as the messages
go out. Meanwhile accounts are disputed. The workers' clock is a day's; where nothing is due for a
while it is put forward to the instant at which something is, so that leases and pauses cost no
waiting and a slow machine is no other case than a fast one. Exits 1 unless every message ended,
none that was forbidden went, none went twice through the provider, and none but those whose fate
nobody can know are not told as sent: through the mail server where it broke off, through the
provider where a dispute came between an attempt it did not answer and the next.
"""

import argparse
import asyncio
import contextlib
import random
import sys
import time
from collections import Counter
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import httpx

from app.domain.vocabulary import Role
from app.outbound.http import HttpSender
from app.routers.edge import logs
from app.storage import tenancy
from app.storage.database.engine import Database
from app.workers.loop import Pace
from app.workers.messages import Messages
from app.workers.running import POOL_SIZE, POOL_TIMEOUT_S, transports, utc_now, working
from tests.faults.carriers import Mail, Provider
from tests.faults.place import LOGIN, OWNER, Workers, place

HERE = (ip_network("127.0.0.0/8"),)
BATCH, AT_ONCE = 250, 16
NUDGE = {
    "channel": "email", "purpose": "reminder", "asks_for_money": True,
    "locales": {"en-US": {
        "subject": "Your account",
        "text": "{{ account.reference }} {{ account.balance }} {{ disclosures.opt_out }} "
        "{{ disclosures.collector_identity }} {{ disclosures.time_barred }}",
    }},
}  # fmt: skip
ENDED = ("sent", "uncertain", "suppressed", "failed")


#: So long nothing happens, and the clock is put forward.
QUIET_S = 2.0
COUNTS = """
    SELECT count(*) FILTER (WHERE status = ANY($1)) AS over, count(*) AS whole,
        min(next_at) AS next_at
    FROM message
"""


class Clock:
    """The workers' clock, in a file: it begins at noon in Chicago, the next there is."""

    def __init__(self, path):
        self._path = Path(path)

    @classmethod
    def begun(cls, path):
        at = utc_now()
        noon = at.replace(hour=18, minute=0, second=0, microsecond=0)
        clock = cls(path)
        clock._ahead((noon if noon > at else noon + timedelta(days=1)) - at)
        return clock

    def _ahead(self, by):
        """Replaced whole: who reads it reads the one or the other."""
        fresh = self._path.with_suffix(".new")
        fresh.write_text(str(by.total_seconds()))
        fresh.replace(self._path)

    def now(self):
        return utc_now() + timedelta(seconds=float(self._path.read_text()))

    def forward(self, to):
        self._ahead(to - utc_now())


async def work(url, clock):
    """A worker, until it is killed."""
    now = Clock(clock).now
    database = Database(
        url, pool_size=POOL_SIZE, pool_timeout_s=POOL_TIMEOUT_S, application_name="accord-workers"
    )
    sender = HttpSender(now=now, allowed=HERE, timeout_s=5)
    messages = Messages(database, transports(sender, HERE), now=now)
    async with working([messages], Pace(slots=16, busy_s=0.05, idle_s=0.25)):
        await asyncio.Event().wait()


class Tenant:
    """Somebody who sends by one carrier, at the API."""

    def __init__(self, client):
        self.client, self.accounts, self.persons, self.asked = client, [], {}, {}
        self.suppressed, self.flying = set(), set()

    async def ask(self, method, path, body=None):
        answer = await self.client.request(method, path, json=body)
        while answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:  # as clients are asked to
            await asyncio.sleep(1)
            answer = await self.client.request(method, path, json=body)
        if not answer.is_success:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json()

    async def begin(self, provider, many):
        await self.ask("PUT", "/v1/providers/carrier", provider)
        await self.ask("PUT", "/v1/templates/nudge", NUDGE)
        items = [
            {"reference": f"A-{number}", "currency": "USD", "balance": {"principal_minor": 100_00},
             "debtor": {"reference": f"D-{number}", "email": f"d{number}@example.com",
                        "region": "US-IL", "language": "en", "time_zone": "America/Chicago"}}
            for number in range(many)
        ]  # fmt: skip
        for start in range(0, many, BATCH):
            batch = {"mode": "continue", "items": items[start : start + BATCH]}
            made = await self.ask("POST", "/v1/accounts/batch", batch)
            placed = [one["account"] for one in made["results"]]
            self.persons |= {one["id"]: one["debtor"]["id"] for one in placed}
            self.accounts += [one["id"] for one in placed]
        await side_by_side(self._agreed, self.accounts)
        await side_by_side(self._nudge, self.accounts)

    async def _agreed(self, account):
        person = self.persons[account]
        points = await self.ask("GET", f"/v1/persons/{person}/contact-points")
        consent = {"kind": "electronic", "channels": ["email"], "channel_given": "web",
                   "given_at": "2026-01-09T15:00:00Z", "evidence": {"text_hash": "9f"}}  # fmt: skip
        await self.ask("POST", f"/v1/contact-points/{points['data'][0]['id']}/consents", consent)

    async def _nudge(self, account):
        body = {"account_id": account, "template_key": "nudge", "reference": account}
        self.asked[(await self.ask("POST", "/v1/messages", body))["id"]] = account

    async def dispute(self, account):
        path = f"/v1/accounts/{account}/holds"
        met = await self.ask("POST", path, {"kind": "dispute", "reason": "not theirs"})
        self.suppressed.update(met["messages_suppressed"])
        self.flying.update(met["messages_in_flight"])

    async def standing(self):
        """Each message's status."""
        found, cursor = {}, ""
        while True:
            page = await self.ask("GET", f"/v1/messages?limit=200{cursor}")
            found |= {one["id"]: one["status"] for one in page["data"]}
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"


async def side_by_side(act, many):
    """All of them, some at a time."""
    waiting = iter(many)

    async def hand():
        for one in waiting:
            await act(one)

    await asyncio.gather(*(hand() for _ in range(AT_ONCE)))


async def keys(owner_url):
    """Two tenants that are no sandboxes: what they send, goes."""
    owner = Database(owner_url, pool_size=1)
    try:
        made = []
        for name in ("by mail", "by provider"):
            async with owner.transaction() as tx:
                tenant = await tenancy.create_tenant(tx, name=name, time_zone="UTC")
            async with owner.transaction() as tx:
                made.append(await tenancy.create_key(
                    tx, tenant, name=name, role=Role.ADMIN, scopes=["*"]
                ))  # fmt: skip
        return made
    finally:
        await owner.dispose()


async def play(options):
    """The run and its table. Whether all holds."""
    dice = random.Random(7)
    mail, provider = Mail(dice), Provider(dice)
    await mail.open()
    await provider.open()
    async with place() as here, contextlib.AsyncExitStack() as open_:
        await here.serve("direct")
        tenants = []
        for token in await keys(here.postgres.url(OWNER)):
            headers = {"Authorization": f"Bearer {token}", "Accord-Actor": "owner"}
            client = httpx.AsyncClient(
                base_url=here.servers[0].base, headers=headers, timeout=300, trust_env=False
            )
            tenants.append(Tenant(await open_.enter_async_context(client)))
        ways = (
            {"kind": "smtp", "url": mail.url, "from": "Accord <b@example.com>"},
            {"kind": "http", "url": provider.url, "idempotent": True},
        )
        for tenant, way in zip(tenants, ways, strict=True):
            await tenant.begin({"channel": "email", **way}, options.messages // 2)
        place_of_clock = here.folder / "clock"
        clock = Clock.begun(place_of_clock)
        workers = Workers(
            "tests.faults.messages", "--work", here.postgres.url(LOGIN), str(place_of_clock)
        )
        started = time.monotonic()
        books = await here.postgres.connect()
        try:
            await _live(options, dice, tenants, workers, Watch(books, clock))
            found = [await tenant.standing() for tenant in tenants]
        finally:
            await books.close()
            workers.end()
        seconds = time.monotonic() - started
    mail.close()
    provider.close()
    rows = [
        _row("mail server", tenants[0], mail, found[0], knows=False),
        _row("HTTP provider", tenants[1], provider, found[1], knows=True),
    ]
    return _told(rows, workers, seconds)


class Watch:
    """How far it is, as the database says, and the hand that puts the clock forward."""

    def __init__(self, books, clock):
        self._books, self._clock = books, clock
        self._seen, self._since = None, time.monotonic()

    async def look(self):
        """How many have ended, of how many; where all wait for a later instant, it comes."""
        row = await self._books.fetchrow(COUNTS, ENDED)
        if row != self._seen:
            self._seen, self._since = row, time.monotonic()
        waits = row["next_at"] is not None and row["next_at"] > self._clock.now()
        if waits and time.monotonic() - self._since > QUIET_S:
            self._clock.forward(row["next_at"])
        return row["over"], row["whole"]


async def _live(options, dice, tenants, workers, watch):
    """Until every message has ended, with all kills and disputes spread over the way."""
    disputes = [
        (tenant, account)
        for tenant in tenants
        for account in dice.sample(tenant.accounts, max(2, len(tenant.accounts) // 20))
    ]
    dice.shuffle(disputes)
    whole, told = len(disputes), 0
    deadline = time.monotonic() + options.patience
    while time.monotonic() < deadline:
        over, of = await watch.look()
        if over == of and told == whole and workers.kills >= options.kills:
            return
        while told < whole and told <= whole * 2 * over / of:  # the first half of the way
            tenant, account = disputes[told]
            await tenant.dispute(account)
            told += 1
        if workers.kills < options.kills * max(over, 1) / of:
            await workers.kill()
        await asyncio.sleep(0.2)


def _row(name, tenant, carrier, found, *, knows):
    """What a carrier's half came to. `waiting`: for a carrier, beyond our patience."""
    at = Counter(found.values())
    sent = {one for one, status in found.items() if status == "sent"}
    forbidden = (tenant.suppressed - tenant.flying) & set(carrier.taken)
    lost = {one for one in sent if not carrier.taken[one]}
    waits = {one for one, status in found.items() if status not in ENDED}
    lost |= set(tenant.asked) - set(found)
    unsure = {one for one, status in found.items() if status == "uncertain"}
    return {
        "carrier": name, "asked": len(tenant.asked), "sent": at["sent"],
        "uncertain": at["uncertain"], "of them taken": len(unsure & set(carrier.taken)),
        "failed": at["failed"], "suppressed": at["suppressed"],
        "sent twice": sum(many > 1 for many in carrier.taken.values()),
        "forbidden": len(forbidden), "waiting": len(waits), "lost": len(lost),
        "did": dict(carrier.did), "knows": knows,
        # Stopped between two attempts, the first of which may have gone, is what nobody can know.
        "unsure": len(unsure - tenant.flying),
    }  # fmt: skip


def _told(rows, workers, seconds):
    """Print the table; whether all holds."""
    names = [name for name in rows[0] if name not in {"did", "knows", "unsure"}]
    print("  ".join(f"{name:>13}" for name in names))
    for row in rows:
        print("  ".join(f"{row[name]:>13}" for name in names))
    for row in rows:
        print(f"{row['carrier']}:", ", ".join(f"{n} {m}" for m, n in sorted(row["did"].items())))
    print(f"kill -9 of a worker: {workers.kills}; {seconds:.0f} s")
    wrong = sum(row["sent twice"] + row["forbidden"] + row["lost"] + row["waiting"] for row in rows)
    wrong += sum(row["unsure"] for row in rows if row["knows"])
    print("WRONG" if wrong else "ok: each went once, or is known as uncertain")
    return not wrong


def main():
    if sys.argv[1:2] == ["--work"]:
        logs.configure("error", "console")
        asyncio.run(work(*sys.argv[2:4]))
        return
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--messages", type=int, default=10_000)
    asked.add_argument("--kills", type=int, default=10)
    asked.add_argument("--patience", type=float, default=5400)
    sys.exit(0 if asyncio.run(play(asked.parse_args())) else 1)


if __name__ == "__main__":
    main()
