"""What a person decides of a message: it is not to go, or whether one that may have gone did."""

from uuid import UUID

from app.domain.errors import NotFound
from app.domain.messages.lifecycle import Cancelled, Decided, MessageStatus
from app.domain.refusals.messages import MessageEnded, MessageInFlight
from app.services.context import Context
from app.services.messages.contacting import put_right
from app.services.messages.moving import move
from app.services.messages.read import known_message
from app.services.persons.persons import locked, named_actor
from app.storage.accounts import accounts
from app.storage.messages import messages
from app.storage.messages.messages import StoredMessage


async def held(ctx: Context, message_id: UUID) -> StoredMessage:
    """A message, locked after its account and its person: one order for all. Raises `NotFound`."""
    seen = await known_message(ctx, message_id)
    await accounts.lock(ctx.tx, seen.account_id)
    await locked(ctx, seen.person_id)
    message = await messages.read(ctx.tx, message_id, lock=True)
    if message is None:
        raise NotFound(resource="message", key=str(message_id))
    return message


async def cancel(ctx: Context, message_id: UUID, reason: str) -> StoredMessage:
    """Take back what waits. Raises `NotFound`, `MessageInFlight`, `MessageEnded`."""
    named_actor(ctx)
    message = await held(ctx, message_id)
    if message.status in {MessageStatus.SENDING.value, MessageStatus.UNCERTAIN.value}:
        raise MessageInFlight(message_id=message_id)
    if message.status not in messages.WAITING:
        raise MessageEnded(message_id=message_id, message_status=message.status)
    return await move(ctx, message, "cancelled", Cancelled(at=ctx.instant), {"reason": reason})


async def decide(ctx: Context, message_id: UUID, *, resend: bool, reason: str) -> StoredMessage:
    """Send one that may have gone once more, as another contact, or give it up.

    Raises `NotFound`, `MessageInFlight`, `MessageEnded`.
    """
    named_actor(ctx)
    message = await held(ctx, message_id)
    if message.status == MessageStatus.SENDING.value:
        raise MessageInFlight(message_id=message_id)
    if message.status != MessageStatus.UNCERTAIN.value:
        raise MessageEnded(message_id=message_id, message_status=message.status)
    said = {"what": "resend" if resend else "give_up", "reason": reason}
    moved = await move(ctx, message, "decided", Decided(at=ctx.instant, resend=resend), said)
    if resend:  # the next attempt is another contact
        return await messages.change(ctx.tx, message_id, {"contact_id": None})
    await put_right(ctx, moved)
    return moved
