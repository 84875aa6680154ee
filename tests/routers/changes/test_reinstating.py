"""A broken plan comes back: for what is still owed of it, until a further miss.

The usual plan: three installments of 100.00, due 31 January, 28 February and 31 March, grace 5.
Unpaid, it breaks on 6 March, when two are missed.
"""

import pytest

from tests.routers.lives.desk import IN_THREE

WHY = {"reason": "back in work"}


@pytest.fixture
async def broken(desk):
    account, plan = await desk.opened()
    await desk.at("2026-03-10")
    assert (await desk.read(plan))["status"] == "broken"
    return account, plan


async def reinstate(desk, plan, status=200, **more):
    return await desk.post(f"/v1/plans/{plan['id']}/reinstate", {**WHY, **more}, status=status)


def opens(plan):
    return [row["outstanding_minor"] for row in plan["installments"]]


async def test_a_reinstated_plan_goes_on_until_a_further_miss(desk, broken):
    account, plan = broken
    again = await reinstate(desk, plan)

    assert (again["status"], again["standing"], again["ended_on"]) == (
        "active", "delinquent", None,
    )  # fmt: skip
    assert opens(again) == [100_00, 100_00, 100_00]
    clock = again["delinquency"]
    assert (clock["missed_total"], clock["consecutive_missed"]) == (0, 2)
    await desk.at("2026-04-05")
    assert (await desk.read(plan))["status"] == "active"
    await desk.at("2026-04-06")
    assert (await desk.read(plan))["status"] == "broken"
    page = await desk.get(f"/v1/accounts/{account['id']}/timeline", limit=200)
    said = [one["type"] for one in page["data"]]
    assert said.count("plan.reinstated") == 1
    await desk.books_agree(account)


async def test_it_takes_over_what_money_since_left_of_it(desk, broken):
    account, plan = broken
    await desk.pay(account, 150_00)
    again = await reinstate(desk, plan)

    assert opens(again) == [100_00, 50_00, 0]
    assert [row["status"] for row in again["installments"]] == ["missed", "missed", "void"]
    await desk.pay(account, 150_00)
    assert (await desk.read(plan))["status"] == "completed"
    await desk.books_agree(account)


async def test_what_fell_due_meanwhile_is_missed_and_no_further_miss(desk, broken):
    account, plan = broken
    await desk.at("2026-04-20")
    again = await reinstate(desk, plan)

    assert again["delinquency"]["consecutive_missed"] == 3
    assert again["delinquency"]["missed_total"] == 0
    await desk.at("2026-05-20")
    assert (await desk.read(plan))["status"] == "active"
    await desk.pay(account, 300_00)
    page = await desk.get(f"/v1/accounts/{account['id']}/timeline", limit=200)
    said = [one["type"] for one in page["data"]]
    assert said.count("installment.missed") == said.count("installment.cured") == 3


async def test_a_charge_of_the_plan_comes_back_with_it(desk):
    account, plan = await desk.opened()
    fee = {"kind": "fee", "amount_minor": 7_00, "plan_id": plan["id"], "due_on": "2026-03-31"}
    await desk.post(f"/v1/accounts/{account['id']}/charges", fee)
    await desk.at("2026-03-10")
    await desk.pay(account, 5_00)  # the account's fees come first
    again = await reinstate(desk, plan)

    assert again["installments"][2]["fees_minor"] == 2_00
    assert again["outstanding_minor"] == 302_00
    await desk.books_agree(account)


async def test_money_in_time_entered_late_leaves_nothing_to_reinstate(desk, broken):
    account, plan = broken
    await reinstate(desk, plan)
    await desk.pay(account, 200_00, on="2026-02-28")

    now = await desk.read(plan)
    assert (now["status"], opens(now)) == ("active", [0, 0, 100_00])
    assert now["delinquency"]["missed_total"] == 1  # the first, missed on 6 February
    await desk.books_agree(account)


async def test_what_cannot_be_reinstated(desk, broken):
    account, plan = broken
    path = f"/v1/plans/{plan['id']}/reinstate"
    body = {**WHY, "effective_on": "2026-03-05"}
    assert await desk.pointers(path, body) == ["/effective_on"]

    terms = {**IN_THREE, "anchor_on": None, "first_due_on": None}
    other = await desk.post("/v1/plans", {"account_id": account["id"], "terms": terms})
    status, name, problem = await desk.refused("POST", path, json=WHY)
    assert (status, name, problem["existing_plan_id"]) == (409, "plan-exists", other["id"])
    refused = await desk.refused("POST", f"/v1/plans/{other['id']}/reinstate", json=WHY)
    assert refused[:2] == (409, "plan-not-broken")
    await desk.post(f"/v1/plans/{other['id']}/cancel", {"reason": "x"}, status=200)
    await desk.pay(account, 300_00)
    assert (await desk.refused("POST", path, json=WHY))[:2] == (409, "nothing-owed")
