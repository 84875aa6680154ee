"""Notices of what happened: made once from the feed, true when they leave, withdrawn where not."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from app.services.messages.notices import following
from app.services.messages.notices.noticing import make_notices
from app.workers.following import Following
from tests.feed import feed_at_rest
from tests.routers.messages.test_messages import read
from tests.routers.settling import act, offer

EVENTS = {
    "plan_agreed": "plan_agreed", "plan_changed": "plan_changed", "plan_broken": "plan_broken",
    "promise_broken": "promise_broken", "receipt": "payment_posted",
    "settlement_offer": "settlement_offered", "settlement_acceptance": "settlement_accepted",
}  # fmt: skip
POLICY = {
    "effective_from": "2026-01-01",
    "notices": [{"key": key, "when": when, "template": key} for key, when in EVENTS.items()],
}


@pytest.fixture
async def told(boss, account):
    """The debtor is told of what happens, from the 15th of January on."""
    return await boss.put("/v1/contact-policies/default", POLICY, status=201)


class Follower:
    """One process's part in following this test's tenant."""

    def __init__(self, database, tenant):
        self.tenant, self.database = tenant, database
        self.at = datetime(2026, 1, 15, 18, 0, tzinfo=UTC)
        self.work = Following(database, now=lambda: self.at)

    async def behind(self):
        await feed_at_rest(self.database)
        found = (await self.work.take(100)).jobs
        return [one for one in found if one.tenant_id == self.tenant]

    async def look(self):
        """To the end of the feed; where another follows too, until that one is done."""
        for _ in range(500):
            behind = await self.behind()
            if not behind:
                return
            for tenant in behind:
                await self.work.do(tenant)
            await asyncio.sleep(0.01)
        raise AssertionError("the feed does not end")


@pytest.fixture
def follower(database, tenant):
    return Follower(database, tenant)


async def made(desk, **asked):
    return (await desk.get("/v1/messages", **asked))["data"]


async def keys(desk):
    return sorted(one["key"][0] for one in await made(desk))


async def test_what_happens_is_told_once_however_many_follow(ann, told, account, follower, worker):
    plan = await ann.plan(account)
    paid = await ann.pay(account, 50_00)
    await asyncio.gather(*(follower.look() for _ in range(3)))
    await follower.look()
    first, second = sorted(await made(ann), key=lambda one: one["key"][0])
    assert first["key"] == ["plan_agreed", plan["id"], "2026-01-15"]
    assert second["key"] == ["receipt", paid["id"], "2026-01-15"]
    assert second["expires_at"] == "2026-01-22T06:00:00Z"  # seven days, where the tenant is
    await worker.look()
    for one in (first, second):
        text = (await ann.client.get(f"/v1/messages/{one['id']}/content")).text
        assert ("50.00" if one is second else "January 31, 2026") in text


async def test_a_policy_that_names_no_event_has_none_followed(ann, boss, account, follower):
    rule = {"key": "due_reminder", "when": "before_due", "days": 3, "template": "due_reminder"}
    await boss.put("/v1/contact-policies/default", {"notices": [rule]}, status=201)
    await ann.plan(account)
    assert await follower.behind() == []


@pytest.mark.parametrize(("wrong", "pointer"), [
    ({"days": 2}, "/notices/0/days"),
    ({"template": "recipt"}, "/notices/0/template"),
])  # fmt: skip
async def test_what_cannot_be_made_is_not_saved(boss, wrong, pointer):
    rule = {"key": "receipt", "when": "payment_posted", "template": "receipt", **wrong}
    path = "/v1/contact-policies/default"
    assert await boss.pointers(path, {"notices": [rule]}, method="PUT") == [pointer]


async def test_a_receipt_of_money_that_came_back_stays_unsent_or_is_withdrawn(
    ann, told, account, follower, worker
):
    unsent, sent = [await ann.pay(account, minor) for minor in (10_00, 20_00)]
    await ann.reverse(unsent)
    await follower.look()
    worker.at = follower.at
    await worker.look()
    await worker.look()
    stands = {one["key"][1]: (one["status"], one["reason"]) for one in await made(ann)}
    assert stands[unsent["id"]] == ("suppressed", "NO_LONGER_TRUE")
    assert stands[sent["id"]] == ("sent", None)

    await ann.reverse(sent)
    await follower.look()
    withdrawn = [one for one in await made(ann) if one["key"][0] == "receipt_withdrawn"]
    assert [one["key"][1] for one in withdrawn] == [sent["id"]]
    assert withdrawn[0]["template"]["key"] == "receipt_withdrawn"


async def test_each_change_of_a_plan_is_told_and_only_the_last_leaves(
    ann, told, account, follower, worker
):
    plan = await ann.plan(account)
    acts = [
        ("due-day-changes", {"day": 20, "reason": "payday"}),
        ("deferrals", {"number": 2, "reason": "lost her job"}),
    ]
    for kind, body in acts:
        await ann.post(f"/v1/plans/{plan['id']}/{kind}", body)
        await follower.look()
    changes = [one for one in await made(ann) if one["key"][0] == "plan_changed"]
    assert len({one["key"][1] for one in changes}) == 2  # of one day, and of one plan
    worker.at = follower.at
    await worker.look()
    stands = [(one["key"][0], one["reason"]) for one in await made(ann)]
    assert sorted(stands, key=str) == [("plan_changed", "NO_LONGER_TRUE"), ("plan_changed", None)]
    last = next(one for one in await made(ann) if one["reason"] is None)
    text = (await ann.client.get(f"/v1/messages/{last['id']}/content")).text
    due_on = date.fromisoformat((await ann.read(plan))["installments"][-1]["due_on"])
    assert f"{due_on:%B %-d, %Y}" in text


async def test_a_plan_that_goes_on_after_all_is_said_to(ann, told, account, follower, worker):
    plan = await ann.plan(account)
    await ann.at("2026-02-10")
    follower.at = worker.at = follower.at.replace(month=2, day=10)
    path = f"/v1/plans/{plan['id']}"
    await ann.post(f"{path}/accelerations", {"reason": "nothing came"})
    await follower.look()
    await worker.look()
    (broken,) = [one for one in await made(ann) if one["key"][0] == "plan_broken"]
    assert (broken["status"], broken["key"][2]) == ("sent", "2026-02-10")

    await ann.post(f"{path}/revisions/2/undo", {}, status=200)
    await follower.look()
    (goes_on,) = [one for one in await made(ann) if one["key"][0] == "plan_broken_withdrawn"]
    assert goes_on["key"][1:] == broken["key"][1:]
    assert goes_on["purpose"] == "required_notice"


async def test_a_settlements_letter_is_the_one_that_is_kept(ann, told, account, follower, worker):
    offered = await offer(ann, account, 200_00)
    await follower.look()
    (one,) = await made(ann)
    assert one["key"][:2] == ["settlement_offer", offered["id"]]
    await worker.look()
    text = (await ann.client.get(f"/v1/messages/{one['id']}/content")).text
    letters = await ann.get(f"/v1/settlement-offers/{offered['id']}/letters")
    kept = letters["data"][0]
    assert (await read(ann, one))["locale"] == "en-US"
    assert kept["text"] == text


async def test_an_event_that_fails_is_passed_over_and_takes_no_other_with_it(
    ann, told, account, follower, monkeypatch
):
    await ann.pay(account, 10_00)
    await ann.plan(account)
    whole = following.wished

    def broken(kind, *given, **more):
        if kind == "payment.posted":
            raise RuntimeError(kind)
        return whole(kind, *given, **more)

    monkeypatch.setattr(following, "wished", broken)
    await follower.look()
    assert await keys(ann) == ["plan_agreed"]


DATES = {
    "promise_reminder": ("before_promise", 1), "settlement_expiring": ("before_expiry", 3),
    "statement": ("each_month", 1),
}  # fmt: skip


@pytest.fixture
async def dated(boss, account):
    """The debtor is reminded of promises and offers, and has a statement on the first."""
    notices = [
        {"key": key, "when": when, "days": days, "template": key}
        for key, (when, days) in DATES.items()
    ]
    body = {"effective_from": "2026-01-01", "notices": notices}
    return await boss.put("/v1/contact-policies/default", body, status=201)


@pytest.fixture
def close(desk, database, tenant):
    """The day close's part in notices, of one date."""

    async def closed(day):
        await desk.at(day)
        return await make_notices(database, tenant, date.fromisoformat(day))

    return closed


