"""A command sent again is done once, whatever happened to its first answer."""

import asyncio

import httpx
import pytest

from app.services.idempotency import fingerprint

NOTE = {"name": "a note", "amount_minor": 5}
URL = "/v1/probe/notes"


def under(key):
    return {"Idempotency-Key": key}


async def test_the_same_request_again_gets_the_same_bytes(client, stored):
    first = await client.post(URL, json=NOTE, headers=under("k"))
    again = await client.post(URL, json=NOTE, headers=under("k"))

    assert again.status_code == first.status_code == 201
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"] == '"1"'
    assert again.headers["content-type"] == "application/json"
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert await stored() == 1


async def test_an_answer_the_framework_renders_is_replayed_too(client, stored):
    first = await client.post("/v1/probe/modelled", json=NOTE, headers=under("k"))
    again = await client.post("/v1/probe/modelled", json=NOTE, headers=under("k"))

    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert await stored() == 1


async def test_spacing_and_order_of_members_do_not_matter(client, stored):
    json = {"Content-Type": "application/json", **under("k")}
    await client.post(URL, content=b'{"name":"n","amount_minor":5}', headers=json)
    again = await client.post(URL, content=b'{ "amount_minor": 5, "name": "n" }', headers=json)

    assert again.headers["idempotency-replayed"] == "true"
    assert await stored() == 1


@pytest.mark.parametrize(
    ("url", "body"),
    [
        pytest.param(URL, {**NOTE, "amount_minor": 6}, id="another body"),
        pytest.param("/v1/probe/modelled", NOTE, id="another path"),
        pytest.param(f"{URL}?dry=1", NOTE, id="another query"),
    ],
)
async def test_a_key_belongs_to_one_request(client, stored, url, body):
    await client.post(URL, json=NOTE, headers=under("k"))
    answer = await client.post(url, json=body, headers=under("k"))

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/idempotency-key-reused"
    assert await stored() == 1


async def test_without_a_key_everything_is_done_as_often_as_it_is_asked(client, stored):
    for _ in range(2):
        await client.post(URL, json=NOTE)

    assert await stored() == 2


async def test_a_refusal_is_decided_anew(client, stored):
    refused = await client.post(URL, json={**NOTE, "then": "refuse"}, headers=under("k"))
    accepted = await client.post(URL, json=NOTE, headers=under("k"))

    assert (refused.status_code, accepted.status_code) == (404, 201)
    assert await stored() == 1


async def test_two_tenants_may_use_the_same_key(client, theirs):
    ours = await client.post(URL, json=NOTE, headers=under("k"))
    answer = await client.post(URL, json=NOTE, headers={**under("k"), **theirs})

    assert answer.status_code == 201
    assert "idempotency-replayed" not in answer.headers
    assert answer.content != ours.content


@pytest.mark.parametrize("bad", ["", "a b", "é".encode(), "x" * 256])
async def test_a_key_is_visible_ascii_of_up_to_255(client, stored, bad):
    answer = await client.post(URL, json=NOTE, headers=under(bad))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "Idempotency-Key:"
    assert await stored() == 0


async def test_at_the_same_time_one_does_it_and_the_others_are_told_to_wait(client, stored):
    slow = {**NOTE, "then": "dawdle"}
    answers = await asyncio.gather(
        *(client.post(URL, json=slow, headers=under("k")) for _ in range(10))
    )

    done = [a for a in answers if a.status_code == 201]
    waiting = [a for a in answers if a.status_code == 409]
    assert len(done) + len(waiting) == 10
    assert len([a for a in done if "idempotency-replayed" not in a.headers]) == 1
    assert len({a.content for a in done}) == 1
    assert all(a.json()["type"] == "/problems/idempotency-in-flight" for a in waiting)
    assert all(a.headers["retry-after"] == "1" for a in waiting)
    assert await stored() == 1


async def test_retrying_until_answered_always_ends_in_the_one_answer(client, stored):
    async def persist():
        while True:
            answer = await client.post(URL, json={**NOTE, "then": "dawdle"}, headers=under("k"))
            if answer.status_code != 409:
                return answer
            await asyncio.sleep(0.01)

    answers = await asyncio.gather(*(persist() for _ in range(8)))

    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    assert await stored() == 1


async def test_an_answer_that_was_lost_on_the_way_is_given_again(app, client, key, stored):
    async def dropping(scope, receive, send):
        async def lost(message):
            raise ConnectionResetError

        await app(scope, receive, lost)

    headers = {"Authorization": f"Bearer {key}", **under("k")}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(dropping), base_url="http://accord.test"
    ) as unlucky:
        with pytest.raises((ConnectionResetError, AssertionError)):
            await unlucky.post(URL, json=NOTE, headers=headers)
    assert await stored() == 1

    again = await client.post(URL, json=NOTE, headers=under("k"))

    assert again.status_code == 201
    assert again.headers["idempotency-replayed"] == "true"
    assert await stored() == 1


def test_the_fingerprint_tells_requests_apart():
    same = fingerprint("POST", "/a?", b'{"a": 1, "b": [1, 2]}')
    assert fingerprint("POST", "/a?", b'{"b":[1,2],"a":1}') == same
    others = [
        ("PUT", "/a?", b'{"a":1,"b":[1,2]}'),
        ("POST", "/b?", b'{"a":1,"b":[1,2]}'),
        ("POST", "/a?x", b'{"a":1,"b":[1,2]}'),
        ("POST", "/a?", b'{"a":1,"b":[2,1]}'),
        ("POST", "/a?", b'{"a":"1","b":[1,2]}'),
        ("POST", "/a?", b"not json"),
        ("POST", "/a?", b""),
    ]
    assert len({same, *(fingerprint(*other) for other in others)}) == len(others) + 1
