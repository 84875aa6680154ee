"""A day of an office: three agents, a supervisor, a dialer; every account with a reason is worked,
waits with a reason, or is still on the list. The counts add up.
"""

from collections import Counter
from datetime import UTC, datetime
from itertools import cycle

import pytest

from app.domain.contact.words import Purpose
from app.domain.vocabulary import Role
from app.domain.worklists.dialer import DialerFormat
from app.schemas.edge.ids import encode
from app.services.context import Context
from app.services.worklists.dialer import MakeDialerList, make_dialer_list
from app.services.worklists.lists import read_worklist_view
from tests.database import as_tenant

NOW = datetime(2026, 2, 9, 22, 59, tzinfo=UTC)  # late enough that its hour lasts all of today
FLOOR = {
    "reasons": {
        "promise_broken": {"base": 500, "per_day": 10, "cap_days": 20},
        "no_contact": {"base": 50, "per_day": 1, "cap_days": 60},
    }
}
ACCOUNTS, DIALED = 18, 5


@pytest.fixture
async def floor(desk, staff):
    """Accounts with a reason, by id, and one that has none."""
    await desk.at("2026-01-10")
    boss = await staff("supervisor", "boss-1")
    await boss.put("/v1/worklists/floor", FLOOR, status=201)
    made = {}
    for n in range(ACCOUNTS):
        debtor = {"reference": f"D-{n}", "name": f"Debtor {n}", "phone": f"+131255501{n:02}",
                  "region": "US-IL", "time_zone": "America/Chicago"}  # fmt: skip
        account = await boss.account((n + 1) * 100_00, debtor=debtor)
        made[account["id"]] = account
        if n < 4:
            promise = {"amount_minor": 50_00, "due_on": "2026-01-20"}
            await boss.post(f"/v1/accounts/{account['id']}/promises", promise)
    await desk.pay(await boss.account(debtor={"reference": "D-paid"}), 300_00)
    await desk.at("2026-02-09")
    return boss, made


async def dialed(ann, database, tenant):
    """A dialer takes the first of the list: three calls of five are made, the rest comes back."""
    async with as_tenant(database, tenant) as tx:
        ctx = Context(tx=tx, tenant_id=tenant, role=Role.SUPERVISOR, actor="dora", now=NOW,
                      business_date=NOW.date(), sandbox=True)  # fmt: skip
        worklist = (await read_worklist_view(ctx, "floor")).worklist
        # Until midnight: the summary is asked for at the hour this test runs at.
        asked = MakeDialerList(limit=DIALED, purpose=Purpose.COLLECTION, valid_minutes=7 * 60,
                               format=DialerFormat.JSON)  # fmt: skip
        made = await make_dialer_list(ctx, worklist, asked)
    at = f"/v1/dialer-lists/{encode('dl', made.stored.id)}"
    rows = (await ann.get(at))["rows"]
    held = (await ann.get("/v1/worklists/floor/summary"))["workable"]
    results = [
        {"row_id": one["row_id"], "reference": f"c-{one['reference']}", "outcome": outcome,
         "started_at": "2026-02-08T17:05:00Z"}
        for one, outcome in zip(rows[:3], ("conversation", "no_answer", "busy"), strict=True)
    ]  # fmt: skip
    told = await ann.post(f"{at}/results", {"items": results}, status=200)
    assert [one["status"] for one in told["results"]] == [201] * 3
    await ann.post(f"{at}/close", {}, status=200)
    assert len(rows) == DIALED
    return held, rows


async def test_nobody_is_forgotten_and_the_counts_add_up(floor, staff, database, tenant):
    boss, accounts = floor
    agents = [await staff("agent", name) for name in ("ann", "bob", "cyd")]
    start = await boss.get("/v1/worklists/floor/summary")
    assert (start["open"], start["workable"]) == (ACCOUNTS, ACCOUNTS)
    assert {one["code"]: one["open"] for one in start["by_reason"]} == {
        "promise_broken": 4, "no_contact": ACCOUNTS,
    }  # fmt: skip

    held, rows = await dialed(boss, database, tenant)
    assert held == ACCOUNTS - DIALED
    # Spoken with, it is silent no more; its promise is still broken.
    now = (await boss.get("/v1/worklists/floor/items", limit=200))["data"]
    first = next(one for one in now if one["account_id"] == rows[0]["account_id"])
    assert [one["code"] for one in first["because"]] == ["promise_broken", "overdue_amount"]

    seen, paid, acts = set(), set(), Counter()
    ways = cycle(("complete", "skip", "callback", "pay", "claim"))
    for agent, way in zip(agents * 4, ways, strict=False):
        item = await agent.post("/v1/worklists/floor/next", {}, status=200)
        assert item["id"] not in seen
        seen.add(item["id"])
        acts[way] += 1
        path = f"/v1/work-items/{item['id']}"
        if way == "pay":
            paid.add(item["account_id"])
            await boss.pay(accounts[item["account_id"]], item["overdue_minor"])
            await agent.post(f"{path}/complete", {"did": "other"}, status=200)
        elif way != "claim":
            body = {"complete": {"did": "other"}, "skip": {"reason": "no interpreter"},
                    "callback": {"at": "2026-02-12T15:00:00Z", "time_zone": "America/Chicago",
                                 "asked_for_by_person": False}}[way]  # fmt: skip
            await agent.post(f"{path}/{way}", body, status=200)

    left = (await boss.get("/v1/worklists/floor/items", limit=200))["data"]
    waiting = Counter(one["waiting"]["why"] for one in left if one["waiting"])
    workable = [one for one in left if one["workable"]]
    assert waiting == {
        "skipped": acts["complete"] + acts["skip"], "callback": acts["callback"],
        "claimed": acts["claim"],
    }  # fmt: skip
    assert accounts.keys() - {one["account_id"] for one in left} == paid
    assert len(left) + len(paid) == ACCOUNTS
    assert sum(waiting.values()) + len(workable) == len(left)
    end = await boss.get("/v1/worklists/floor/summary")
    assert (end["open"], end["workable"]) == (len(left), len(workable))
    done = Counter()
    for one in end["done_today"]:
        done[one["act"]] += one["count"]
    assert done == {
        "claimed": len(seen), "completed": acts["complete"] + acts["pay"],
        "skipped": acts["skip"], "called_back": acts["callback"],
    }  # fmt: skip
