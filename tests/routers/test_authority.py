"""What an agent did to escape its limits, and what a day's sum lets through."""

import asyncio

import pytest
from sqlalchemy import text

from tests.database import as_tenant
from tests.routers.lives.desk import IN_THREE, OPENING

OWED = 1000_00


@pytest.fixture
async def office(desk, staff):
    """An agent, a supervisor, and an account of 1,000.00 under the default policy."""
    await desk.at(OPENING)
    return await staff("agent", "ann"), await staff("supervisor", "sue"), await desk.account(OWED)


async def refusal(desk, path, body, method="POST"):
    """Which rule said no, what it allows, what was asked, and who may instead."""
    status, name, problem = await desk.refused(method, path, json=body)
    assert (status, name) == (409, "outside-authority"), problem
    (one,) = problem["refusals"]
    return one["rule"], one["limit"], one["actual"], one["override_role"]


def waiver(amount_minor, component="principal"):
    return {"component": component, "amount_minor": amount_minor, "reason": "r"}


async def test_an_agent_does_not_rewrite_the_policy_that_limits_it(office):
    ann, sue, _ = office
    lifted = {"extends": "unlimited"}
    for desk, rank in ((ann, 0), (sue, 1)):
        assert await refusal(desk, "/v1/policies/default", lifted, "PUT") == (
            "least_role", 2, rank, "admin",
        )  # fmt: skip
        assert await refusal(desk, "/v1/policies/own", {}, "PUT") == (
            "least_role", 2, rank, "admin",
        )  # fmt: skip
    assert (await ann.get("/v1/policies/default"))["version"] == 1


async def test_an_agent_does_not_choose_the_policy_that_limits_it(office):
    ann, sue, _ = office
    body = {"reference": "X", "currency": "USD", "balance": {"principal_minor": 1},
            "policy": "unlimited"}  # fmt: skip
    for desk in (ann, sue):
        assert await refusal(desk, "/v1/accounts", body) == ("policies", 0, 1, "admin")
    both = [body, {**body, "reference": "Y", "policy": "default"}]
    made = await ann.post("/v1/accounts/batch", {"mode": "continue", "items": both}, status=200)
    assert [one["status"] for one in made["results"]] == [409, 201]


async def test_an_agent_gives_nothing_away(office):
    ann, _, account = office
    own = f"/v1/accounts/{account['id']}"
    assert await refusal(ann, f"{own}/adjustments", waiver(OWED)) == (
        "waive_minor", 5_000, OWED, "admin",
    )  # fmt: skip
    given = {"account_id": account["id"], "reference": "G", "currency": "USD",
             "amount_minor": OWED, "kind": "goodwill", "funded_by": "institution"}  # fmt: skip
    assert await refusal(ann, "/v1/payments", given) == ("goodwill_minor", 0, OWED, "admin")
    charge = {"kind": "fee", "amount_minor": 1_000_000_00}
    assert (await refusal(ann, f"{own}/charges", charge))[0] == "charge_minor"
    sweep = {"business_date": OPENING}
    assert await refusal(ann, "/v1/sweeps", sweep) == ("least_role", 1, 0, "supervisor")
    clock = {"business_date": "2026-02-01"}
    assert (await refusal(ann, "/v1/sandbox/clock", clock, "PUT"))[0] == "least_role"
    assert (await ann.read(account))["balance"]["total_minor"] == OWED


async def test_the_borrowers_repayment_asks_for_nothing(office, owner, tenant):
    ann, _, account = office
    await ann.pay(account, 900_00)
    assert await counted(owner, tenant) == []


async def counted(owner, tenant):
    rows = "SELECT actor, spending, currency, sum_minor FROM day_spending WHERE tenant_id = :tenant"
    async with as_tenant(owner, tenant) as tx:
        return sorted(map(tuple, await tx.execute(text(rows), {"tenant": tenant})))


# --- The sums of a day ---------------------------------------------------------------------------


async def test_a_days_sum_has_a_limit_over_all_accounts(desk, office, owner, tenant):
    ann, sue, account = office
    for _ in range(4):
        account = await desk.account(OWED)
        await ann.post(f"/v1/accounts/{account['id']}/adjustments", waiver(50_00))
    more = f"/v1/accounts/{account['id']}/adjustments"

    assert await refusal(ann, more, waiver(1)) == (
        "waive_per_day_minor", 20_000, 20_001, "supervisor",
    )  # fmt: skip
    assert await counted(owner, tenant) == [("ann", "waive", "USD", 20_000)]
    await sue.post(more, waiver(1))
    await desk.at("2026-01-11")
    await ann.post(more, waiver(50_00))


