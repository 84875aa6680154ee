"""Payments listed: in the order they were entered, or by the day they count on."""

from typing import Any

from app.services.context import Context
from app.storage.payments import lists
from app.storage.payments.lists import PaymentsWanted
from app.storage.payments.payments import StoredPayment

__all__ = ["PaymentsWanted", "find_payments"]


async def find_payments(
    ctx: Context, wanted: PaymentsWanted, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[StoredPayment, ...]:
    """A page of payments, after a key of the list."""
    return await lists.find(ctx.tx, wanted, after=after, limit=limit)
