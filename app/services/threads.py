"""Long work, off the event loop: replays of long histories, trials of policies.

A fold of thousands of facts takes seconds, and nobody else's request may wait for it. It is pure,
so it runs in a thread; the interpreter hands over every millisecond (`fair_turns`), and no more
than a few threads contend. A tenant has one of them at a time: its next long request waits, a few
at most, and others' do not wait behind it.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Final, TypeVar
from uuid import UUID

from app.domain.account.state import State
from app.domain.facts.fact import Fact
from app.domain.policy.book import PolicyBook
from app.domain.replay.replay import fold
from app.services.context import Context
from app.storage.database.unavailable import Unavailable

Answer = TypeVar("Answer")

#: Facts (or accounts, or installments) from which on work is long: about ten milliseconds.
LONG: Final = 50
_THREADS = 3
_MOST_WAITING = 4
_TURN_SECONDS = 0.001

_threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="accord-long")
_turns: dict[UUID, tuple[asyncio.Lock, list[None]]] = {}


def fair_turns() -> None:
    """Let the event loop interrupt long work soon, as the server does when it starts."""
    sys.setswitchinterval(_TURN_SECONDS)


async def apart(ctx: Context, work: Callable[[], Answer], *, size: int) -> Answer:
    """The answer of pure work of that size; in a thread where it is long.

    Raises `Unavailable` where too much long work of the tenant waits already.
    """
    if size < LONG:
        return work()
    with _queued(ctx.tenant_id) as turn:
        async with turn:
            return await asyncio.get_running_loop().run_in_executor(_threads, work)


@contextmanager
def _queued(tenant_id: UUID) -> Iterator[asyncio.Lock]:
    """The tenant's turn, kept while anybody waits for it."""
    lock, waiting = _turns.setdefault(tenant_id, (asyncio.Lock(), []))
    if len(waiting) > _MOST_WAITING:
        raise Unavailable("long work", retry_after_s=2)
    waiting.append(None)
    try:
        yield lock
    finally:
        waiting.pop()
        if not waiting:
            del _turns[tenant_id]


async def folded(ctx: Context, known: Sequence[Fact], policies: PolicyBook, on: date) -> State:
    """What facts come to on a day."""
    return await apart(ctx, lambda: fold(known, policies, through=on).state, size=len(known))
