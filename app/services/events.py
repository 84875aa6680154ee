"""The tenant's feed of events: ordered, at least once, passing over nothing."""

from collections.abc import Collection
from uuid import UUID

from app.domain.errors import NotFound
from app.services.context import Context
from app.storage import accounts, events
from app.storage.events import Position, RecordedEvent

__all__ = ["Position", "RecordedEvent", "feed", "timeline"]


async def feed(
    ctx: Context,
    *,
    after: Position | None,
    types: Collection[str] = (),
    account_id: UUID | None = None,
    limit: int,
) -> tuple[RecordedEvent, ...]:
    """Up to `limit` events after a position, oldest first; fewer means no more for now."""
    return await events.feed(ctx.tx, after=after, types=types, account_id=account_id, limit=limit)


async def timeline(
    ctx: Context, account_id: UUID, *, after: int = 0, limit: int
) -> tuple[RecordedEvent, ...]:
    """One account's events in order of sequence. Raises `NotFound`."""
    if await accounts.read(ctx.tx, account_id) is None:
        raise NotFound(resource="account", key=str(account_id))
    return await events.timeline(ctx.tx, account_id, after_sequence=after, limit=limit)
