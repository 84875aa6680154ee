"""One database over many servers, by tenant: spreading it, whether all lies as it should.

And work at tenants that lie apart, side by side.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from app.services.tenancy.tenants import NotPossible
from app.storage.database.engine import Database, Transaction
from app.storage.distribution import layout
from app.storage.distribution.distribute import NotSpreadable, distribute
from app.storage.distribution.functions import DELEGATED, FUNCTIONS
from app.storage.distribution.reports import REPORTS
from app.storage.tenancy import TenantRecord

_One = TypeVar("_One")
#: Servers whose tenants one process sweeps at once. Of an account's sweep a process takes about a
#: fifth of what its server does: more would wait for it.
AT_ONCE = 4
#: Foreign keys are held against what is there.
_PATIENCE_S = 3600


async def spread(owner: Database) -> list[str]:
    """Spread what is not yet; answers which tables. Raises `NotPossible`."""
    try:
        async with owner.transaction(statement_timeout_s=_PATIENCE_S) as tx:
            return await distribute(tx)
    except NotSpreadable as error:
        raise NotPossible(str(error)) from error


async def servers(tx: Transaction) -> list[str] | None:
    """Those that hold tenants; None where the database is on one server and meant to be."""
    return await layout.nodes(tx) if await layout.engine_version(tx) else None


async def not_spread(tx: Transaction) -> list[str]:
    """What `accord distribute` would still do: tables, functions, and rows left behind."""
    return [
        *await layout.missing(tx),
        *await layout.not_delegated(tx, DELEGATED),
        *await layout.replaced(tx, (*FUNCTIONS, *REPORTS)),
        *[f"the rows of {name} that were left behind" for name in await layout.left_behind(tx)],
    ]


async def apart(database: Database, tenants: Iterable[TenantRecord]) -> list[list[TenantRecord]]:
    """Tenants by the server that holds them; all in one list, as they came, where there is one.

    Those of two lists share no server, so whoever works at both at once keeps both busy.
    """
    listed = list(tenants)
    async with database.question() as tx:
        places = await layout.places(tx, [one.tenant_id for one in listed])
    together = dict[int | None, list[TenantRecord]]()
    for one in listed:
        together.setdefault(places.get(one.tenant_id), []).append(one)
    return list(together.values())


async def side_by_side(
    groups: Sequence[Sequence[_One]], do: Callable[[_One], Awaitable[None]]
) -> None:
    """Do it for each, in the order of its group; `AT_ONCE` groups at once.

    The first error ends all, and is raised.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def one_by_one(group: Sequence[_One]) -> None:
        async with turns:
            for one in group:
                await do(one)

    if len(groups) == 1:
        await one_by_one(groups[0])
        return
    tasks = [asyncio.create_task(one_by_one(group)) for group in groups]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
