"""Sent again: the same content finds what stands, other content is refused, a retry posts anew."""

import pytest

from app.domain.money import MAX_MINOR
from tests.routers.lives.desk import IN_THREE, OPENING


@pytest.fixture
def spread(desk):
    """An account with a plan, a payment of 350.00 on it, a fee, a chargeback: all to repeat on."""

    async def spread():
        account, plan = await desk.opened()
        payment = await desk.pay(account, 350_00, kind="goodwill")
        return account, plan, payment

    return spread


async def repeated(desk, path, body, other):
    """Made, sent again, and sent with other content; what was made."""
    made = await desk.post(path, body)
    again = await desk.post(path, body, status=200)
    assert again == made
    status, name, problem = await desk.refused("POST", path, json={**body, **other})
    assert (status, name) == (409, "reference-taken"), problem
    named = [v for k, v in problem.items() if k.startswith("existing_")]
    assert len(named) == 1, problem
    return made, named[0]


async def test_every_command_that_takes_a_reference_is_made_once(desk, spread):
    account, _plan, payment = await spread()
    path = f"/v1/accounts/{account['id']}"
    fee = {"kind": "fee", "amount_minor": 20_00, "reference": "R"}
    charge, named = await repeated(desk, f"{path}/charges", fee, {"amount_minor": 1})
    assert named == charge["id"]

    waiver = {"component": "fees", "amount_minor": 5_00, "reason": "r", "reference": "R"}
    other = await desk.account(balance={"principal_minor": 1_00, "fees_minor": 50_00})
    waive = f"/v1/accounts/{other['id']}/adjustments"
    made, named = await repeated(desk, waive, waiver, {"reason": "q"})
    assert named == made["id"]

    taken = {"amount_minor": 1_00, "reason_code": "10.4", "reference": "R"}
    chargeback, named = await repeated(
        desk, f"/v1/payments/{payment['id']}/chargebacks", taken, {"amount_minor": 2_00}
    )
    assert named == chargeback["id"]
    refunded, named = await repeated(
        desk,
        f"/v1/payments/{payment['id']}/refunds",
        {"amount_minor": 1_00, "reference": "R"},
        {"effective_on": OPENING},
    )
    assert named == refunded["id"]
    undone = f"/v1/charges/{charge['id']}/reversals"
    await repeated(desk, undone, {"reason": "error", "reference": "R-1"}, {"reason": "x"})
    won = f"/v1/chargebacks/{chargeback['id']}/reversals"
    await repeated(desk, won, {"reference": "R-2"}, {"reason": "x"})
    again = await desk.post(f"{path}/charges", fee, status=200)
    assert (again["id"], again["stands"]) == (charge["id"], False)
    for one in (account, other):
        await desk.books_agree(one)


async def test_a_reversal_with_its_fee_is_made_once(desk):
    account, _ = await desk.opened()
    payment = await desk.pay(account, 50_00)
    path = f"/v1/payments/{payment['id']}/reversals"
    body = {"reason_code": "R01", "reference": "RET-1", "return_fee_minor": 25_00}
    made, _ = await repeated(desk, path, body, {"return_fee_minor": 1_00})

    assert made["return_fee"]["amount_minor"] == 25_00
    assert (await desk.read(account))["balance"]["total_minor"] == 325_00
    unnamed = await desk.refused("POST", path, json={"reason_code": "R01"})
    assert unnamed[1] == "already-reversed"


async def test_a_plan_is_opened_once(desk):
    await desk.at(OPENING)
    account = await desk.account()
    body = {"account_id": account["id"], "terms": IN_THREE, "reference": "PLAN-1"}
    made = await desk.post("/v1/plans", body)

    assert await desk.post("/v1/plans", body, status=200) == made
    other = {**body, "terms": {**IN_THREE, "installment_count": 2}}
    status, name, problem = await desk.refused("POST", "/v1/plans", json=other)
    assert (status, name, problem["existing_plan_id"]) == (409, "reference-taken", made["id"])


# --- A retry posts anew ------------------------------------------------------------------------


