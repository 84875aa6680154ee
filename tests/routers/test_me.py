"""A key can be asked whose it is and what it may do."""

from uuid import UUID


async def test_a_key_says_whom_it_speaks_for(client):
    me = (await client.get("/v1/me", headers={"Accord-Actor": "ann"})).json()

    assert me["tenant"].keys() == {"name", "time_zone", "sandbox"}
    assert me["tenant"]["name"]
    assert me["role"] == "admin"
    assert me["scopes"] == ["*"]
    assert me["actor"] == "ann"
    assert UUID(me["key_id"])
    assert me["business_date"]


async def test_its_business_date_is_the_sandboxes(client):
    await client.put("/v1/sandbox/clock", json={"business_date": "2026-03-15"})

    me = (await client.get("/v1/me")).json()

    assert (me["business_date"], me["tenant"]["sandbox"], me["actor"]) == ("2026-03-15", True, None)


async def test_nobody_is_nobody(stranger):
    answer = await stranger.get("/v1/me")

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthenticated")
