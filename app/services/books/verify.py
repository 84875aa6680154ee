"""Are a tenant's events still what was written? Every account's chain, by several processes.

Reading takes the database's time and hashing ours, so a page of accounts is given to whichever
process is free. Nothing is locked: a page is one statement, so an account and its events are of
one moment, and what is written meanwhile is whole in itself.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from uuid import UUID

from app.storage import tenancy
from app.storage.books import chains, stream
from app.storage.database.engine import Database
from app.storage.database.unavailable import Unavailable

#: Accounts a page: one statement, whose events are in memory at once.
PAGE = 200
#: How many broken accounts are named; the others are counted.
NAMED = 20
_AHEAD = 2  # pages a process that wait for it
_PATIENCE_S = 600
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """An account whose events are not what was written, and the first that is not.

    `account_id` None: the tenant's stream of what belongs to no account.
    """

    account_id: UUID | None
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was looked at, and what of it is broken, in ascending order of account."""

    accounts: int = 0
    events: int = 0
    broken: int = 0
    breaks: tuple[Break, ...] = ()  # the first of them

    @property
    def whole(self) -> bool:
        return not self.broken

    def __add__(self, other: "Verified") -> "Verified":
        return Verified(
            accounts=self.accounts + other.accounts,
            events=self.events + other.events,
            broken=self.broken + other.broken,
            breaks=(*self.breaks, *other.breaks)[:NAMED],
        )


async def verify(
    url: str,
    tenant_id: UUID,
    *,
    workers: int,
    progress: Callable[[Verified], None] = lambda _: None,
) -> Verified:
    """Every chain of the tenant. `workers` 1 stays in this process."""
    total = Verified()
    loop = asyncio.get_running_loop()
    with _hands(workers) as executor:
        waiting = [loop.run_in_executor(executor, _look, url, tenant_id, ())]
        async for page in _pages(url, tenant_id):
            waiting.append(loop.run_in_executor(executor, _look, url, tenant_id, page))
            if len(waiting) >= _AHEAD * workers:
                total += await waiting.pop(0)
                progress(total)
        for one in waiting:
            total += await one
            progress(total)
    return total


async def accounts_of(database: Database, tenant_id: UUID) -> int:
    """How many chains there are."""
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant_id)
        return await chains.count(tx)


async def _pages(url: str, tenant_id: UUID) -> AsyncIterator[Sequence[UUID]]:
    """Ids of accounts in ascending order, a page at a time."""
    database = _database(url)
    try:
        last = chains.BEFORE_ALL
        while True:
            async with database.transaction() as tx:
                await tenancy.enter_tenant(tx, tenant_id)
                page = await chains.account_ids(tx, after=last, most=PAGE)
            if not page:
                return
            yield page
            last = page[-1]
    finally:
        await database.dispose()


def _look(url: str, tenant_id: UUID, ids: Sequence[UUID]) -> Verified:
    """One page, in whatever process this is; again where the database was away.

    No accounts: the tenant's stream.
    """
    for tries_left in reversed(range(_TRIES)):
        try:
            looked = _verified(url, tenant_id, ids) if ids else _stream(url, tenant_id)
            return asyncio.run(looked)
        except Unavailable as away:
            if not tries_left:
                raise
            time.sleep(away.retry_after_s)
    raise AssertionError  # the last try answers or raises


async def _verified(url: str, tenant_id: UUID, ids: Sequence[UUID]) -> Verified:
    database = _database(url)
    try:
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant_id)
            found = (await chains.chains(tx, ids)).values()
    finally:
        await database.dispose()
    breaks = [
        Break(account_id=chain.account_id, sequence=sequence)
        for chain in found
        if (sequence := chain.broken_at()) is not None
    ]
    return Verified(
        accounts=len(found),
        events=sum(len(chain.links) for chain in found),
        broken=len(breaks),
        breaks=tuple(breaks[:NAMED]),
    )


async def _stream(url: str, tenant_id: UUID) -> Verified:
    """What belongs to no account: one chain."""
    database = _database(url)
    try:
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant_id)
            events, sequence = await stream.broken_at(tx, tenant_id)
    finally:
        await database.dispose()
    breaks = () if sequence is None else (Break(account_id=None, sequence=sequence),)
    return Verified(events=events, broken=len(breaks), breaks=breaks)


@contextmanager
def _hands(workers: int) -> Iterator[Executor]:
    if workers == 1:
        with ThreadPoolExecutor(1) as one:
            yield one
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as many:
            yield many


def _database(url: str) -> Database:
    return Database(
        url, pool_size=1, statement_timeout_s=_PATIENCE_S, application_name="accord verify"
    )
