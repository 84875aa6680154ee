"""The validation notice over HTTP: what makes it due, its sending, its return, and its figures."""

from datetime import UTC, date, datetime

import pytest

from app.services.contacts.periods import end_periods
from app.services.messages.notices.noticing import make_notices
from tests.routers.contacts.test_contacts import call, codes, decide, outside
from tests.routers.messages.conftest import Worker
from tests.routers.persons.test_persons import DEBTOR

TALK = "2026-01-05T18:00:00Z"
LATE = "2026-01-14T18:00:00Z"
SAID = {
    "reference": "last_statement", "on": "2025-12-01", "amount_minor": 250_00,
    "interest_minor": 40_00, "fees_minor": 20_00, "payments_minor": 10_00, "credits_minor": 0,
    "original_creditor": "Prairie Telecom",
}  # fmt: skip
ADDRESS = {"lines": ["1 Main St"], "region": "US-IL", "postal_code": "60601", "country": "US"}
BY_RULE = {"key": "validation", "when": "first_communication", "days": 0,
           "template": "validation_notice"}  # fmt: skip
OVERDUE = ("VALIDATION_NOTICE_OVERDUE", "us-federal")


@pytest.fixture
async def ann(staff, desk):
    await desk.at("2026-01-02")
    return await staff("admin", "ann")


@pytest.fixture
async def account(ann, desk):
    made = await ann.account(debtor=DEBTOR)
    home = {"kind": "postal", "value": "1 Main St, Chicago", "postal": ADDRESS}
    await ann.post(f"/v1/persons/{made['debtor']['id']}/contact-points", home)
    await desk.at("2026-01-15")
    return made


def letter(account, at="2026-01-06T15:00:00Z", **changes):
    sent = {"channel": "letter", "purpose": "validation_notice", "outcome": "mailed"}
    return call(account, at, **{**sent, **changes})


async def validation(desk, account):
    return await desk.get(f"/v1/accounts/{account['id']}/validation")


async def told(desk, account, kind):
    page = await desk.get(f"/v1/accounts/{account['id']}/timeline", limit=200)
    return [one["data"] for one in page["data"] if one["type"] == kind]


async def test_without_its_notice_a_talk_ends_demands_after_five_days(ann, account):
    tried = await ann.post("/v1/contacts", call(account, "2026-01-03T18:00:00Z"))
    assert (await validation(ann, account))["initial_communication"] is None
    talk = await ann.post("/v1/contacts", call(account, TALK, "conversation"))

    begun = await validation(ann, account)
    assert begun["initial_communication"] == {"contact_id": talk["id"], "on": "2026-01-05"}
    assert (begun["due_by_on"], begun["overdue"], begun["notice"]) == ("2026-01-10", True, None)
    assert OVERDUE not in codes(await decide(ann, account, "2026-01-10T18:00:00Z"))
    late = await decide(ann, account, LATE)
    assert codes(late) == [OVERDUE]
    assert late["next_allowed_at"] is None
    notice = {"channel": "letter", "purpose": "validation_notice"}
    assert (await decide(ann, account, LATE, **notice))["allowed"]
    made = await ann.post("/v1/contacts", call(account, "2026-01-13T18:00:00Z"))
    assert outside(made) == ["VALIDATION_NOTICE_OVERDUE"]
    assert tried["judged"]["outside"] == []


async def test_the_notice_that_went_says_until_when_it_may_be_disputed(ann, account):
    await ann.post("/v1/contacts", call(account, TALK, "conversation"))
    sent = await ann.post("/v1/contacts", letter(account))

    known = await validation(ann, account)
    assert known["notice"] == {
        "contact_id": sent["id"], "message_id": None, "sent_on": "2026-01-06",
        "assumed_received_on": "2026-01-13", "ends_on": "2026-02-12",
    }  # fmt: skip
    assert (known["overdue"], known["validation_ends_on"]) == (False, "2026-02-12")
    assert (await ann.read(account))["validation_ends_on"] == "2026-02-12"
    assert (await decide(ann, account, LATE))["allowed"]
    assert [one["ends_on"] for one in await told(ann, account, "validation.sent")] == ["2026-02-12"]
    refused = await ann.post(
        f"/v1/accounts/{account['id']}/escalations/preview",
        {"to": "legal", "reason": "no answer"}, status=200,
    )  # fmt: skip
    assert "VALIDATION_PERIOD_OPEN" in refused["reasons"]


