"""A debt disputed in writing: in time it stops by itself, and what was told of it is put right."""

import pytest

from app.services.books.verify import verify
from app.storage.database.addresses import Driven
from tests.routers.contacts.test_contacts import call, codes, decide
from tests.routers.contacts.test_validation import ADDRESS, SAID, TALK, letter, told, validation
from tests.routers.messages.conftest import NUDGE, Worker
from tests.routers.persons.test_persons import CONSENT, DEBTOR, point

RECEIVED = "2026-01-12T15:00:00Z"
LATER = "2026-01-14T18:00:00Z"


@pytest.fixture
async def ann(staff, desk):
    await desk.at("2026-01-02")
    return await staff("agent", "ann")


@pytest.fixture
async def boss(staff, ann):
    return await staff("supervisor", "bo")


@pytest.fixture
async def account(ann, desk):
    made = await ann.account(debtor=DEBTOR)
    await desk.at("2026-01-15")
    return made


def written(account, at=RECEIVED, says=("dispute",), channel="letter", **changes):
    said = {"direction": "in", "channel": channel, "says": says, **changes}
    return call(account, at, "received", **said)


async def holds(desk, account):
    return (await desk.get(f"/v1/accounts/{account['id']}/holds"))["data"]


async def test_in_time_it_stops_collection_from_the_day_it_came(ann, staff, account):
    boss = await staff("admin", "boss")
    await boss.put("/v1/templates/nudge", NUDGE, status=201)
    email = await point(ann, account["debtor"]["id"], "email")
    await ann.post(f"/v1/contact-points/{email['id']}/consents", CONSENT)
    asked = await ann.post("/v1/messages", {
        "account_id": account["id"], "template_key": "nudge", "channel": "email",
        "not_before_at": "2026-01-16T18:00:00Z",
    })  # fmt: skip
    await ann.post("/v1/contacts", letter(account))
    call_after = await ann.post("/v1/contacts", call(account, "2026-01-13T18:00:00Z"))

    made = await ann.post("/v1/contacts", written(account, says=["original_creditor", "dispute"]))
    assert made["says"] == ["dispute", "original_creditor"]
    (held,) = await holds(ann, account)
    assert (held["kind"], held["starts_on"], held["ends_on"]) == ("dispute", "2026-01-12", None)
    assert (held["contact_id"], held["reason"]) == (made["id"], "disputed in writing")
    known = await validation(ann, account)
    assert (known["disputed_on"], known["dispute_contact_id"]) == ("2026-01-12", made["id"])
    assert known["original_creditor_requested_on"] == "2026-01-12"
    said = {
        "contact_id": made["id"], "says": ["dispute", "original_creditor"],
        "received_on": "2026-01-12",
    }  # fmt: skip
    assert await told(ann, account, "dispute.received") == [said]
    (placed,) = await told(ann, account, "hold.placed")
    assert (placed["hold_id"], placed["contact_id"]) == (held["id"], made["id"])
    assert "DISPUTE_UNVERIFIED" in [code for code, _ in codes(await decide(ann, account, LATER))]
    judged = (await ann.get(f"/v1/contacts/{call_after['id']}"))["judged"]["outside"]
    assert [one["code"] for one in judged] == ["DISPUTE_UNVERIFIED"]
    stopped = await ann.get(f"/v1/messages/{asked['id']}")
    assert (stopped["status"], stopped["reason"]) == ("suppressed", "DISPUTE_UNVERIFIED")

    await ann.post("/v1/contacts", written(account, LATER, ["original_creditor"]))
    assert len(await holds(ann, account)) == 1