async def test_one_persons_sum_is_one_however_the_name_is_written(office, owner, tenant):
    ann, _, account = office
    path = f"/v1/accounts/{account['id']}/adjustments"
    for name in ("ann", "Ann", "ANN.", "a nn"):
        answer = await ann.client.post(path, json=waiver(50_00), headers={"Accord-Actor": name})
        assert answer.status_code == 201, answer.text
    assert (await refusal(ann, path, waiver(1)))[0] == "waive_per_day_minor"
    assert await counted(owner, tenant) == [("ann", "waive", "USD", 20_000)]


async def test_what_was_refused_or_sent_again_is_not_counted(office, owner, tenant):
    ann, _, account = office
    path = f"/v1/accounts/{account['id']}/adjustments"
    named = {**waiver(50_00), "reference": "W"}
    await ann.post(path, named)
    await ann.post(path, named, status=200)
    await ann.refused("POST", path, json=waiver(50_00, "fees"))
    charge = await ann.post(f"/v1/accounts/{account['id']}/charges",
                            {"kind": "fee", "amount_minor": 10_00})  # fmt: skip
    await ann.post(f"/v1/charges/{charge['id']}/reversals", {})

    assert await counted(owner, tenant) == [("ann", "waive", "USD", 60_00)]


async def limited(desk):
    """An agent may give 30.00 a payment and 50.00 a day, and charge 40.00 and 60.00."""
    figures = {"goodwill_minor": 30_00, "goodwill_per_day_minor": 50_00,
               "charge_minor": 40_00, "charge_per_day_minor": 60_00}  # fmt: skip
    body = {"effective_from": "2020-01-01", "authority": {"agent": figures}}
    answer = await desk.client.put("/v1/policies/generous", json={**body, "extends": "default"})
    assert answer.is_success, answer.text


async def test_a_batch_counts_what_it_posts_and_nothing_else(desk, office, owner, tenant):
    ann, _, _ = office
    await limited(desk)
    accounts = [await desk.account(OWED, policy="generous") for _ in range(4)]
    items = [
        {"account_id": account["id"], "reference": f"B-{n}", "currency": "USD",
         "amount_minor": amount, "kind": "goodwill",
         **({"effective_on": "2026-12-31"} if n == 1 else {})}
        for n, (account, amount) in enumerate(zip(accounts, (30_00, 20_00, 20_01, 20_00),
                                                  strict=True))
    ]  # fmt: skip
    body = {"mode": "continue", "items": items}
    made = await ann.post("/v1/payments/batch", body, status=200)

    assert [one["status"] for one in made["results"]] == [201, 422, 409, 201]
    assert await counted(owner, tenant) == [("ann", "goodwill", "USD", 50_00)]
    body = {"mode": "atomic", "items": [{**items[0], "reference": "C-1", "amount_minor": 1}]}
    refused = await ann.refused("POST", "/v1/payments/batch", json=body)
    assert refused[1] == "batch-refused"
    assert await counted(owner, tenant) == [("ann", "goodwill", "USD", 50_00)]


async def test_two_at_once_do_not_both_fit(desk, office, owner, tenant):
    """Twelve waivers of 50.00 on twelve accounts at once: four fit into 200.00."""
    ann, _, _ = office
    accounts = [await desk.account(OWED) for _ in range(12)]

    async def waived(account):
        path = f"/v1/accounts/{account['id']}/adjustments"
        return (await ann.client.post(path, json=waiver(50_00))).status_code

    answers = await asyncio.gather(*map(waived, accounts))
    assert sorted(answers) == [201] * 4 + [409] * 8
    assert await counted(owner, tenant) == [("ann", "waive", "USD", 200_00)]


async def test_the_accounts_policy_of_the_day_judges_and_not_the_plans(desk, office):
    ann, _, account = office
    plan = await ann.post("/v1/plans", {"account_id": account["id"], "terms": IN_THREE})
    stricter = {"effective_from": "2026-01-11", "authority": {"agent": {"acts": []}}}
    answer = await desk.client.put("/v1/policies/default", json=stricter)
    assert answer.is_success, answer.text
    await desk.at("2026-01-11")

    cancel = f"/v1/plans/{plan['id']}/cancel"
    assert await refusal(ann, cancel, {"reason": "r"}) == ("acts", 0, 1, "supervisor")
