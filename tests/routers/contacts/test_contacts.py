"""Contacts over HTTP: recorded as they happened, judged by all that is known, corrected, voided."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from app.storage import tenancy
from app.storage.contacts import contacts
from app.storage.contacts.contacts import FindContacts
from tests.database import as_tenant
from tests.routers.contacts.test_gate import codes
from tests.routers.persons.test_persons import DEBTOR, point

NOON = "2026-01-14T18:00:00Z"


@pytest.fixture
async def ann(staff, desk):
    await desk.at("2026-01-02")
    return await staff("supervisor", "ann")


@pytest.fixture
async def account(ann, desk):
    made = await ann.account(debtor=DEBTOR)
    await desk.at("2026-01-15")
    return made


def call(account, at=NOON, outcome="no_answer", **changes):
    return {
        "account_ids": [account["id"]], "person_id": account["debtor"]["id"], "channel": "call",
        "direction": "out", "started_at": at, "outcome": outcome, **changes,
    }  # fmt: skip


def outside(contact):
    return [one["code"] for one in contact["judged"]["outside"]]


async def week_of_calls(desk, account, calls=7):
    """A call a day at noon in Chicago, the last on the 13th."""
    for number in range(calls):
        await desk.post("/v1/contacts", call(account, f"2026-01-{13 - number:02d}T18:00:00Z"))


async def decide(desk, account, at=NOON, *, status=201, **changes):
    body = {"channel": "call", "at": at, **changes}
    path = f"/v1/accounts/{account['id']}/contact-decisions"
    return await desk.post(path, body, status=status)


async def test_a_contact_is_told_with_what_it_counts_as(ann, account):
    made = await ann.post("/v1/contacts", call(account, outcome="conversation", reference="d:1"))

    assert made["effects"] == {
        "attempt": True, "communication": True, "counts": True, "cooldown": True, "point": None,
    }  # fmt: skip
    assert (outside(made), made["actor"]) == ([], "ann")
    read = await ann.get(f"/v1/contacts/{made['id']}")
    assert read == made
    ways = (
        {"account_id": account["id"]}, {"person_id": account["debtor"]["id"]},
        {"channel": "call"}, {"outside": False}, {"from": "2026-01-14T00:00:00Z"},
    )  # fmt: skip
    for asked in ways:
        listed = await ann.get("/v1/contacts", **asked)
        assert [one["id"] for one in listed["data"]] == [made["id"]], asked
    assert (await ann.get("/v1/contacts", outside=True))["data"] == []


async def test_a_connector_knows_its_own_by_their_origin(ann, account, owner, tenant):
    headers = {"Accord-Origin": "hubspot"}
    path = f"/v1/accounts/{account['id']}/contact-decisions"
    asked = {"channel": "call", "at": NOON}
    decided = (await ann.client.post(path, json=asked, headers=headers)).json()
    body = call(account, decision_id=decided["id"])
    made = (await ann.client.post("/v1/contacts", json=body, headers=headers)).json()
    voided = {"reason": "another account's"}
    await ann.client.post(f"/v1/contacts/{made['id']}/void", json=voided)

    assert made["origin"] == "hubspot"
    said = "SELECT {} FROM {} WHERE tenant_id = :tenant ORDER BY 1"
    async with as_tenant(owner, tenant) as tx:
        for of, columns, wanted in (
            ("contact_fact", "kind, origin", [("recorded", "hubspot"), ("voided", None)]),
            ("contact_decision", "origin", [("hubspot",)]),
        ):
            rows = await tx.execute(text(said.format(columns, of)), {"tenant": tenant})
            assert [tuple(row) for row in rows] == wanted


async def test_what_was_taken_down_since_comes_in_that_order(ann, account):
    days = (9, 12, 7, 11)
    made = [
        await ann.post("/v1/contacts", call(account, f"2026-01-{n:02}T18:00:00Z")) for n in days
    ]
    since = {"entered_after": made[0]["entered_at"]}

    told, page = [], await ann.get("/v1/contacts", **since, limit=2)
    latest = await ann.get("/v1/contacts", limit=1)
    while page["data"]:
        told += page["data"]
        if page["next_cursor"] is None:
            break
        page = await ann.get("/v1/contacts", **since, limit=2, cursor=page["next_cursor"])
    assert [one["id"] for one in told] == [one["id"] for one in made[1:]]
    late = await ann.get("/v1/contacts", **since, **{"from": "2026-01-11T00:00:00Z"})
    assert [one["id"] for one in late["data"]] == [made[1]["id"], made[3]["id"]]
    path = f"/v1/contacts?cursor={latest['next_cursor']}&entered_after=2026-01-01T00:00:00Z"
    assert await ann.pointers(path, None, method="GET") == ["?cursor"]


MANY = """
    INSERT INTO contact (tenant_id, id, account_ids, channel, direction, purpose, started_at,
        limited_content, more, outside, corrections, content_hash, entered_at)
    SELECT :tenant, gen_random_uuid(), ARRAY[gen_random_uuid()], 'call', 'out', 'collection',
        timestamptz '2026-01-01Z' + n * interval '7 minutes', false, '{}', '[]', 0, '',
        timestamptz '2026-01-10Z' + n * interval '1 second'
    FROM generate_series(1, 3000) AS n
