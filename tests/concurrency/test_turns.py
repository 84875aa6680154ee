"""No account is swept too late: each with a day to close has its turn by then, whatever happened.

A command that moves an account's day on leaves its turn where it was; one that makes the day an
earlier one brings it forward. So whom a sweep finds by turns is whom the accounts' own days say;
and how a plan is found to stand is how it stands.
"""

from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import text

from app.schemas.edge.ids import decode
from app.services.day_close import sweep as sweeps
from app.services.day_close.sweep import sweep
from app.storage.accounts import accounts, review
from tests.concurrency.conftest import at_once
from tests.database import as_tenant

BEGUN = date(2026, 1, 5)
ACCOUNTS, STEPS = 6, 40
#: Asked of both tables from end to end, by nothing that finds accounts.
TOO_LATE = text("""
    SELECT a.id FROM account AS a
    LEFT JOIN account_review AS r ON r.tenant_id = a.tenant_id AND r.account_id = a.id
    WHERE a.next_review_on < coalesce(r.review_on, 'infinity')
""")
OTHERWISE = text("""
    SELECT p.id FROM plan AS p
    LEFT JOIN plan_standing AS s
        ON s.tenant_id = p.tenant_id AND s.account_id = p.account_id AND s.plan_id = p.id
    WHERE s.standing IS DISTINCT FROM p.standing
""")
OWN = text("SELECT id FROM account WHERE next_review_on <= :day AND latest_business_date <= :day")
TURNS = text("SELECT account_id, review_on FROM account_review")


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(sweeps, "PAGE", 2)


@pytest.fixture
def opened(client):
    """`await opened(n)`: an account with a plan of three months, as the API shows it."""

    async def made(n):
        debt = {"reference": f"T-{n}", "currency": "USD", "past_due_minor": 0,
                "balance": {"principal_minor": 300_00}}  # fmt: skip
        account = (await client.post("/v1/accounts", json=debt)).json()["id"]
        first = (BEGUN + timedelta(days=3 + 4 * n)).isoformat()
        terms = {"installment_count": 3, "frequency": {"unit": "month"}, "first_due_on": first}
        plan = await client.post("/v1/plans", json={"account_id": account, "terms": terms})
        assert plan.status_code == 201, plan.text
        return account, plan.json()["id"]

    return made


async def looked_at(database, tenant, day):
    """That nobody comes too late, and that turns find whom the accounts' own days say."""
    async with as_tenant(database, tenant) as tx:
        assert (await tx.execute(TOO_LATE)).scalars().all() == []
        assert (await tx.execute(OTHERWISE)).scalars().all() == []
        own = set((await tx.execute(OWN, {"day": day})).scalars())
        assert {one.account_id for one in await review.due_turns(tx, day, limit=100)} == own
        assert await review.remaining(tx, day) == len(own)
        return (await tx.execute(TURNS)).all()


def acts(random, life, received, day, step):
    """What may happen to an account on a day: a path of the API and what is sent."""
    account, plan = life
    soon = (day + timedelta(days=random.randint(1, 40))).isoformat()
    at, pays = f"/v1/accounts/{account}", {"account_id": account, "currency": "USD"}
    paid = {**pays, "reference": f"P-{step}", "amount_minor": random.choice([5_00, 100_00, 150_00])}
    fee = {"kind": "fee", "amount_minor": 3_00, "due_on": soon}
    return [
        ("/v1/payments", paid),
        ("/v1/payments", {**paid, "reference": f"Q-{step}"}),
        *((f"/v1/payments/{one}/reversals", {"reason_code": "R01"}) for one in received[-3:]),
        (f"{at}/promises", {"amount_minor": 20_00, "due_on": soon}),
        (f"{at}/holds", {"kind": "hardship", "ends_on": soon, "reason": "x"}),
        (f"{at}/charges", fee),
        (f"/v1/plans/{plan}/pauses", {"starts_on": soon, "ends_on": soon, "reason": "x"}),
        (f"/v1/plans/{plan}/cancel", {"reason": "x"}),
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_over_random_lives_turns_find_whom_the_days_say(
    client, opened, database, tenant, seed
):
    random, day, received, reversed_ = Random(seed), BEGUN, list[str](), 0
    lives = [await opened(n) for n in range(ACCOUNTS)]
    late_turns = 0
    for step in range(STEPS):
        what = random.choice(["act"] * 5 + ["days", "sweep"])
        if what == "days":
            day += timedelta(days=random.randint(1, 9))
            await client.put("/v1/sandbox/clock", json={"business_date": day.isoformat()})
        elif what == "sweep":
            await sweep(database, tenant, business_date=day)
        else:
            path, body = random.choice(acts(random, random.choice(lives), received, day, step))
            answer = await client.post(path, json=body)
            assert answer.status_code in {200, 201, 409, 422}, answer.text
            reversed_ += path.endswith("/reversals") and answer.is_success
            if path == "/v1/payments" and answer.is_success:
                received.append(answer.json()["id"])
        turns = await looked_at(database, tenant, day)
        async with as_tenant(database, tenant) as tx:
            known = await accounts.read_many(tx, [row.account_id for row in turns])
        late_turns += sum(known[r.account_id].next_review_on != r.review_on for r in turns)
    await sweep(database, tenant, business_date=day)
    turns = await looked_at(database, tenant, day)
    assert all(row.review_on is None or row.review_on > day for row in turns)
    assert late_turns > 0  # some days had been moved on, and their turns left
    assert received
    assert reversed_


async def test_money_that_comes_and_goes_beside_sweeps_leaves_nobody_late(
    client, opened, pay, database, tenant
):
    lives = [await opened(n) for n in range(ACCOUNTS)]
    for day in (BEGUN + timedelta(days=n) for n in (12, 24, 36)):
        await client.put("/v1/sandbox/clock", json={"business_date": day.isoformat()})

        async def moved(n, account, day=day):
            reference = f"B-{day}-{n}"
            paid = await pay(account, reference, 100_00)
            assert paid.status_code == 201, paid.text
            path = f"/v1/payments/{paid.json()['id']}/reversals"
            assert (await client.post(path, json={"reason_code": "R01"})).status_code == 201

        await at_once(
            sweep(database, tenant, business_date=day),
            *(moved(n, account) for n, (account, _) in enumerate(lives)),
            sweep(database, tenant, business_date=day),
        )
        await looked_at(database, tenant, day)
        await sweep(database, tenant, business_date=day)
        async with as_tenant(database, tenant) as tx:
            assert (await tx.execute(OWN, {"day": day})).all() == []


async def test_a_sweep_does_not_move_the_turn_of_who_is_held(client, opened, pay, database, tenant):
    """Whoever holds the account may be making its day an earlier one, by the turn there is."""
    account, _ = await opened(0)
    due_on = BEGUN + timedelta(days=3)
    assert (await pay(account, "AHEAD", 100_00)).status_code == 201
    account_id, day = decode("acc", account), {"day": due_on}
    await client.put("/v1/sandbox/clock", json={"business_date": due_on.isoformat()})
    async with as_tenant(database, tenant) as tx:
        await accounts.lock(tx, account_id)
        back = text("UPDATE account SET next_review_on = :day")
        await tx.execute(back, day)
        await sweep(database, tenant, business_date=due_on)
    turns = await looked_at(database, tenant, due_on)
    assert [(row.account_id, row.review_on) for row in turns] == [(account_id, due_on)]
