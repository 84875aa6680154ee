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
