"""The feed over HTTP: in order, in pages, for one tenant, and never past what commits late."""

import pytest
import pytest_asyncio

from app.schemas.edge.ids import encode
from tests.database import as_tenant
from tests.feed import feed_at_rest
from tests.storage.rows import add_account, add_event

FEED = "/v1/events"


@pytest_asyncio.fixture
async def accounts(owner, tenant):
    async with as_tenant(owner, tenant) as tx:
        return [await add_account(tx, tenant) for _ in range(2)]


async def read_all(client, **asked):
    """Every event there is for now, and the cursor to go on with."""
    seen, after = [], asked.pop("after", None)
    while True:
        params = {**asked, "after": after} if after else asked
        page = (await client.get(FEED, params=params)).json()
        after = page["next_cursor"]
        if not page["data"]:
            return seen, after
        seen += page["data"]


async def test_an_event_as_subscribers_read_it(client, database, tenant, accounts):
    data = {"installment_id": str(accounts[1]), "amount_minor": 5, "before": {"plan_id": None}}
    async with as_tenant(database, tenant) as tx:
        event_id = await add_event(tx, tenant, accounts[0], type="payment.posted", data=data)
    await feed_at_rest(database)
    (event,) = (await client.get(FEED)).json()["data"]

    assert event.pop("occurred_at").endswith("Z")
    assert event == {
        "id": encode("evt", event_id),
        "type": "payment.posted",
        "business_date": "2026-03-01",
        "account_id": encode("acc", accounts[0]),
        "plan_id": None,
        "payment_id": None,
        "sequence": 1,
        "data": {
            "installment_id": encode("ins", accounts[1]),
            "amount_minor": 5,
            "before": {"plan_id": None},
        },
        "corrects": None,
        "actor": None,
        "role": None,
        "origin": None,
        "reason": None,
        "balance_after_minor": None,
        "unapplied_after_minor": None,
    }


async def test_pages_follow_each_other_and_the_last_cursor_goes_on(
    client, database, tenant, accounts
):
    async with as_tenant(database, tenant) as tx:
        for sequence in range(1, 6):
            await add_event(tx, tenant, accounts[0], sequence=sequence)
    await feed_at_rest(database)
    seen, after = await read_all(client, limit=2)
    assert [event["sequence"] for event in seen] == [1, 2, 3, 4, 5]

    async with as_tenant(database, tenant) as tx:
        await add_event(tx, tenant, accounts[0], sequence=6)
    await feed_at_rest(database)
    more, _ = await read_all(client, after=after)
    assert [event["sequence"] for event in more] == [6]


async def test_before_anything_happened_there_is_a_cursor_too(client, database, tenant, accounts):
    nothing = (await client.get(FEED)).json()
    assert nothing["data"] == []
    async with as_tenant(database, tenant) as tx:
        await add_event(tx, tenant, accounts[0], type="payment.posted")
    await feed_at_rest(database)
    told, _ = await read_all(client, after=nothing["next_cursor"])

    assert [event["type"] for event in told] == ["payment.posted"]


@pytest.mark.one_server("whoever tells a tenant's first event there takes up its slot: others wait")
async def test_what_commits_late_is_not_passed_over(client, database, tenant, accounts):
    early, late = accounts
    async with as_tenant(database, tenant) as slow:
        await add_event(slow, tenant, early, type="payment.posted")
        async with as_tenant(database, tenant) as fast:
            await add_event(fast, tenant, late, type="plan.created")
        held_back, after = await read_all(client)
        assert held_back == []
    await feed_at_rest(database)
    told, _ = await read_all(client, after=after)

    assert [event["type"] for event in told] == ["payment.posted", "plan.created"]


async def test_the_feed_narrows_by_type_and_account(client, database, tenant, accounts):
    one, two = accounts
    async with as_tenant(database, tenant) as tx:
        await add_event(tx, tenant, one, type="plan.created")
        await add_event(tx, tenant, one, type="plan.broken", sequence=2)
        await add_event(tx, tenant, two, type="plan.created")

    await feed_at_rest(database)

    async def count(**asked):
        return len((await read_all(client, **asked))[0])

    assert await count(types="plan.created") == 2
    assert await count(types="plan.created, plan.broken") == 3
    assert await count(types="plan.created", account_id=encode("acc", two)) == 1
    assert await count(account_id=encode("acc", tenant)) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("types", "plan.eaten"),
        ("types", "plan.created,"),
        ("after", "nonsense"),
        ("account_id", "plan_01h455vb4pex5vsknk084sn02q"),
        ("limit", "201"),
    ],
)
async def test_malformed_questions(client, name, value):
    answer = await client.get(FEED, params={name: value})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"?{name}"


async def test_another_tenant_reads_none_of_it(client, database, tenant, accounts, theirs):
    async with as_tenant(database, tenant) as tx:
        await add_event(tx, tenant, accounts[0])
    answer = await client.get(FEED, headers=theirs)

    assert answer.json()["data"] == []