async def test_after_the_last_day_somebody_must_place_it(ann, desk, account):
    await ann.post("/v1/contacts", letter(account))
    await desk.at("2026-02-14")
    late = await ann.post("/v1/contacts", written(account, "2026-02-13T15:00:00Z"))
    assert await holds(ann, account) == []
    known = await validation(ann, account)
    assert (known["validation_ends_on"], known["disputed_on"]) == ("2026-02-12", "2026-02-13")

    on_the_last = {"started_at": "2026-02-12T23:00:00Z", "reason": "the postmark"}
    await ann.post(f"/v1/contacts/{late['id']}/corrections", on_the_last)
    (held,) = await holds(ann, account)
    assert held["starts_on"] == "2026-02-12"


async def test_a_notice_that_came_back_makes_the_late_one_be_in_time(ann, desk, account):
    sent = await ann.post("/v1/contacts", letter(account))
    await desk.at("2026-02-14")
    await ann.post("/v1/contacts", written(account, "2026-02-13T15:00:00Z"))
    back = {"outcome": "returned", "reason": "no such address"}
    await ann.post(f"/v1/contacts/{sent['id']}/corrections", back)
    assert [one["starts_on"] for one in await holds(ann, account)] == ["2026-02-13"]


async def test_one_that_never_was_leaves_the_hold_to_whoever_may_release_it(ann, staff, account):
    await ann.post("/v1/contacts", call(account, TALK, "conversation"))
    made = await ann.post("/v1/contacts", written(account))
    await ann.post(f"/v1/contacts/{made['id']}/void", {"reason": "another debtor's letter"})

    (held,) = await holds(ann, account)
    assert held["released_on"] is None
    known = await validation(ann, account)
    assert (known["dispute_contact_id"], known["disputed_on"]) == (None, "2026-01-12")
    said = {"contact_id": made["id"], "says": ["dispute"], "received_on": "2026-01-12"}
    corrected = {"before": said, "after": None}
    assert await told(ann, account, "dispute.received") == [said, corrected]
    path = f"/v1/accounts/{account['id']}/holds/{held['id']}/release"
    over = {"effective_on": "2026-01-12", "reason": "never was"}
    await ann.post(path, over, status=409)  # no agent's act, by whatever contact
    await (await staff("supervisor", "bo")).post(path, over, status=200)
    again = await ann.post("/v1/contacts", written(account, LATER))
    assert [one["contact_id"] for one in await holds(ann, account)] == [made["id"], again["id"]]


async def test_whoever_reads_what_came_in_says_what_it_says(ann, account):
    body = written(account, says=[], channel="email", reference="mail:1")
    made = await ann.post("/v1/contacts", body)
    assert await ann.post("/v1/contacts", body, status=200) == made
    path = f"/v1/contacts/{made['id']}/corrections"
    read = await ann.post(path, {"says": ["original_creditor"], "reason": "read it"})
    assert read["says"] == ["original_creditor"]
    (held,) = await holds(ann, account)
    assert held["reason"] == "asked in writing for the original creditor"
    await ann.post(path, {"says": [], "reason": "misread"})
    assert (await validation(ann, account))["original_creditor_requested_on"] is None
    await ann.post(path, {"says": ["original_creditor"], "reason": "it does ask"})
    first, second, third = await told(ann, account, "dispute.received")
    assert first["says"] == ["original_creditor"]
    assert (second["before"], second["after"]) == (first, None)
    assert (third["before"], third["after"]) == (None, first)
    assert len(await holds(ann, account)) == 1


@pytest.mark.parametrize("why", ["first_party", "sister", "nobody known"])
async def test_what_stops_nothing_by_itself(ann, staff, desk, account, why):
    if why == "first_party":
        document = {"effective_from": "2026-01-01", "collector_type": "first_party"}
        boss = await staff("admin", "boss")
        await boss.put("/v1/contact-policies/default", document, status=201)
    whose = account["debtor"]["id"]
    if why == "sister":
        said = {"role": "relative", "person": {"name": "Ruth Doe"}}
        whose = (await ann.post(f"/v1/accounts/{account['id']}/parties", said))["person_id"]
    body = {**written(account), "person_id": None if why == "nobody known" else whose}
    made = await ann.post("/v1/contacts", body)
    assert await holds(ann, account) == []
    if why == "nobody known":
        known = {"person_id": whose, "reason": "the letterhead"}
        await ann.post(f"/v1/contacts/{made['id']}/corrections", known)
        assert [one["contact_id"] for one in await holds(ann, account)] == [made["id"]]


