"""Letters printed together: taken once, given to the printer, and sent when they were posted."""

import csv
import json
from hashlib import sha256
from io import StringIO

import pytest

from tests.routers.messages.test_messages import read

LETTER = {
    "channel": "letter", "purpose": "required_notice", "asks_for_money": False,
    "locales": {"en-US": {"subject": "About your account",
                          "text": "{{ account.reference }} {{ disclosures.collector_identity }}"}},
}  # fmt: skip
HOME = {
    "kind": "postal", "value": "1200 W Lake St, Chicago", "label": "home", "priority": 2,
    "postal": {"lines": ["1200 W Lake St"], "city": "Chicago", "region": "US-IL",
               "postal_code": "60607", "country": "US"},
}  # fmt: skip
BATCHES = "/v1/print-batches"


async def files(ann, batch):
    """The PDF, the addresses and the manifest."""
    path = f"{BATCHES}/{batch['id']}/content"
    return [
        (await ann.client.get(path, params={"format": one})).content
        for one in ("pdf", "addresses", "manifest")
    ]


@pytest.fixture
async def letter(ann, account):
    """A letter that waits for the printer's."""
    await ann.put("/v1/templates/note", LETTER, status=201)
    await ann.put("/v1/providers/press", {"kind": "print", "channel": "letter"}, status=201)
    point = await ann.post(
        f"/v1/persons/{account['debtor']['id']}/contact-points", {**HOME, "source": "creditor"}
    )

    async def written(**changes):
        body = {"account_id": account["id"], "template_key": "note", "point_id": point["id"]}
        return await ann.post("/v1/messages", {**body, **changes})

    return written


async def test_letters_are_printed_once_and_sent_when_they_were_posted(
    ann, letter, worker, account
):
    first, second = await letter(), await letter()
    await worker.look()
    assert (await read(ann, first))["status"] == "queued"  # no worker takes it to the printer's
    batch = await ann.post(BATCHES, {"limit": 1})
    assert (batch["status"], batch["letters"]) == ("made", 1)
    assert [(await read(ann, one))["status"] for one in (first, second)] == ["sending", "queued"]
    other = await ann.post(BATCHES, {})
    assert other["letters"] == 1
    assert (await ann.post(BATCHES, {}))["letters"] == 0

    path = f"{BATCHES}/{batch['id']}"
    pdf, listed, manifest = await files(ann, batch)
    said = json.loads(manifest)
    assert (said["sha256"], said["letters"][0]["message_id"]) == (
        sha256(pdf).hexdigest(), first["id"],
    )  # fmt: skip
    (row,) = csv.DictReader(StringIO(listed.decode()))
    assert [row["line_1"], row["line_3"]] == ["Jane Doe", "Chicago, IL 60607"]

    hold = await ann.post(
        f"/v1/accounts/{account['id']}/holds", {"kind": "deceased", "reason": "told by a son"}
    )
    assert set(hold["messages_in_flight"]) == {first["id"], second["id"]}
    told = {"mailed_on": "2026-01-15", "reference": "TRAY-1"}
    for _ in range(2):
        assert (await ann.post(f"{path}/mailed", told))["status"] == "mailed"
    sent = await read(ann, first)
    assert sent["status"] == "sent"
    contact = await ann.get(f"/v1/contacts/{sent['contact_id']}")
    assert (contact["channel"], contact["outcome"]) == ("letter", "mailed")
    body = {**told, "mailed_on": "2026-01-14"}
    assert await ann.pointers(f"{path}/mailed", body) == ["/mailed_on"]
    for status, wanted in (("mailed", [batch["id"]]), ("made", 2)):
        page = (await ann.get(BATCHES, status=status, limit=200))["data"]
        assert wanted in ([one["id"] for one in page], len(page))


async def test_what_is_printed_twice_is_the_same_until_one_of_it_is_forgotten(
    ann, letter, account, desk
):
    await letter()
    batch = await ann.post(BATCHES, {})
    before = await files(ann, batch)
    person = f"/v1/persons/{account['debtor']['id']}"
    assert (await ann.client.patch(person, json={"name": "Jane Roe"})).is_success
    assert await files(ann, batch) == before
    again = await ann.post(BATCHES, {})
    assert again["letters"] == 0
    path = f"{BATCHES}/{again['id']}/content"
    assert (await ann.client.get(path)).status_code == 404

    await desk.at("2029-06-01")
    done = await ann.post(f"{person}/erase", {"reason": "asked in writing"}, status=202)
    assert done["done_at"] is not None
    path = f"{BATCHES}/{batch['id']}/content"
    assert (await ann.client.get(path)).status_code == 404


