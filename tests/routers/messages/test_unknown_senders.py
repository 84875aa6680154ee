"""Whoever answers a message of ours and is not known: work about the account it was about."""

import pytest
from sqlalchemy import text

from tests.database import as_tenant

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
