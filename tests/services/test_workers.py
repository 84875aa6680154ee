"""Long work leaves the event loop, a tenant's one after the other, and not too many wait."""

import asyncio
import threading
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from app.services import threads
from app.services.threads import LONG, apart
from app.storage.database.unavailable import Unavailable


@dataclass
class Asking:
    """As much of a context as this needs."""

    tenant_id: UUID


def here():
    return threading.current_thread()


async def test_short_work_stays_and_long_work_goes():
    ctx = Asking(uuid4())

    assert await apart(ctx, here, size=LONG - 1) is threading.main_thread()
    assert await apart(ctx, here, size=LONG) is not threading.main_thread()


async def test_what_it_raises_comes_back():
    def refuse():
        raise Unavailable("because")

    with pytest.raises(Unavailable, match="because"):
        await apart(Asking(uuid4()), refuse, size=LONG)
    assert threads._turns == {}


async def test_a_tenant_has_one_at_a_time_and_others_do_not_wait_for_it():
    over, began = threading.Event(), []
    one, other = Asking(uuid4()), Asking(uuid4())

    def long():
        began.append(None)
        over.wait(10)

    mine = [asyncio.create_task(apart(one, long, size=LONG)) for _ in range(3)]
    while not began:  # noqa: ASYNC110 - a thread says so
        await asyncio.sleep(0.01)

    assert await apart(other, here, size=LONG)
    assert len(began) == 1
    over.set()
    await asyncio.gather(*mine)
    assert len(began) == 3
    assert threads._turns == {}


async def test_too_many_are_refused():
    over = threading.Event()
    ctx = Asking(uuid4())
    many = [asyncio.create_task(apart(ctx, lambda: over.wait(10), size=LONG)) for _ in range(8)]
    await asyncio.sleep(0.05)
    over.set()
    answers = await asyncio.gather(*many, return_exceptions=True)

    assert [isinstance(one, Unavailable) for one in answers] == [False] * 5 + [True] * 3
