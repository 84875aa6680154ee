"""A plan that bears interest, over HTTP: quoted, earned, prepaid, paid off."""

import pytest

from tests.routers.desk import OPENING

TERMS = {
    "installment_count": 3,
    "frequency": {"every": 1, "unit": "month"},
    "first_due_on": "2026-02-10",
    "annual_rate_bps": 1200,
}


@pytest.fixture
async def bearing(desk):
    await desk.at(OPENING)
    account = await desk.account()
    return account, await desk.plan(account, **TERMS)


async def test_the_plan_is_the_quoted_schedule(desk, bearing):
    _, plan = bearing
    schedule = await desk.post(
        "/v1/schedules",
        {"currency": "USD", "terms": {"amount_minor": 300_00, **TERMS}, "starts_on": OPENING},
        status=200,
    )

    assert plan["total_minor"] == schedule["total_minor"]
    for name in ("amount_minor", "principal_minor", "interest_minor", "due_on"):
        assert [row[name] for row in plan["installments"]] == [
            row[name] for row in schedule["installments"]
        ]


async def test_interest_is_owed_from_its_day(desk, bearing):
    account, plan = bearing

    assert (await desk.read(account))["balance"]["interest_minor"] == 0
    await desk.at("2026-02-10")
    assert (await desk.read(account))["balance"]["interest_minor"] == 3_06
    await desk.pay(account, plan["installments"][0]["amount_minor"])

    after = await desk.read(plan)
    assert after["installments"][0]["status"] == "paid"
    rows = (await desk.get(f"/v1/accounts/{account['id']}/ledger"))["data"]
    assert [row["kind"] for row in rows] == ["placement", "interest", "payment"]
    await desk.books_agree(account)


async def test_paid_on_time_it_completes_at_the_quoted_total(desk, bearing):
    account, plan = bearing
    for row in plan["installments"]:
        await desk.at(row["due_on"])
        await desk.pay(account, row["amount_minor"])

    after = await desk.read(plan)

    assert (after["status"], after["paid_minor"]) == ("completed", plan["total_minor"])
    assert (await desk.read(account))["status"] == "paid"
    await desk.books_agree(account)


async def test_backdated_money_lowers_the_interest_that_was_posted(desk, bearing):
    account, _ = bearing
    await desk.at("2026-02-20")
    before = (await desk.read(account))["balance"]["interest_minor"]

    await desk.pay(account, 100_00, on="2026-01-20")

    now = await desk.read(account)
    assert now["balance"]["total_minor"] < 300_00 - 100_00 + before
    rows = (await desk.get(f"/v1/accounts/{account['id']}/ledger"))["data"]
    interest = [row["amount_minor"] for row in rows if row["kind"] == "interest"]
    assert interest[0] == before
    assert interest[1] < 0
    await desk.books_agree(account)
