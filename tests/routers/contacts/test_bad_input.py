"""What is refused, or judged all the same, by name: zones, decisions of others, the forgotten."""

import pytest

from tests.routers.contacts.test_contacts import NOON, call, decide, outside
from tests.routers.messages.conftest import NUDGE
from tests.routers.persons.test_persons import CONSENT, DEBTOR, point


@pytest.fixture
async def ann(staff, desk):
    await desk.at("2026-01-02")
    return await staff("supervisor", "ann")


@pytest.fixture
async def account(ann, desk):
    made = await ann.account(debtor=DEBTOR)
    await desk.at("2026-01-15")
    return made


async def test_a_zone_nobody_knows_is_named(ann, account):
    person = f"/v1/persons/{account['debtor']['id']}"
    lunch = {"from": "12:00", "to": "13:00", "time_zone": "Mars/Olympus"}
    quiet = {"kind": "inconvenient_time", "window": lunch, "reason": "naps"}
    said = {"time_zone": "Mars/Olympus", "said_on": "2026-01-14"}

    assert await ann.pointers(f"{person}/location", said) == ["/time_zone"]
    assert await ann.pointers(f"{person}/restrictions", quiet) == ["/window/time_zone"]
    before = await ann.get(person)
    named = {"time_zone": "Mars/Olympus"}
    assert await ann.pointers(person, named, method="PATCH") == ["/time_zone"]
    assert await ann.get(person) == before
    assert (await ann.get(f"{person}/restrictions"))["data"] == []


async def test_a_decision_about_somebody_else_is_none(ann, account):
    other = await ann.account(debtor={**DEBTOR, "reference": "CUST-2"})
    spouse = {"role": "spouse", "person": {"reference": "S-1", "name": "Joe Doe"}}
    party = await ann.post(f"/v1/accounts/{account['id']}/parties", spouse)
    theirs = await decide(ann, other)
    ours = await decide(ann, account)

    foreign = await ann.refused(
        "POST", "/v1/contacts", json=call(account, decision_id=theirs["id"])
    )  # fmt: skip
    assert foreign[:2] == (404, "not-found")
    with_spouse = call(account, decision_id=ours["id"], person_id=party["person_id"])
    assert await ann.pointers("/v1/contacts", with_spouse) == ["/decision_id"]
    assert (await ann.get("/v1/contacts"))["data"] == []
    for one in (theirs, ours):
        assert (await ann.get(f"/v1/contact-decisions/{one['id']}"))["ended_because"] is None


async def test_a_lapsed_decision_is_named_all_the_same_and_the_contact_judged(ann, account, desk):
    made = await decide(ann, account, reserve_minutes=5)
    await desk.at("2026-01-16")
    for number in range(7):
        await ann.post("/v1/contacts", call(account, f"2026-01-{8 + number:02}T17:00:00Z"))

    late = await ann.post("/v1/contacts", call(account, NOON, decision_id=made["id"]))

    assert "MORE_THAN_7_IN_7" in outside(late)
    kept = await ann.get(f"/v1/contact-decisions/{made['id']}")
    assert (kept["ended_because"], kept["contact_id"]) == ("used", late["id"])


async def test_of_whoever_was_erased_nothing_waits_and_nothing_is_taken_down(ann, account, desk):
    await desk.at("2029-01-15")  # when nothing of an act must be kept any more
    at = "2029-01-14T18:00:00Z"
    person, own = account["debtor"]["id"], f"/v1/accounts/{account['id']}"
    email = await point(ann, person, "email")
    await ann.post(f"/v1/contact-points/{email['id']}/consents", CONSENT)
    await ann.put("/v1/templates/nudge", NUDGE, status=201)
    asked = {"account_id": account["id"], "template_key": "nudge", "channel": "email"}
    message = await ann.post("/v1/messages", asked)
    held = await decide(ann, account, "2029-01-15T18:00:00Z", reserve_minutes=240)
    assert held["allowed"]
    assert message["status"] in {"queued", "scheduled"}  # by the time of day it is asked at

    await ann.post(f"/v1/persons/{person}/erase", {"reason": "asked in writing"}, status=202)

    gone = await ann.get(f"/v1/messages/{message['id']}")
    assert (gone["status"], gone["reason"]) == ("suppressed", "ERASED")
    late = await ann.refused("POST", "/v1/contacts", json=call(account, at, decision_id=held["id"]))
    assert late[:2] == (404, "not-found")
    assert person in late[2]["detail"]
    # That somebody was called can be said without naming them.
    body = {**call(account, at), "person_id": None}
    assert (await ann.post("/v1/contacts", body))["person_id"] is None
    ended = {"reason": "they were erased"}
    await ann.post(f"/v1/contact-decisions/{held['id']}/release", ended)
    assert len((await ann.get(f"{own}/contacts"))["data"]) == 1


@pytest.mark.parametrize("name", ["started_at", "account_ids", "outcome"])
async def test_a_correction_to_nothing_is_named_and_not_stumbled_over(ann, account, name):
    made = await ann.post("/v1/contacts", call(account))
    path = f"/v1/contacts/{made['id']}/corrections"

    assert await ann.pointers(path, {"reason": "it was not so", name: None}) == [f"/{name}"]
    assert await ann.get(f"/v1/contacts/{made['id']}") == made
