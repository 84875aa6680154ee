"""A plan that bears interest, over HTTP: quoted, earned, prepaid, paid off."""

import pytest

from tests.routers.lives.desk import OPENING

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


@pytest.mark.parametrize("what", ["payment", "hold", "cancel"])
async def test_interest_that_was_waived_and_never_earned_stands_in_nobodys_way(desk, bearing, what):
    account, plan = bearing
    await desk.at("2026-02-20")
    waived = (await desk.read(account))["balance"]["interest_minor"]
    path = f"/v1/accounts/{account['id']}"
    body = {"component": "interest", "amount_minor": waived, "reason": "hardship"}
    await desk.post(f"{path}/adjustments", body)

    if what == "payment":
        paid = await desk.pay(account, 100_00, on="2026-01-20")
    elif what == "hold":
        body = {"kind": "dispute", "starts_on": "2026-01-20", "reason": "not mine"}
        hold = await desk.post(f"{path}/holds", body)
    else:
        body = {"reason": "agreed anew", "effective_on": "2026-01-20"}
        await desk.post(f"/v1/plans/{plan['id']}/cancel", body, status=200)

    await desk.books_agree(account)
    owed = 200_00 if what == "payment" else 300_00
    assert (await desk.read(account))["balance"]["total_minor"] == owed
    if what == "payment":  # earned after all, it is waived after all
        await desk.reverse(paid)
        assert (await desk.read(account))["balance"]["total_minor"] == 300_00
        await desk.books_agree(account)
    if what == "hold":
        await desk.post(f"{path}/holds/{hold['id']}/release", {}, status=200)
        await desk.books_agree(account)


async def test_more_interest_than_was_earned_on_its_day_cannot_be_waived(desk, bearing):
    account, _ = bearing
    await desk.at("2026-02-20")
    body = {"component": "interest", "amount_minor": 1, "reason": "x", "effective_on": OPENING}
    path = f"/v1/accounts/{account['id']}/adjustments"

    status, name, told = await desk.refused("POST", path, json=body)

    assert (status, name) == (409, "exceeds-balance")
    assert (told["limit_minor"], told["actual_minor"]) == (0, 1)


async def test_a_plan_that_ended_asks_for_no_interest_that_was_never_earned(desk, bearing):
    account, plan = bearing
    ended = await desk.post(f"/v1/plans/{plan['id']}/cancel", {"reason": "asked"}, status=200)
    after = await desk.read(ended)

    assert [row["status"] for row in after["installments"]] == ["void"] * 3
    assert [row["outstanding_minor"] for row in after["installments"]] == [0, 0, 0]
    assert [row["interest_minor"] for row in after["installments"]] == [0, 0, 0]
    assert after["outstanding_minor"] == (await desk.read(account))["balance"]["total_minor"]
    assert after["outstanding_minor"] == 300_00


async def test_service_told_of_late_lowers_the_interest_that_was_posted(desk, bearing):
    """50 USC 3937: at most 6 % from its first day on, and what was earned above is not owed."""
    account, plan = bearing
    await desk.at("2026-02-10")
    assert (await desk.read(account))["balance"]["interest_minor"] == 3_06
    hold = {"kind": "military", "starts_on": OPENING, "reason": "orders"}
    await desk.post(f"/v1/accounts/{account['id']}/holds", hold)

    assert (await desk.read(account))["balance"]["interest_minor"] == 1_53
    rows = (await desk.read(plan))["installments"]
    assert [row["interest_minor"] for row in rows] == [1_53, 92, 50]
    await desk.books_agree(account)


async def test_a_breathing_space_in_force_is_known_to_what_the_plan_will_cost(desk, bearing):
    account, plan = bearing
    hold = {"kind": "breathing_space", "starts_on": OPENING, "reason": "registered"}
    await desk.post(f"/v1/accounts/{account['id']}/holds", hold)
    now = await desk.read(plan)
    then = await desk.read(plan, as_of="2026-02-10")

    assert now["installments"][0]["interest_minor"] == 0
    assert then["installments"][0]["interest_minor"] == 0
    assert now["outstanding_minor"] < plan["outstanding_minor"]
