"""Escalations: refused with every reason, taken through their course, on the right desk."""

import pytest

from tests.routers.messages.conftest import NUDGE


@pytest.fixture
async def boss(desk, staff):
    await desk.at("2026-01-10")
    return await staff("supervisor", "boss-1")


async def step(boss, escalation, what, body):
    return await boss.post(f"/v1/escalations/{escalation['id']}/{what}", body, status=200)


async def counsel(boss, account):
    """The attorney to whom the account goes, as a party of it."""
    said = {"role": "other", "person": {"name": "Lex & Co"}, "note": "our counsel"}
    return (await boss.post(f"/v1/accounts/{account['id']}/parties", said))["id"]


async def test_to_legal_every_reason_against_it_is_told(boss, desk, staff):
    agent = await staff("agent", "ann")
    account, _ = await desk.opened()
    at = f"/v1/accounts/{account['id']}/escalations"
    asked = {"to": "legal", "reason": "will not pay"}

    preview = await agent.post(f"{at}/preview", asked, status=200)
    status, name, document = await agent.refused("POST", at, json=asked)

    assert preview == {"allowed": False, "reasons": ["PLAN_STANDS", "ROLE"]}
    assert (status, name, document["reasons"]) == (
        409, "escalation-refused", ["PLAN_STANDS", "ROLE"],
    )  # fmt: skip
    await boss.post(f"/v1/accounts/{account['id']}/holds", {"kind": "dispute", "reason": "told"})
    held = await boss.refused("POST", at, json={**asked, "note": "signed off"})
    assert held[2]["reasons"] == ["DISPUTE_UNVERIFIED", "PLAN_STANDS"]
    for desk_ in ("supervisor", "compliance", "vulnerability"):
        assert (await agent.post(at, {**asked, "to": desk_}))["status"] == "open"


async def test_its_course_from_the_desk_to_the_court(boss, desk):
    account = await boss.account(2_500_00, debtor={"reference": "D-1", "name": "Ann"})
    own = f"/v1/accounts/{account['id']}"
    made = await boss.post(f"{own}/escalations", {"to": "legal", "reason": "will not pay"})
    (item,) = (await boss.get("/v1/worklists/supervisors/items"))["data"]
    assert item["because"][0]["code"] == "escalated"
    assert item["because"][0]["subject"] == made["id"]

    await step(boss, made, "assign", {"assigned_to": "lex"})
    wrong = {"court": "Travis County", "case_number": "C-1", "on": "2026-01-10"}
    path = f"/v1/escalations/{made['id']}/filed"
    assert (await boss.refused("POST", path, json=wrong))[:2] == (
        409, "escalation-stands-otherwise",
    )  # fmt: skip
    sent = {"party_id": "pty_01h455vb4pex5vsknk084sn02q",
            "evidence_file_id": "evf_01h455vb4pex5vsknk084sn02q"}  # fmt: skip
    attorney = f"/v1/escalations/{made['id']}/send_to_attorney"
    assert await boss.pointers(attorney, sent) == ["/evidence_file_id"]
    file = await boss.post(f"{own}/evidence-files", {"for": "legal"}, status=202)
    sent = {**sent, "evidence_file_id": file["id"]}
    assert await boss.pointers(attorney, sent) == ["/party_id"]
    elsewhere = await counsel(boss, await boss.account(debtor={"reference": "D-2"}))
    assert await boss.pointers(attorney, {**sent, "party_id": elsewhere}) == ["/party_id"]
    await step(boss, made, "send_to_attorney", {**sent, "party_id": await counsel(boss, account)})
    filed = await step(boss, made, "filed", wrong)
    closed = await step(boss, made, "close", {"outcome": "judgment"})

    assert (filed["court"], filed["filed_on"]) == ("Travis County", "2026-01-10")
    assert [one["step"] for one in closed["steps"]] == [
        "assign", "send_to_attorney", "filed", "close",
    ]  # fmt: skip
    assert (closed["status"], closed["closed_on"]) == ("closed", "2026-01-10")
    assert (await boss.get("/v1/worklists/supervisors/items"))["data"] == []
    told = [one["type"] for one in (await boss.get(f"{own}/timeline"))["data"]]
    assert [one for one in told if one.startswith("escalation.")] == [
        "escalation.opened", *["escalation.changed"] * 3, "escalation.closed",
    ]  # fmt: skip


