"""Tolerance at the API: a plan that lacks a few cents is completed, and says so in the books."""

import pytest

from tests.routers.lives.desk import DUE, IN_THREE, OPENING

LENIENT = {
    "extends": "default",
    "effective_from": "2026-01-01",
    "allocation": {"tolerance_minor": 5},
}


@pytest.fixture
async def opened(desk):
    await desk.at(OPENING)
    answer = await desk.client.put("/v1/policies/lenient", json=LENIENT)
    assert answer.status_code == 201, answer.text
    account = await desk.account(policy="lenient")
    return account, await desk.plan(account, **IN_THREE)


async def adjustments(desk, account):
    rows = (await desk.get(f"/v1/accounts/{account['id']}/ledger"))["data"]
    return [(row["amount_minor"], row["payment_id"]) for row in rows if row["kind"] == "adjustment"]


async def test_a_few_cents_complete_a_plan(desk, opened):
    account, plan = opened
    paid = await desk.pay(account, 299_97)

    assert (paid["amount_minor"], paid["plan"]["status"]) == (299_97, "completed")
    assert paid["account"]["balance"]["total_minor"] == 0
    assert (await desk.read(plan))["status"] == "completed"
    assert await adjustments(desk, account) == [(-3, paid["id"])]
    path = f"/v1/accounts/{account['id']}/timeline"
    told = [one for one in (await desk.get(path))["data"] if one["type"] == "adjustment.posted"]
    assert [(one["payment_id"], one["data"]["amount_minor"]) for one in told] == [(paid["id"], 3)]
    await desk.books_agree(account)


async def test_what_is_reversed_takes_its_tolerance_along(desk, opened):
    account, plan = opened
    before = await desk.read(plan)
    paid = await desk.pay(account, 299_97)
    await desk.reverse(paid)

    now = await desk.read(plan)
    assert (now["status"], now["outstanding_minor"]) == ("active", 300_00)
    assert now["installments"] == before["installments"]
    assert (await desk.read(account))["balance"]["total_minor"] == 300_00
    await desk.books_agree(account)
    rows = (await desk.get(f"/v1/accounts/{account['id']}/ledger"))["data"]
    waived = next(row for row in rows if row["kind"] == "adjustment")
    assert {row["reverses"] for row in rows if row["kind"] == "reversal"} == {
        paid["id"],
        waived["id"].replace("pst_", "adj_"),
    }
    again = await desk.pay(account, 299_96)
    assert again["plan"]["status"] == "completed"
    assert (await adjustments(desk, account))[1:] == [(-4, again["id"])]
    await desk.books_agree(account)


async def test_more_than_a_few_cents_are_owed(desk, opened):
    account, plan = opened
    await desk.pay(account, 299_94)

    assert (await desk.read(plan))["outstanding_minor"] == 6
    assert await adjustments(desk, account) == []


async def test_money_that_comes_late_but_counts_in_time_leaves_nothing_missed(desk, opened):
    account, plan = opened
    await desk.at(DUE[2])
    await desk.pay(account, 200_00, DUE[0])
    await desk.at("2026-04-20")
    assert (await desk.statuses(plan, "2026-04-20"))[1][2] == "missed"
    await desk.pay(account, 99_98, DUE[2])

    now = await desk.read(plan)
    assert now["status"] == "completed"
    assert [row["status"] for row in now["installments"]] == ["paid"] * 3
    assert now["installments"][2]["satisfied_on"] == DUE[2]
    await desk.books_agree(account)


async def test_what_was_charged_only_later_is_let_go_on_its_own_day(desk, opened):
    account, plan = opened
    await desk.at(DUE[1])
    fee = {"kind": "fee", "amount_minor": 4, "plan_id": plan["id"]}
    await desk.post(f"/v1/accounts/{account['id']}/charges", fee)
    paid = await desk.pay(account, 299_99, OPENING)

    assert (await desk.read(plan))["status"] == "completed"
    assert (await desk.read(account))["balance"]["total_minor"] == 0
    assert await adjustments(desk, account) == [(-1, paid["id"]), (-4, paid["id"])]
    await desk.books_agree(account)


async def test_batches_let_go_too(desk, opened):
    account, _ = opened
    item = {"account_id": account["id"], "currency": "USD"}
    items = [
        {**item, "reference": "B1", "amount_minor": 100_00},
        {**item, "reference": "B2", "amount_minor": 199_98},
    ]
    batch = {"mode": "atomic", "items": items}
    answer = await desk.post("/v1/payments/batch", batch, status=200)

    last = answer["results"][1]["payment"]
    assert (last["plan"]["status"], last["account"]["balance"]["total_minor"]) == ("completed", 0)
    assert await adjustments(desk, account) == [(-2, last["id"])]
    await desk.books_agree(account)


async def test_what_a_plan_did_not_take_over_stays_owed(desk, opened):
    account, plan = opened
    cost = {"kind": "cost", "amount_minor": 10_00}
    await desk.post(f"/v1/accounts/{account['id']}/charges", cost)
    await desk.pay(account, 299_99)

    assert (await desk.read(plan))["status"] == "completed"
    assert (await desk.read(account))["balance"]["total_minor"] == 10_00
    await desk.books_agree(account)


BEARING = {**IN_THREE, "annual_rate_bps": 1200, "day_count": "30/360"}


@pytest.fixture
async def bearing(desk):
    """300.00 at 12 % a year, and the policy that lets five cents go."""
    await desk.at(OPENING)
    answer = await desk.client.put("/v1/policies/lenient", json=LENIENT)
    assert answer.status_code == 201, answer.text
    account = await desk.account(policy="lenient")
    return account, await desk.plan(account, **BEARING)


async def test_interest_that_has_run_up_is_not_let_go(desk, bearing):
    account, plan = bearing
    await desk.at("2026-01-20")
    await desk.pay(account, 299_98)

    assert (await desk.read(plan))["status"] == "active"
    assert await adjustments(desk, account) == []
    await desk.books_agree(account)


async def test_on_a_due_date_all_interest_is_earned_and_the_rest_may_go(desk, bearing):
    account, plan = bearing
    await desk.at(DUE[0])
    owed = (await desk.read(account))["balance"]["total_minor"]
    assert owed > 300_00
    paid = await desk.pay(account, owed - 2)

    now = await desk.read(plan)
    assert (now["status"], now["outstanding_minor"]) == ("completed", 0)
    assert await adjustments(desk, account) == [(-2, paid["id"])]
    assert (await desk.read(account))["balance"]["total_minor"] == 0
    await desk.books_agree(account)
    await desk.reverse(paid)
    assert (await desk.read(account))["balance"]["total_minor"] == owed
    await desk.books_agree(account)
