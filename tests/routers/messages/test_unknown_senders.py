"""Whoever answers a message of ours and is not known: work about the account it was about."""

import pytest
from sqlalchemy import text

from tests.database import as_tenant
from tests.routers.persons.test_persons import point

REPLY = {
    "channel": "email", "from": "neighbor@example.org", "to": "us@example.org", "provider": "mail",
    "provider_id": "IN-1", "received_at": "2026-01-15T00:00:00Z", "text": "Wrong address!",
    "in_reply_to_provider_id": "OUT-1",
}  # fmt: skip


@pytest.fixture
async def sent(ask, owner, tenant):
    """A message that a provider has."""
    await ask()
    async with as_tenant(owner, tenant) as tx:
        given = "UPDATE message SET provider = 'mail', provider_message_id = 'OUT-1'"
        await tx.execute(text(f"{given} WHERE tenant_id = :t"), {"t": tenant})


async def inbox(ann):
    return (await ann.get("/v1/worklists/inbox/items"))["data"]


async def test_it_stands_in_the_inbox_until_somebody_read_it(ann, account, sent):
    told = await ann.post("/v1/inbound", REPLY)
    assert told["person_id"] is None
    assert (await ann.get(f"/v1/contacts/{told['contact_id']}"))["account_ids"] == [account["id"]]
    (item,) = await inbox(ann)
    found = {one["code"]: (one["on"], one["subject"]) for one in item["because"]}
    assert item["account_id"] == account["id"]
    assert found["unknown_sender"] == ("2026-01-14", told["contact_id"])
    assert {"act": "verify", "with": None} in item["suggested"]

    await ann.post(
        f"/v1/contacts/{told['contact_id']}/read",
        {"undo_provisional": False, "reason": "the neighbor has the address now"},
        status=200,
    )
    assert await inbox(ann) == []


async def test_nobody_was_spoken_with_and_it_is_done_when_the_item_is(
    ann, account, sent, desk, boss
):
    quiet = {"reasons": {"no_contact": {"base": 50, "per_day": 1, "cap_days": 60}}}
    await ann.post("/v1/inbound", REPLY)
    await desk.at("2026-02-12")
    await boss.put("/v1/worklists/quiet", quiet, status=201)
    (silent,) = (await ann.get("/v1/worklists/quiet/items"))["data"]
    assert silent["because"][0]["on"] < "2026-01-14"  # the reply is no word with the debtor

    (item,) = await inbox(ann)
    await ann.post(f"/v1/work-items/{item['id']}/complete", {"did": "verified"}, status=200)
    assert await inbox(ann) == []


STRANGER = {**REPLY, "in_reply_to_provider_id": None, "text": "Who are you?"}


@pytest.fixture
async def stray(ann, desk):
    """A message from nobody we know, that answers none of ours."""
    await desk.at("2026-01-15")
    return await ann.post("/v1/inbound", STRANGER)


async def test_a_message_about_no_account_is_an_item_of_its_own(ann, account, stray):
    (item,) = await inbox(ann)
    (told,) = item["because"]
    assert (told["code"], told["points"], told["subject"]) == (
        "unknown_sender", 310, stray["contact_id"],
    )  # fmt: skip
    assert (item["account_id"], item["account_reference"], item["person_id"]) == (None,) * 3
    assert (item["workable"], item["suggested"]) == (True, [{"act": "verify", "with": None}])
    summary = await ann.get("/v1/worklists/inbox/summary")
    assert (summary["open"], summary["workable"]) == (1, 1)

    await ann.post(f"/v1/work-items/{item['id']}/complete", {"did": "read"}, status=200)
    assert await inbox(ann) == []
    assert (await ann.get(f"/v1/contacts/{stray['contact_id']}"))["read_at"] is not None
    told = (await ann.get("/v1/events", limit=200))["data"]
    done = [one for one in told if one["type"] == "work.completed"]
    assert [(one["account_id"], one["data"]["did"]) for one in done] == [(None, "read")]
    again = f"/v1/work-items/{item['id']}/complete"
    assert (await ann.refused("POST", again, json={"did": "read"}))[:2] == (409, "work-item-ended")


async def test_one_alone_has_it_until_it_is_put_off_or_given_back(ann, account, stray, staff):
    bob = await staff("agent", "bob")
    item = await ann.post("/v1/worklists/inbox/next", {}, status=200)
    act = f"/v1/work-items/{item['id']}"
    assert (item["claimed_by"], item["script"]["disclosures"]) == ("ann", [])
    assert (await bob.client.post("/v1/worklists/inbox/next", json={})).status_code == 204
    assert (await bob.refused("POST", f"{act}/claim", json={}))[:2] == (409, "work-item-claimed")
    kept = await ann.post(f"{act}/extend", {}, status=200)
    assert (kept["claimed_by"], kept["account_id"]) == ("ann", None)

    await ann.post(f"{act}/release", {}, status=200)
    assert (await bob.post(f"{act}/claim", {}, status=200))["claimed_by"] == "bob"
    put_off = {"reason": "asks a colleague", "until_at": "2026-01-16T12:00:00Z"}
    await bob.post(f"{act}/skip", put_off, status=200)
    (waits,) = await inbox(ann)
    assert waits["waiting"] == {"why": "skipped", "until_at": "2026-01-16T12:00:00Z"}
    call = {"at": "2026-01-16T12:00:00Z", "time_zone": "America/Chicago",
            "asked_for_by_person": False}  # fmt: skip
    assert await bob.pointers(f"{act}/callback", call) == ["/at"]