async def test_about_what_an_attorney_has_the_house_contacts_nobody(boss, desk):
    person = {"reference": "D-1", "phone": "(312) 555-0100", "region": "US-IL", "language": "en"}
    account = await boss.account(2_500_00, debtor=person)
    other = await boss.account(2_500_00, debtor=person)

    async def ask(of=account, **changes):
        asked = {"channel": "call", "at": "2026-01-12T18:00:00Z", **changes}
        path = f"/v1/accounts/{of['id']}/contact-decisions/preview"
        told = await boss.post(path, asked, status=200)
        return [one["code"] for one in told["reasons"]], told["next_allowed_at"]

    assert await ask() == ([], None)
    own = f"/v1/accounts/{account['id']}"
    home = {"kind": "email", "value": "jane@example.com"}
    point = await boss.post(f"/v1/persons/{account['debtor']['id']}/contact-points", home)
    consent = {"kind": "electronic", "channels": ["email"], "given_at": "2026-01-09T15:00:00Z",
               "channel_given": "web", "evidence": {"text_hash": "9f86"}}  # fmt: skip
    await boss.post(f"/v1/contact-points/{point['id']}/consents", consent)
    await boss.put("/v1/templates/nudge", NUDGE, status=201)
    message = {"account_id": account["id"], "template_key": "nudge", "channel": "email",
               "not_before_at": "2026-01-20T18:00:00Z"}  # fmt: skip
    waiting = await boss.post("/v1/messages", message)
    made = await boss.post(f"{own}/escalations", {"to": "legal", "reason": "will not pay"})
    file = await boss.post(f"{own}/evidence-files", {"for": "legal"}, status=202)
    sent = {"party_id": await counsel(boss, account), "evidence_file_id": file["id"]}
    await step(boss, made, "send_to_attorney", sent)

    assert await ask() == (["HOUSE_LIMIT"], None)
    assert (await ask(purpose="required_notice", channel="email"))[0] == ["HOUSE_LIMIT"]
    assert await ask(of=other) == ([], None)
    stopped = await boss.get(f"/v1/messages/{waiting['id']}")
    assert (stopped["status"], stopped["reason"]) == ("suppressed", "HOUSE_LIMIT")
    await step(boss, made, "close", {"outcome": "judgment"})
    assert await ask() == ([], None)


async def test_what_is_time_barred_goes_to_no_court(boss, desk):
    account = await boss.account(2_500_00, debtor={"reference": "D-1"})
    own, asked = f"/v1/accounts/{account['id']}", {"to": "legal", "reason": "will not pay"}
    barred = {"kind": "time_barred", "account_ids": [account["id"]], "since_on": "2026-01-12",
              "reason": "four years"}  # fmt: skip
    await boss.post(f"/v1/persons/{account['debtor']['id']}/restrictions", barred)

    async def against():
        return (await boss.post(f"{own}/escalations/preview", asked, status=200))["reasons"]

    assert await against() == []  # two days more
    await desk.at("2026-01-12")
    assert await against() == ["TIME_BARRED"]
    suit = {"channel": "letter", "purpose": "legal_process", "at": "2026-01-12T18:00:00Z"}
    path = f"{own}/contact-decisions/preview"
    codes = [one["code"] for one in (await boss.post(path, suit, status=200))["reasons"]]
    assert "TIME_BARRED" in codes
    early = await boss.post(path, {**suit, "at": "2026-01-10T18:00:00Z"}, status=200)
    assert "TIME_BARRED" not in [one["code"] for one in early["reasons"]]


async def test_complaints_have_a_day_and_lists_are_narrowed(boss, desk):
    account = await boss.account(debtor={"reference": "D-1"})
    at = f"/v1/accounts/{account['id']}/escalations"
    complaint = await boss.post(at, {"to": "complaints", "reason": "rude on the phone"})
    urgent = await boss.post(at, {"to": "supervisor", "reason": "asks", "urgency": "today"})
    assert (complaint["due_on"], urgent["due_on"]) == ("2026-02-09", "2026-01-10")

    async def ids(**asked):
        return [one["id"] for one in (await boss.get("/v1/escalations", **asked))["data"]]

    assert await ids() == [complaint["id"], urgent["id"]]
    assert await ids(to="complaints") == [complaint["id"]]
    assert await ids(due_before="2026-01-11") == [urgent["id"]]
    await step(boss, urgent, "return", {"note": "say which"})
    assert await ids(status="returned") == [urgent["id"]]
    assert await ids(assigned_to="nobody") == []


async def test_a_complaint_is_due_when_the_policy_says(boss, staff):
    account = await boss.account(debtor={"reference": "D-1"})
    at, asked = f"/v1/accounts/{account['id']}/escalations", {"to": "complaints", "reason": "rude"}
    assert (await boss.post(at, asked))["due_on"] == "2026-02-09"

    document = {"effective_from": "2026-01-01", "escalation": {"complaint_days": 14}}
    admin = await staff("admin", "root")
    await admin.put("/v1/contact-policies/default", document, status=201)

    assert (await boss.post(at, asked))["due_on"] == "2026-01-24"
    today = await boss.post(at, {**asked, "urgency": "today"})
    assert today["due_on"] == "2026-01-10"
