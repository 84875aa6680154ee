"""Parties over HTTP, the gate asked of each, and persons who turned out to be one."""

import pytest

from tests.routers.lives.desk import OPENING
from tests.routers.persons.test_persons import CONSENT, DEBTOR, point

PHONE = {"kind": "phone", "label": "mobile", "source": "person"}
CALL = {
    "channel": "call", "direction": "out", "outcome": "no_answer",
    "started_at": "2026-01-09T16:00:00Z",
}  # fmt: skip


@pytest.fixture
async def ann(staff, desk):
    await desk.at(OPENING)
    return await staff("agent", "ann")


@pytest.fixture
async def account(ann):
    return await ann.account(debtor=DEBTOR)


async def party(ann, account, role, **person):
    said = {"phone": "+13125550142", "region": "US-IL", **person}
    return await ann.post(f"/v1/accounts/{account['id']}/parties", {"role": role, "person": said})


async def codes(ann, account, **asked):
    path = f"/v1/accounts/{account['id']}/contact-decisions/preview"
    asked = {"channel": "call", "at": "2026-01-11T18:00:00Z", **asked}  # after any hour of today
    found = await ann.post(path, asked, status=200)
    return {one["code"] for one in found["reasons"]}


async def test_parties_come_and_go_and_the_debtor_stays(ann, account):
    own = f"/v1/accounts/{account['id']}/parties"
    added = await party(ann, account, "guarantor", reference="CUST-78", name="Max Doe")
    person = await ann.get(f"/v1/persons/{added['person_id']}")
    assert (person["role"], person["reference"]) == ("debtor", "CUST-78")
    assert (await point(ann, person["id"], "phone"))["normalized"] == "+13125550142"
    twice = {"role": "guarantor", "person_id": person["id"]}
    assert await ann.pointers(own, twice) == ["/role"]
    assert await ann.pointers(own, {"role": "spouse"}) == ["/person_id"]
    await ann.account(creditor={"reference": "LENDER"})
    (lender,) = (await ann.get("/v1/persons", reference="LENDER"))["data"]
    creditor = {"role": "other", "person_id": lender["id"]}
    assert await ann.pointers(own, creditor) == ["/person_id"]

    ended = await ann.post(
        f"{own}/{added['id']}/end", {"on": "2026-01-20", "reason": "released"}, status=200
    )
    assert ended["ended_on"] == "2026-01-20"
    listed = {
        day: [one["role"] for one in (await ann.get(own, as_of=day))["data"]]
        for day in ("2026-01-19", "2026-01-20")
    }
    assert listed == {"2026-01-19": ["debtor", "guarantor"], "2026-01-20": ["debtor"]}
    feed = (await ann.get("/v1/events", account_id=account["id"], types="party.added,party.ended"))[
        "data"
    ]
    assert [one["type"] for one in feed] == ["party.added", "party.ended"]


async def test_who_is_no_consumer_hears_of_no_debt_unless_the_debtor_agreed(ann, account):
    mother = await party(ann, account, "relative", name="Mrs. Doe")
    whose = {"person_id": mother["person_id"]}
    assert await codes(ann, account, **whose) == {"THIRD_PARTY"}
    assert await codes(ann, account, **whose, purpose="location_information") == set()
    await ann.post(
        "/v1/contacts",
        {**CALL, **whose, "account_ids": [account["id"]], "purpose": "location_information",
         "outcome": "conversation"},
    )  # fmt: skip
    used = await codes(ann, account, **whose, purpose="location_information")
    assert "LOCATION_INFORMATION_USED" in used

    phone = await point(ann, account["debtor"]["id"], "phone")
    agreed = {**CONSENT, "kind": "third_party", "channels": None, **whose}
    await ann.post(f"/v1/contact-points/{phone['id']}/consents", agreed)
    assert "THIRD_PARTY" not in await codes(ann, account, **whose)
    other = await party(ann, account, "neighbor", phone="+13125550143")
    assert "THIRD_PARTY" in await codes(ann, account, person_id=other["person_id"])
    stranger = await ann.account(debtor={"name": "Nobody"})
    asked = {"channel": "call", "person_id": stranger["debtor"]["id"]}
    path = f"/v1/accounts/{account['id']}/contact-decisions/preview"
    assert (await ann.refused("POST", path, json=asked))[0] == 404


