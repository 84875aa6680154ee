"""Consent as evidence: who agreed how and when, and to which words, to the byte."""

from hashlib import sha256

import pytest

from app.schemas.plans.decisions import ConsentRead
from tests.routers.lives.desk import IN_THREE, OPENING

SAID = {
    "channel": "web",
    "captured_at": "2026-01-10T09:00:00-06:00",
    "captured_by": "agent-17",
    "ip": "203.0.113.9",
    "user_agent": "Mozilla/5.0",
}


async def quoted(desk, **more):
    await desk.at(OPENING)
    account = await desk.account()
    path = f"/v1/accounts/{account['id']}/quotes"
    return account, await desk.post(path, {"terms": IN_THREE, **more})


def body(account, quote, **said):
    return {
        "account_id": account["id"],
        "quote_id": quote["id"],
        "quote_hash": quote["hash"],
        "consent": {**SAID, "text_hash": quote["text_hash"], **said},
    }


async def test_consent_is_read_again_with_the_words_it_was_given_to(desk):
    account, quote = await quoted(desk, locale="en-GB")
    plan = await desk.post("/v1/plans", body(account, quote))
    path = f"/v1/plans/{plan['id']}/consent"
    first = await desk.client.get(path)
    shown = (await desk.client.get(f"/v1/quotes/{quote['id']}/text")).content
    await desk.at("2033-01-10")
    later = await desk.client.get(path)

    assert ConsentRead.model_validate_json(first.content)
    assert first.json() == {
        "plan_id": plan["id"],
        "channel": "web",
        "captured_at": "2026-01-10T15:00:00Z",
        "captured_by": "agent-17",
        "text_hash": quote["text_hash"],
        "ip": "203.0.113.9",
        "user_agent": "Mozilla/5.0",
        "quote_id": quote["id"],
        "quote_hash": quote["hash"],
        "locale": "en-GB",
        "text": shown.decode(),
    }
    assert sha256(first.json()["text"].encode()).hexdigest() == quote["text_hash"]
    assert later.content == first.content


async def test_what_identifies_a_device_is_nowhere_else(desk):
    account, quote = await quoted(desk)
    plan = await desk.post("/v1/plans", body(account, quote))
    timeline = await desk.client.get(f"/v1/accounts/{account['id']}/timeline")
    revisions = await desk.client.get(f"/v1/plans/{plan['id']}/revisions")

    for said in (str(plan), timeline.text, revisions.text):
        assert SAID["ip"] not in said
        assert SAID["user_agent"] not in said


async def test_consent_by_letter_has_no_device(desk):
    account, quote = await quoted(desk)
    given = body(account, quote, channel="letter", ip=None, user_agent=None)
    plan = await desk.post("/v1/plans", given)
    consent = await desk.get(f"/v1/plans/{plan['id']}/consent")

    assert (consent["channel"], consent["ip"], consent["user_agent"]) == ("letter", None, None)


@pytest.mark.parametrize(
    "text_hash",
    [
        pytest.param(lambda q: q["hash"], id="the quote's hash is not the text's"),
        pytest.param(lambda q: q["text_hash"][:-1] + "x", id="a letter off"),
        pytest.param(lambda q: q["text_hash"].upper(), id="in capitals"),
        pytest.param(lambda q: f"sha256:{q['text_hash']}", id="dressed up"),
    ],
)
async def test_consent_to_another_text_is_refused(desk, text_hash):
    account, quote = await quoted(desk)
    sent = body(account, quote, text_hash=text_hash(quote))
    status, name, problem = await desk.refused("POST", "/v1/plans", json=sent)

    assert (status, name) == (409, "consent-mismatch")
    assert problem["expected_text_hash"] == quote["text_hash"]
    assert (await desk.get("/v1/plans"))["data"] == []
    assert (await desk.get(f"/v1/quotes/{quote['id']}"))["plan_id"] is None


async def test_two_quotes_two_texts(desk):
    account, first = await quoted(desk)
    path = f"/v1/accounts/{account['id']}/quotes"
    second = await desk.post(path, {"terms": {**IN_THREE, "installment_count": 2}})
    sent = body(account, second, text_hash=first["text_hash"])

    assert (await desk.refused("POST", "/v1/plans", json=sent))[1] == "consent-mismatch"


async def test_consent_without_a_quote_is_kept_as_it_was_said(desk):
    """Nobody here rendered what was shown, so there is no text to show and none to check."""
    await desk.at(OPENING)
    account = await desk.account()
    said = {**SAID, "text_hash": "sha256:9f2c"}
    sent = {"account_id": account["id"], "terms": IN_THREE, "consent": said}
    plan = await desk.post("/v1/plans", sent)
    consent = await desk.get(f"/v1/plans/{plan['id']}/consent")

    assert (consent["text_hash"], consent["text"], consent["quote_id"]) == (
        "sha256:9f2c", None, None,
    )  # fmt: skip


async def test_a_plan_without_consent_has_none_to_show(desk, theirs):
    account, quote = await quoted(desk)
    plan = await desk.post("/v1/plans", {**body(account, quote), "consent": None})
    path = f"/v1/plans/{plan['id']}/consent"
    status, name, problem = await desk.refused("GET", path)

    assert (status, name, problem["resource"], problem["key"]) == (
        404, "not-found", "consent", plan["id"],
    )  # fmt: skip
    unknown = "/v1/plans/plan_01h455vb4pex5vsknk084sn02q/consent"
    assert (await desk.refused("GET", unknown))[2]["resource"] == "plan"
    assert (await desk.client.get(path, headers=theirs)).json()["resource"] == "plan"


async def test_consent_stands_on_a_plan_that_waits(staff):
    ann = await staff("agent", "ann")
    await ann.at(OPENING)
    account = await ann.account()
    terms = {**IN_THREE, "installment_count": 61}
    quote = await ann.post(f"/v1/accounts/{account['id']}/quotes", {"terms": terms})
    plan = await ann.post("/v1/plans", body(account, quote))

    assert plan["status"] == "pending_approval"
    assert (await ann.get(f"/v1/plans/{plan['id']}/consent"))["quote_id"] == quote["id"]
