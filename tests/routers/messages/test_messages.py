"""Messages over HTTP and through a worker: asked, gated, claimed, sent nowhere, recorded."""

from tests.routers.persons.test_persons import point


async def read(desk, message):
    return await desk.get(f"/v1/messages/{message['id']}")


async def told(desk, account, kind):
    found = (await desk.get(f"/v1/accounts/{account['id']}/timeline"))["data"]
    return [one["data"] for one in found if one["type"] == kind]


async def test_a_message_leaves_once_and_is_a_contact(ann, account, ask, worker, desk):
    made = await ask(reference="crm:1")
    assert (made["status"], made["not_before_at"]) == ("scheduled", "2026-01-16T18:00:00Z")
    assert (made["template"]["key"], made["purpose"], made["attempts"]) == (
        "nudge", "reminder", 0,
    )  # fmt: skip
    assert await ask(200, reference="crm:1") == {**made, "still_true": None}
    assert await worker.look() == 0  # it is still the 15th

    await desk.at("2026-01-16")
    assert await worker.look() == 1
    assert await worker.look() == 0
    sent = await read(ann, made)
    assert (sent["status"], sent["attempts"], sent["provider"]) == ("sent", 1, "sandbox")
    contact = await ann.get(f"/v1/contacts/{sent['contact_id']}")
    assert (contact["outcome"], contact["channel"], contact["actor"]) == (
        "sent", "email", "messages",
    )  # fmt: skip
    assert contact["decision_id"] == sent["decision_id"]
    (event,) = await told(ann, account, "message.sent")
    assert (event["message_id"], event["contact_id"]) == (made["id"], contact["id"])
    for asked in (
        {"account_id": account["id"]}, {"status": "sent"}, {"channel": "email"},
        {"key": "nudge"}, {"person_id": account["debtor"]["id"]},
    ):  # fmt: skip
        listed = (await ann.get("/v1/messages", **asked))["data"]
        assert [one["id"] for one in listed] == [made["id"]], asked
    assert (await ann.get("/v1/messages", status="queued"))["data"] == []


async def test_what_it_says_is_kept_as_it_was_sent(ann, account, ask):
    made = await ask()
    path = f"/v1/messages/{made['id']}/content"
    text = (await ann.client.get(path)).text
    assert "Jane Doe" in text
    mail = (await ann.client.get(path, params={"format": "eml"})).text
    assert f"Message-ID: <{made['id']}@accord.invalid>" in mail
    assert "To: jane@example.com" in mail
    paper = await ann.client.get(path, params={"format": "pdf"})
    assert paper.content.startswith(b"%PDF")
    assert (await ann.client.get(path, params={"format": "html"})).status_code == 404


async def test_a_refusal_without_an_end_is_answered_and_its_decision_kept(ann, account):
    body = {"account_id": account["id"], "template_key": "nudge", "channel": "email"}
    email = await point(ann, account["debtor"]["id"], "email")
    revoked = {"channels": ["email"], "received_at": "2026-01-14T15:00:00Z", "how": "reply"}
    await ann.post(f"/v1/contact-points/{email['id']}/revocations", revoked)

    status, name, document = await ann.refused("POST", "/v1/messages", json=body)

    assert (status, name) == (409, "contact-refused")
    assert "POINT_OPT_OUT" in [one["code"] for one in document["reasons"]]
    kept = await ann.get(f"/v1/contact-decisions/{document['decision_id']}")
    assert kept["allowed"] is False
    assert (await ann.get("/v1/messages"))["data"] == []


async def test_the_gate_is_asked_anew_before_it_leaves(ann, account, ask, worker, desk):
    made = await ask()
    person = account["debtor"]["id"]
    attorney = {"kind": "attorney", "reason": "a letter came"}
    await ann.post(f"/v1/persons/{person}/restrictions", attorney)
    await desk.at("2026-01-16")

    await worker.look()

    kept = await read(ann, made)
    assert (kept["status"], kept["reason"], kept["contact_id"]) == (
        "suppressed", "ATTORNEY_REPRESENTED", None,
    )  # fmt: skip


async def test_only_what_waits_is_cancelled(ann, ask, worker, desk):
    first, second = await ask(), await ask()
    cancelled = await ann.post(f"/v1/messages/{first['id']}/cancel", {"reason": "paid"})
    assert cancelled["status"] == "cancelled"
    await desk.at("2026-01-16")
    await worker.look()

    for one in (first, second):
        path = f"/v1/messages/{one['id']}/cancel"
        status, name, _ = await ann.refused("POST", path, json={"reason": "paid"})
        assert (status, name) == (409, "message-ended")
    path = f"/v1/messages/{second['id']}/decide"
    body = {"what": "resend", "reason": "unsure"}
    assert (await ann.refused("POST", path, json=body))[1] == "message-ended"


async def test_after_its_time_it_does_not_go(ann, ask, worker, desk):
    made = await ask(expires_at="2026-01-16T18:30:00Z")
    await desk.at("2026-01-17")
    await worker.look()
    assert (await read(ann, made))["status"] == "expired"


async def test_malformed_asks_are_told_where(ann, account, ask):
    both = {"account_id": account["id"]}
    assert await ann.pointers("/v1/messages", both) == ["/template_key"]
    sms = {**both, "template_key": "nudge", "channel": "sms"}
    assert await ann.pointers("/v1/messages", sms) == ["/channel"]
    wrong = {**both, "template_key": "nudge", "purpose": "receipt"}
    assert await ann.pointers("/v1/messages", wrong) == ["/purpose"]
    past = {**both, "template_key": "nudge", "expires_at": "2026-01-01T00:00:00Z"}
    assert await ann.pointers("/v1/messages", past) == ["/expires_at"]
