"""Many payments at once: to one account, under one reference, with one idempotency key."""

import pytest

from app.schemas.edge.ids import decode
from app.storage.books import chains, events
from tests.concurrency.conftest import at_once, statuses
from tests.database import as_tenant

WRITERS = 32


async def balance(client, account_id):
    return (await client.get(f"/v1/accounts/{account_id}")).json()["balance"]["total_minor"]


async def check(client, account_id):
    """Every identity of the account's books holds."""
    told = (await client.get(f"/v1/accounts/{account_id}/self-check")).json()
    assert [one for one in told["identities"] if not one["ok"]] == []


async def test_payments_to_one_account_are_all_there(client, place, pay, database, tenant):
    account_id = await place()
    plan = {"installment_count": 12, "frequency": {"unit": "month"}, "first_due_on": "2026-01-31"}
    opened = await client.post("/v1/plans", json={"account_id": account_id, "terms": plan})
    assert opened.status_code == 201, opened.text

    answers = await at_once(*(pay(account_id, f"P-{n}", 10_000_00 + n) for n in range(WRITERS)))

    assert statuses(answers) == {201: WRITERS}
    paid = sum(10_000_00 + n for n in range(WRITERS))
    assert await balance(client, account_id) == 1_000_000_00 - paid
    ledger = (await client.get(f"/v1/accounts/{account_id}/ledger", params={"limit": 200})).json()
    postings = ledger["data"]
    assert [p["sequence"] for p in postings] == list(range(1, len(postings) + 1))
    balances = [p["balance_after_minor"] for p in postings if p["kind"] == "payment"]
    assert balances == sorted(balances, reverse=True)
    assert len(set(balances)) == WRITERS
    await check(client, account_id)
    async with as_tenant(database, tenant) as tx:
        told = await events.timeline(tx, decode("acc", account_id), limit=500)
        assert [e.sequence for e in told] == list(range(1, len(told) + 1))
        own = decode("acc", account_id)
        assert (await chains.chains(tx, [own]))[own].broken_at() is None


async def test_one_reference_is_one_payment(client, place, pay):
    account_id = await place()

    answers = await at_once(*(pay(account_id, "P-1", 5_00) for _ in range(16)))

    assert statuses(answers) == {201: 1, 200: 15}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await balance(client, account_id) == 1_000_000_00 - 5_00
    await check(client, account_id)


async def test_one_reference_with_other_contents_is_the_first_of_them(client, place, pay):
    account_id = await place()

    answers = await at_once(*(pay(account_id, "P-1", 1_00 + n) for n in range(16)))

    assert statuses(answers) == {201: 1, 409: 15}
    posted = next(answer.json() for answer in answers if answer.status_code == 201)
    refused = {a.json()["existing_payment_id"] for a in answers if a.status_code == 409}
    assert refused == {posted["id"]}
    assert await balance(client, account_id) == 1_000_000_00 - posted["amount_minor"]


async def test_one_reference_for_two_accounts_is_one_payment(client, place, pay):
    accounts = [await place(f"INV-{n}") for n in range(8)]

    answers = await at_once(*(pay(one, "P-1", 5_00) for one in accounts for _ in range(2)))

    assert statuses(answers) == {201: 1, 200: 1, 409: 14}
    left = [await balance(client, one) for one in accounts]
    assert sorted(left) == [1_000_000_00 - 5_00] + [1_000_000_00] * 7


async def test_one_idempotency_key_is_one_payment(client, place, pay):
    account_id = await place()
    key = {"Idempotency-Key": "k-1"}

    answers = await at_once(*(pay(account_id, "P-1", 5_00, **key) for _ in range(16)))

    got = statuses(answers)
    assert got.pop(201) >= 1
    assert set(got) <= {409}
    in_flight = [a.json() for a in answers if a.status_code == 409]
    assert {one["type"] for one in in_flight} <= {"/problems/idempotency-in-flight"}
    assert len({a.content for a in answers if a.status_code == 201}) == 1
    again = await pay(account_id, "P-1", 5_00, **key)
    assert again.status_code == 201
    assert again.headers["idempotency-replayed"] == "true"
    assert await balance(client, account_id) == 1_000_000_00 - 5_00


async def test_keys_and_references_crossed_still_pay_once_each(client, place, pay):
    """Retries under the same key, and under a new key with the old reference."""
    account_id = await place()
    calls = [
        pay(account_id, f"P-{n}", 1_00, **{"Idempotency-Key": f"k-{n}-{attempt % 2}"})
        for n in range(8)
        for attempt in range(4)
    ]

    answers = await at_once(*calls)

    assert set(statuses(answers)) <= {200, 201, 409}
    assert await balance(client, account_id) == 1_000_000_00 - 8 * 1_00
    await check(client, account_id)


