"""While one request works on much, others' go between: no part of it holds the loop for long."""

import asyncio
import gc
import time
from itertools import pairwise

import pytest

from app.routers.edge.bodies import MAX_BODY_BYTES, MAX_MANY, measured
from tests.routers.lives.desk import OPENING

MANY = 1000
HELD_S = 0.08  # of processor time, between two turns of somebody else


async def held_s(work):
    """The longest that somebody beside the work waits for a turn, in processor time."""
    turns = [time.thread_time()]

    async def beside():
        while True:
            await asyncio.sleep(0)
            turns.append(time.thread_time())

    other = asyncio.create_task(beside())
    await asyncio.sleep(0)
    gc.disable()  # of all that the tests have imported; a server collects rarely
    try:
        await work
    finally:
        gc.enable()
        other.cancel()
    return max(after - before for before, after in pairwise(turns))


async def batch(desk, path, items):
    answer = await desk.client.post(path, json={"mode": "atomic", "items": items})
    assert answer.status_code == 200, answer.text[:500]


@pytest.fixture
async def many(desk):
    """That many accounts."""
    await desk.at(OPENING)
    items = [
        {"reference": f"M-{n}", "currency": "USD", "balance": {"principal_minor": 100}}
        for n in range(MANY)
    ]

    async def placed():
        await batch(desk, "/v1/accounts/batch", items)

    return placed


async def test_a_batch_of_accounts_and_one_of_payments(desk, many):
    assert await held_s(many()) < HELD_S
    money = [
        {"account_reference": f"M-{n}", "reference": f"P-{n}", "amount_minor": 1, "currency": "USD"}
        for n in range(MANY)
    ]

    assert await held_s(batch(desk, "/v1/payments/batch", money)) < HELD_S


def test_a_large_body_is_looked_at_in_small_steps():
    body = b'{"a":"' + b'\\",' * 1_300_000 + b'"}'
    assert len(body) < MAX_BODY_BYTES
    longest, last = 0.0, time.thread_time()
    for _ in measured(body, most=MAX_MANY):
        now = time.thread_time()
        longest, last = max(longest, now - last), now

    assert longest < HELD_S / 4