async def test_whoever_finds_out_whose_it_is_makes_it_an_item_of_the_account(ann, account, stray):
    (item,) = await inbox(ann)
    said = {"account_ids": [account["id"]], "reason": "a neighbor of theirs"}
    await ann.post(f"/v1/contacts/{stray['contact_id']}/corrections", said)

    (found,) = await inbox(ann)
    codes = {one["code"]: one["subject"] for one in found["because"]}
    assert (found["account_id"], codes["unknown_sender"]) == (account["id"], stray["contact_id"])
    assert found["id"] != item["id"]


async def test_a_list_of_some_accounts_holds_none_of_them(ann, boss, account, stray):
    some = {
        "reasons": {"unknown_sender": {"base": 300}}, "filter": {"min_overdue_minor": 1},
    }  # fmt: skip
    await boss.put("/v1/worklists/some", some, status=201)
    assert (await ann.get("/v1/worklists/some/items"))["data"] == []


@pytest.mark.usefixtures("account", "stray")
async def test_what_was_done_about_it_is_kept_and_counted(ann, staff, owner, tenant):
    bob = await staff("agent", "bob")
    item = await ann.post("/v1/worklists/inbox/next", {}, status=200)
    act = f"/v1/work-items/{item['id']}"
    await ann.post(f"{act}/release", {}, status=200)
    await bob.post(f"{act}/claim", {}, status=200)
    await bob.post(f"{act}/skip", {"reason": "asks a colleague"}, status=200)
    await ann.post(f"{act}/assign", {"actor": "bob", "reason": "he knows them"}, status=200)
    await bob.post(f"{act}/complete", {"did": "read", "note": "a wrong address"}, status=200)

    done = (await ann.get("/v1/worklists/inbox/summary"))["done_today"]
    assert {(one["act"], one["actor"]): one["count"] for one in done} == {
        ("claimed", "ann"): 1, ("released", "ann"): 1, ("claimed", "bob"): 1,
        ("skipped", "bob"): 1, ("assigned", "ann"): 1, ("completed", "bob"): 1,
    }  # fmt: skip
    async with as_tenant(owner, tenant) as tx:
        kept = "SELECT kind, note, body->>'did' FROM stray_fact WHERE tenant_id = :t ORDER BY id"
        rows = [tuple(row) for row in await tx.execute(text(kept), {"t": tenant})]
    assert rows[-1] == ("completed", "a wrong address", "read")
    assert [row[0] for row in rows] == [
        "claimed", "released", "claimed", "skipped", "assigned", "completed",
    ]  # fmt: skip
    day = {"from": "2026-01-15", "to": "2026-01-15"}
    report = await ann.get("/v1/reports/activity", **day)
    items = {row["actor"]: row.get("items") for row in report["rows"] if row.get("items")}
    assert items == {"bob": 1}


@pytest.fixture
async def lender(ann, account):
    """Somebody known, who owes nothing and is party to nothing."""
    await ann.account(creditor={"reference": "LENDER"}, reference="OTHER")
    (found,) = (await ann.get("/v1/persons", reference="LENDER"))["data"]
    said = {"kind": "email", "value": "desk@lender.example", "label": "work", "source": "creditor"}
    await ann.post(f"/v1/persons/{found['id']}/contact-points", said)
    assert (await point(ann, found["id"], "email"))["normalized"] == "desk@lender.example"
    return found


async def test_somebody_known_who_has_no_account_is_answered_too(ann, lender, desk):
    await desk.at("2026-01-15")
    said = {**STRANGER, "from": "desk@lender.example", "text": "Please call us about the batch."}
    told = await ann.post("/v1/inbound", said)
    assert told["person_id"] == lender["id"]
    (item,) = await inbox(ann)
    (why,) = item["because"]
    assert (why["code"], why["on"], why["subject"]) == (
        "reply_to_read", "2026-01-14", told["contact_id"],
    )  # fmt: skip
    assert (item["account_id"], item["person_id"]) == (None, lender["id"])
    await ann.post(f"/v1/work-items/{item['id']}/complete", {"did": "wrote"}, status=200)
    assert await inbox(ann) == []
    done = (await ann.get("/v1/worklists/inbox/summary"))["done_today"]
    assert [(one["act"], one["count"]) for one in done] == [("completed", 1)]


async def test_a_word_that_stops_alone_is_nobodys_work(ann, lender, desk):
    await desk.at("2026-01-15")
    await ann.post("/v1/inbound", {**STRANGER, "from": "desk@lender.example", "text": "STOP"})
    assert await inbox(ann) == []
