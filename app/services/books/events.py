"""The tenant's feed of events: ordered, at least once, passing over nothing."""

from collections.abc import Collection
from uuid import UUID

from app.services.context import Context
from app.services.guards import known_account
from app.services.reading import closed_draft
from app.storage.books import events, write
from app.storage.books.events import RecordedEvent
from app.storage.database import continuity
from app.storage.database.continuity import START, Position, PutBack

__all__ = ["Position", "PutBack", "RecordedEvent", "feed", "timeline"]


async def feed(
    ctx: Context,
    *,
    after: Position | None,
    given_in: int,
    types: Collection[str] = (),
    account_id: UUID | None = None,
    limit: int,
) -> tuple[tuple[RecordedEvent, ...], Position, int]:
    """Up to `limit` events after a position that was given in an epoch, oldest first.

    Fewer means no more for now. With them, where the reader stands then (before the first event,
    where there is none), and in which epoch that
    is given. Raises `PutBack`.
    """
    after, epoch, until = await continuity.resumed(ctx.tx, after, given_in)
    # Asked before the events, so that all up to there of the kinds wanted are among them.
    end = await events.end(ctx.tx, until) if types or account_id else None
    found = await events.feed(
        ctx.tx, after=after, until=until, types=types, account_id=account_id, limit=limit
    )
    stands = found[-1].position if found else after
    if end is not None and len(found) < limit and (stands is None or end > stands):
        stands = end  # what was passed over is not looked through again
    return found, stands or START, epoch


async def timeline(
    ctx: Context, account_id: UUID, *, after: int = 0, limit: int
) -> tuple[RecordedEvent, ...]:
    """One account's events in order of sequence, with those of days nobody has closed yet.

    Raises `NotFound`.
    """
    account = await known_account(ctx, account_id)
    told = await events.timeline(ctx.tx, account_id, after_sequence=after, limit=limit)
    if len(told) == limit or (told and told[-1].sequence > account.event_sequence):
        return told  # there is more, or somebody closed the days meanwhile
    draft = await closed_draft(ctx, account)
    coming = await write.foretold(ctx.tx, account, draft, at=ctx.instant) if draft.events else ()
    return (*told, *(one for one in coming if one.sequence > after))[:limit]
