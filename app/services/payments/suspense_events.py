"""Telling the feed of money in suspense: how it came, and how it left."""

from collections.abc import Iterable

from app.domain.entries.events import EventType
from app.domain.entries.suspense import suspense_event
from app.services.context import Context
from app.storage.books import apart
from app.storage.payments.suspense import StoredEnd, StoredSuspense

_ENDS = {"assigned": EventType.SUSPENSE_ASSIGNED, "refunded": EventType.SUSPENSE_REFUNDED}


async def tell_received(ctx: Context, items: Iterable[StoredSuspense]) -> None:
    """That these have come in, and why each waits."""
    told = [
        (
            item.id,
            suspense_event(
                EventType.SUSPENSE_RECEIVED,
                item.id,
                business_date=item.business_date,
                effective_on=item.effective_on,
                amount_minor=item.amount_minor,
                currency=item.currency,
                more={"reference": item.reference, "why": item.why, "method": item.method},
                hand=(item.actor, item.role, item.origin),
            ),
        )
        for item in items
    ]
    await apart.tell_first(ctx.tx, ctx.tenant_id, told)


async def tell_ended(ctx: Context, item: StoredSuspense, end: StoredEnd) -> None:
    """That it waits no longer: assigned to an account, or given back. It must be locked."""
    to = {"account_id": str(end.account_id)} if end.account_id else {"refund_id": str(end.id)}
    event = suspense_event(
        _ENDS[end.kind],
        item.id,
        business_date=end.business_date,
        effective_on=end.effective_on,
        amount_minor=item.amount_minor,
        currency=item.currency,
        more={"reference": item.reference, **to},
        hand=(end.actor, end.role, end.origin),
    )
    await apart.tell_next(ctx.tx, ctx.tenant_id, item.id, event)
