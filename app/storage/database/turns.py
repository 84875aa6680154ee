"""Work on many things in one request, others' requests going between them.

What waits for the database lets others go on by itself; a loop that only computes must say so.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

Item = TypeVar("Item")


async def in_turns(many: Iterable[Item], *, at_once: int = 1) -> AsyncIterator[Item]:
    """Each of many; before all but the first, whoever is ready has their turn.

    `at_once`: how many of them are less work than a turn is worth.
    """
    for number, one in enumerate(many):
        if number and number % at_once == 0:
            await asyncio.sleep(0)
        yield one
