"""What was done on a worklist, listed: about accounts, and about messages of no account."""

import pytest
from sqlalchemy import text

from tests.database import as_tenant
from tests.routers.persons.test_persons import DEBTOR

DONE = "/v1/worklists/inbox/done"
STRANGER = {
    "channel": "email", "from": "neighbor@example.org", "to": "us@example.org", "provider": "mail",
    "provider_id": "IN-1", "received_at": "2026-01-15T00:00:00Z", "text": "Who are you?",
}  # fmt: skip


@pytest.fixture
async def ann(staff, desk):
    await desk.at("2026-01-10")
    return await staff("supervisor", "ann")


@pytest.fixture
async def account(ann, desk):
    made = await ann.account(debtor=DEBTOR)
    await desk.at("2026-01-15")
    wrote = {"account_ids": [made["id"]], "person_id": made["debtor"]["id"], "channel": "email",
             "direction": "in", "outcome": "received",
             "started_at": "2026-01-14T01:00:00Z"}  # fmt: skip
    await ann.post("/v1/contacts", wrote)
    return made


async def test_both_kinds_of_items_are_listed_the_latest_first(ann, account, desk):
    stray = await ann.post("/v1/inbound", STRANGER)
    items = (await ann.get("/v1/worklists/inbox/items"))["data"]
    theirs = next(one for one in items if one["account_id"])
    nobodys = next(one for one in items if not one["account_id"])
    until = "2026-01-15T20:00:00Z"
    await ann.post(f"/v1/work-items/{nobodys['id']}/skip",
                   {"reason": "asks later", "until_at": until}, status=200)  # fmt: skip
    await desk.at("2026-01-16")
    await ann.post(f"/v1/work-items/{nobodys['id']}/assign", {"actor": "bob", "reason": "knows"},
                   status=200)  # fmt: skip
    did = {"did": "read", "note": "sent on"}
    await ann.post(f"/v1/work-items/{theirs['id']}/complete", did, status=200)

    page = await ann.get(DONE)
    said = [(one["work_item_id"], one["kind"], one["note"]) for one in page["data"]]
    assert said == [
        (theirs["id"], "completed", "sent on"),
        (nobodys["id"], "assigned", "knows"),
        (nobodys["id"], "skipped", "asks later"),
    ]
    completed, assigned, skipped = page["data"]
    assert (completed["account_id"], completed["contact_id"]) == (account["id"], None)
    assert (completed["did"], completed["actor"], completed["role"]) == (
        "read",
        "ann",
        "supervisor",
    )
    assert (skipped["account_id"], skipped["contact_id"]) == (None, stray["contact_id"])
    assert (assigned["to"], skipped["until_at"]) == ("bob", until)
    assert page["next_cursor"] is None

    pages, cursor = [], {}
    for _ in range(3):
        one = await ann.get(DONE, limit=1, **cursor)
        pages += one["data"]
        cursor = {"cursor": one["next_cursor"]}
    assert (pages, cursor) == (page["data"], {"cursor": None})
    of_a_day = {"from": "2026-01-15", "to": "2026-01-15"}
    assert (await ann.get(DONE, **of_a_day))["data"] == [skipped]
    assert (await ann.get("/v1/worklists/collectors/done"))["data"] == []
    assert (await ann.client.get("/v1/worklists/nobody/done")).status_code == 404


async def test_a_page_is_read_from_the_days_of_the_list(ann, account, owner, tenant):
    asked = """
        EXPLAIN SELECT id FROM {} WHERE tenant_id = :t AND worklist = 'inbox'
            AND (business_date, id) < ('2026-01-16', :t) AND business_date >= '2026-01-01'
        ORDER BY business_date DESC, id DESC LIMIT 50
    """
    for name in ("work_fact", "stray_fact"):
        async with as_tenant(owner, tenant) as tx:
            await tx.execute(text("SET LOCAL enable_seqscan = off"))
            await tx.execute(text("SET LOCAL enable_bitmapscan = off"))
            plan = "\n".join((await tx.execute(text(asked.format(name)), {"t": tenant})).scalars())
        assert f"Index Only Scan Backward using ix_{name}_day" in plan
        assert "Sort" not in plan
