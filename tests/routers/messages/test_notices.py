"""Notices by rule: made by the day close, once, true when they leave, at the right hour."""

from datetime import date

import pytest

from app.services.day_close.sweep import sweep
from app.services.messages.notices.noticing import make_notices, notice_page
from tests.routers.messages.test_messages import read

POLICY = {
    "effective_from": "2026-01-01",
    "notices": [
        {"key": "due_reminder", "when": "before_due", "days": 3, "template": "due_reminder"},
        {"key": "missed", "when": "after_missed", "days": 1, "template": "missed"},
    ],
}


@pytest.fixture
async def plan(ann, boss, account, desk):
    """Three installments: 31 January, 28 February, 31 March; missed after five days."""
    await boss.put("/v1/contact-policies/default", POLICY, status=201)
    return await ann.plan(account)


@pytest.fixture
def close(desk, database, tenant):
    """The day close's part in notices, of one date."""

    async def closed(day):
        await desk.at(day)
        return await make_notices(database, tenant, date.fromisoformat(day))

    return closed


async def notices(desk, **asked):
    return (await desk.get("/v1/messages", **asked))["data"]


async def test_a_reminder_is_made_once_caught_up_and_leaves_at_ten(ann, plan, close, worker):
    assert await close("2026-01-27") == 0  # four days before
    assert await close("2026-01-29") == 1  # the 28th was missed
    assert await close("2026-01-30") == 0

    (made,) = await notices(ann)
    assert made["key"] == ["due_reminder", plan["installments"][0]["id"], "2026-01-31"]
    await worker.look()
    ready = await read(ann, made)
    assert (ready["purpose"], ready["still_true"]) == ("reminder", True)
    text = (await ann.client.get(f"/v1/messages/{made['id']}/content")).text
    assert "100.00" in text
    worker.at = worker.at.replace(hour=18)
    await worker.look()
    sent = await read(ann, made)
    assert (sent["status"], sent["template"]["version"]) == ("sent", 0)
    assert await close("2026-02-02") == 0


async def test_ten_o_clock_is_where_the_person_is(ann, plan, close, worker):
    await close("2026-01-28")
    worker.at = worker.at.replace(hour=15)  # nine in Chicago, and open
    await worker.look()
    (made,) = await notices(ann)
    assert (made["status"], made["not_before_at"]) == ("scheduled", "2026-01-28T16:00:00Z")


@pytest.mark.parametrize("what", ["paid", "paused"])
async def test_what_is_no_longer_true_does_not_leave(ann, plan, close, worker, what):
    await close("2026-01-28")
    if what == "paid":
        await ann.pay({"id": plan["account_id"]}, 100_00)
    else:
        body = {"starts_on": "2026-01-28", "ends_on": "2026-02-10", "reason": "asked"}
        await ann.post(f"/v1/plans/{plan['id']}/pauses", body)
    await worker.look()
    (made,) = await notices(ann)
    assert (made["status"], made["reason"]) == ("suppressed", "NO_LONGER_TRUE")


async def test_a_missed_one_is_told_inside_its_week(ann, plan, close, database, tenant):
    await sweep(database, tenant, business_date=date(2026, 2, 6))
    assert await close("2026-02-06") == 0  # missed today, told a day later
    assert await close("2026-02-09") == 1
    (made,) = await notices(ann)
    assert made["key"] == ["missed", plan["installments"][0]["id"], "2026-02-06"]
    assert await close("2026-02-20") == 0


async def test_without_a_policy_nothing_is_made(ann, account, close):
    await ann.plan(account)
    assert await close("2026-01-28") == 0


@pytest.mark.parametrize("beside", [True, False], ids=["with its judging", "after it"])
async def test_each_account_is_told_of_what_its_own_policy_names(ann, boss, worker, close, beside):
    """Of a creditor, and of a plan policy, with notices of their own; by either road once."""

    def wanting(key, template):
        return [{"key": key, "when": "before_due", "days": 0, "template": template}]

    document = {"effective_from": "2026-01-01", "notices": wanting("due_reminder", "due_reminder")}
    of_power = {"POWER": {"notices": wanting("soon", "debit_notice")}}
    await boss.put("/v1/contact-policies/default", {**document, "creditors": of_power}, status=201)
    await boss.put("/v1/contact-policies/strict", {**document, "notices": []}, status=201)
    debtor = {"reference": "CUST-78", "email": "joe@example.com"}
    power = await ann.account(debtor=debtor, creditor={"reference": "POWER"})
    strict = await ann.account(debtor=debtor, policy="strict")
    account = await ann.account(debtor=debtor)
    for one in (account, power, strict):
        await ann.plan(one)

    if beside:
        await sweep(
            worker.database, worker.tenant, business_date=date(2026, 1, 31), beside=notice_page
        )
    assert await close("2026-01-31") == (0 if beside else 2)
    told = {
        one["account_id"]: (one["key"][0], one["template"]["key"]) for one in await notices(ann)
    }
    assert told == {
        account["id"]: ("due_reminder", "due_reminder"), power["id"]: ("soon", "debit_notice"),
    }  # fmt: skip
