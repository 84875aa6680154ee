"""Many plans for one account, many accounts of one reference: one of each is made."""

from tests.concurrency.conftest import TODAY, at_once, statuses

TERMS = {"installment_count": 4, "frequency": {"unit": "month"}, "first_due_on": "2026-01-31"}


async def test_one_account_gets_one_plan(client, place):
    account_id = await place()
    body = {"account_id": account_id, "terms": TERMS}

    answers = await at_once(*(client.post("/v1/plans", json=body) for _ in range(16)))

    assert statuses(answers) == {201: 1, 409: 15}
    (plan,) = (a.json() for a in answers if a.status_code == 201)
    refused = [a.json() for a in answers if a.status_code == 409]
    assert {one["type"] for one in refused} == {"/problems/plan-exists"}
    assert {one["existing_plan_id"] for one in refused} == {plan["id"]}
    listed = (await client.get("/v1/plans", params={"account_id": account_id})).json()["data"]
    assert [one["id"] for one in listed] == [plan["id"]]


async def test_one_reference_is_one_account(client):
    body = {
        "reference": "INV-1",
        "currency": "USD",
        "product": "invoice",
        "opened_on": TODAY,
        "balance": {"principal_minor": 100_00},
    }

    answers = await at_once(*(client.post("/v1/accounts", json=body) for _ in range(16)))

    assert statuses(answers) == {201: 1, 409: 15}
    listed = (await client.get("/v1/accounts", params={"reference": "INV-1"})).json()["data"]
    assert len(listed) == 1


async def test_a_plan_and_a_payment_at_once_come_one_after_the_other(client, place, pay):
    account_id = await place(principal_minor=400_00)
    body = {"account_id": account_id, "terms": TERMS}

    answers = await at_once(
        client.post("/v1/plans", json=body), *(pay(account_id, f"P-{n}", 10_00) for n in range(8))
    )

    assert statuses(answers) == {201: 9}
    plan = (await client.get(f"/v1/plans/{answers[0].json()['id']}")).json()
    account = (await client.get(f"/v1/accounts/{account_id}")).json()
    assert account["balance"]["total_minor"] == 320_00 == plan["outstanding_minor"]
