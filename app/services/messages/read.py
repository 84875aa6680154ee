"""Messages as they stand: one, many, and what each said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.errors import NotFound
from app.domain.messages.lifecycle import MessageStatus
from app.domain.refusals.messages import ContentErased
from app.services.contacts.facts import facts_of
from app.services.context import Context
from app.services.messages.truth import is_still_true
from app.storage.messages import contents, facts, messages
from app.storage.messages.contents import StoredContent
from app.storage.messages.facts import StoredFact
from app.storage.messages.messages import FindMessages, StoredMessage

__all__ = [
    "FindMessages", "MessageView", "StoredContent", "StoredMessage", "find_messages",
    "holds_still", "read_content", "view_message", "view_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A message and what was reported of it."""

    message: StoredMessage
    reports: tuple[StoredFact, ...]

    @property
    def needs_decision(self) -> bool:
        """Whether only a report or a person can say what became of it."""
        return self.message.status == MessageStatus.UNCERTAIN.value


async def view_message(ctx: Context, message_id: UUID) -> MessageView:
    """A message as it stands. Raises `NotFound`."""
    return await view_of(ctx, await known_message(ctx, message_id))


async def known_message(ctx: Context, message_id: UUID) -> StoredMessage:
    """A message as stored. Raises `NotFound`."""
    found = await messages.read(ctx.tx, message_id)
    if found is None:
        raise NotFound(resource="message", key=str(message_id))
    return found


async def holds_still(ctx: Context, message: StoredMessage) -> bool:
    """Whether what it says is true as the books stand now."""
    found = await facts_of(ctx, message.account_id, message.person_id, ctx.instant)
    return await is_still_true(ctx, found, message)


async def view_of(ctx: Context, message: StoredMessage) -> MessageView:
    """A message read already, with its reports."""
    reported = await facts.of_messages(ctx.tx, [message.id], kind="reported")
    return _view(message, reported)


async def find_messages(
    ctx: Context, asked: FindMessages, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[MessageView]:
    """Messages, the latest asked for first."""
    found = await messages.find(ctx.tx, asked, after=after, limit=limit)
    reported = await facts.of_messages(ctx.tx, [one.id for one in found], kind="reported")
    return [_view(one, reported) for one in found]


def _view(message: StoredMessage, reported: Mapping[UUID, list[StoredFact]]) -> MessageView:
    return MessageView(message=message, reports=tuple(reported.get(message.id, ())))


async def read_content(ctx: Context, message_id: UUID) -> tuple[StoredMessage, StoredContent]:
    """What a message says, as it is or was sent. Raises `NotFound`, `ContentErased`."""
    message = await known_message(ctx, message_id)
    content = await contents.read(ctx.tx, message_id)
    if content is None:
        raise NotFound(resource="message", key=str(message_id))
    if content.erased_at is not None:
        raise ContentErased(message_id=message_id, erased_at=content.erased_at)
    return message, content