async def test_what_was_said_of_both_counts_for_both_and_no_consent_grows(ann, account):
    twin = await ann.account(
        debtor={**DEBTOR, "reference": "CUST-99", "name": "J. Doe", "phone": "+13125550199"}
    )
    old, kept = twin["debtor"]["id"], account["debtor"]["id"]
    email = await point(ann, old, "email")
    await ann.post(f"/v1/contact-points/{email['id']}/consents", CONSENT)
    await ann.post(
        f"/v1/persons/{old}/restrictions",
        {"kind": "opt_out", "channel": "sms", "reason": "said so"},
    )
    for number in range(7):
        call = {**CALL, "person_id": old, "account_ids": [twin["id"], account["id"]],
                "started_at": f"2026-01-0{1 + number % 4}T1{7 + number % 3}:00:00Z"}  # fmt: skip
        await ann.post("/v1/contacts", call)
    now = {"person_id": kept, "account_ids": [account["id"], twin["id"]]}
    eighth = await ann.post("/v1/contacts", {**CALL, **now, "started_at": "2026-01-05T17:00:00Z"})
    assert eighth["judged"]["outside"] == []

    merged = await ann.post(
        f"/v1/persons/{old}/merge", {"into": kept, "reason": "same"}, status=200
    )
    assert merged["id"] == kept

    assert (await ann.get(f"/v1/persons/{old}"))["id"] == kept
    found = await ann.get("/v1/accounts", debtor_id=kept)
    assert {one["id"] for one in found["data"]} == {account["id"], twin["id"]}
    assert len((await ann.get(f"/v1/persons/{kept}/contact-points"))["data"]) == 4
    both = (await ann.get("/v1/contacts", person_id=old))["data"]
    assert len(both) == 8
    told = (await ann.get(f"/v1/contacts/{eighth['id']}"))["judged"]["outside"]
    assert "MORE_THAN_7_IN_7" in {one["code"] for one in told}
    for one in (account, twin):
        assert "MEDIUM_OPT_OUT" in await codes(ann, one, channel="sms")
        assert "MORE_THAN_7_IN_7" in await codes(ann, one, at="2026-01-07T18:00:00Z")
    email_ = {"channel": "email", "point_id": email["id"]}
    assert "EMAIL_BASIS_MISSING" not in await codes(ann, twin, **email_)
    assert "EMAIL_BASIS_MISSING" in await codes(ann, account, **email_)
    added = await ann.post(
        f"/v1/persons/{old}/restrictions", {"kind": "no_visits", "reason": "dog"}
    )
    assert added["id"] in [
        one["id"] for one in (await ann.get(f"/v1/persons/{kept}/restrictions"))["data"]
    ]


async def test_who_cannot_be_one(ann, account):
    lawyer = await party(ann, account, "attorney", name="A. Lawyer")
    twin = await ann.account(debtor={"reference": "CUST-98"})
    kept, old = account["debtor"]["id"], twin["debtor"]["id"]

    async def refused(one, into):
        body = {"into": into, "reason": "same"}
        answer = await ann.refused("POST", f"/v1/persons/{one}/merge", json=body)
        assert answer[:2] == (409, "not-mergeable")
        return answer[2]["detail"]

    assert "third_party" in await refused(lawyer["person_id"], kept)
    assert "the same person" in await refused(kept, kept)
    await ann.post(f"/v1/persons/{old}/merge", {"into": kept, "reason": "same"}, status=200)
    assert "merged already" in await refused(old, kept)
    found = (await ann.get("/v1/persons", reference="CUST-98"))["data"]
    assert [one["merged_into_person_id"] for one in found] == [kept]
