"""May this person be contacted now, over HTTP: by holds, their own words, and the clock."""

import pytest

from tests.routers.lives.desk import OPENING
from tests.routers.persons.test_persons import CONSENT, DEBTOR, point

NOON = "2026-01-12T18:00:00Z"  # a Monday, twelve in Chicago


@pytest.fixture
async def ann(staff, desk):
    await desk.at(OPENING)
    return await staff("supervisor", "ann")


@pytest.fixture
async def account(ann):
    return await ann.account(debtor=DEBTOR)


async def ask(desk, account, **changes):
    body = {"channel": "call", "purpose": "collection", "at": NOON, **changes}
    path = f"/v1/accounts/{account['id']}/contact-decisions/preview"
    return await desk.post(path, body, status=200)


def codes(decision):
    return [(one["code"], one["rule_set"]) for one in decision["reasons"]]


async def test_a_call_in_hours_is_allowed_and_told_why_where(ann, account):
    told = await ask(ann, account)

    assert (told["allowed"], told["reasons"], told["next_allowed_at"]) == (True, [], None)
    assert told["zones"] == [
        {"time_zone": "America/Chicago", "time": "12:00", "open": True,
         "because": ["area code 312", "telephone number", "region US-IL"]}
    ]  # fmt: skip
    assert told["window"] == {
        "opens_at": "2026-01-12T14:00:00Z", "closes_at": "2026-01-13T03:00:00Z",
    }  # fmt: skip


async def test_too_early_waits_for_eight_where_the_person_is(ann, account):
    told = await ask(ann, account, at="2026-01-12T13:59:00Z")

    assert codes(told) == [("OUTSIDE_HOURS", "us-federal")]
    assert told["next_allowed_at"] == "2026-01-12T14:00:00Z"


async def test_every_reason_is_told_at_once(ann, account):
    person = account["debtor"]["id"]
    await ann.post(f"/v1/accounts/{account['id']}/holds", {"kind": "dispute", "reason": "not mine"})
    await ann.post(
        f"/v1/persons/{person}/restrictions",
        {"kind": "opt_out", "channel": "call", "reason": "said so"},
    )

    told = await ask(ann, account, at="2026-01-12T05:00:00Z")

    assert codes(told) == [
        ("DISPUTE_UNVERIFIED", "base"), ("MEDIUM_OPT_OUT", "base"), ("OUTSIDE_HOURS", "us-federal"),
    ]  # fmt: skip
    assert told["next_allowed_at"] is None


async def test_a_hold_lets_through_what_its_purpose_passes(ann, account):
    await ann.post(
        f"/v1/accounts/{account['id']}/holds", {"kind": "bankruptcy", "reason": "notice"}
    )

    assert codes(await ask(ann, account)) == [("AUTOMATIC_STAY", "base")]
    email = await point(ann, account["debtor"]["id"], "email")
    await ann.post(f"/v1/contact-points/{email['id']}/consents", CONSENT)
    receipt = await ask(ann, account, channel="email", purpose="receipt")
    assert receipt["allowed"]


async def test_where_she_says_to_be_counts_alone(ann, account):
    person = account["debtor"]["id"]
    said = {"time_zone": "America/Los_Angeles", "said_on": "2026-01-09"}
    await ann.post(f"/v1/persons/{person}/location", said)

    told = await ask(ann, account, at="2026-01-12T15:00:00Z")  # nine in Chicago, seven there

    assert codes(told) == [("OUTSIDE_HOURS", "us-federal")]
    assert [one["time_zone"] for one in told["zones"]] == ["America/Los_Angeles"]


async def test_an_email_needs_a_basis_and_an_invalid_number_serves_for_nothing(ann, account):
    person = account["debtor"]["id"]
    assert codes(await ask(ann, account, channel="email")) == [
        ("EMAIL_BASIS_MISSING", "us-federal")
    ]
    phone = await point(ann, person, "phone")
    gone = {"validity": "invalid", "because": "not_in_service"}
    await ann.post(f"/v1/contact-points/{phone['id']}/validity", gone)

    assert codes(await ask(ann, account)) == [("POINT_INVALID", "base")]


async def test_the_card_of_a_crm_says_which_channel_first(ann, account):
    path = f"/v1/accounts/{account['id']}/contactability"
    before = await ann.get(path, at=NOON)
    assert (before["first"], before["channels"][0]["channel"]) == ("call", "call")

    email = await point(ann, account["debtor"]["id"], "email")
    await ann.post(f"/v1/contact-points/{email['id']}/consents", CONSENT)
    after = await ann.get(path, at=NOON)

    assert after["first"] == "email"
    assert {one["channel"]: one["allowed"] for one in after["channels"]} == {
        "email": True, "call": True, "sms": False, "letter": False,
    }  # fmt: skip
    letter = next(one for one in after["channels"] if one["channel"] == "letter")
    assert codes(letter) == [("NO_POINT", "base")]


async def test_a_paid_debt_is_not_collected(ann, account):
    await ann.pay(account, 300_00)

    assert codes(await ask(ann, account)) == [("PAID_OR_SETTLED", "base")]


