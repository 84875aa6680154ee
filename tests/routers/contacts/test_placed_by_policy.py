"""A placement by policy begins the validation notice: nobody need speak with the debtor first."""

from datetime import UTC, date, datetime

import pytest

from app.services.messages.notices.noticing import make_notices
from tests.routers.contacts.test_contacts import call
from tests.routers.contacts.test_validation import ADDRESS, BY_RULE, SAID, TALK, validation
from tests.routers.messages.conftest import Worker
from tests.routers.messages.test_following import Follower
from tests.routers.persons.test_persons import DEBTOR

BY_PLACEMENT = {**BY_RULE, "key": "placed", "when": "placed", "days": 1}
OWN = {"OWN": {"collector_type": "first_party"}}


@pytest.fixture
async def ann(staff, desk):
    await desk.at("2026-01-05")
    return await staff("admin", "ann")


@pytest.fixture
async def policy(ann):
    """Both rules stand in it; debts of OWN are the creditor's own."""
    said = {"effective_from": "2026-01-01", "notices": [BY_PLACEMENT, BY_RULE], "creditors": OWN}
    return await ann.put("/v1/contact-policies/default", said, status=201)


async def placed(ann, **changes):
    return await ann.account(**{"debtor": DEBTOR, "effective_on": "2026-01-05", **changes})


async def itemize(ann, account):
    await ann.post(f"/v1/accounts/{account['id']}/itemizations", SAID)


async def test_it_is_made_once_after_the_placement_and_begins_the_time_to_dispute(
    ann, policy, desk, database, tenant
):
    account = await placed(ann)
    await itemize(ann, account)
    home = {"kind": "postal", "value": "1 Main St, Chicago", "postal": ADDRESS}
    await ann.post(f"/v1/persons/{account['debtor']['id']}/contact-points", home)
    own = await placed(ann, creditor={"name": "Own", "reference": "OWN"})
    await itemize(ann, own)
    long_ago = await placed(ann, effective_on="2025-12-01")
    await itemize(ann, long_ago)
    await Follower(database, tenant).look()
    days = [date(2026, 1, day) for day in (5, 6, 7)]
    assert [await make_notices(database, tenant, day) for day in days] == [0, 1, 0]

    await desk.at("2026-01-07")
    worker = Worker(database, tenant)
    worker.at = datetime(2026, 1, 7, 18, 0, tzinfo=UTC)
    await worker.look()
    await worker.look()
    (made,) = (await ann.get("/v1/messages"))["data"]
    assert made["key"] == ["placed", account["id"], "2026-01-05"]
    assert (made["status"], made["channel"]) == ("sent", "letter"), made["reason"]
    assert made["expires_at"] == "2026-02-09T00:00:00Z"
    known = await validation(ann, account)
    assert known["notice"]["message_id"] == made["id"]
    assert known["initial_communication"]["contact_id"] == known["notice"]["contact_id"]
    assert await make_notices(database, tenant, date(2026, 1, 12)) == 0


async def test_a_talk_meanwhile_makes_no_second_one(ann, policy, desk, database, tenant):
    account = await placed(ann)
    await Follower(database, tenant).look()
    assert await make_notices(database, tenant, date(2026, 1, 9)) == 0  # nobody itemized it
    await itemize(ann, account)
    assert await make_notices(database, tenant, date(2026, 1, 10)) == 1  # caught up
    await desk.at("2026-01-15")
    await ann.post("/v1/contacts", call(account, TALK, "conversation"))
    assert await make_notices(database, tenant, date(2026, 1, 15)) == 0


async def test_without_the_rule_no_placement_is_noted(ann, database, tenant):
    receipt = {"key": "receipt", "when": "payment_posted", "template": "receipt"}
    path = "/v1/contact-policies/default"
    await ann.put(path, {"effective_from": "2026-01-01", "notices": [receipt]}, status=201)
    account = await placed(ann)
    await itemize(ann, account)
    await Follower(database, tenant).look()
    wanted = {"effective_from": "2026-01-05", "notices": [{**BY_PLACEMENT, "days": 0}]}
    await ann.put(path, wanted, status=200)
    assert await make_notices(database, tenant, date(2026, 1, 6)) == 0
    late = {**wanted, "notices": [{**BY_PLACEMENT, "days": 6}]}
    assert await ann.pointers(path, late, method="PUT") == ["/notices/0/days"]
