"""Work on many things in one request, others' requests going between them.

What waits for the database lets others go on by itself; a loop that only computes must say so.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

Item = TypeVar("Item")


async def in_turns(many: Iterable[Item]) -> AsyncIterator[Item]:
    """Each of many; before all but the first, whoever is ready has their turn."""
    first = True
    for one in many:
        if not first:
            await asyncio.sleep(0)
        first = False
        yield one
