"""`expand` on the feed: what its events are about, each once, for keys that may read it."""

import pytest

from tests.routers.contacts.test_contacts import call
from tests.routers.persons.test_persons import CONSENT, DEBTOR, point


@pytest.fixture
async def ann(staff, desk):
    await desk.at("2026-01-15")
    return await staff("supervisor", "ann")


@pytest.fixture
async def account(ann):
    return await ann.account(debtor=DEBTOR)


async def test_each_thing_is_told_once_as_it_is_today(ann, account):
    person = account["debtor"]["id"]
    email = await point(ann, person, "email")
    await ann.post(f"/v1/contact-points/{email['id']}/consents", CONSENT)
    asked = call(account, channel="email", direction="in", outcome="received")
    mail = await ann.post("/v1/contacts", asked)
    contact = await ann.post("/v1/contacts", call(account, "2026-01-15T09:00:00Z"))
    (item,) = (await ann.get("/v1/worklists/inbox/items"))["data"]
    done = {"contact_id": contact["id"]}
    await ann.post(f"/v1/work-items/{item['id']}/complete", done, status=200)
    await ann.post(f"/v1/accounts/{account['id']}/charges", {"kind": "fee", "amount_minor": 500})

    ids = sorted([mail["id"], contact["id"]])
    feed = await ann.get("/v1/events", expand="account,person,contact")

    assert len(feed["data"]) > 3
    assert feed["expanded"] == {
        "accounts": [await ann.get(f"/v1/accounts/{account['id']}")],
        "persons": [await ann.get(f"/v1/persons/{person}")],
        "contacts": [await ann.get(f"/v1/contacts/{id_}") for id_ in ids],
    }
    alone = await ann.get("/v1/events", expand="person")
    assert alone["data"] == feed["data"]
    assert {name for name, found in alone["expanded"].items() if found} == {"persons"}
    assert "expanded" not in await ann.get("/v1/events")


async def test_a_key_sees_through_the_feed_no_more_than_elsewhere(desk, ann, account):
    wanted = {"name": "mirror", "role": "agent", "scopes": ["events:read", "persons:read"]}
    made = await desk.client.post("/v1/keys", json=wanted, headers={"Accord-Actor": "ann"})
    headers = {"Authorization": f"Bearer {made.json()['secret']}"}

    for expand, missing in (("person", None), ("account", "accounts:read"),
                            ("person,contact", "contacts:read")):  # fmt: skip
        answer = await desk.client.get("/v1/events", params={"expand": expand}, headers=headers)
        assert answer.status_code == (403 if missing else 200), answer.text
        assert missing is None or answer.json()["scope"] == missing


async def test_what_cannot_be_expanded_is_refused(ann):
    refused = await ann.refused("GET", "/v1/events", params={"expand": "account,plan"})

    assert refused[0] == 422
    assert refused[2]["errors"] == [
        {"pointer": "?expand", "detail": "'plan' is none of account, person, contact"}
    ]
