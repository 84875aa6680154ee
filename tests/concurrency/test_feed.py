"""A reader of the feed misses nothing while many write and one transaction stays open."""

import asyncio

from app.schemas.edge.ids import encode
from tests.concurrency.conftest import at_once, statuses
from tests.database import as_tenant
from tests.feed import feed_at_rest
from tests.storage.rows import add_account, add_event

PAYMENTS, WRITERS, ACCOUNTS = 200, 8, 10


async def poll(client, seen, stop):
    """Read on from the last cursor, again and again, until nothing is left after `stop`."""
    after = None
    while True:
        last_round = stop.is_set()
        params = {"limit": 50} | ({"after": after} if after else {})
        page = (await client.get("/v1/events", params=params)).json()
        after = page["next_cursor"]
        seen += page["data"]
        if last_round and not page["data"]:
            return
        if not page["data"]:
            await asyncio.sleep(0.005)


async def test_nothing_is_passed_over(client, place, pay, database, tenant):
    accounts = [await place(f"INV-{n}") for n in range(ACCOUNTS)]
    seen, stop = [], asyncio.Event()
    reader = asyncio.create_task(poll(client, seen, stop))

    async def writer(number):
        return [
            await pay(accounts[n % ACCOUNTS], f"P-{n}") for n in range(number, PAYMENTS, WRITERS)
        ]

    async with as_tenant(database, tenant) as slow:  # begun first, committed last
        late = await add_account(slow, tenant)
        await add_event(slow, tenant, late, type="account.created")
        before = len(seen)
        written = await at_once(*(writer(n) for n in range(WRITERS)))
        while_open = [e for e in seen[before:] if e["type"] == "payment.posted"]
    answers = [answer for own in written for answer in own]
    await feed_at_rest(database)  # other tests' open transactions hold the feed back, too
    stop.set()
    await asyncio.wait_for(reader, 20)

    assert statuses(answers) == {201: PAYMENTS}
    assert while_open == []  # held back behind the open transaction, not passed over
    posted = [e["payment_id"] for e in seen if e["type"] == "payment.posted"]
    assert sorted(posted) == sorted(answer.json()["id"] for answer in answers)
    assert len({e["id"] for e in seen}) == len(seen)
    assert [e["account_id"] for e in seen].count(encode("acc", late)) == 1
    for account_id in accounts:
        numbers = [e["sequence"] for e in seen if e["account_id"] == account_id]
        assert numbers == list(range(1, len(numbers) + 1))