@pytest.fixture
def statements(monkeypatch):
    """Every statement that any connection is given."""
    said = []
    for name in ("execute", "fetch", "fetchrow", "executemany", "prepare"):
        real = getattr(Driven, name)

        def spoken(self, sql, *rest, _real=real, **named):
            said.append(sql)
            return _real(self, sql, *rest, **named)

        monkeypatch.setattr(Driven, name, spoken)
    return said


@pytest.fixture
def verified(app_url, tenant):
    """What there is to say of all chains of events."""
    return lambda: verify(app_url, tenant, workers=1)


async def test_a_page_of_disputes_is_one_page(ann, desk, account, statements, verified):
    await desk.at("2026-01-02")
    others = [
        await ann.account(debtor={**DEBTOR, "reference": f"CUST-{n}"}) for n in range(2, 10)
    ]  # fmt: skip
    await desk.at("2026-01-15")

    async def taken(of):
        items = [one for each in of for one in (call(each, LATER), written(each))]
        statements.clear()
        page = {"mode": "atomic", "items": items}
        await ann.post("/v1/contacts/batch", page, status=200)
        return len(statements)

    await taken([account])
    few, many = await taken(others[:2]), await taken(others[2:])
    assert few >= many > 10
    for one in (account, *others):
        page = await ann.get(f"/v1/accounts/{one['id']}/timeline", limit=200)
        kinds = [each["type"] for each in page["data"]]
        assert [kind for kind in kinds if not kind.startswith("account.")] == [
            "contact.recorded", "contact.recorded", "dispute.received", "hold.placed",
            "contact.judged",
        ]  # fmt: skip
    found = await verified()
    assert (found.accounts, found.broken, found.breaks) == (9, 0, ())


async def test_a_page_of_a_notice_and_a_late_letter_is_judged_by_its_end(ann, desk, account):
    other = await ann.account(debtor={**DEBTOR, "reference": "CUST-2"})
    await ann.post("/v1/contacts", letter(other))
    await desk.at("2026-02-14")
    late = "2026-02-13T15:00:00Z"
    items = [written(account, late), written(other, late), letter(account)]
    await ann.post("/v1/contacts/batch", {"mode": "atomic", "items": items}, status=200)
    assert [await holds(ann, one) for one in (account, other)] == [[], []]

    again = {"mode": "atomic", "items": [letter(other, "2026-01-20T15:00:00Z"), call(account)]}
    results = (await ann.post("/v1/contacts/batch", again, status=200))["results"]
    assert await holds(ann, account) == []
    (held,) = await holds(ann, other)  # the later notice gives more time
    assert held["starts_on"] == "2026-02-13"
    assert [one["status"] for one in results] == [201, 201]


async def test_it_is_said_in_writing_or_not_at_all(ann, account):
    spoken = call(account, TALK, "conversation", direction="in", says=["dispute"])
    for body in (spoken, {**written(account), "direction": "out", "outcome": "mailed"}):
        assert await ann.pointers("/v1/contacts", body) == ["/says"]
    page = {"mode": "continue", "items": [written(account), {**spoken, "reference": "c:1"}]}
    results = (await ann.post("/v1/contacts/batch", page, status=200))["results"]
    assert [one["status"] for one in results] == [201, 422]
    assert len(await holds(ann, account)) == 1