async def test_a_promise_and_an_offer_are_reminded_of_once_and_not_when_over(
    ann, dated, account, follower, close
):
    path = f"/v1/accounts/{account['id']}"
    promise = {"amount_minor": 50_00, "due_on": "2026-01-20"}
    promised = await ann.post(f"{path}/promises", promise)
    offered = await offer(ann, account, 200_00, expires_on="2026-01-22")
    await follower.look()
    assert await close("2026-01-18") == 0
    assert [await close("2026-01-19"), await close("2026-01-20")] == [2, 0]
    reminded = {one["key"][0]: one for one in await made(ann)}
    assert reminded["promise_reminder"]["key"][1:] == [promised["id"], "2026-01-20"]
    assert reminded["settlement_expiring"]["key"][1:] == [offered["id"], "2026-01-22"]

    await act(ann, offered, "withdraw")
    other = await offer(ann, account, 150_00, expires_on="2026-01-24")
    await act(ann, other, "withdraw")
    await follower.look()
    assert await close("2026-01-23") == 0


async def test_a_statement_is_made_on_its_day_or_soon_after_of_the_month_before(
    ann, dated, account, close, worker
):
    await ann.pay(account, 50_00)
    assert await close("2026-01-31") == 0
    assert [await close("2026-02-03"), await close("2026-02-04")] == [1, 0]
    (one,) = await made(ann)
    assert (one["key"], one["purpose"]) == (["statement", account["id"], "2026-02-01"], "statement")
    worker.at = worker.at.replace(month=2, day=4)
    await worker.look()
    text = (await ann.client.get(f"/v1/messages/{one['id']}/content")).text
    assert "January 1, 2026" in text
    assert "January 31, 2026" in text
    assert "$250.00" in text
    await ann.pay(account, 250_00)
    assert await close("2026-03-01") == 0
