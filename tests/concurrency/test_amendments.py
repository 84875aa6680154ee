"""Many decisions on one change that waits: one counts, the others are told what became of it."""

import asyncio
from datetime import date

from app.domain.vocabulary import Role
from app.schemas.edge.ids import decode
from app.storage import changes, tenancy
from app.storage.accounts import accounts
from app.storage.changes import StoredDecision
from tests.concurrency.conftest import at_once, statuses
from tests.concurrency.test_payments import check
from tests.concurrency.test_reages import PLAN, refused
from tests.database import as_tenant

DECIDERS = 16
HOLIDAY = {"from_due_on": "2026-01-31", "installments": 1, "reason": "r"}
LOW = {"installment_minor": 4_99, "until_on": "2026-02-28", "reason": "r"}


async def test_one_of_many_decisions_counts(client, place, pay, owner, tenant):
    account_id = await place()
    opened = await client.post("/v1/plans", json={"account_id": account_id, "terms": PLAN})
    plan_id = opened.json()["id"]
    async with owner.transaction() as tx:
        agent = await tenancy.create_key(tx, tenant, name="a", role=Role.AGENT, scopes=["*"])
    ann = {"Authorization": f"Bearer {agent}", "Accord-Actor": "ann"}
    path = f"/v1/plans/{plan_id}"
    asking = (client.post(f"{path}/step-downs", json=LOW, headers=ann) for _ in range(4))
    asked = await at_once(*asking)
    assert statuses(asked) == {201: 1, 409: 3}
    assert refused(asked) == {"/problems/revision-pending": 3}

    bob = {"Accord-Actor": "bob"}
    answers = await at_once(
        *(client.post(f"{path}/revisions/2/approve", headers=bob) for _ in range(DECIDERS)),
        *(pay(account_id, f"P-{n}") for n in range(8)),
        *(client.post(f"{path}/revisions/2/reject", headers=bob) for _ in range(DECIDERS)),
    )

    decided = [a for a in answers if "/revisions/" in a.request.url.path]
    assert statuses(decided) == {200: 1, 409: 2 * DECIDERS - 1}
    assert refused(decided) == {"/problems/revision-not-waiting": 2 * DECIDERS - 1}
    assert statuses(a for a in answers if a not in decided) == {201: 8}
    (outcome,) = (a.request.url.path for a in decided if a.status_code == 200)
    approved = outcome.endswith("/approve")
    revision = (await client.get(f"{path}/revisions/2")).json()
    assert revision["status"] == ("in_force" if approved else "rejected")
    assert (await client.get(path)).json()["revision"] == (2 if approved else 1)
    await check(client, account_id)


async def test_a_change_sees_what_was_decided_while_it_waited(client, place, owner, tenant):
    account_id = await place()
    opened = await client.post("/v1/plans", json={"account_id": account_id, "terms": PLAN})
    plan_id = opened.json()["id"]
    path = f"/v1/plans/{plan_id}"
    moved = await client.post(f"{path}/payment-holidays", json=HOLIDAY)
    assert moved.status_code == 201, moved.text
    async with owner.transaction() as tx:
        agent = await tenancy.create_key(tx, tenant, name="a", role=Role.AGENT, scopes=["*"])
    ann = {"Authorization": f"Bearer {agent}", "Accord-Actor": "ann"}
    waits = await client.post(f"{path}/step-downs", json=LOW, headers=ann)
    assert waits.json()["status"] == "pending_approval", waits.text

    async with as_tenant(owner, tenant) as tx:
        account, plan = decode("acc", account_id), decode("plan", plan_id)
        await accounts.lock(tx, account)
        undone = asyncio.create_task(client.post(f"{path}/revisions/2/undo", json={}))
        await asyncio.sleep(0.5)
        (amendment,) = await changes.of_plan(tx, account, plan)
        rejected = StoredDecision(
            outcome="rejected", role=Role.ADMIN, actor="bob", key_id=None, reason=None,
            business_date=date(2026, 1, 5),
        )  # fmt: skip
        await changes.end(tx, tenant, amendment, rejected)
    answer = await undone
    assert answer.status_code == 200, answer.text
    assert answer.json()["pending_revision"] is None
