"""What the next item, a page of fifty and a dialer list cost where a tenth of the accounts ask.

    python -m benchmarks.worklists [ACCOUNTS …]          (default: 100000)

One account and its debtor, with a phone and an e-mail, are copied in SQL, with the account's days
beside it; a tenth of the copies have reasons, spread over eighty days. The list is the shipped
`collectors`, so the gate is asked about every item by three channels. Prints the 50th and 95th of a
hundred pages, of a hundred `next` one after the other, of as many completions, then fifty `next` at
once, who must all get another; then how long a dialer list of 2,000 takes. Beside each, what the
server's process used of a processor for one of them.
"""

import asyncio
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy import text

from app.routers.edge.deps import here_and_now
from app.storage.accounts.persons import PersonDetails, PersonRole
from benchmarks.crowd import set_clock
from benchmarks.load import FIRST_DUE_ON, Place, open_one, place, serving_process, tidy

SIZE, TIMES, TAKERS, DIALED = 100_000, 100, 50, 2_000
TODAY = FIRST_DUE_ON + timedelta(days=10)
#: Where people may be called at each hour of the clock this runs by, and a number there.
_AWAKE = {
    range(8): ("Asia/Tokyo", "+81312345678"),
    range(8, 15): ("Europe/Berlin", "+4930123456"),
    range(15, 24): ("America/Chicago", "+13125550100"),
}
_ID = "CAST(lpad(to_hex(n), 8, '0') || '-0000-7000-8000-0000000000{0}' AS uuid)"
_TABLES = {
    "person": {"id": _ID.format("01"), "reference": "'D-' || n"},
    "contact_point": {
        "id": "gen_random_uuid()", "person_id": _ID.format("01"),
        "value": "t.value || n", "normalized": "t.normalized || n",
    },
    "account": {
        "id": _ID.format("02"), "debtor_id": _ID.format("01"), "reference": "'W-' || n",
        "next_review_on": "NULL",
    },
}  # fmt: skip
_OWN = {
    "person": "t.id = (SELECT debtor_id FROM account WHERE id = :id)",
    "contact_point": "t.person_id = (SELECT debtor_id FROM account WHERE id = :id)",
    "account": "t.id = :id",
}
_DAYS = text(f"""
    INSERT INTO account_work (tenant_id, account_id, reference, promise_broken_on,
        installment_missed_on, plan_ends_on, overdue_minor, asks)
    SELECT CAST(:tenant AS uuid), {_ID.format("02")}, 'W-' || n,
        CASE WHEN n % 20 = 0 THEN CAST(:today AS date) - n % 80 END,
        CASE WHEN n % 10 = 0 THEN CAST(:today AS date) - n % 70 END,
        CAST(:today AS date) + 200, n % 400 * 1000, n % 10 = 0
    FROM generate_series(1, :count) AS n
""")  # noqa: S608 - our own ids


async def grow(at: Place, accounts: int) -> None:
    """The accounts, their debtors and days, and what the planner knows of them."""
    hour = here_and_now("UTC").hour
    zone, phone = next(said for hours, said in _AWAKE.items() if hour in hours)
    debtor = PersonDetails(
        role=PersonRole.DEBTOR, reference="D-0", name="Ada Byron", time_zone=zone, language="en",
        phone=phone, email="ada@example.com",
    )  # fmt: skip
    account = await open_one(at, "T-0", debtor=debtor)
    async with at.owner.transaction() as tx:
        await tx.execute(text("SET LOCAL session_replication_role = replica"))
        for name, own in _TABLES.items():
            names = await tx.execute(
                text(
                    "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:name AS regclass)"
                    " AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
                ),
                {"name": name},
            )
            columns = list(names.scalars())
            values = ", ".join(own.get(one, f't."{one}"') for one in columns)
            copied = f"""
                INSERT INTO {name} ({", ".join(f'"{one}"' for one in columns)})
                SELECT {values} FROM {name} AS t, generate_series(1, :count) AS n WHERE {_OWN[name]}
            """  # noqa: S608
            await tx.execute(text(copied), {"count": accounts, "id": account})
        days = {"tenant": at.tenant_id, "today": TODAY, "count": accounts}
        await tx.execute(_DAYS, days)
    tidy(at)


