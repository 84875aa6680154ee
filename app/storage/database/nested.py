"""A part of a transaction that is undone by itself where it is refused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.storage.database.engine import Transaction


@asynccontextmanager
async def nested(tx: Transaction) -> AsyncIterator[None]:
    """What is written within stays with the transaction, or goes where it raises."""
    async with tx.begin_nested():
        yield