"""


async def test_that_order_is_read_from_an_index(owner, tenant):
    asked = FindContacts(entered_after=datetime(2026, 1, 10, 0, 20, tzinfo=UTC))
    async with owner.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant)
        await tx.execute(text(MANY), {"tenant": tenant})
        await tx.execute(text("ANALYZE contact"))
        said = []
        event.listen(tx.sync_connection, "before_cursor_execute", lambda *told: said.append(told))
        found = await contacts.find(tx, asked, limit=50)
        ((_, _, sql, values, *_),) = said
        plan = (await tx.exec_driver_sql("EXPLAIN (FORMAT JSON) " + sql, values)).scalar_one()
        await tx.rollback()
    assert [one.entered_at for one in found] == [
        datetime(2026, 1, 10, 0, 20, tzinfo=UTC) + timedelta(seconds=n) for n in range(1, 51)
    ]
    told = str(plan)
    assert "ix_contact_tenant_id_entered_at" in told
    assert "Sort" not in told


async def test_the_same_reference_is_the_same_contact_or_refused(ann, account):
    body = call(account, reference="dialer:9")
    made = await ann.post("/v1/contacts", body)

    assert await ann.post("/v1/contacts", body, status=200) == made
    other = await ann.client.post("/v1/contacts", json={**body, "outcome": "busy"})
    assert other.status_code == 409
    assert other.json()["existing_contact_id"] == made["id"]


async def test_the_eighth_call_is_recorded_and_outside(ann, account):
    await week_of_calls(ann, account)

    eighth = await ann.post("/v1/contacts", call(account, "2026-01-13T22:00:00Z"))

    assert outside(eighth) == ["MORE_THAN_7_IN_7"]
    (kept,) = (await ann.get("/v1/contacts", outside=True))["data"]
    assert kept["id"] == eighth["id"]


async def test_a_call_found_later_puts_a_verdict_wrong_and_a_void_puts_it_right(ann, account):
    await week_of_calls(ann, account, calls=5)
    last = await ann.post("/v1/contacts", call(account, "2026-01-14T18:00:00Z"))
    assert outside(last) == []

    found = await ann.post("/v1/contacts", call(account, "2026-01-12T22:00:00Z"))
    assert outside(found) == []
    assert outside(await ann.get(f"/v1/contacts/{last['id']}")) == []
    more = await ann.post("/v1/contacts", call(account, "2026-01-11T22:00:00Z"))
    assert outside(await ann.get(f"/v1/contacts/{last['id']}")) == ["MORE_THAN_7_IN_7"]

    await ann.post(f"/v1/contacts/{more['id']}/void", {"reason": "another account's"})
    assert outside(await ann.get(f"/v1/contacts/{last['id']}")) == []


async def test_a_correction_counts_from_then_on_and_keeps_what_was_said(ann, account):
    talk = await ann.post("/v1/contacts", call(account, "2026-01-13T18:00:00Z", "conversation"))
    after = await ann.post("/v1/contacts", call(account))
    assert outside(after) == ["WITHIN_7_DAYS_OF_CONVERSATION"]

    body = {"outcome": "no_answer", "reason": "misclicked"}
    told = await ann.post(f"/v1/contacts/{talk['id']}/corrections", body)

    assert (told["outcome"], told["corrections"]) == ("no_answer", 1)
    assert outside(await ann.get(f"/v1/contacts/{after['id']}")) == []


async def test_a_number_not_in_service_is_used_no_more(ann, account):
    phone = await point(ann, account["debtor"]["id"], "phone")

    await ann.post("/v1/contacts", call(account, outcome="not_in_service", point_id=phone["id"]))

    assert (await point(ann, account["debtor"]["id"], "phone"))["invalid_because"] == (
        "not_in_service"
    )
    assert codes(await decide(ann, account, at="2026-01-15T18:00:00Z")) == [
        ("POINT_INVALID", "base")
    ]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"started_at": "2026-01-20T18:00:00Z"}, "/started_at"),
        ({"outcome": "met"}, "/outcome"),
        ({"channel": "note"}, "/outcome"),
        ({"account_ids": []}, "/account_ids"),
    ],
    ids=str,
)
async def test_what_cannot_have_been_is_refused(ann, account, changes, pointer):
    assert await ann.pointers("/v1/contacts", {**call(account), **changes}) == [pointer]
    assert (await ann.get("/v1/contacts"))["data"] == []


async def test_a_decision_reserves_and_a_contact_uses_it_once(ann, account):
    await week_of_calls(ann, account, calls=6)
    at = "2026-01-14T18:00:00Z"
    first = await decide(ann, account, at, reserve_minutes=240)
    assert first["allowed"]

    second = await decide(ann, account, "2026-01-14T20:30:00Z")
    assert codes(second) == []  # the eighth of January has left the window
    await ann.post(f"/v1/contact-decisions/{second['id']}/release", {"reason": "no time"})

    used = await ann.post("/v1/contacts", call(account, at, decision_id=first["id"]))
    kept = await ann.get(f"/v1/contact-decisions/{first['id']}")
    assert (kept["ended_because"], kept["contact_id"]) == ("used", used["id"])
    again = await ann.client.post("/v1/contacts", json=call(account, decision_id=first["id"]))
    assert (again.status_code, again.json()["type"]) == (409, "/problems/decision-used")


async def test_a_refusal_is_kept_and_shown(ann, account):
    refused = await decide(ann, account, "2026-01-15T05:00:00Z")

    listed = await ann.get(f"/v1/accounts/{account['id']}/contact-decisions")
    (kept,) = listed["data"]
    assert (kept["id"], kept["allowed"]) == (refused["id"], False)
    assert [one["code"] for one in kept["reasons"]] == ["OUTSIDE_HOURS"]
    assert kept["reserved_until_at"] is None


async def test_decisions_are_found_by_what_they_say(ann, account):
    refused = await decide(ann, account, "2026-01-15T05:00:00Z")
    allowed = await decide(ann, account, "2026-01-14T20:00:00Z")
    other = await ann.account(reference="OTHER", debtor={**DEBTOR, "reference": "D-2"})
    theirs = await decide(ann, other, "2026-01-16T05:00:00Z")

    async def found(**asked):
        page = await ann.get("/v1/contact-decisions", **asked)
        return [one["id"] for one in page["data"]]

    assert await found() == [theirs["id"], refused["id"], allowed["id"]]
    assert await found(allowed=True) == [allowed["id"]]
    assert await found(code="OUTSIDE_HOURS") == [theirs["id"], refused["id"]]
    assert await found(code="OUTSIDE_HOURS", account_id=account["id"]) == [refused["id"]]
    spans = {"from": "2026-01-15T00:00:00Z", "to": "2026-01-16T05:00:00Z"}
    assert await found(**spans) == [refused["id"]]
    first = await ann.get("/v1/contact-decisions", limit=2)
    rest = await ann.get("/v1/contact-decisions", limit=2, cursor=first["next_cursor"])
    assert [one["id"] for one in rest["data"]] == [allowed["id"]]
    assert await ann.pointers("/v1/contact-decisions?code=NO_REASON", None, method="GET") == [
        "?code"
    ]


async def test_only_what_may_be_set_aside_is_and_only_by_whom(ann, account, staff):
    await week_of_calls(ann, account)
    path = f"/v1/accounts/{account['id']}/contact-decisions"
    over = {"codes": ["MORE_THAN_7_IN_7"], "reason": "time_critical", "note": "court tomorrow"}
    body = {"channel": "call", "at": "2026-01-13T22:00:00Z", "override": over}
    bob = await staff("agent", "bob")

    barred = await bob.client.post(path, json=body)
    assert (barred.status_code, barred.json()["type"]) == (409, "/problems/outside-authority")
    assert [one["override_role"] for one in barred.json()["refusals"]] == ["supervisor"]
    allowed = await ann.post(path, body)
    assert allowed["allowed"]
    night = {**body, "at": "2026-01-14T05:00:00Z", "override": {**over, "codes": ["OUTSIDE_HOURS"]}}
    fixed = await ann.client.post(path, json=night)
    assert (fixed.status_code, fixed.json()["type"]) == (409, "/problems/not-overridable")


async def test_of_thirty_two_who_ask_for_the_seventh_call_one_gets_it(ann, account):
    for day, hour in ((10, 18), (11, 18), (12, 18), (13, 18), (14, 16), (14, 20)):
        await ann.post("/v1/contacts", call(account, f"2026-01-{day}T{hour}:00:00Z"))
    body = {"channel": "call", "at": "2026-01-16T18:00:00Z", "reserve_minutes": 240}
    path = f"/v1/accounts/{account['id']}/contact-decisions"

    async def ask():
        answer = await ann.client.post(path, json=body)
        while answer.status_code == 503:  # the account is busy: asked again
            answer = await ann.client.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    told = await asyncio.gather(*(ask() for _ in range(32)))

    assert sum(one["allowed"] for one in told) == 1
    refused = next(one for one in told if not one["allowed"])
    assert ("MORE_THAN_7_IN_7", "us-federal") in codes(refused)


async def test_a_day_of_an_office(ann, account):
    """A debt, a call nobody answers, a talk, an opt-out, a dispute and its release, a letter."""
    person = account["debtor"]["id"]
    await ann.post("/v1/contacts", call(account, "2026-01-12T18:00:00Z"))
    assert (await decide(ann, account, "2026-01-13T18:00:00Z"))["allowed"]
    await ann.post("/v1/contacts", call(account, "2026-01-13T18:00:00Z", "conversation"))
    notice = call(account, "2026-01-14T15:00:00Z", "mailed", channel="letter")
    await ann.post("/v1/contacts", {**notice, "purpose": "validation_notice"})
    quiet = await decide(ann, account, "2026-01-14T18:00:00Z")
    assert ("WITHIN_7_DAYS_OF_CONVERSATION", "us-federal") in codes(quiet)
    assert quiet["next_allowed_at"] == "2026-01-20T14:00:00Z"
    await ann.post(
        f"/v1/persons/{person}/restrictions",
        {"kind": "opt_out", "channel": "call", "reason": "said so"},
    )
    assert (await decide(ann, account, "2026-01-21T18:00:00Z"))["next_allowed_at"] is None
    address = {"lines": ["1 Main St"], "region": "US-IL", "postal_code": "60601", "country": "US"}
    postal = {"kind": "postal", "value": "1 Main St, Chicago", "postal": address}
    await ann.post(f"/v1/persons/{person}/contact-points", postal)
    hold = await ann.post(
        f"/v1/accounts/{account['id']}/holds", {"kind": "dispute", "reason": "not mine"}
    )
    disputed = await decide(ann, account, "2026-01-15T18:00:00Z", channel="letter")
    assert codes(disputed) == [("DISPUTE_UNVERIFIED", "base")]
    await ann.post(f"/v1/accounts/{account['id']}/holds/{hold['id']}/release", {}, status=200)
    assert (await decide(ann, account, "2026-01-16T05:00:00Z", channel="letter"))["allowed"]


async def test_whoever_records_is_named(staff, account):
    nobody = await staff("agent")

    assert await nobody.pointers("/v1/contacts", call(account)) == ["Accord-Actor:"]