async def test_batches_that_cross_each_others_references_end(client, place):
    """Eight batches, each for accounts of its own, all with the same ten references."""
    accounts = [[await place(f"INV-{n}-{i}", 100_00) for i in range(10)] for n in range(8)]

    async def batched(n):
        items = [
            {"account_id": own, "reference": f"B-{i}", "amount_minor": 1_00, "currency": "USD"}
            for i, own in enumerate(accounts[n])
        ]
        ordered = items[::-1] if n % 2 else items
        body = {"mode": "continue", "items": ordered}
        return await client.post("/v1/payments/batch", json=body)

    first = await at_once(*(batched(n) for n in range(8)))
    again = [await batched(n) for n in range(8)]

    assert set(statuses(first)) <= {200, 503}  # 503: somebody was before it; send it again
    assert statuses(again) == {200: 8}
    found = [one["status"] for answer in again for one in answer.json()["results"]]
    assert (found.count(200), found.count(409)) == (10, 70)
    left = [await balance(client, one) for own in accounts for one in own]
    assert (left.count(99_00), left.count(100_00)) == (10, 70)


@pytest.mark.parametrize("shared", ["payments", "charges"])
async def test_writers_of_several_kinds_do_not_deadlock(client, place, pay, shared):
    accounts = [await place(f"INV-{n}") for n in range(4)]

    async def charged(account_id, n):
        body = {"kind": "fee", "amount_minor": 1_00, "reference": f"C-{n}"}
        return await client.post(f"/v1/accounts/{account_id}/charges", json=body)

    async def batched(n):
        items = [
            {"account_id": one, "reference": f"B-{n}-{i}", "amount_minor": 1_00, "currency": "USD"}
            for i, one in enumerate(accounts if n % 2 else reversed(accounts))
        ]
        return await client.post("/v1/payments/batch", json={"mode": "atomic", "items": items})

    answers = await at_once(
        *(pay(accounts[n % 4], f"P-{n}") for n in range(16)),
        *(charged(accounts[n % 4], n) for n in range(8 if shared == "charges" else 0)),
        *(batched(n) for n in range(8)),
    )

    assert set(statuses(answers)) <= {200, 201}, [a.text for a in answers if a.status_code > 201]
    for account_id in accounts:
        await check(client, account_id)


async def test_one_transfer_sent_many_times_at_once_is_split_once(client, place):
    accounts = [await place(f"INV-{n}") for n in range(3)]

    def send():
        parts = [{"account_id": accounts[n], "amount_minor": 1_00 + n} for n in (0, 1, 2)]
        body = {"reference": "T-1", "currency": "USD", "parts": parts}
        return client.post("/v1/payments/split", json=body)

    answers = await at_once(*(send() for _ in range(8)))
    assert statuses(answers) == {201: 1, 200: 7}
    ids = {tuple(one["id"] for one in answer.json()["payments"]) for answer in answers}
    assert len(ids) == 1
    for n, account_id in enumerate(accounts):
        assert await balance(client, account_id) == 1_000_000_00 - 1_00 - n
        await check(client, account_id)


async def test_one_transfer_undone_many_times_at_once_is_undone_once(client, place):
    accounts = [await place(f"INV-{n}") for n in range(3)]
    parts = [{"account_id": one, "amount_minor": 1_00} for one in reversed(accounts)]
    body = {"reference": "T-1", "currency": "USD", "parts": parts}
    assert (await client.post("/v1/payments/split", json=body)).status_code == 201

    back = {"reason_code": "R01", "reference": "RET-1"}
    path = "/v1/payments/split/T-1/reversals"
    answers = await at_once(*(client.post(path, json=back) for _ in range(8)))
    assert statuses(answers) == {201: 1, 200: 7}
    for account_id in accounts:
        assert await balance(client, account_id) == 1_000_000_00
        await check(client, account_id)


async def test_one_payment_posted_anew_at_once_is_posted_once(client, place, pay):
    accounts = [await place(f"INV-{n}") for n in range(2)]
    first = (await pay(accounts[0], "P-1", 5_00)).json()
    gone = await client.post(f"/v1/payments/{first['id']}/reversals", json={"reason_code": "x"})
    assert gone.status_code == 201

    def anew(account_id):
        body = {
            "account_id": account_id, "reference": "P-1", "amount_minor": 5_00, "currency": "USD",
            "replaces": first["id"],
        }  # fmt: skip
        return client.post("/v1/payments", json=body)

    answers = await at_once(*(anew(one) for one in accounts for _ in range(4)))
    assert statuses(answers) == {201: 1, 200: 3, 409: 4}
    left = [await balance(client, one) for one in accounts]
    assert sorted(left) == [1_000_000_00 - 5_00, 1_000_000_00]
