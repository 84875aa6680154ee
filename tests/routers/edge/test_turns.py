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


def accounts(turn):
    return [
        {"reference": f"M{turn}-{n}", "currency": "USD", "balance": {"principal_minor": 100}}
        for n in range(MANY)
    ]


def money(turn):
    return [
        {"account_reference": f"M0-{n}", "reference": f"P{turn}-{n}", "amount_minor": 1,
         "currency": "USD"}
        for n in range(MANY)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "made"), [("/v1/accounts/batch", accounts), ("/v1/payments/batch", money)]
)
async def test_a_batch_holds_nobody_up(desk, path, made):
    """The best of three: what the machine does beside it may lengthen a turn, never shorten one."""
    await desk.at(OPENING)
    if made is money:
        await batch(desk, "/v1/accounts/batch", accounts(0))

    assert min([await held_s(batch(desk, path, made(turn))) for turn in range(3)]) < HELD_S


def test_a_large_body_is_looked_at_in_small_steps():
    """The best of three: what the machine does beside it may lengthen a step, never shorten one."""
    body = b'{"a":"' + b'\\",' * 1_300_000 + b'"}'
    assert len(body) < MAX_BODY_BYTES

    assert min(longest_step_s(body) for _ in range(3)) < HELD_S / 4


def longest_step_s(body):
    """Processor time; without collecting what tests have imported, as in `held_s`."""
    gc.disable()
    try:
        longest, last = 0.0, time.thread_time()
        for _ in measured(body, most=MAX_MANY):
            now = time.thread_time()
            longest, last = max(longest, now - last), now
    finally:
        gc.enable()
    return longest
