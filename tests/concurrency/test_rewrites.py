"""Rewrites, accelerations and relief of one plan at once: each kind once, the books agree."""

from tests.concurrency.conftest import at_once, statuses
from tests.concurrency.test_payments import check
from tests.concurrency.test_reages import late_plan, refused

WRITERS = 16
TERMS = {
    "amount_minor": 300_000_00,
    "installment_count": 6,
    "frequency": {"unit": "month"},
    "first_due_on": "2026-04-01",
}


async def quote_for(client, account_id):
    """The body of a rewrite to all that is open."""
    answer = await client.post(f"/v1/accounts/{account_id}/quotes", json={"terms": TERMS})
    assert answer.status_code == 201, answer.text
    quote = answer.json()
    return {"quote_id": quote["id"], "quote_hash": quote["hash"], "reason": "r"}


async def test_one_of_many_rewrites_to_a_quote_is_made(client):
    account_id, plan_id = await late_plan(client)
    body = await quote_for(client, account_id)
    path = f"/v1/plans/{plan_id}/rewrites"

    answers = await at_once(*(client.post(path, json=body) for _ in range(WRITERS)))

    assert statuses(answers) == {201: 1, 409: WRITERS - 1}
    assert refused(answers) == {"/problems/changed-today": WRITERS - 1}
    plan = (await client.get(f"/v1/plans/{plan_id}")).json()
    assert (plan["revision"], plan["outstanding_minor"]) == (2, 300_000_00)
    await check(client, account_id)


async def test_a_plan_is_accelerated_once_and_one_undoing_restores_it(client, pay):
    account_id, plan_id = await late_plan(client)
    path = f"/v1/plans/{plan_id}"
    answers = await at_once(
        *(client.post(f"{path}/accelerations", json={"reason": "r"}) for _ in range(WRITERS)),
        *(pay(account_id, f"P-{n}") for n in range(8)),
    )
    ended = [a for a in answers if a.request.url.path.endswith("accelerations")]
    assert statuses(ended) == {201: 1, 409: WRITERS - 1}
    assert refused(ended) == {"/problems/plan-not-live": WRITERS - 1}

    answers = await at_once(*(client.post(f"{path}/revisions/2/undo") for _ in range(WRITERS)))

    assert statuses(answers) == {200: 1, 409: WRITERS - 1}
    plan = (await client.get(path)).json()
    assert (plan["status"], plan["revision"]) == ("active", 1)
    assert plan["paid_minor"] > 0  # whatever came between is the plan's again
    await check(client, account_id)


async def test_relief_and_undoings_at_once_leave_books_that_agree(client, pay):
    account_id, plan_id = await late_plan(client)
    path = f"/v1/plans/{plan_id}"
    asked = {
        "due-day-changes": {"day": 5, "reason": "r"},
        "payment-holidays": {"from_due_on": "2026-03-31", "installments": 1, "reason": "r"},
        "step-downs": {"installment_minor": 1_00, "until_on": "2026-06-30", "reason": "r"},
        "rewrites": await quote_for(client, account_id),
    }
    answers = await at_once(
        *(client.post(f"{path}/{what}", json=body) for what, body in asked.items() for _ in "1234"),
        *(client.post(f"{path}/revisions/2/undo") for _ in range(4)),
        *(pay(account_id, f"P-{n}") for n in range(4)),
    )

    # 404: nothing to undo yet; 422: that installment moved meanwhile
    assert set(statuses(answers)) <= {200, 201, 404, 409, 422}, [a.text for a in answers]
    numbers = [r["number"] for r in (await client.get(f"{path}/revisions")).json()["data"]]
    assert numbers == list(range(1, len(numbers) + 1))
    await check(client, account_id)
