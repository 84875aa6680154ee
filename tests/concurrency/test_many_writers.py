"""Sixty-four writers at once, who send what they sent before: every sum exact, nothing lost.

On one account, and on a thousand: payments one by one and in batches, each reference sent by
several writers, some money nobody can match. Nobody deadlocks and nothing is a 500; what is
refused for the moment (503, or 409 for a key still running) is sent again until it is answered.
"""

import asyncio
import random

from tests.concurrency.conftest import TODAY, at_once
from tests.concurrency.test_payments import balance, check

WRITERS = 64
PATIENCE = 50


async def until_answered(send):
    """Send until it is a definite answer, and count the statuses on the way."""
    seen = []
    for attempt in range(PATIENCE):
        answer = await send()
        seen.append(answer.status_code)
        in_flight = answer.status_code == 409 and "in-flight" in answer.json()["type"]
        if answer.status_code != 503 and not in_flight:
            return answer, seen
        await asyncio.sleep(0.01 * (attempt + 1))
    raise AssertionError(f"never answered: {seen}")


async def fellow(client, sends):
    """One writer: all of its sends, one after another."""
    return [await until_answered(lambda one=one: one(client)) for one in sends]


def payment(account_id, reference, amount_minor, **headers):
    body = {
        "account_id": account_id, "reference": reference, "amount_minor": amount_minor,
        "currency": "USD", "effective_on": TODAY, "unmatched": "suspense",
    }  # fmt: skip
    return lambda client: client.post("/v1/payments", json=body, headers=headers)


def answered(told):
    return [answer for writer in told for answer, _ in writer]


def statuses_seen(told):
    return {status for writer in told for _, seen in writer for status in seen}


async def test_sixty_four_writers_on_one_account(client, place):
    account_id = await place()
    chance = random.Random(64)
    references = {f"P-{n}": chance.randrange(1, 10_000) for n in range(2 * WRITERS)}
    dealt = [  # every reference goes to two writers, under an idempotency key of its first
        [
            payment(account_id, ref, references[ref], **{"Idempotency-Key": f"{ref}/{turn % 2}"})
            for turn, ref in enumerate(chance.sample(sorted(references), 4))
        ]
        for _ in range(WRITERS)
    ]
    told = await at_once(*(fellow(client, sends) for sends in dealt))

    assert statuses_seen(told) <= {200, 201, 409, 503}
    posted = {answer.json()["reference"]: answer.json() for answer in answered(told)}
    assert {ref: one["amount_minor"] for ref, one in posted.items()} == {
        ref: references[ref] for ref in posted
    }
    by_reference = {}
    for answer in answered(told):
        assert answer.status_code in {200, 201}, answer.text
        by_reference.setdefault(answer.json()["reference"], set()).add(answer.json()["id"])
    assert all(len(ids) == 1 for ids in by_reference.values())
    owed = 1_000_000_00 - sum(references[ref] for ref in posted)
    assert await balance(client, account_id) == owed
    await check(client, account_id)


async def place_many(client, count):
    items = [
        {
            "reference": f"INV-{n}", "currency": "USD", "product": "invoice", "opened_on": TODAY,
            "balance": {"principal_minor": 1_000_00},
        }
        for n in range(count)
    ]  # fmt: skip
    answer = await client.post("/v1/accounts/batch", json={"mode": "atomic", "items": items})
    assert answer.status_code == 200, answer.text
    return [one["account"]["id"] for one in answer.json()["results"]]


def batch(items):
    body = {"mode": "continue", "items": items}
    return lambda client: client.post("/v1/payments/batch", json=body)


async def owed_by_all(client):
    total, params = 0, {"limit": 200}
    while True:
        page = (await client.get("/v1/accounts", params=params)).json()
        total += sum(one["balance"]["total_minor"] for one in page["data"])
        if page["next_cursor"] is None:
            return total
        params = {"limit": 200, "cursor": page["next_cursor"]}


async def test_sixty_four_writers_on_a_thousand_accounts(client):
    accounts = await place_many(client, 1_000)
    chance = random.Random(1_000)
    amounts = {f"P-{n}": chance.randrange(1, 100) for n in range(1_000)}
    lost = {f"P-{n}" for n in range(0, 1_000, 100)}  # for accounts nobody knows

    def item(reference):
        number = int(reference[2:])
        to = {"account_reference": "?"} if reference in lost else {"account_id": accounts[number]}
        return {
            **to, "reference": reference, "amount_minor": amounts[reference], "currency": "USD",
            "effective_on": TODAY, "unmatched": "suspense",
        }  # fmt: skip

    def single(reference):
        return lambda client: client.post("/v1/payments", json=item(reference))

    shuffled = sorted(amounts)
    chance.shuffle(shuffled)
    dealt = []
    for n in range(WRITERS):  # all of it is sent in batches; parts of it again, one by one
        mine = shuffled[n * 15 : n * 15 + 16 if n < WRITERS - 1 else None]
        again = chance.sample(shuffled, 12)
        dealt.append([batch([item(ref) for ref in mine + again]), single(again[0])])
    told = await at_once(*(fellow(client, sends) for sends in dealt))

    assert statuses_seen(told) <= {200, 201, 503}
    results = [
        (one["status"], one["payment"])
        for answer in answered(told)
        if "results" in answer.json()
        for one in answer.json()["results"]
    ]
    assert {status for status, _ in results} <= {200, 201}
    ids = {}
    for _, one in results:
        ids.setdefault(one["reference"], set()).add(one["id"])
    assert ids.keys() == amounts.keys()
    assert all(len(named) == 1 for named in ids.values())
    posted = sum(minor for ref, minor in amounts.items() if ref not in lost)
    assert await owed_by_all(client) == 1_000 * 1_000_00 - posted
    waiting = (await client.get("/v1/suspense", params={"limit": 200})).json()["data"]
    assert {one["reference"] for one in waiting} == lost
    assert sum(one["amount_minor"] for one in waiting) == sum(amounts[ref] for ref in lost)
    for account_id in chance.sample(accounts, 10):
        await check(client, account_id)
