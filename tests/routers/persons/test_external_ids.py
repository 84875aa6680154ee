"""What other systems call things: one external id names one thing, until it is ended."""

import pytest

from tests.routers.contacts.test_contacts import call
from tests.routers.persons.test_persons import DEBTOR

PATH = "/v1/external-ids"


@pytest.fixture
async def ann(staff, desk):
    await desk.at("2026-01-15")
    return await staff("supervisor", "ann")


@pytest.fixture
async def account(ann):
    return await ann.account(debtor=DEBTOR)


async def name(desk, kind, external_id, thing, *, system="hubspot", status=201):
    answer = await desk.client.put(
        f"{PATH}/{system}/{kind}/{external_id}", json={"id": thing["id"]}
    )
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_each_kind_is_found_by_what_a_system_calls_it(ann, account):
    contact = await ann.post("/v1/contacts", call(account))
    things = {"account": account, "person": account["debtor"], "contact": contact}

    for kind, thing in things.items():
        made = await name(ann, kind, "77", thing)
        assert await name(ann, kind, "77", thing, status=200) == made
        assert await ann.get(f"{PATH}/hubspot/{kind}/77") == made
        assert (made["id"], made["actor"]) == (thing["id"], "ann")
        more = await name(ann, kind, "ä 1", thing, system="espocrm")
        assert (await ann.get(PATH, id=thing["id"]))["data"] == [made, more]


async def test_a_contact_is_named_as_it_is_taken_down(ann, account):
    named = [{"system": "hubspot", "id": "771"}, {"system": "espocrm", "id": "a/1"}]
    asked = call(account, reference="d:1", external_ids=named)
    made = await ann.post("/v1/contacts", asked)
    assert await ann.post("/v1/contacts", asked, status=200) == made
    assert (await ann.get(f"{PATH}/hubspot/contact/771"))["id"] == made["id"]
    assert len((await ann.get(PATH, id=made["id"]))["data"]) == 2

    taken = await ann.refused("POST", "/v1/contacts", json=call(account, external_ids=named[:1]))
    assert taken[:2] == (409, "external-id-taken")
    assert taken[2]["existing_contact_id"] == made["id"]
    other = await ann.refused(
        "POST", "/v1/contacts", json={**asked, "external_ids": named[:1]}
    )  # fmt: skip
    assert other[:2] == (409, "reference-taken")

    fresh = {"external_ids": [{"system": "hubspot", "id": "772"}]}
    items = [
        asked, call(account, external_ids=named[1:]), call(account, **fresh),
        call(account, **fresh), call(account, external_ids=[{"system": "", "id": "1"}]),
    ]  # fmt: skip
    body = {"mode": "continue", "items": items}
    results = (await ann.post("/v1/contacts/batch", body, status=200))["results"]
    assert [one["status"] for one in results] == [200, 409, 201, 409, 422]
    second = results[2]["contact"]["id"]
    assert results[3]["problem"]["existing_contact_id"] == second
    assert results[4]["problem"]["errors"][0]["pointer"] == "/items/4/external_ids/0/system"
    assert (await ann.get(f"{PATH}/hubspot/contact/772"))["id"] == second
    assert len((await ann.get("/v1/contacts"))["data"]) == 2  # nothing of what was refused


async def test_one_external_id_names_one_thing_until_it_is_ended(ann, account):
    other = await ann.account(reference="A-2", debtor={**DEBTOR, "reference": "CUST-2"})
    await name(ann, "account", "77", account)

    taken = await name(ann, "account", "77", other, status=409)
    assert taken["type"].endswith("external-id-taken")
    assert taken["existing_account_id"] == account["id"]

    ended = await ann.client.delete(f"{PATH}/hubspot/account/77")
    assert ended.status_code == 204
    assert (await ann.client.delete(f"{PATH}/hubspot/account/77")).status_code == 404
    assert (await ann.client.get(f"{PATH}/hubspot/account/77")).status_code == 404
    assert (await ann.get(PATH, id=account["id"]))["data"] == []
    await name(ann, "account", "77", other)


async def test_who_was_merged_is_found_and_named_as_the_one_they_are(ann, account):
    other = await ann.account(reference="A-2", debtor={**DEBTOR, "reference": "CUST-2"})
    first = await name(ann, "person", "77", account["debtor"])
    merging = {"into": other["debtor"]["id"], "reason": "the same"}
    await ann.post(f"/v1/persons/{account['debtor']['id']}/merge", merging, status=200)

    assert await name(ann, "person", "77", other["debtor"], status=200) == first
    second = await name(ann, "person", "78", account["debtor"])
    assert second["id"] == other["debtor"]["id"]
    assert (await ann.get(PATH, id=account["debtor"]["id"]))["data"] == [first, second]


@pytest.mark.parametrize(
    ("path", "body", "status", "pointer"),
    [
        ("hubspot/person/7", {"id": "acc_01h455vb4pex5vsknk084sn02q"}, 422, "/id"),
        ("hubspot/account/7", {"id": "pay_01h455vb4pex5vsknk084sn02q"}, 422, "/id"),
        ("hub spot/account/7", {"id": "acc_01h455vb4pex5vsknk084sn02q"}, 404, None),
        ("hubspot/deal/7", {"id": "acc_01h455vb4pex5vsknk084sn02q"}, 404, None),
        ("hubspot/account/7", {"id": "acc_01h455vb4pex5vsknk084sn02q"}, 404, None),
    ],
    ids=str,
)
async def test_what_names_nothing_is_refused(ann, path, body, status, pointer):
    answer = await ann.client.put(f"{PATH}/{path}", json=body)

    assert answer.status_code == status
    errors = answer.json().get("errors", ())
    assert [one["pointer"] for one in errors] == ([pointer] if pointer else [])


async def test_a_thing_has_as_many_names_as_it_may(ann, account):
    for number in range(50):
        await name(ann, "account", f"d{number}", account)

    refused = await name(ann, "account", "d50", account, status=422)

    assert refused["errors"][0]["pointer"] == "/id"
    assert len((await ann.get(PATH, id=account["id"]))["data"]) == 50
