"""Telling the feed of contacts: in the sequence of each account they are about."""

from collections.abc import Iterable
from uuid import UUID

from app.domain.entries.contacts import Seen, Told
from app.services.context import Context
from app.services.telling.tell import event, tell, tell_of
from app.storage.contacts.contacts import StoredContact


def seen_of(contact: StoredContact) -> Seen:
    """A contact as it is told of."""
    message_id = contact.more.get("message_id")
    return Seen(
        contact=contact.known(),
        point_id=contact.point_id,
        decision_id=contact.decision_id,
        message_id=None if message_id is None else UUID(message_id),
    )


async def tell_contact(ctx: Context, account_ids: Iterable[UUID], told: Told) -> None:
    """Tell it of each account; what is about none stands in the tenant's own stream."""
    about = sorted(set(account_ids))
    for account_id in about:
        await tell_of(ctx, account_id, event(ctx, *told))
    if not about:
        tell(ctx, event(ctx, *told))
