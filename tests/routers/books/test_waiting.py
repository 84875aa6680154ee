"""Long poll: the feed answers when there is something, and who waits keeps nobody out."""

import asyncio

import pytest

from app.routers.edge import waiting
from app.routers.edge.middleware import admission
from tests.routers.lives.desk import Desk

FEED = "/v1/events"
OPENING = "2026-01-10"


async def end_of(client):
    page = {"data": [None], "next_cursor": None}
    while page["data"]:
        after = {"after": page["next_cursor"]} if page["next_cursor"] else {}
        page = (await client.get(FEED, params=after)).json()
    return page["next_cursor"]


async def test_who_waits_is_told_when_something_happens(client, database):
    desk = Desk(client, database)
    await desk.at(OPENING)
    after = await end_of(client)
    waits = asyncio.create_task(client.get(FEED, params={"after": after, "wait": 25}))
    await asyncio.sleep(0.05)
    assert not waits.done()
    account = await desk.account()
    page = (await waits).json()

    assert page["data"][0]["account_id"] == account["id"]
    assert page["next_cursor"] != after


async def test_with_nothing_new_the_answer_is_the_same_place(client):
    after = await end_of(client)
    page = (await client.get(FEED, params={"after": after, "wait": 1})).json()

    assert page == {"data": [], "next_cursor": after}


async def test_a_wait_is_no_longer_than_may_be(client):
    answer = await client.get(FEED, params={"wait": 26})

    assert answer.json()["errors"] == [
        {"pointer": "?wait", "detail": "Input should be less than or equal to 25"}
    ]


async def test_a_revoked_key_waits_no_more(client, stranger):
    assert (await stranger.get(FEED, params={"wait": 1})).status_code == 401


async def test_who_waits_holds_no_connection(client, app, database):
    """More wait than there are connections, and a command still gets one."""
    desk = Desk(client, database)
    await desk.at(OPENING)
    after = await end_of(client)
    waits = [
        asyncio.create_task(client.get(FEED, params={"after": after, "wait": 25}))
        for _ in range(12)
    ]
    await asyncio.sleep(0.05)
    await desk.account()
    pages = [(await one).json() for one in waits]

    assert all(page["data"] for page in pages)


async def test_beyond_the_bound_the_answer_comes_at_once(client, monkeypatch):
    monkeypatch.setattr(waiting, "_MOST_OF_A_TENANT", 0)
    page = (await client.get(FEED, params={"wait": 25})).json()

    assert page["data"] == []


async def test_a_wait_ends_when_the_server_is_to_stop(client):
    waits = asyncio.create_task(client.get(FEED, params={"wait": 25}))
    await asyncio.sleep(0.05)
    waiting.end_waiting()
    try:
        assert (await waits).json()["data"] == []
    finally:
        waiting._ending.clear()


async def test_a_place_is_free_while_somebody_waits(monkeypatch):
    monkeypatch.setattr(admission, "MOST_WAIT_SECONDS", 0.2)
    shares = admission.Shares(1)
    async with shares.place("one") as place:
        scope = {"state": {"place": place}}
        async with admission.aside(scope), shares.place("two"):
            pass
        with pytest.raises(admission.Unavailable):
            async with asyncio.timeout(10), shares.place("two"):
                raise AssertionError("two in one place")
