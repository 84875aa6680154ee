"""An admin makes, turns and ends keys over HTTP; the secret is told once, and its end by name."""

import pytest
from sqlalchemy import text

WANTED = {"name": "billing", "role": "agent", "scopes": ["accounts:read", "payments:*"]}
BY = {"Accord-Actor": "ann"}


@pytest.fixture
def made(client):
    async def make(**more):
        answer = await client.post("/v1/keys", json={**WANTED, **more}, headers=BY)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return make


def bearing(secret):
    return {"Authorization": f"Bearer {secret}"}


async def test_a_key_is_made_shown_once_listed_and_ended(client, stranger, made, owner):
    key = await made(lasts_days=1)
    assert key["secret"].startswith("accord_test_")
    me = (await stranger.get("/v1/me", headers=bearing(key["secret"]))).json()
    assert (me["key_id"], me["role"], me["scopes"]) == (key["id"], "agent", WANTED["scopes"])
    pages = (await client.get("/v1/keys", params={"limit": 1})).json()
    rest = (await client.get("/v1/keys", params={"cursor": pages["next_cursor"]})).json()
    assert [one["id"] for one in rest["data"]] == [key["id"]]
    assert key["secret"] not in str(rest) + str(pages)
    read = (await client.get(f"/v1/keys/{key['id']}")).json()
    assert (read["name"], "secret" in read, read["expires_at"]) == (
        "billing", False, key["expires_at"],
    )  # fmt: skip

    ended = await client.post(f"/v1/keys/{key['id']}/revoke", headers=BY)
    assert ended.json()["revoked_at"]
    told = await stranger.get("/v1/me", headers=bearing(key["secret"]))
    assert (told.status_code, told.json()["reason"]) == (401, "revoked")
    again = await client.post(f"/v1/keys/{key['id']}/rotate", headers=BY)
    assert (again.status_code, again.json()["resource"]) == (404, "key")

    over = await made(lasts_days=1)
    async with owner.transaction() as tx:
        late = "UPDATE api_key SET expires_at = now() - interval '1 s' WHERE id = :id"
        await tx.execute(text(late), {"id": over["id"]})
    told = await stranger.get("/v1/me", headers=bearing(over["secret"]))
    assert (told.status_code, told.json()["reason"]) == (401, "expired")


async def test_a_rotated_secret_a_second_too_late_is_told_so(client, stranger, made, owner):
    key = await made()
    turned = await client.post(f"/v1/keys/{key['id']}/rotate", json={"keep_hours": 1}, headers=BY)
    assert turned.status_code == 200
    turned = turned.json()
    assert (turned["id"], turned["secret"] != key["secret"]) == (key["id"], True)
    for secret in (key["secret"], turned["secret"]):
        assert (await stranger.get("/v1/me", headers=bearing(secret))).status_code == 200

    async with owner.transaction() as tx:
        late = "UPDATE api_key SET former_ends_at = now() - interval '1 s' WHERE id = :id"
        await tx.execute(text(late), {"id": key["id"]})
    told = await stranger.get("/v1/me", headers=bearing(key["secret"]))
    assert (told.status_code, told.json()["type"]) == (401, "/problems/unauthenticated")
    assert told.json()["reason"] == "rotated"
    assert told.json()["ended_at"].endswith("Z")
    assert "rotated out" in told.json()["detail"]
    assert (await stranger.get("/v1/me", headers=bearing(turned["secret"]))).status_code == 200
    posted = await stranger.post(
        "/v1/accounts", json={}, headers={**bearing(key["secret"]), "Idempotency-Key": "k"}
    )
    assert (posted.status_code, posted.json()["reason"]) == (401, "rotated")


async def test_a_secret_is_not_kept_for_a_retry(client, database, tenant):
    headers = {**BY, "Idempotency-Key": "once"}
    first = (await client.post("/v1/keys", json=WANTED, headers=headers)).json()
    again = await client.post("/v1/keys", json=WANTED, headers=headers)

    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == {**first, "secret": None}


async def test_a_key_makes_none_that_may_more_than_itself_and_none_of_nonsense(client, stranger):
    few = {**WANTED, "role": "admin", "scopes": ["keys:write", "plans:read"]}
    own = (await client.post("/v1/keys", json=few, headers=BY)).json()["secret"]
    asked = {
        ("*",): (403, "scope-missing"),
        ("plans:write",): (403, "scope-missing"),
        ("plans:*",): (403, "scope-missing"),
        ("plans:read",): (201, None),
        ("plans:reed",): (422, "invalid-input"),
    }
    for scopes, (status, problem) in asked.items():
        answer = await stranger.post(
            "/v1/keys", json={**few, "scopes": scopes}, headers={**bearing(own), **BY}
        )
        assert answer.status_code == status, answer.text
        assert problem is None or answer.json()["type"] == f"/problems/{problem}"
    for wrong in ({"scopes": []}, {"name": ""}, {"lasts_days": 0}, {"role": "owner"}):
        answer = await client.post("/v1/keys", json={**WANTED, **wrong}, headers=BY)
        assert answer.status_code == 422, wrong
    nobody = await client.post("/v1/keys", json=WANTED)
    assert (nobody.status_code, nobody.json()["errors"][0]["pointer"]) == (422, "Accord-Actor:")


async def test_anothers_keys_are_not_there(client, theirs, made):
    key = await made()
    for method, rest in (("GET", ""), ("POST", "/rotate"), ("POST", "/revoke")):
        answer = await client.request(method, f"/v1/keys/{key['id']}{rest}", headers=theirs)
        assert answer.status_code == 404
    listed = (await client.get("/v1/keys", headers=theirs)).json()["data"]
    assert key["id"] not in [one["id"] for one in listed]
    assert (await client.get("/v1/keys/nonsense")).status_code == 404