async def test_a_reversed_payment_is_posted_anew_under_its_reference(desk):
    account, _ = await desk.opened()
    sent = {
        "account_id": account["id"], "reference": "ch_1", "amount_minor": 100_00, "currency": "USD",
    }  # fmt: skip
    first = await desk.post("/v1/payments", sent)
    early = {**sent, "replaces": first["id"]}
    assert (await desk.refused("POST", "/v1/payments", json=early))[1] == "not-replaceable"
    await desk.reverse(first)
    assert (await desk.post("/v1/payments", sent, status=200))["status"] == "reversed"

    second = await desk.post("/v1/payments", early)
    assert (second["reference"], second["status"]) == ("ch_1", "posted")
    assert (await desk.post("/v1/payments", early, status=200))["id"] == second["id"]
    assert (await desk.post("/v1/payments", sent, status=200))["id"] == first["id"]
    twice = await desk.refused("POST", "/v1/payments", json={**early, "amount_minor": 1})
    assert twice[1] == "not-replaceable"
    assert twice[2]["replaced_by_payment_id"] == second["id"]

    await desk.reverse(second)
    third = await desk.post("/v1/payments", {**sent, "replaces": second["id"]})
    assert len({one["id"] for one in (first, second, third)}) == 3
    assert (await desk.read(account))["balance"]["total_minor"] == 200_00
    found = (await desk.get("/v1/payments", reference="ch_1"))["data"]
    assert [one["status"] for one in found] == ["reversed", "reversed", "posted"]
    other = await desk.refused("POST", "/v1/payments", json={**sent, "amount_minor": 7})
    assert (other[1], other[2]["existing_payment_id"]) == ("reference-taken", third["id"])
    await desk.books_agree(account)


async def test_what_is_posted_anew_may_come_in_a_batch_and_for_another_account(desk):
    account, _ = await desk.opened()
    right = await desk.account()
    sent = {
        "account_id": account["id"], "reference": "ch_1", "amount_minor": 10_00, "currency": "USD",
    }  # fmt: skip
    first = await desk.post("/v1/payments", sent)
    await desk.reverse(first)
    anew = {**sent, "account_id": right["id"], "replaces": first["id"]}
    stray = {**sent, "reference": "ch_2", "replaces": first["id"]}
    body = {"mode": "continue", "items": [sent, anew, anew, stray]}
    results = (await desk.post("/v1/payments/batch", body, status=200))["results"]

    assert [one["status"] for one in results] == [200, 201, 200, 422]
    assert results[3]["problem"]["errors"][0]["pointer"] == "/items/3/replaces"
    assert (await desk.read(right))["balance"]["total_minor"] == 290_00
    await desk.books_agree(right)


# --- Batches, and sums beyond the limit --------------------------------------------------------


async def test_a_refused_atomic_batch_names_nothing_that_was_rolled_back(desk):
    account = await desk.account()
    one = {
        "account_id": account["id"], "reference": "P-1", "amount_minor": 1_00, "currency": "USD",
    }  # fmt: skip
    kept = await desk.post("/v1/payments", {**one, "reference": "P-0"})
    items = [one, {**one, "amount_minor": 2_00}, {**one, "reference": "P-0", "amount_minor": 3_00}]
    body = {"mode": "atomic", "items": items}
    status, name, problem = await desk.refused("POST", "/v1/payments/batch", json=body)

    assert (status, name) == (409, "batch-refused")
    inside, before = (result["problem"] for result in problem["results"][1:])
    assert inside["type"] == before["type"] == "/problems/reference-taken"
    assert "existing_payment_id" not in inside
    assert before["existing_payment_id"] == kept["id"]


async def test_sums_beyond_what_clients_read_exactly_are_refused_by_name(desk):
    await desk.at(OPENING)
    account = await desk.account(MAX_MINOR)
    path = f"/v1/accounts/{account['id']}/charges"
    charge = {"kind": "fee", "amount_minor": 1}
    status, name, problem = await desk.refused("POST", path, json=charge)
    assert (status, name) == (409, "balance-too-large")
    assert (problem["limit_minor"], problem["actual_minor"]) == (MAX_MINOR, MAX_MINOR + 1)

    payment = await desk.pay(account, MAX_MINOR)
    await desk.post(path, {**charge, "amount_minor": MAX_MINOR})
    chargeback = {"amount_minor": 1, "reason_code": "10.4"}
    back = f"/v1/payments/{payment['id']}"
    for path, body in (
        (f"{back}/chargebacks", chargeback),
        (f"{back}/reversals", {"reason_code": "x"}),
    ):
        assert (await desk.refused("POST", path, json=body))[1] == "balance-too-large", path
    await desk.books_agree(account)


async def test_what_is_unapplied_and_a_plan_with_interest_keep_to_it_too(desk):
    await desk.at(OPENING)
    account = await desk.account(MAX_MINOR, policy="unlimited")
    plan = {**IN_THREE, "annual_rate_bps": 1_000}
    body = {"account_id": account["id"], "terms": plan}
    answer = await desk.client.post("/v1/plans", json=body)
    assert answer.status_code in {409, 422}, answer.text

    paid = await desk.account(100)
    await desk.pay(paid, MAX_MINOR)
    more = {"account_id": paid["id"], "reference": "P-X", "amount_minor": 101, "currency": "USD"}
    assert (await desk.refused("POST", "/v1/payments", json=more))[1] == "balance-too-large"
    items = [{**more, "amount_minor": 60}, {**more, "reference": "P-Y", "amount_minor": 60}]
    results = await desk.post(
        "/v1/payments/batch", {"mode": "continue", "items": items}, status=200
    )
    assert [one["status"] for one in results["results"]] == [201, 409]
    await desk.books_agree(paid)
