"""Sweeps: once, twice, late, cut off at any page, or two at a time while money comes in.

Every way tells the same events and leaves the same state; nothing is lost and nothing told twice.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from app.schemas.edge.ids import decode
from app.services.day_close import sweep as sweeps
from app.storage.accounts import accounts, review
from app.storage.books import chains, events
from tests.concurrency.conftest import at_once, statuses
from tests.database import as_tenant

OPENED = "2026-01-05"
LAST = date(2026, 4, 20)
WRITERS = 32
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(sweeps, "PAGE", 4)


@pytest.fixture
def populated(client):
    """`await populated("a", 12)`: debts with plans, and what happened to them on the first days."""

    async def post(path, body):
        answer = await client.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def made(name, count):
        await client.put("/v1/sandbox/clock", json={"business_date": OPENED})
        ids = []
        for n in range(count):
            debt = {"reference": f"{name}-{n:02}", "currency": "USD", "past_due_minor": 0,
                    "balance": {"principal_minor": 300_00}}  # fmt: skip
            account = await post("/v1/accounts", debt)
            first = (date(2026, 1, 20) + timedelta(days=n)).isoformat()
            terms = {"installment_count": 3, "frequency": {"unit": "month"}, "first_due_on": first}
            plan = await post("/v1/plans", {"account_id": account["id"], "terms": terms})
            path = f"/v1/accounts/{account['id']}"
            if n % 3 == 0:
                await post(f"{path}/promises", {"amount_minor": 50_00, "due_on": first})
            if n % 4 == 1:
                pause = {"starts_on": first, "ends_on": "2026-03-10", "reason": "x"}
                await post(f"/v1/plans/{plan['id']}/pauses", pause)
            if n % 5 == 2:
                await post(f"{path}/holds", {"kind": "hardship", "ends_on": "2026-02-28",
                                             "reason": "x"})  # fmt: skip
            ids.append(decode("acc", account["id"]))
        return ids

    return made


async def told(sweeper, ids):
    """Every account's events and state, with ids in the order they first come; and their hash."""
    said = []
    async with as_tenant(sweeper.database, sweeper.tenant) as tx:
        for account_id in ids:
            rows = await events.timeline(tx, account_id, limit=500)
            stored = await accounts.read(tx, account_id)
            assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
            assert (await chains.chains(tx, [account_id]))[account_id].broken_at() is None
            lines = [f"{row.type} {row.business_date} {data_of(row)}" for row in rows]
            lines.append(accounts.state_to_json(stored.state).decode())
            said.append(anonymous("\n".join(lines)))
    return said, hashlib.sha256("".join(said).encode()).hexdigest()


def data_of(row):
    """What an event says, but for the account's reference: each way has accounts of its own."""
    return sorted((name, value) for name, value in row.data.items() if name != "reference")


def anonymous(text):
    known = {}
    text = re.sub(r'"judged_on":"[0-9-]+"', '"judged_on":"-"', text)  # the day last looked at
    return _ID.sub(lambda found: f"#{known.setdefault(found.group(), len(known))}", text)


def days(first=date(2026, 1, 6)):
    return (first + timedelta(days=n) for n in range((LAST - first).days + 1))


class Killed(BaseException):
    """What a killed process does not even notice."""


@dataclass
class Sweeper:
    """Ways of sweeping until the last day; each is a method."""

    database: object
    tenant: object
    monkeypatch: object

    async def sweep(self, day, **more):
        return await sweeps.sweep(self.database, self.tenant, business_date=day, **more)

    async def remaining(self, day):
        async with as_tenant(self.database, self.tenant) as tx:
            return await review.remaining(tx, day)

    async def daily(self):
        for day in days():
            await self.sweep(day)

    async def twice(self):
        for day in days():
            await self.sweep(day)
            assert (await self.sweep(day)).examined == 0

    async def late(self):
        await self.sweep(LAST)

    async def killed_after_a_page(self):
        for day in (*list(days())[::9], LAST):
            if await self.remaining(day):
                with pytest.raises(Killed):
                    await self.sweep(day, progress=_killed)
            await self.sweep(day)

    async def killed_within_a_page(self):
        for whole_pages in (0, 1, 0):
            with self.monkeypatch.context() as patch:
                patch.setattr(sweeps.sweeps, "note", failing_after(whole_pages))
                with pytest.raises(Killed):
                    await self.sweep(LAST)
        await self.sweep(LAST)


def failing_after(whole_pages):
    """`note`, which every page ends with, until that many pages are written."""
    note, pages = sweeps.sweeps.note, iter(range(whole_pages))

    async def fail(tx, run_id, *, status, **more):
        if status == "running" and next(pages, None) is None:
            raise Killed
        await note(tx, run_id, status=status, **more)

    return fail


@pytest.fixture
def sweeper(database, tenant, monkeypatch):
    return Sweeper(database, tenant, monkeypatch)


async def test_once_twice_late_and_killed_at_any_page_are_one(client, populated, sweeper):
    found = {}
    for way in ("daily", "twice", "late", "killed_after_a_page", "killed_within_a_page"):
        ids = await populated(way, 12)
        await client.put("/v1/sandbox/clock", json={"business_date": LAST.isoformat()})
        await getattr(sweeper, way)()
        assert (await sweeper.sweep(LAST)).changed == 0
        found[way] = await told(sweeper, ids)

    first = found["daily"]
    for way, (said, checksum) in found.items():
        assert said == first[0], way
        assert checksum == first[1], way
    print({way: checksum[:12] for way, (_, checksum) in found.items()})


def _killed(_report):
    raise Killed


async def test_two_sweeps_and_many_payments_at_once(client, populated, sweeper, pay):
    ids = await populated("m", 24)
    page = (await client.get("/v1/accounts", params={"limit": 200})).json()["data"]
    shown = {decode("acc", one["id"]): one["id"] for one in page}
    day = date(2026, 3, 1)
    await client.put("/v1/sandbox/clock", json={"business_date": day.isoformat()})

    first, second, *answers = await at_once(
        sweeper.sweep(day),
        sweeper.sweep(day),
        *(pay(shown[ids[n % 24]], f"P-{n}", 1_00 + n) for n in range(WRITERS)),
    )

    assert statuses(answers) == {201: WRITERS}
    assert first.examined + second.examined <= 24
    paid = sum(1_00 + n for n in range(WRITERS))
    owed = 0
    missed = 0
    for account_id in ids:
        account = (await client.get(f"/v1/accounts/{shown[account_id]}")).json()
        owed += account["balance"]["total_minor"] - account["unapplied_minor"]
        check = (await client.get(f"/v1/accounts/{shown[account_id]}/self-check")).json()
        assert [one for one in check["identities"] if not one["ok"]] == []
    assert owed == 24 * 300_00 - paid
    async with as_tenant(sweeper.database, sweeper.tenant) as tx:
        assert await review.remaining(tx, day) == 0
        for account_id in ids:
            rows = await events.timeline(tx, account_id, limit=500)
            assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
            assert (await chains.chains(tx, [account_id]))[account_id].broken_at() is None
            verdicts = [(row.type, str(row.data), row.business_date) for row in rows
                        if row.type == "installment.missed"]  # fmt: skip
            assert len(verdicts) == len(set(verdicts))
            missed += len(verdicts)
    by_sweeps = sum(run.by_transition["installment.missed"] for run in (first, second))
    assert missed > 0
    assert by_sweeps <= missed  # the rest was told by payments that came first
    again = await sweeper.sweep(day)
    assert (again.examined, again.changed) == (0, 0)