async def test_one_who_is_forgotten_takes_no_other_letter_with_them(
    ann, boss, letter, account, desk
):
    other = await ann.account(debtor={"name": "Bob Poe", "reference": "D-2", "language": "en"})
    bob = f"/v1/persons/{other['debtor']['id']}"
    point = await ann.post(f"{bob}/contact-points", {**HOME, "source": "creditor"})
    to_bob = {"account_id": other["id"], "point_id": point["id"]}
    await letter(**to_bob)
    await ann.post(BATCHES, {})  # the first to him says more than those after it
    await letter()
    await letter(**to_bob)
    batch = await ann.post(BATCHES, {})
    await letter(**to_bob)
    alone = await ann.post(BATCHES, {})
    assert (batch["letters"], alone["letters"]) == (2, 1)
    pdf, _, _ = await files(ann, alone)  # the same letter, of the same day, by itself
    _, listed, _ = await files(ann, batch)

    await desk.at("2029-06-01")
    held = {"matter": "case 1", "from_on": "2029-06-01"}
    await ann.post(f"/v1/accounts/{other['id']}/legal-holds", held)
    assert (await ann.client.patch(bob, json={"name": "Bob Roe"})).is_success
    moved = {**HOME, "value": "2 Elm", "source": "person", "postal": {**HOME["postal"],
             "lines": ["2 Elm"]}, "priority": 1}  # fmt: skip
    await ann.post(f"{bob}/contact-points", moved)
    named = {"business_name": "Another Name", "reveals_collection": True}
    policy = {"effective_from": "2029-06-01", "identity": named}
    await boss.put("/v1/contact-policies/default", policy, status=201)
    jane = f"/v1/persons/{account['debtor']['id']}"
    await ann.post(f"{jane}/erase", {"reason": "asked in writing"}, status=202)

    again, addresses, manifest = await files(ann, batch)
    assert again == pdf
    (row,) = csv.DictReader(StringIO(addresses.decode()))
    assert row == list(csv.DictReader(StringIO(listed.decode())))[1]
    assert [one["number"] for one in json.loads(manifest)["letters"]] == [2]
    assert await files(ann, batch) == [again, addresses, manifest]
    assert (await ann.refused("POST", f"{bob}/erase", json={"reason": "x"}))[1] == "legal-hold"


async def test_a_letter_goes_to_the_address_it_was_asked_for(ann, letter, account):
    path = f"/v1/persons/{account['debtor']['id']}/contact-points"
    first = {**HOME, "value": "first", "source": "person", "priority": 1}
    first["postal"] = {**HOME["postal"], "lines": ["9 Best Street"]}
    await ann.post(path, first)
    asked = await letter()  # at the point of less priority
    _, listed, _ = await files(ann, await ann.post(BATCHES, {}))

    (row,) = csv.DictReader(StringIO(listed.decode()))
    assert row["line_2"] == "1200 W Lake St"
    point = (await read(ann, asked))["point_id"]
    shown = await ann.get(path)
    assert {one["id"]: one["value"] for one in shown["data"]}[point] == HOME["value"]


async def test_no_line_of_a_long_address_is_left_out(ann, letter, account):
    lines = [f"line {n}" for n in range(1, 7)]
    far = {**HOME, "value": "far", "postal": {**HOME["postal"], "lines": lines}}
    path = f"/v1/persons/{account['debtor']['id']}/contact-points"
    point = await ann.post(path, {**far, "source": "person", "priority": 1})
    await letter(point_id=point["id"])
    _, listed, _ = await files(ann, await ann.post(BATCHES, {}))

    (row,) = csv.DictReader(StringIO(listed.decode()))
    said = [value for name, value in row.items() if name.startswith("line_")]
    assert said == ["Jane Doe", *lines, "Chicago, IL 60607"]


async def test_what_no_font_of_ours_can_draw_has_failed_and_keeps_nothing_waiting(ann, letter):
    words = {"subject": "\u6f22\u5b57", "text": LETTER["locales"]["en-US"]["text"]}
    await ann.put("/v1/templates/sign", {**LETTER, "locales": {"en-US": words}}, status=201)
    strange, plain = await letter(template_key="sign"), await letter()
    batch = await ann.post(BATCHES, {})
    assert batch["letters"] == 1
    said = json.loads((await files(ann, batch))[2])
    assert [one["message_id"] for one in said["letters"]] == [plain["id"]]
    failed = await read(ann, strange)
    assert (failed["status"], failed["reason"], failed["contact_id"]) == (
        "failed", "CANNOT_DRAW", None,
    )  # fmt: skip


async def test_a_letter_that_is_forbidden_meanwhile_is_not_printed(ann, letter, account):
    await letter()
    hold = {"kind": "deceased", "reason": "told by a son"}
    await ann.post(f"/v1/accounts/{account['id']}/holds", hold)
    assert (await ann.post(BATCHES, {}))["letters"] == 0


async def test_nothing_is_printed_where_nobody_prints(ann, account):
    status, problem, _ = await ann.refused("POST", BATCHES, json={})
    assert (status, problem) == (404, "not-found")


async def test_many_messages_are_asked_for_at_once(ann, account):
    good = {"account_id": account["id"], "template_key": "nudge", "reference": "crm:1"}
    bad = {**good, "template_key": "nudges", "reference": "crm:2"}
    body = {"mode": "continue", "items": [good, bad, good, {"template_key": 1}]}
    results = (await ann.post("/v1/messages/batch", body, status=200))["results"]
    assert [one["status"] for one in results] == [201, 404, 200, 422]
    assert results[0]["message"]["id"] == results[2]["message"]["id"]
    fresh = [{**good, "reference": "crm:3"}, {**good, "channel": "sms", "reference": "crm:4"}]
    status, problem, _ = await ann.refused(
        "POST", "/v1/messages/batch", json={"mode": "atomic", "items": fresh}
    )
    assert (status, problem) == (409, "batch-refused")
    assert {one["reference"] for one in (await ann.get("/v1/messages"))["data"]} == {"crm:1"}
