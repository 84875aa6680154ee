"""Telling the feed of contacts: in the sequence of each account they are about."""

from collections.abc import Iterable
from uuid import UUID

from app.domain.contact.known import Contact
from app.domain.entries.contacts import Seen, Told
from app.domain.entries.events import Event
from app.services.contacts.beside.linked import as_named
from app.services.context import Context
from app.services.telling.tell import event, tell
from app.storage.contacts.contacts import StoredContact


def seen_of(contact: StoredContact, known: Contact | None = None) -> Seen:
    """A contact as it is told of. `known`: as the rules read it, where that is known already."""
    message_id = contact.more.get("message_id")
    return Seen(
        contact=known or contact.known(),
        point_id=contact.point_id,
        decision_id=contact.decision_id,
        message_id=None if message_id is None else UUID(message_id),
        links=as_named(contact.links) or None,
    )


def told_of(
    ctx: Context, account_ids: Iterable[UUID], told: Told
) -> list[tuple[UUID, Event]]:  # fmt: skip
    """What each account is to be told; what is about none stands in the tenant's own stream."""
    about = sorted(set(account_ids))
    if not about:
        tell(ctx, event(ctx, *told))
    return [(account_id, event(ctx, *told)) for account_id in about]
