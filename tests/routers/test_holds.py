"""Holds: a dispute stops the clock, and keeps money until it is released."""

import pytest

from tests.routers.desk import DUE, IN_THREE, OPENING

DISPUTE = {"kind": "dispute", "reason": "amount contested"}


async def hold(desk, account, **more):
    return await desk.post(f"/v1/accounts/{account['id']}/holds", {**DISPUTE, **more})


async def release(desk, account, held, status=200, **more):
    path = f"/v1/accounts/{account['id']}/holds/{held['id']}/release"
    return await desk.post(path, more, status=status)


async def test_a_dispute_keeps_money_unapplied_and_its_release_uses_it(desk):
    account, plan = await desk.opened()
    await desk.at("2026-01-20")
    held = await hold(desk, account)
    payment = await desk.pay(account, 120_00)

    assert payment["allocations"] == []
    assert payment["unapplied_minor"] == payment["account"]["unapplied_minor"] == 120_00
    assert (await desk.read(account))["balance"]["total_minor"] == 300_00
    await desk.at("2026-01-25")
    released = await release(desk, account, held)

    assert released == {**held, "released_on": "2026-01-25"}
    used = await desk.read(payment)
    assert used["unapplied_minor"] == 0
    assert [line["amount_minor"] for line in used["allocations"]] == [100_00, 20_00]
    assert {line["generation"] for line in used["allocations"]} == {2}
    assert (await desk.read(plan))["paid_minor"] == 120_00
    await desk.books_agree(account)


async def test_under_a_dispute_nothing_is_missed_and_its_days_do_not_count(desk):
    account, plan = await desk.opened()
    await desk.at("2026-02-03")
    held = await hold(desk, account)

    assert (await desk.statuses(plan, "2026-02-20"))[0] == "paused"
    await desk.at("2026-02-13")
    await release(desk, account, held)
    clock = await desk.get(f"/v1/plans/{plan['id']}/delinquency", as_of="2026-02-16")
    assert (clock["past_due_days"], clock["paused_days"], clock["delinquent_days"]) == (16, 10, 1)
    assert clock["pauses"] == [
        {"starts_on": "2026-02-03", "ends_on": "2026-02-13", "counted_days": 10}
    ]
    assert (await desk.statuses(plan, "2026-02-15"))[0] == "in_grace"
    assert (await desk.statuses(plan, "2026-02-16"))[0] == "delinquent"


async def test_under_a_dispute_nothing_is_charged_and_no_terms_agreed(desk):
    account = await desk.account()
    held = await hold(desk, account)
    charge = {"kind": "fee", "amount_minor": 1}
    plan = {"account_id": account["id"], "terms": {**IN_THREE, "anchor_on": None,
                                                   "first_due_on": None}}  # fmt: skip

    for path, body in ((f"/v1/accounts/{account['id']}/charges", charge), ("/v1/plans", plan)):
        status, name, problem = await desk.refused("POST", path, json=body)
        assert (status, name, problem["hold"]) == (409, "account-on-hold", "dispute")
    await release(desk, account, held)
    await desk.post("/v1/plans", plan)


async def test_one_hold_of_a_kind_at_a_time_and_one_release(desk):
    account = await desk.account()
    held = await hold(desk, account)
    path = f"/v1/accounts/{account['id']}/holds"

    status, name, problem = await desk.refused("POST", path, json=DISPUTE)
    assert (status, name, problem["existing_hold_id"]) == (409, "hold-exists", held["id"])
    await release(desk, account, held)
    again = await desk.refused("POST", f"{path}/{held['id']}/release", json={})
    assert again[:2] == (409, "hold-not-standing")
    second = await hold(desk, account)
    listed = (await desk.get(path))["data"]
    assert [one["id"] for one in listed] == [held["id"], second["id"]]


async def test_a_release_needs_no_body(desk):
    account = await desk.account()
    held = await hold(desk, account)
    path = f"/v1/accounts/{account['id']}/holds/{held['id']}/release"

    assert (await desk.client.post(path)).status_code == 200


async def test_a_hold_is_released_on_its_own_account_only(desk):
    mine, other = await desk.account(), await desk.account()
    held = await hold(desk, mine)

    path = f"/v1/accounts/{other['id']}/holds/{held['id']}/release"
    assert (await desk.refused("POST", path, json={}))[:2] == (404, "not-found")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"kind": "strike"}, "/kind", id="no such kind"),
        pytest.param({"starts_on": "2026-01-11"}, "/starts_on", id="tomorrow"),
        pytest.param({"ends_on": OPENING}, "/ends_on", id="over before it begins"),
        pytest.param({"reason": ""}, "/reason", id="why?"),
        pytest.param({"variant": "standard"}, "/variant", id="not of a dispute"),
        pytest.param({"until": DUE[0]}, "/until", id="unknown"),
    ],
)
async def test_malformed_holds(desk, change, pointer):
    await desk.at(OPENING)
    account = await desk.account()

    body = {**DISPUTE, **change}
    assert await desk.pointers(f"/v1/accounts/{account['id']}/holds", body) == [pointer]


async def test_other_holds_are_not_built_yet(desk):
    account = await desk.account()
    body = {**DISPUTE, "kind": "bankruptcy"}

    refused = await desk.refused("POST", f"/v1/accounts/{account['id']}/holds", json=body)
    assert refused[:2] == (501, "not-built")
