"""Quotes whose time is over: the sweep tells it once, dated by the quote and not by the sweep.

The tenants of these tests live in Chicago, six hours behind UTC in January.
"""

import asyncio
from datetime import date

import pytest

from app.schemas.edge.ids import decode
from app.services.day_close import sweep
from app.storage.accounts import accounts
from tests.database import as_tenant
from tests.routers.lives.desk import IN_THREE, OPENING
from tests.routers.test_sweeps import swept, told

NOON = "2026-01-20T12:00:00-06:00"
MIDNIGHT = "2026-01-20T00:00:00-06:00"


@pytest.fixture
async def account(desk):
    await desk.at(OPENING)
    return await desk.account()


async def quoted(desk, account, **more):
    return await desk.post(f"/v1/accounts/{account['id']}/quotes", {"terms": IN_THREE, **more})


async def expired(desk, account):
    """When it was told, and of which quotes."""
    page = await desk.get(f"/v1/accounts/{account['id']}/timeline", limit=200)
    return [
        (event["business_date"], event["data"]["quote_id"])
        for event in page["data"]
        if event["type"] == "quote.expired"
    ]


async def sweep_on(desk, day):
    await desk.at(day)
    return await swept(desk, day)


@pytest.mark.parametrize(
    ("expires_at", "before", "day"),
    [
        pytest.param(NOON, "2026-01-20", "2026-01-21", id="within a day, at the next opening"),
        pytest.param(MIDNIGHT, "2026-01-19", "2026-01-20", id="at midnight, at that opening"),
    ],
)
async def test_it_is_told_at_the_first_opening_after_its_time(
    desk, account, expires_at, before, day
):
    quote = await quoted(desk, account, expires_at=expires_at)

    assert "quote.expired" not in (await sweep_on(desk, before))["by_transition"]
    run = await sweep_on(desk, day)

    assert (run["by_transition"], run["changed"]) == ({"quote.expired": 1}, 1)
    page = await desk.get(f"/v1/accounts/{account['id']}/timeline", limit=200)
    event = page["data"][-1]
    assert (event["type"], event["business_date"]) == ("quote.expired", day)
    assert event["data"]["quote_id"] == quote["id"]
    assert event["data"]["hash"] == quote["hash"]
    assert event["corrects"] is None


async def test_it_is_told_once_however_often_one_sweeps(desk, account):
    await quoted(desk, account, expires_at=NOON)

    first = await sweep_on(desk, "2026-01-21")
    again = await sweep_on(desk, "2026-01-21")
    later = await sweep_on(desk, "2026-01-25")

    assert (again["examined"], again["changed"], again["by_transition"]) == (0, 0, {})
    assert again["checksum"] == first["checksum"]
    assert "quote.expired" not in later["by_transition"]
    assert len(await expired(desk, account)) == 1


async def lived(desk, *days):
    """What is told of a debt with a plan, nothing paid, and two quotes nobody took up."""
    await desk.at(OPENING)
    account = await desk.account()
    for expires_at in (NOON, "2026-03-02T09:00:00-06:00"):
        await quoted(desk, account, expires_at=expires_at)
    await desk.plan(account)
    for day in days:
        await sweep_on(desk, day)
    return await told(desk, account["id"])


async def test_a_late_sweep_tells_the_same_in_the_same_order(desk):
    daily = await lived(desk, *(f"2026-01-{n}" for n in range(20, 32)), "2026-02-06", "2026-03-03",
                        "2026-03-06")  # fmt: skip
    late = await lived(desk, "2026-03-06")

    assert late == daily
    kinds = {"quote.expired", "installment.missed"}
    assert [one for one in late if one[0] in kinds] == [
        ("quote.expired", "2026-01-21"),
        ("installment.missed", "2026-02-06"),
        ("quote.expired", "2026-03-03"),
        ("installment.missed", "2026-03-06"),
    ]


async def test_a_quote_that_became_something_has_not_expired(desk, account):
    countered = await quoted(desk, account, expires_at=NOON)
    used = await quoted(desk, account, expires_at=NOON, supersedes=countered["id"])
    own = {"account_id": account["id"], "quote_id": used["id"], "quote_hash": used["hash"]}
    await desk.post("/v1/plans", own)

    await sweep_on(desk, "2026-01-21")

    assert await expired(desk, account) == []


async def test_a_counter_offer_after_its_time_does_not_take_it_back(desk, account):
    quote = await quoted(desk, account, expires_at=NOON)
    await desk.at("2026-01-22")
    await quoted(desk, account, supersedes=quote["id"])

    await swept(desk, "2026-01-22")

    assert await expired(desk, account) == [("2026-01-21", quote["id"])]


async def test_a_page_that_was_cut_off_is_told_by_the_next_run(
    desk, account, database, tenant, monkeypatch
):
    monkeypatch.setattr(sweep, "PAGE", 1)
    others = [await desk.account() for _ in range(2)]
    quotes = [await quoted(desk, one, expires_at=NOON) for one in (account, *others)]
    await desk.at("2026-01-21")

    def stop(_):
        raise RuntimeError

    for _ in range(2):
        with pytest.raises(RuntimeError):
            await sweep.sweep(
                database,
                tenant,
                business_date=date(2026, 1, 21),
                progress=stop,
            )
    run = await swept(desk, "2026-01-21")

    assert run["by_transition"]["quote.expired"] == 1
    found = [await expired(desk, one) for one in (account, *others)]
    assert found == [[("2026-01-21", quote["id"])] for quote in quotes]


async def test_where_the_clock_was_moved_back_it_waits(desk, account):
    quote = await quoted(desk, account, expires_at="2026-02-03T12:00:00-06:00")
    late = await desk.account(reference="LATE")
    await quoted(desk, late, expires_at="2026-02-10T12:00:00-06:00")
    await desk.at("2026-02-20")
    await desk.post(f"/v1/accounts/{account['id']}/charges", {"kind": "fee", "amount_minor": 100})
    await desk.at("2026-02-11")

    first = await swept(desk, "2026-02-11")
    assert first["by_transition"]["quote.expired"] == 1
    assert await expired(desk, account) == []

    await sweep_on(desk, "2026-02-20")
    assert await expired(desk, account) == [("2026-02-04", quote["id"])]


async def test_where_an_account_is_held_it_is_waited_for(desk, account, database, tenant):
    quote = await quoted(desk, account, expires_at=NOON)
    await desk.at("2026-01-21")
    async with as_tenant(database, tenant) as holding:
        await accounts.lock(holding, decode("acc", account["id"]))
        day = date(2026, 1, 21)
        sweeping = asyncio.create_task(sweep.sweep(database, tenant, business_date=day))
        await asyncio.sleep(0.3)
        assert not sweeping.done()
    report = await sweeping

    assert report.by_transition["quote.expired"] == 1
    assert await expired(desk, account) == [("2026-01-21", quote["id"])]
