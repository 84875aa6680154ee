"""The sweep over HTTP: it tells what reads know already, once, and says so the second time."""

import asyncio

import pytest

from tests.routers.lives.desk import OPENING


@pytest.fixture
async def behind(desk):
    """Two debts with plans, the first installment of each missed by 6 February."""
    await desk.at(OPENING)
    made = [await desk.opened() for _ in range(2)]
    await desk.at("2026-02-06")
    return made


async def swept(desk, day, status=202):
    started = await desk.post("/v1/sweeps", {"business_date": day}, status=status)
    for _ in range(500):
        run = await desk.get(f"/v1/sweeps/{started['id']}")
        if run["status"] != "running":
            return run
        await asyncio.sleep(0.01)
    raise AssertionError("the sweep does not end")


async def told(desk, account_id):
    page = await desk.get(f"/v1/accounts/{account_id}/timeline", limit=200)
    return [(e["type"], e["business_date"]) for e in page["data"]]


async def test_a_sweep_tells_what_was_missed(desk, behind):
    run = await swept(desk, "2026-02-06")

    assert (run["status"], run["remaining"]) == ("done", 0)
    assert run["examined"] >= 2
    assert run["by_transition"]["installment.missed"] == 2
    assert run["buckets"]["1-29"] == {"entered": 2, "left": 0}
    for account, _ in behind:
        assert ("installment.missed", "2026-02-06") in await told(desk, account["id"])


async def test_a_second_run_changes_nothing_and_says_so(desk, behind):
    first = await swept(desk, "2026-02-06")
    before = [await told(desk, account["id"]) for account, _ in behind]

    again = await swept(desk, "2026-02-06")

    assert (again["examined"], again["changed"], again["by_transition"]) == (0, 0, {})
    assert again["checksum"] == first["checksum"]
    assert [await told(desk, account["id"]) for account, _ in behind] == before


async def test_days_nobody_swept_are_caught_up_one_by_one(desk, behind):
    await desk.at("2026-04-10")

    run = await swept(desk, "2026-04-10")

    assert run["by_transition"]["plan.broken"] == 2
    account = behind[0][0]
    said = await told(desk, account["id"])
    assert ("installment.missed", "2026-02-06") in said
    assert ("installment.missed", "2026-03-06") in said
    assert ("plan.broken", "2026-03-06") in said


async def test_a_sweep_of_a_day_to_come_is_refused(desk, behind):
    status, name, document = await desk.refused(
        "POST", "/v1/sweeps", json={"business_date": "2026-02-07"}
    )

    assert (status, name) == (422, "invalid-input")
    assert document["errors"][0]["pointer"] == "/business_date"


async def test_a_sweep_nobody_started_is_not_found(desk):
    status, name, _ = await desk.refused("GET", "/v1/sweeps/swp_01h455vb4pex5vsknk084sn02q")

    assert (status, name) == (404, "not-found")
