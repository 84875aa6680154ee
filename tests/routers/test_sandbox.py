"""A sandbox moves its own day; nobody else's."""

from uuid import uuid4

import pytest

from app.domain.vocabulary import Role
from app.storage import tenancy
from tests.clock import today

CLOCK = "/v1/sandbox/clock"
READ = "/v1/probe/accounts/acc_01h455vb4pex5vsknk084sn02q"


async def test_the_clock_follows_the_calendar_until_it_is_set(client):
    clock = (await client.get(CLOCK)).json()

    assert clock == {"business_date": today("America/Chicago").isoformat(), "fixed": False}


@pytest.mark.parametrize("day", ["2026-02-28", "1998-12-31", "2031-01-01"])
async def test_the_next_request_lives_on_the_day_that_was_set(client, day):
    answer = await client.put(CLOCK, json={"business_date": day})

    assert answer.json() == {"business_date": day, "fixed": True}
    assert (await client.get(CLOCK)).json() == {"business_date": day, "fixed": True}
    assert (await client.get(READ)).json()["business_date"] == day


async def test_it_moves_back_as_well(client):
    for day in ("2026-03-01", "2026-02-01"):
        await client.put(CLOCK, json={"business_date": day})

    assert (await client.get(READ)).json()["business_date"] == "2026-02-01"


async def test_another_tenants_clock_stands_where_it_stood(client, theirs):
    await client.put(CLOCK, json={"business_date": "1998-12-31"})

    assert (await client.get(CLOCK, headers=theirs)).json()["fixed"] is False


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_only_a_sandbox_has_a_clock(stranger, owner, method):
    async with owner.transaction() as tx:
        live = await tenancy.create_tenant(tx, name=f"live {uuid4().hex}", time_zone="UTC")
        token = await tenancy.create_key(tx, live, name="t", role=Role.ADMIN, scopes=["*"])
    answer = await stranger.request(
        method,
        CLOCK,
        headers={"Authorization": f"Bearer {token}"},
        json={"business_date": "2026-01-01"} if method == "PUT" else None,
    )

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/not-a-sandbox"


@pytest.mark.parametrize(
    "day", ["2026-02-30", "20260228", 1772236800, None, "2026-02-28T00:00:00Z"]
)
async def test_the_day_is_a_day(client, day):
    answer = await client.put(CLOCK, json={"business_date": day})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/business_date"