def used_s(process: int) -> float:
    """What a process has used of a processor so far."""
    said = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(said[11]) + int(said[12])) / 100


async def timed(
    name: str, process: int, ask: Callable[[int], Awaitable[object]], times: int = TIMES
) -> None:
    """Print the 50th and the 95th, in milliseconds, and the server's processor time for one."""
    await ask(0)  # for the caches
    took, before = [], used_s(process)
    for turn in range(1, times + 1):
        begun = time.perf_counter()
        await ask(turn)
        took.append((time.perf_counter() - begun) * 1000)
    ordered = sorted(took)
    cost = (used_s(process) - before) * 1000 / times
    print(f"  {name:<22} {ordered[times // 2]:7.1f} {ordered[times * 95 // 100]:7.1f} ms, "
          f"{cost:6.1f} ms of a processor in the server", flush=True)  # fmt: skip


class Agents:
    """Whoever works: each asks under a name of their own."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.taken: list[str] = []
        self.refused = 0

    async def _post(self, actor: str, path: str, body: object) -> httpx.Response:
        """Asked again, and counted, where the server says it has no room."""
        while True:
            answer = await self._client.post(path, json=body, headers={"Accord-Actor": actor})
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return answer.raise_for_status()
            self.refused += 1
            await asyncio.sleep(float(answer.headers["retry-after"]))

    async def page(self, _: int) -> None:
        asked = await self._client.get("/v1/worklists/collectors/items?limit=50")
        asked.raise_for_status()

    async def take(self, turn: int) -> str:
        answer = await self._post(f"a-{turn}", "/v1/worklists/collectors/next", {})
        self.taken.append(str(answer.json()["id"]))  # there is one
        return self.taken[-1]

    async def complete(self, turn: int) -> None:
        path = f"/v1/work-items/{self.taken[turn]}/complete"
        await self._post(f"a-{turn}", path, {"did": "other"})

    async def dial(self) -> int:
        asked = {"worklist": "collectors", "limit": DIALED, "purpose": "collection",
                 "valid_minutes": 60, "format": "json"}  # fmt: skip
        answer = await self._post("boss", "/v1/dialer-lists", asked)
        return len(answer.json()["rows"])


async def measured(at: Place, port: int, process: int, accounts: int) -> None:
    """Ask, and print."""
    print(f"{accounts} accounts, a tenth with reasons (50th, 95th)", flush=True)
    base, headers = f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {at.token}"}
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=300) as client:
        agents = Agents(client)
        await timed("a page of 50", process, agents.page)
        await timed("next", process, agents.take)
        await timed("complete", process, agents.complete)
        begun, before = time.perf_counter(), used_s(process)
        got = await asyncio.gather(*(agents.take(TIMES + 1 + n) for n in range(TAKERS)))
        took, cost = time.perf_counter() - begun, used_s(process) - before
        print(f"  {TAKERS} at once: {len(set(got))} different items, {agents.refused} times asked "
              f"again; {took:.2f} s for all, {cost:.2f} s of a processor")  # fmt: skip
        begun, before = time.perf_counter(), used_s(process)
        rows = await agents.dial()
        took, cost = time.perf_counter() - begun, used_s(process) - before
        print(f"  a dialer list of {rows}: {took:.2f} s, {cost:.2f} s of a processor")


async def run(sizes: Sequence[int]) -> None:
    """Each size on a server of its own."""
    for accounts in sizes:
        async with place() as at:
            await grow(at, accounts)
            await set_clock(at, TODAY)
            with serving_process(at) as (port, process):
                await measured(at, port, process, accounts)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"processor time of all processes started: {used.ru_utime + used.ru_stime:.0f} s")


if __name__ == "__main__":
    asyncio.run(run([int(one) for one in sys.argv[1:]] or [SIZE]))