async def test_somebody_elses_point_and_the_wrong_kind_are_refused(ann, account):
    other = await ann.account(debtor={**DEBTOR, "reference": "CUST-78"})
    theirs = await point(ann, other["debtor"]["id"], "phone")
    mine = await point(ann, account["debtor"]["id"], "email")
    path = f"/v1/accounts/{account['id']}/contact-decisions/preview"

    missing = await ann.client.post(path, json={"channel": "call", "point_id": theirs["id"]})
    assert missing.status_code == 404
    assert await ann.pointers(path, {"channel": "call", "point_id": mine["id"]}) == ["/point_id"]


async def test_a_refusal_names_what_it_counted_and_what_is_only_reserved(ann, account):
    person, call = account["debtor"]["id"], {"channel": "call", "direction": "out"}
    body = {**call, "account_ids": [account["id"]], "person_id": person, "outcome": "no_answer"}
    days = [f"2026-01-{day:02}T18:00:00Z" for day in range(4, 10)]
    made = [(await ann.post("/v1/contacts", {**body, "started_at": at}))["id"] for at in days]
    path = f"/v1/accounts/{account['id']}/contact-decisions"
    seventh = await ann.post(path, {"channel": "call", "at": "2026-01-10T18:00:00Z"})

    told = await ann.post(path, {"channel": "call", "at": "2026-01-10T21:00:00Z"})

    (reason,) = [one for one in told["reasons"] if one["code"] == "MORE_THAN_7_IN_7"]
    assert (reason["limit"], reason["actual"]) == (7, 8)
    assert (reason["counted"], reason["reserved"]) == (made, [seventh["id"]])
    assert reason["account_id"] == account["id"]
    assert told["counts"] == {"calls_in_7_days": 7, "last_conversation_on": None}
    assert (told["person_id"], told["asked_at"]) == (person, "2026-01-10T21:00:00Z")
    assert (told["voicemail"], told["overridden"]) == ({"limited_content_only": True}, [])
    kept = await ann.get(f"/v1/contact-decisions/{told['id']}")
    (reason,) = [one for one in kept["reasons"] if one["code"] == "MORE_THAN_7_IN_7"]
    assert (reason["counted"], reason["reserved"]) == (made, [seventh["id"]])
    assert reason["account_id"] == account["id"]
    assert kept["decided_at"] == told["decided_at"]
    late = await ann.post("/v1/contacts", {**body, "started_at": "2026-01-09T19:00:00Z"})
    (reason,) = [one for one in late["judged"]["outside"] if one["rule"] == "calls_apart"]
    assert reason["counted"] == [made[-1]]


async def test_what_was_set_aside_is_told_with_the_decision(ann, account):
    person, call = account["debtor"]["id"], {"channel": "call", "direction": "out"}
    body = {**call, "account_ids": [account["id"]], "person_id": person}
    talk = {**body, "outcome": "conversation", "started_at": "2026-01-09T18:00:00Z"}
    spoken = await ann.post("/v1/contacts", talk)
    override = {
        "codes": ["WITHIN_7_DAYS_OF_CONVERSATION"],
        "reason": "required_by_law",
        "note": "n",
    }

    told = await ann.post(
        f"/v1/accounts/{account['id']}/contact-decisions",
        {"channel": "call", "at": "2026-01-10T18:00:00Z", "override": override},
    )

    assert (told["allowed"], told["reasons"]) == (True, [])
    (reason,) = told["overridden"]
    assert reason["code"] == "WITHIN_7_DAYS_OF_CONVERSATION"
    assert reason["counted"] == [spoken["id"]]
    assert told["counts"]["last_conversation_on"] == "2026-01-09"
    kept = await ann.get(f"/v1/contact-decisions/{told['id']}")
    (aside,) = kept["overridden"]["set_aside"]
    assert aside["counted"] == [spoken["id"]]


async def test_a_point_says_by_which_channel_and_a_template_what_for(ann, account):
    path = f"/v1/accounts/{account['id']}/contact-decisions/preview"
    for kind, channel in (("phone", "call"), ("email", "email")):
        by = await point(ann, account["debtor"]["id"], kind)
        told = await ann.post(path, {"point_id": by["id"]}, status=200)
        assert (told["channel"], told["point"]["id"]) == (channel, by["id"])
        assert (told["voicemail"] is None) is (channel != "call")

    assert await ann.pointers(path, {}) == ["/channel"]
    worded = {"channel": "email", "template_key": "receipt"}
    assert (await ann.post(path, worded, status=200))["purpose"] == "receipt"
    assert await ann.pointers(path, {**worded, "purpose": "collection"}) == ["/purpose"]
    same = await ann.post(path, {**worded, "purpose": "receipt"}, status=200)
    assert same["purpose"] == "receipt"
    nobodys = {"channel": "email", "template_key": "no_such"}
    assert (await ann.refused("POST", path, json=nobodys))[:2] == (404, "not-found")
    foreign = {"point_id": "cp_01h455vb4pex5vsknk084sn02q"}
    assert (await ann.refused("POST", path, json=foreign))[:2] == (404, "not-found")
    assert await ann.pointers(path, {"channel": "email", "template_key": "a\u0000"}) == [
        "/template_key"
    ]
