"""Promises to pay over HTTP: kept, partial or broken, and judged again when money bounces.

The default policy's grace is 3 days and its threshold the whole amount, one promise at a time.
"""

import pytest

from tests.routers.lives.desk import OPENING

PROMISE = {"amount_minor": 100_00, "due_on": "2026-01-20"}


async def promise(desk, account, **changes):
    return await desk.post(f"/v1/accounts/{account['id']}/promises", {**PROMISE, **changes})


async def status(desk, account, made, on):
    read = await desk.get(f"/v1/accounts/{account['id']}/promises/{made['id']}", as_of=on)
    return read["status"], read["received_minor"]


async def told(desk, account):
    page = await desk.get(f"/v1/accounts/{account['id']}/timeline", limit=200)
    return [
        (one["type"], one["business_date"]) for one in page["data"]
        if one["type"].startswith("promise.")
    ]  # fmt: skip


@pytest.fixture
async def account(desk):
    await desk.at(OPENING)
    return await desk.account()


async def test_a_promise_is_kept_by_the_last_day_of_its_grace(desk, account):
    made = await promise(desk, account)
    assert (made["grace_days"], made["threshold_bps"], made["status"]) == (3, 10_000, "open")
    await desk.at("2026-01-23")
    await desk.pay(account, 100_00)

    assert await status(desk, account, made, "2026-01-22") == ("open", 0)
    assert await status(desk, account, made, "2026-01-23") == ("kept", 100_00)
    assert await told(desk, account) == [("promise.made", OPENING), ("promise.kept", "2026-01-23")]


@pytest.mark.parametrize(("minor", "verdict"), [(0, "broken"), (99_99, "partial")])
async def test_after_its_last_day_a_promise_is_partial_or_broken(desk, account, minor, verdict):
    made = await promise(desk, account)
    if minor:
        await desk.pay(account, minor)
    await desk.at("2026-01-24")

    assert (await status(desk, account, made, "2026-01-23"))[0] == "open"
    assert await status(desk, account, made, "2026-01-24") == (verdict, minor)
    await desk.pay(account, 1)  # too late to count; a command tells what was judged before it
    assert await status(desk, account, made, "2026-01-24") == (verdict, minor)
    assert (await told(desk, account))[-1] == (f"promise.{verdict}", "2026-01-24")


async def test_a_share_and_a_grace_of_its_own(desk, account):
    made = await promise(desk, account, grace_days=0, threshold_bps=9_000)
    await desk.pay(account, 90_00)

    assert (await status(desk, account, made, OPENING))[0] == "kept"


async def test_only_repayments_since_it_was_made_count(desk, account):
    await desk.pay(account, 100_00)
    made = await promise(desk, account)
    await desk.pay(account, 100_00, kind="goodwill")

    assert await status(desk, account, made, OPENING) == ("open", 0)


async def test_a_payment_that_bounces_has_the_promise_judged_again(desk, account):
    made = await promise(desk, account)
    payment = await desk.pay(account, 100_00)
    await desk.at("2026-01-25")
    await desk.reverse(payment)

    assert await status(desk, account, made, "2026-01-25") == ("broken", 0)
    page = await desk.get(f"/v1/accounts/{account['id']}/timeline", limit=200)
    last = {one["type"]: one for one in page["data"] if one["type"].startswith("promise.")}
    assert last["promise.kept"]["data"]["after"] is None
    assert last["promise.kept"]["corrects"]
    assert last["promise.broken"]["business_date"] == "2026-01-24"


async def test_a_chargeback_takes_back_on_its_own_day(desk, account):
    made = await promise(desk, account)
    payment = await desk.pay(account, 100_00)
    await desk.at("2026-02-10")
    back = {"amount_minor": 60_00, "reason_code": "fraud"}
    await desk.post(f"/v1/payments/{payment['id']}/chargebacks", back)

    assert await status(desk, account, made, "2026-02-09") == ("kept", 100_00)
    assert await status(desk, account, made, "2026-02-10") == ("partial", 40_00)
    assert (await told(desk, account))[-1] == ("promise.partial", "2026-02-10")


async def test_a_late_entry_of_money_in_time_keeps_it(desk, account):
    made = await promise(desk, account)
    await desk.at("2026-02-10")
    assert (await status(desk, account, made, "2026-02-10"))[0] == "broken"
    await desk.pay(account, 100_00, on="2026-01-23")

    assert (await status(desk, account, made, "2026-02-10"))[0] == "kept"


async def test_one_promise_is_open_at_a_time(desk, account):
    first = await promise(desk, account)
    path = f"/v1/accounts/{account['id']}/promises"
    refused, name, problem = await desk.refused("POST", path, json=PROMISE)
    assert (refused, name) == (409, "promises-open")
    assert (problem["existing_promise_id"], problem["limit"]) == (first["id"], 1)

    await desk.pay(account, 100_00)
    second = await promise(desk, account)
    listed = (await desk.get(path))["data"]
    assert [one["id"] for one in listed] == [first["id"], second["id"]]
    assert [one["status"] for one in listed] == ["kept", "open"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"due_on": "2026-01-09"}, "/due_on", id="by yesterday"),
        pytest.param({"amount_minor": 0}, "/amount_minor", id="nothing"),
        pytest.param({"threshold_bps": 0}, "/threshold_bps", id="no share"),
        pytest.param({"grace_days": -1}, "/grace_days", id="less than no grace"),
        pytest.param({"effective_on": "2026-01-11"}, "/effective_on", id="made tomorrow"),
    ],
)
async def test_malformed_promises(desk, account, change, pointer):
    path = f"/v1/accounts/{account['id']}/promises"

    assert await desk.pointers(path, {**PROMISE, **change}) == [pointer]


async def test_a_promise_of_another_account_is_not_found(desk, account):
    made = await promise(desk, account)
    other = await desk.account()

    path = f"/v1/accounts/{other['id']}/promises/{made['id']}"
    assert (await desk.refused("GET", path))[:2] == (404, "not-found")
