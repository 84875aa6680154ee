"""Many contacts in one request: each by itself, judged together when the last is in."""

import pytest

from app.schemas.edge.ids import encode
from app.storage.ids import new_id
from tests.routers.contacts.test_contacts import call, outside
from tests.routers.persons.test_persons import DEBTOR, point


@pytest.fixture
async def ann(staff, desk):
    await desk.at("2026-01-02")
    return await staff("supervisor", "ann")


@pytest.fixture
async def account(ann, desk):
    made = await ann.account(debtor=DEBTOR)
    await desk.at("2026-01-15")
    return made


async def put(desk, items, mode="continue", status=200):
    body = {"mode": mode, "items": items}
    return (await desk.post("/v1/contacts/batch", body, status=status))["results"]


async def test_a_batch_says_of_eight_calls_what_eight_requests_say(ann, account):
    week = [call(account, f"2026-01-{day:02d}T18:00:00Z") for day in range(7, 15)]

    results = await put(ann, [week[-1], *week[:-1]])

    assert {one["status"] for one in results} == {201}
    told = sorted((one["contact"]["started_at"], *outside(one["contact"])) for one in results)
    # Eight days: seven calls stand in any seven of them.
    assert all(len(one) == 1 for one in told)
    (more,) = await put(ann, [call(account, "2026-01-10T22:00:00Z")])
    again = [await ann.get(f"/v1/contacts/{one['contact']['id']}") for one in results]
    alone = await ann.get(f"/v1/contacts/{more['contact']['id']}")
    assert sorted(one["started_at"] for one in (*again, alone) if outside(one)) == [
        "2026-01-13T18:00:00Z", "2026-01-14T18:00:00Z",
    ]  # fmt: skip


async def test_one_refused_keeps_no_other_out_and_names_where(ann, account):
    phone = await point(ann, account["debtor"]["id"], "phone")
    other = await ann.account(debtor={**DEBTOR, "reference": "CUST-2"})
    good = call(account, reference="d:1")
    theirs = call(other, point_id=phone["id"])
    items = [
        {**good, "outcome": "met"}, good, {**good, "channel": "fax"}, theirs, good,
        {**good, "outcome": "busy"}, call({**account, "id": encode("acc", new_id())}),
    ]  # fmt: skip

    results = await put(ann, items)

    assert [one["status"] for one in results] == [422, 201, 422, 422, 200, 409, 404]
    pointers = [
        error["pointer"]
        for one in results
        for error in (one.get("problem") or {}).get("errors", ())
    ]
    assert pointers == ["/items/0/outcome", "/items/2/channel", "/items/3/point_id"]
    assert results[5]["problem"]["existing_contact_id"] == results[1]["contact"]["id"]
    assert [one["id"] for one in (await ann.get("/v1/contacts"))["data"]] == [
        results[1]["contact"]["id"]
    ]
    # What was refused left no trace on the point, either.
    assert (await point(ann, account["debtor"]["id"], "phone"))["last_used_at"] is None


async def test_all_or_none_keeps_none_where_one_is_refused(ann, account):
    items = [call(account, reference="d:1"), call(account, "2026-01-16T18:00:00Z")]

    refused = await ann.refused(
        "POST", "/v1/contacts/batch", json={"mode": "atomic", "items": items}
    )

    assert refused[:2] == (409, "batch-refused")
    assert [one["status"] for one in refused[2]["results"]] == [424, 422]
    assert (await ann.get("/v1/contacts"))["data"] == []
    assert len(await put(ann, items[:1], "atomic")) == 1


async def test_a_decision_is_one_contact_of_a_batch(ann, account):
    body = {"channel": "call", "at": "2026-01-14T18:00:00Z"}
    made = await ann.post(f"/v1/accounts/{account['id']}/contact-decisions", body)
    named = call(account, decision_id=made["id"])

    first, second = await put(ann, [named, {**named, "started_at": "2026-01-14T20:00:00Z"}])

    assert (first["status"], second["status"]) == (201, 409)
    kept = await ann.get(f"/v1/contact-decisions/{made['id']}")
    assert kept["contact_id"] == first["contact"]["id"]
