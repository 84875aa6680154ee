"""Accounts given to somebody or to a team: a fact that no figure and no posting knows of."""

import pytest
from sqlalchemy import event

from tests.routers.lives.desk import OPENING


@pytest.fixture
async def boss(desk, staff):
    await desk.at("2026-02-01")
    return await staff("supervisor", "boss-1")


def given(**whom):
    return {**whom, "reason": "speaks Spanish"}


async def test_an_account_is_given_taken_back_and_found(desk, boss):
    account, other = await desk.account(reference="A-1"), await desk.account(reference="A-2")
    own = f"/v1/accounts/{account['id']}"
    assert account["assigned_to"] is None
    await boss.put("/v1/teams/austin", {"actors": ["ann", "bob", "ann"]}, status=201)

    first = await boss.post(f"{own}/assignments", given(actor="ann"))
    await boss.post(f"/v1/accounts/{other['id']}/assignments", given(team="austin"))

    assert (first["number"], first["assigned_actor"], first["actor"]) == (1, "ann", "boss-1")
    assert (await desk.get(own))["assigned_to"] == {"actor": "ann", "team": None}
    for asked, found in (({"assigned_to": "ann"}, "A-1"), ({"assigned_team": "austin"}, "A-2")):
        page = await desk.get("/v1/accounts", **asked)
        assert [one["reference"] for one in page["data"]] == [found]

    back = await boss.post(f"{own}/assignments", given())
    assert back["number"] == 2
    assert (await desk.get(own))["assigned_to"] is None
    assert (await desk.get("/v1/accounts", assigned_to="ann"))["data"] == []
    kept = await desk.get(f"{own}/assignments")
    assert [one["assigned_actor"] for one in kept["data"]] == ["ann", None]


async def test_it_is_told_once(desk, boss):
    account = await desk.account()
    own = f"/v1/accounts/{account['id']}"
    for _ in range(2):  # given to whom it is given already: nothing is added
        await boss.post(f"{own}/assignments", given(actor="ann"))

    told = [
        one for one in (await desk.get(f"{own}/timeline"))["data"]
        if one["type"] == "account.assigned"
    ]  # fmt: skip
    assert [one["data"] for one in told] == [
        {"before": None, "after": {"actor": "ann", "team": None}}
    ]
    assert (told[0]["actor"], told[0]["reason"]) == ("boss-1", "speaks Spanish")


async def test_many_at_once_each_judged_on_its_own(desk, boss):
    for reference in ("A-1", "A-2"):
        await desk.account(reference=reference)
    items = [
        {"account_reference": "A-1", **given(actor="ann")},
        {"account_reference": "nobody's", **given(actor="ann")},
        {"account_reference": "A-2", **given(team="nowhere")},
        {"account_reference": "A-1", **given(actor="bob")},
        {"account_reference": "A-2", **given(actor="bob", team="austin")},
        {"account_reference": "A-2", **given(actor="bob")},
    ]
    made = await boss.post(
        "/v1/assignments/batch", {"mode": "continue", "items": items}, status=200
    )
    assert [one["status"] for one in made["results"]] == [201, 404, 422, 422, 422, 201]
    assert len((await desk.get("/v1/accounts", assigned_to="ann"))["data"]) == 1


async def test_teams_keep_their_versions_and_their_etag(boss):
    first = await boss.put("/v1/teams/austin", {"actors": ["ann"]}, status=201)
    same = await boss.put("/v1/teams/austin", {"actors": ["ann"]}, status=200)
    second = await boss.put("/v1/teams/austin", {"actors": ["bob", "ann"]}, status=200)

    assert [one["version"] for one in (first, same, second)] == [1, 1, 2]
    assert (await boss.get("/v1/teams/austin"))["actors"] == ["ann", "bob"]
    assert [one["name"] for one in (await boss.get("/v1/teams"))["data"]] == ["austin"]
    stale = await boss.client.put(
        "/v1/teams/austin", json={"actors": []}, headers={"If-Match": '"1"'}
    )
    assert stale.status_code == 412


async def test_a_payment_neither_reads_nor_writes_it(desk, boss, database):
    account = await desk.account(effective_on=OPENING)
    await boss.post(f"/v1/accounts/{account['id']}/assignments", given(actor="ann"))
    said = []
    engine = database._engine.sync_engine
    note = lambda _c, _u, sql, *_: said.append(sql)  # noqa: E731
    event.listen(engine, "before_cursor_execute", note)
    try:
        await desk.post("/v1/payments", {
            "account_id": account["id"], "reference": "P-1", "amount_minor": 1_00,
            "currency": "USD",
        })  # fmt: skip
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert [sql for sql in said if "assignment" in sql] == []
