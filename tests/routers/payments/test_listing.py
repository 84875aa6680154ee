"""Payments listed by the order they were entered, or by the day they count on, page by page."""

import pytest

from tests.routers.lives.desk import OPENING

#: In the order they are entered: the day each counts on.
DAYS = ("2026-01-20", "2026-01-15", "2026-01-20", "2026-01-12", "2026-01-15")


@pytest.fixture
async def entered(desk):
    await desk.at(OPENING)
    account = await desk.account()
    await desk.at("2026-01-25")
    return [(await desk.pay(account, 10_00, day))["id"] for day in DAYS]


async def listed(desk, limit, **asked):
    """All pages' ids."""
    ids, cursor = [], {}
    while True:
        page = await desk.get("/v1/payments", limit=limit, **asked, **cursor)
        ids += [one["id"] for one in page["data"]]
        if page["next_cursor"] is None:
            return ids
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.parametrize("limit", [1, 2, 200])
async def test_without_days_they_come_as_entered(desk, entered, limit):
    assert await listed(desk, limit) == entered
    assert await listed(desk, limit, status="posted") == entered


@pytest.mark.parametrize("limit", [1, 2, 200])
async def test_with_days_they_come_by_day_and_then_as_entered(desk, entered, limit):
    by_day = [entered[n] for n in (3, 1, 4, 0, 2)]
    assert await listed(desk, limit, **{"from": "2026-01-12"}) == by_day
    assert await listed(desk, limit, to="2026-01-15") == by_day[:3]
    assert await listed(desk, limit, **{"from": "2026-01-15", "to": "2026-01-15"}) == by_day[1:3]


@pytest.mark.usefixtures("entered")
async def test_a_cursor_of_one_order_is_none_of_the_other(desk):
    cursor = (await desk.get("/v1/payments", limit=1))["next_cursor"]
    asked = {"cursor": cursor, "from": "2026-01-12"}
    status, _, told = await desk.refused("GET", "/v1/payments", params=asked)

    assert (status, told["errors"][0]["pointer"]) == (422, "?cursor")
