"""A payment read: what it did, and what undid it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.domain.errors import NotFound
from app.services.context import Context
from app.services.guards import owner_of
from app.services.reading import Reading, read_account
from app.storage.accounts import persons
from app.storage.payments import payments, undoings
from app.storage.payments.payments import StoredPayment
from app.storage.payments.undoings import Undoing

__all__ = ["PaymentView", "StoredPayment", "Undoing", "view_payment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentView:
    """A payment as it stands, what it paid, and its account. `repeated`: posted before."""

    payment: StoredPayment
    reading: Reading
    metadata: Mapping[str, Any]
    repeated: bool = False
    undone_by: tuple[Undoing, ...] = ()


async def view_payment(ctx: Context, payment_id: UUID) -> PaymentView:
    """A payment as it stands now, with its account. Raises `NotFound`."""
    account_id = await owner_of(ctx, "payment", payment_id)
    stored = await payments.read(ctx.tx, account_id, payment_id)
    if stored is None:
        raise NotFound(resource="payment", key=str(payment_id))
    labels = await persons.notes(ctx.tx, [account_id])
    return PaymentView(
        payment=stored,
        reading=await read_account(ctx, account_id),
        metadata=labels[payment_id].metadata if payment_id in labels else {},
        undone_by=await undoings.of_payment(
            ctx.tx, account_id, payment_id, known_on=ctx.business_date
        ),
    )