async def test_what_is_furnished_waits_for_the_letter_and_notes_the_dispute(ann, desk, account):
    path = f"/v1/accounts/{account['id']}/credit-report"

    async def furnished(**asked):
        report = await ann.get(path, **asked)
        against = report["unfit"]
        assert ("DISPUTE_MUST_BE_NOTED" in against) is (report["disputed_since_on"] is not None)
        from_on = report["furnishable_from_on"]
        assert ("CONSUMER_NOT_TOLD" in against) is (from_on is None or report["as_of"] < from_on)
        return from_on, report["disputed_since_on"]

    assert await furnished() == (None, None)
    sent = await ann.post("/v1/contacts", letter(account))  # on the 6th
    await ann.post("/v1/contacts", written(account))
    assert await furnished() == ("2026-01-20", "2026-01-12")
    assert await furnished(as_of="2026-01-11") == ("2026-01-20", None)
    back = {"outcome": "returned", "reason": "no such address"}
    await ann.post(f"/v1/contacts/{sent['id']}/corrections", back)
    assert (await furnished())[0] is None
    await ann.post("/v1/contacts", call(account, LATER, "conversation"))
    assert (await furnished())[0] == "2026-01-14"


async def test_a_late_dispute_that_nobody_answered_is_noted_all_the_same(ann, staff, desk, account):
    await ann.post("/v1/contacts", letter(account))
    await desk.at("2026-02-14")
    await ann.post("/v1/contacts", written(account, "2026-02-13T15:00:00Z"))
    path = f"/v1/accounts/{account['id']}"
    assert (await ann.get(f"{path}/credit-report"))["disputed_since_on"] == "2026-02-13"
    boss = await staff("supervisor", "bo")
    held = {"kind": "dispute", "starts_on": "2026-02-13", "reason": "late, and right"}
    made = await boss.post(f"{path}/holds", held)
    over = {"effective_on": "2026-02-14", "reason": "verified"}
    await boss.post(f"{path}/holds/{made['id']}/release", over, status=200)
    assert (await ann.get(f"{path}/credit-report"))["disputed_since_on"] is None


async def test_it_is_answered_with_the_day_it_came_and_with_the_figures_which_releases_it(
    ann, boss, account, database, tenant
):
    email = await point(ann, account["debtor"]["id"], "email")
    await ann.post(f"/v1/contact-points/{email['id']}/consents", CONSENT)
    asked = {
        "account_id": account["id"], "template_key": "dispute_received", "channel": "email",
        "not_before_at": "2026-01-16T18:00:00Z",
    }  # fmt: skip
    assert await ann.pointers("/v1/messages", asked) == ["/template_key"]
    await ann.post("/v1/contacts", written(account))
    made = await ann.post("/v1/messages", asked)
    home = {"kind": "postal", "value": "1 Main St, Chicago", "postal": ADDRESS}
    await ann.post(f"/v1/persons/{account['debtor']['id']}/contact-points", home)
    await ann.post(f"/v1/accounts/{account['id']}/itemizations", SAID)
    shown = {**asked, "template_key": "verification", "channel": "letter"}
    verified = await ann.post("/v1/messages", shown)

    await ann.at("2026-01-16")
    worker = Worker(database, tenant)
    await worker.look()
    await worker.look()
    for one, words in ((made, "January 12, 2026"), (verified, "Prairie Telecom")):
        read = await ann.get(f"/v1/messages/{one['id']}")
        assert read["status"] == "sent", read["reason"]
        assert words in (await ann.client.get(f"/v1/messages/{one['id']}/content")).text

    (held,) = await holds(ann, account)
    path = f"/v1/accounts/{account['id']}/holds"
    talk = await boss.post(path, {"kind": "hardship", "reason": "ill"})
    named = {"message_id": verified["id"]}
    for hold, said in ((talk, named), (held, {"message_id": held["id"].replace("hold", "msg")})):
        assert await boss.pointers(f"{path}/{hold['id']}/release", said) == ["/message_id"]
    released = await boss.post(f"{path}/{held['id']}/release", named, status=200)
    assert (released["released_on"], released["message_id"]) == ("2026-01-16", verified["id"])
    (over,) = await told(ann, account, "hold.released")
    assert over["message_id"] == verified["id"]
