"""A policy tried on the plans there are: counted on both sides, nothing written.

The usual plan: three installments of 100.00, due 31 January, 28 February and 31 March, grace 5.
"""

import pytest

from app.services.policies import what_if
from tests.routers.lives.desk import OPENING

PATH = "/v1/policies/firm/what-if"


@pytest.fixture
async def portfolio(desk):
    """Three plans under `firm`, one of them paid so far, and one under another policy."""
    await desk.at(OPENING)
    saved = await desk.client.put("/v1/policies/firm", json={"grace_days": 5})
    assert saved.status_code == 201
    made = [await desk.account(policy="firm") for _ in range(3)]
    for account in made:
        await desk.plan(account)
    await desk.opened()
    await desk.at("2026-02-04")
    await desk.pay(made[0], 100_00)
    return made


async def tried(desk, document, **params):
    answer = await desk.client.post(PATH, json=document, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def change(before, after):
    return {"before": before, "after": after, "change": after - before}


async def test_the_same_policy_changes_nothing(desk, portfolio):
    told = await tried(desk, {"grace_days": 5})

    assert (told["accounts"], told["plans"], told["skipped"]) == (3, change(3, 3), 0)
    assert told["missed"] == told["broken"] == change(0, 0)
    assert told["buckets"] == {"current": change(3, 3)}
    assert told["expected_cash"]["USD"]["2026-02"] == change(500_00, 500_00)
    assert told["expected_cash"]["USD"]["2026-03"] == change(300_00, 300_00)
    assert told["next_cursor"] is None


async def test_a_stricter_policy_misses_and_breaks_more(desk, portfolio):
    told = await tried(desk, {"grace_days": 2, "broken": {"max_missed": 1}})

    assert told["missed"] == change(0, 3)  # the first was paid on the day after
    assert told["broken"] == change(0, 3)
    assert "USD" in told["expected_cash"]
    assert told["expected_cash"]["USD"]["2026-03"] == change(300_00, 0)


async def test_nothing_is_written(desk, portfolio):
    before = [await desk.read(account) for account in portfolio]
    feed = await desk.get("/v1/events", limit=200)
    await tried(desk, {"grace_days": 0, "broken": {"max_missed": 1}})

    assert [await desk.read(account) for account in portfolio] == before
    assert (await desk.get("/v1/policies/firm"))["version"] == 1
    assert (await desk.get("/v1/events", limit=200))["data"] == feed["data"]


async def test_a_large_portfolio_is_tried_in_parts(desk, portfolio):
    cursor, counted, parts = None, 0, 0
    while cursor or not parts:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        told = await tried(desk, {"grace_days": 5}, **params)
        cursor, counted, parts = told["next_cursor"], counted + told["accounts"], parts + 1

    assert (counted, parts) == (3, 3)


async def test_long_histories_are_tried_in_parts_too(desk, portfolio, monkeypatch):
    """What one answer takes is bounded by the facts to fold, which are known before."""
    whole = await tried(desk, {"grace_days": 2})
    for most in (1, 3, 5):
        monkeypatch.setattr(what_if, "MOST_FACTS", most)
        cursor, counted, parts = None, 0, 0
        while cursor or not parts:
            told = await tried(desk, {"grace_days": 2}, **({"cursor": cursor} if cursor else {}))
            cursor, counted, parts = told["next_cursor"], counted + told["accounts"], parts + 1
            assert told["accounts"] <= max(1, most // 2)
        assert counted == whole["accounts"]


async def test_what_cannot_be_tried(desk, portfolio):
    assert await desk.pointers(PATH, {"grace_days": -1}) == ["/grace_days"]
    refused = await desk.refused("POST", "/v1/policies/nobody/what-if", json={})
    assert refused[:2] == (404, "not-found")
