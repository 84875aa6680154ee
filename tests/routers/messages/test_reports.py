"""What carriers report moves messages by rank only, and what forbids them suppresses them."""

from datetime import date

import pytest

from app.services.messages.reports import forget_early
from tests.routers.messages.test_messages import read, told
from tests.routers.persons.test_persons import point


@pytest.fixture
async def sent(ann, ask, worker, desk):
    """A message that left at noon."""
    made = await ask()
    await desk.at("2026-01-16")
    await worker.look()
    await desk.at("2026-01-17")
    return await read(ann, made)


def said(message, status, **changes):
    return {
        "provider": "sandbox", "provider_message_id": message["provider_message_id"],
        "status": status, "at": "2026-01-16T18:00:05Z", **changes,
    }  # fmt: skip


async def report(desk, *told):
    body = told[0] if len(told) == 1 else {"items": list(told)}
    return (await desk.post("/v1/delivery-reports", body))["results"]


async def test_reports_move_by_rank_in_any_order_and_all_are_kept(ann, sent):
    done = await report(
        ann, said(sent, "delivered"), said(sent, "sent"), said(sent, "opened"),
        said(sent, "delivered"),
    )  # fmt: skip

    assert [one["applied"] for one in done] == [True, False, False, False]
    now = await read(ann, sent)
    assert now["status"] == "delivered"
    assert [one["status"] for one in now["reports"]] == ["delivered", "sent", "opened", "delivered"]
    contact = await ann.get(f"/v1/contacts/{now['contact_id']}")
    assert contact["outcome"] == "delivered"


async def test_a_bounce_makes_the_address_invalid(ann, account, sent):
    bounced = said(sent, "bounced", code="550", detail="no <jane@example.com> here")
    assert (await report(ann, bounced))[0]["applied"]

    email = await point(ann, account["debtor"]["id"], "email")
    assert (email["validity"], email["invalid_because"]) == ("invalid", "bounced")
    now = await read(ann, sent)
    assert (now["status"], now["reason"]) == ("bounced", "550")
    assert now["reports"][0]["detail"] == "no <[address]> here"
    assert (await ann.get(f"/v1/contacts/{now['contact_id']}"))["outcome"] == "bounced"
    (event,) = await told(ann, account, "message.undeliverable")
    assert event["reason"] == "550"


async def test_a_soft_bounce_is_no_reason_to_give_an_address_up(ann, account, sent):
    await report(ann, said(sent, "bounced", hard=False))
    assert (await point(ann, account["debtor"]["id"], "email"))["validity"] == "unverified"


async def test_a_complaint_takes_the_channel_back(ann, account, sent):
    await report(ann, said(sent, "delivered"))
    await report(ann, said(sent, "complained"))
    assert (await read(ann, sent))["status"] == "complained"
    assert (await point(ann, account["debtor"]["id"], "email"))["opted_out"] == ["email"]


async def test_a_report_that_comes_first_is_matched_later(ann, ask, worker, desk):
    made = await ask()
    await desk.at("2026-01-16")
    early = said({"provider_message_id": f"sandbox-{made['id']}"}, "delivered",
                 at="2026-01-15T00:00:00Z")  # fmt: skip
    assert await report(ann, early) == [{"message_id": None, "applied": False}]
    await worker.look()
    assert (await read(ann, made))["status"] == "delivered"


async def test_a_report_that_nothing_was_matched_with_is_forgotten(ann, desk, database, tenant):
    await desk.at("2026-01-16")
    early = said({"provider_message_id": "nobody's"}, "delivered", at="2026-01-15T00:00:00Z")
    await report(ann, early)
    forgotten = [
        await forget_early(database, tenant, date(2026, 1, day), "America/Chicago")
        for day in (17, 18, 18)
    ]
    assert forgotten == [0, 1, 0]


async def test_a_hold_suppresses_what_waits_in_its_own_transaction(ann, account, ask, worker, desk):
    waits, other = await ask(), await ask(expires_at="2026-01-16T19:00:00Z")
    assert (await ann.post(f"/v1/messages/{other['id']}/cancel", {"reason": "no"}))["id"]

    path = f"/v1/accounts/{account['id']}/holds"
    hold = await ann.post(path, {"kind": "dispute", "reason": "says it is not theirs"})

    assert (hold["messages_suppressed"], hold["messages_in_flight"]) == ([waits["id"]], [])
    now = await read(ann, waits)
    assert (now["status"], now["reason"]) == ("suppressed", "DISPUTE_UNVERIFIED")
    (event,) = await told(ann, account, "message.suppressed")
    assert event["message_id"] == waits["id"]
    await ann.post(f"{path}/{hold['id']}/release", {"reason": "verified"}, status=200)
    await desk.at("2026-01-16")
    assert await worker.look() == 0
    assert (await read(ann, waits))["status"] == "suppressed"


async def test_a_hold_names_what_is_on_its_way(ann, account, ask, worker, desk):
    made = await ask()
    await desk.at("2026-01-16")
    await worker.claim()

    hold = await ann.post(
        f"/v1/accounts/{account['id']}/holds", {"kind": "dispute", "reason": "not theirs"}
    )

    assert (hold["messages_suppressed"], hold["messages_in_flight"]) == ([], [made["id"]])
    path = f"/v1/messages/{made['id']}/cancel"
    assert (await ann.refused("POST", path, json={"reason": "no"}))[1] == "message-in-flight"


@pytest.mark.parametrize("how", ["revocation", "restriction"])
async def test_what_a_person_says_suppresses_too(ann, account, ask, how):
    waits = await ask()
    if how == "revocation":
        email = await point(ann, account["debtor"]["id"], "email")
        body = {"channels": ["email"], "received_at": "2026-01-14T15:00:00Z", "how": "reply"}
        await ann.post(f"/v1/contact-points/{email['id']}/revocations", body)
    else:
        body = {"kind": "opt_out", "channel": "email", "reason": "no more"}
        await ann.post(f"/v1/persons/{account['debtor']['id']}/restrictions", body)
    assert (await read(ann, waits))["status"] == "suppressed"
