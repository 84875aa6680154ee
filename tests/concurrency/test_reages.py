"""Many re-ages of one plan at once: one is granted, the others are told why not."""

from tests.concurrency.conftest import at_once, statuses
from tests.concurrency.test_payments import check

WRITERS = 32
RE_AGE = {
    "first_due_on": "2026-04-01",
    "installment_count": 6,
    "frequency": {"unit": "month"},
    "reason": "agreed",
    "documented_ability": True,
}
PLAN = {"installment_count": 3, "frequency": {"unit": "month"}, "first_due_on": "2026-01-31"}


async def late_plan(client, reference="INV-1"):
    """A plan that missed its first two installments, under the policy without conditions."""
    account = {
        "reference": reference,
        "currency": "USD",
        "balance": {"principal_minor": 300_000_00},
        "policy": "unlimited",
    }
    account_id = (await client.post("/v1/accounts", json=account)).json()["id"]
    opened = await client.post("/v1/plans", json={"account_id": account_id, "terms": PLAN})
    assert opened.status_code == 201, opened.text
    await client.put("/v1/sandbox/clock", json={"business_date": "2026-03-10"})
    return account_id, opened.json()["id"]


def refused(answers):
    """How often each problem was the answer."""
    names = [a.json()["type"] for a in answers if a.status_code == 409]
    return {name: names.count(name) for name in names}


async def test_one_of_many_re_ages_is_granted(client):
    account_id, plan_id = await late_plan(client)
    path = f"/v1/plans/{plan_id}/re-ages"

    answers = await at_once(*(client.post(path, json=RE_AGE) for _ in range(WRITERS)))

    assert statuses(answers) == {201: 1, 409: WRITERS - 1}
    assert refused(answers) == {"/problems/changed-today": WRITERS - 1}
    listed = (await client.get(path)).json()["data"]
    granted = next(a.json() for a in answers if a.status_code == 201)
    assert [one["id"] for one in listed] == [granted["id"]]
    plan = (await client.get(f"/v1/plans/{plan_id}")).json()
    assert (plan["revision"], plan["outstanding_minor"]) == (2, 300_000_00)
    await check(client, account_id)


async def test_with_a_sweep_and_payments_running_it_is_still_one(client, pay):
    account_id, plan_id = await late_plan(client)
    path = f"/v1/plans/{plan_id}/re-ages"

    answers = await at_once(
        client.post("/v1/sweeps", json={"business_date": "2026-03-10"}),
        *(client.post(path, json=RE_AGE) for _ in range(WRITERS // 2)),
        *(pay(account_id, f"P-{n}", 1_00 + n) for n in range(8)),
        *(client.post(path, json=RE_AGE) for _ in range(WRITERS // 2)),
    )

    re_ages = [a for a in answers if a.request.url.path == path]
    assert statuses(re_ages) == {201: 1, 409: WRITERS - 1}
    assert refused(re_ages) == {"/problems/changed-today": WRITERS - 1}
    assert statuses(a for a in answers if a.request.url.path == "/v1/payments") == {201: 8}
    plan = (await client.get(f"/v1/plans/{plan_id}")).json()
    paid = sum(1_00 + n for n in range(8))
    assert (plan["paid_minor"], plan["outstanding_minor"]) == (paid, 300_000_00 - paid)
    await check(client, account_id)


async def test_changes_and_undoings_at_once_leave_books_that_agree(client, pay):
    account_id, plan_id = await late_plan(client)
    path = f"/v1/plans/{plan_id}"
    made = await client.post(f"{path}/re-ages", json=RE_AGE)
    assert made.status_code == 201, made.text

    answers = await at_once(
        *(client.post(f"{path}/revisions/2/undo") for _ in range(8)),
        *(client.post(f"{path}/deferrals", json={"number": 4, "reason": "r"}) for _ in range(4)),
        *(client.post(f"{path}/reamortizations", json={}) for _ in range(4)),
        *(pay(account_id, f"P-{n}") for n in range(8)),
    )

    # 404: the fourth installment is there only while the re-age stands
    assert set(statuses(answers)) <= {200, 201, 404, 409}, [a.text for a in answers]
    undone = [a for a in answers if a.request.url.path.endswith("/undo")]
    assert statuses(undone).get(200, 0) <= 1
    numbers = [r["number"] for r in (await client.get(f"{path}/revisions")).json()["data"]]
    assert numbers == list(range(1, len(numbers) + 1))
    await check(client, account_id)