async def test_one_that_came_back_was_none(ann, account):
    await ann.post("/v1/contacts", call(account, TALK, "conversation"))
    sent = await ann.post("/v1/contacts", letter(account))
    back = {"outcome": "returned", "reason": "no such address"}
    await ann.post(f"/v1/contacts/{sent['id']}/corrections", back)

    known = await validation(ann, account)
    assert (known["notice"], known["overdue"], known["validation_ends_on"]) == (None, True, None)
    assert codes(await decide(ann, account, LATE)) == [OVERDUE]
    restarted = {"contact_id": sent["id"], "due_by_on": "2026-01-10"}
    assert await told(ann, account, "validation.restarted") == [restarted]
    (item,) = (await ann.get("/v1/worklists/letters/items"))["data"]
    due = item["because"][0]
    assert (due["code"], due["points"], due["on"]) == ("validation_due", 350, "2026-01-05")
    assert due["subject"] == known["initial_communication"]["contact_id"]

    await ann.post("/v1/contacts", letter(account, "2026-01-14T15:00:00Z"))
    assert (await validation(ann, account))["notice"]["sent_on"] == "2026-01-14"
    assert (await ann.get("/v1/worklists/letters/items"))["data"] == []


async def test_a_talk_that_never_was_begins_nothing(ann, account):
    talk = await ann.post("/v1/contacts", call(account, TALK, "conversation"))
    written = await ann.post(
        "/v1/contacts",
        call(account, "2026-01-08T10:00:00Z", "received", channel="letter", direction="in"),
    )
    await ann.post(f"/v1/contacts/{talk['id']}/void", {"reason": "another person"})

    known = await validation(ann, account)
    assert known["initial_communication"] == {"contact_id": written["id"], "on": "2026-01-08"}
    assert known["due_by_on"] == "2026-01-13"


@pytest.mark.parametrize("why", ["first_party", "uk", "sister", "told at placement"])
async def test_what_makes_no_notice_due(ann, desk, why):
    person = {**DEBTOR, "region": "GB-LND"} if why == "uk" else DEBTOR
    ends_on = {"validation_ends_on": "2026-01-09"} if why == "told at placement" else {}
    account = await ann.account(debtor=person, **ends_on)
    whose = account["debtor"]["id"]
    if why == "first_party":
        document = {"effective_from": "2026-01-01", "collector_type": "first_party"}
        await ann.put("/v1/contact-policies/default", document, status=201)
    if why == "sister":
        said = {"role": "relative", "person": {"name": "Ruth Doe"}}
        whose = (await ann.post(f"/v1/accounts/{account['id']}/parties", said))["person_id"]
    await desk.at("2026-01-15")
    await ann.post("/v1/contacts", call(account, TALK, "conversation", person_id=whose))

    assert not (await validation(ann, account))["overdue"]
    assert OVERDUE not in codes(await decide(ann, account, LATE))


async def test_the_figures_come_to_what_is_owed(ann, account):
    at = f"/v1/accounts/{account['id']}/itemizations"
    assert await ann.pointers(at, {**SAID, "fees_minor": 20_01}) == [""]
    assert await ann.pointers(at, {**SAID, "on": "2026-01-16"}) == ["/on"]
    assert (await validation(ann, account))["itemization"] is None
    await ann.post(at, SAID)
    await ann.post(f"/v1/accounts/{account['id']}/charges", {"kind": "fee", "amount_minor": 5_00})
    await ann.pay(account, 30_00)

    told_now = (await validation(ann, account))["itemization"]
    assert told_now == {
        **SAID, "fees_minor": 25_00, "payments_minor": 40_00, "current_minor": 275_00,
    }  # fmt: skip
    await ann.post("/v1/contacts", letter(account))
    other = {**SAID, "reference": "charge_off"}
    assert await ann.pointers(at, other) == ["/on"]  # one date for a debt
    again = {**SAID, "amount_minor": 240_00, "interest_minor": 50_00}
    assert (await ann.post(at, again))["itemization"]["interest_minor"] == 50_00


async def test_by_rule_it_is_made_once_sent_and_counted(ann, desk, account, database, tenant):
    policy = {"effective_from": "2026-01-01", "notices": [BY_RULE]}
    await ann.put("/v1/contact-policies/default", policy, status=201)
    await ann.post("/v1/contacts", call(account, TALK, "conversation"))
    assert await make_notices(database, tenant, date(2026, 1, 15)) == 0  # nobody itemized it
    await ann.post(f"/v1/accounts/{account['id']}/itemizations", SAID)
    assert await make_notices(database, tenant, date(2026, 1, 15)) == 1
    assert await make_notices(database, tenant, date(2026, 1, 15)) == 0
    worker = Worker(database, tenant)
    worker.at = datetime(2026, 1, 15, 18, 0, tzinfo=UTC)
    await worker.look()
    await worker.look()

    (made,) = (await ann.get("/v1/messages"))["data"]
    assert made["key"] == ["validation", account["id"], "2026-01-05"]
    assert (made["status"], made["channel"]) == ("sent", "letter"), made["reason"]
    content = (await ann.client.get(f"/v1/messages/{made['id']}/content")).text
    for words in ("$250.00", "$300.00", "Prairie Telecom", "February 22, 2026"):
        assert words in content
    notice = (await validation(ann, account))["notice"]
    assert notice["message_id"] == made["id"]
    assert (notice["sent_on"], notice["ends_on"]) == ("2026-01-15", "2026-02-22")
    assert (await decide(ann, account, "2026-01-15T19:00:00Z"))["allowed"]


async def test_one_sent_from_elsewhere_leaves_none_to_send(ann, account, database, tenant):
    policy = {"effective_from": "2026-01-01", "notices": [BY_RULE]}
    await ann.put("/v1/contact-policies/default", policy, status=201)
    await ann.post("/v1/contacts", call(account, TALK, "conversation"))
    await ann.post(f"/v1/accounts/{account['id']}/itemizations", SAID)
    await make_notices(database, tenant, date(2026, 1, 15))
    await ann.post("/v1/contacts", letter(account))
    worker = Worker(database, tenant)
    worker.at = datetime(2026, 1, 15, 18, 0, tzinfo=UTC)
    await worker.look()

    (made,) = (await ann.get("/v1/messages"))["data"]
    assert (made["status"], made["reason"]) == ("suppressed", "NO_LONGER_TRUE")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"days": 6}, "/notices/0/days"), ({"template": "missed"}, "/notices/0/template")],
)
async def test_a_rule_that_would_be_too_late_or_of_other_words_is_refused(ann, changes, pointer):
    policy = {"effective_from": "2026-01-01", "notices": [{**BY_RULE, **changes}]}
    assert await ann.pointers("/v1/contact-policies/default", policy, method="PUT") == [pointer]


async def test_a_contact_found_later_may_have_been_the_first(ann, account):
    await ann.post("/v1/contacts", call(account, "2026-01-08T18:00:00Z", "conversation"))
    earlier = await ann.post("/v1/contacts", call(account, TALK, "conversation"))
    await ann.post("/v1/contacts", call(account, "2026-01-07T18:00:00Z", "conversation"))
    begun = (await validation(ann, account))["initial_communication"]
    assert begun == {"contact_id": earlier["id"], "on": "2026-01-05"}

    path = f"/v1/contacts/{earlier['id']}/corrections"
    await ann.post(path, {"started_at": "2026-01-09T18:00:00Z", "reason": "the wrong day"})
    assert (await validation(ann, account))["initial_communication"]["on"] == "2026-01-07"


async def test_that_the_time_to_dispute_is_over_is_told_once(ann, desk, account, database, tenant):
    sent = await ann.post("/v1/contacts", letter(account))
    await ann.account(debtor=DEBTOR, validation_ends_on="2026-01-20")
    assert await end_periods(database, tenant, date(2026, 2, 12)) == 0
    assert await end_periods(database, tenant, date(2026, 2, 15)) == 1  # caught up
    assert await end_periods(database, tenant, date(2026, 2, 16)) == 0
    await desk.at("2026-02-16")
    ended = {"contact_id": sent["id"], "ends_on": "2026-02-12"}
    assert await told(ann, account, "validation.ended") == [ended]

    back = {"outcome": "returned", "reason": "no such address"}
    await ann.post(f"/v1/contacts/{sent['id']}/corrections", back)
    assert await end_periods(database, tenant, date(2026, 2, 16)) == 0
    again = await ann.post("/v1/contacts", letter(account, "2026-02-16T15:00:00Z"))
    ends_on = (await validation(ann, account))["validation_ends_on"]
    assert await end_periods(database, tenant, date.fromisoformat(ends_on)) == 0
    assert await end_periods(database, tenant, date(2026, 6, 1)) == 1
    await desk.at("2026-06-01")
    ended_again = {"contact_id": again["id"], "ends_on": ends_on}
    assert await told(ann, account, "validation.ended") == [ended, ended_again]
