"""What is done about an item: claimed, worked, put off, called back, given to somebody.

Each act holds the account's lock, so that two who act at once act one after the other.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput
from app.domain.refusals.worklists import WorkItemEnded
from app.domain.values import replace
from app.domain.vocabulary import Role
from app.services.contacts.spoken import mark_read, mark_stray_read
from app.services.context import Context
from app.services.worklists.held import (
    Held,
    ItemState,
    claim_locked,
    hold,
    note_done,
    put,
    refuse_ended,
    refuse_giving,
    refuse_instant,
    state_of,
    tell_done,
    tomorrow,
)
from app.services.worklists.items import ItemView, view_item
from app.storage.contacts import contacts


class Did(StrEnum):
    """What was done where nobody was contacted."""

    APPROVED = "approved"
    REJECTED = "rejected"
    ESCALATED = "escalated"
    OFFERED = "offered"
    READ = "read"
    VERIFIED = "verified"
    WROTE = "wrote"
    OTHER = "other"


async def claim(ctx: Context, item_id: UUID) -> ItemView:
    """Take an item; one's own claim is renewed. Raises `WorkItemClaimed`, `WorkItemEnded`."""
    held = await hold(ctx, item_id)
    view = await view_item(ctx, held.worklist, held.about_id)
    if view is None:
        raise WorkItemEnded
    until_at = await claim_locked(
        ctx, held.worklist, held.about_id, held.actor, stray=held.account is None
    )
    if until_at is None:
        raise WorkItemEnded
    claimed = replace(view.found, claimed_by=held.actor, claimed_until_at=until_at)
    return replace(view, found=claimed)


async def extend(ctx: Context, item_id: UUID) -> ItemState:
    """Keep one's own claim for as long again. Raises `WorkItemClaimed`, `WorkItemEnded`."""
    held = await hold(ctx, item_id)
    if held.stored.claimed_by != held.actor:
        raise WorkItemEnded
    await claim_locked(ctx, held.worklist, held.about_id, held.actor, stray=held.account is None)
    return await state_of(ctx, held)


async def release(ctx: Context, item_id: UUID) -> ItemState:
    """Give one's claim back: somebody else may have it. Raises `WorkItemClaimed`."""
    held = await hold(ctx, item_id)
    if held.stored.claimed_by is not None:
        await put(ctx, held, claimed_by=None, claimed_until_at=None)
        await note_done(ctx, held, "released", {})
    return await state_of(ctx, held)


async def complete(
    ctx: Context, item_id: UUID, *, contact_id: UUID | None, did: Did | None, note: str | None
) -> ItemState:
    """Say that it was worked. It stays where its reasons do, out of sight until the next day.

    A callback whose hour has come is done by it, and what came in counts as read. Raises
    `WorkItemClaimed`, `WorkItemEnded`, `InvalidInput`.
    """
    held = await hold(ctx, item_id)
    await refuse_ended(ctx, held)
    await _refuse_contact(ctx, held, contact_id)
    attempts = held.stored.attempts + 1
    called_at = held.stored.callback_at
    later = called_at if called_at is not None and called_at > ctx.instant else None
    await put(
        ctx, held, claimed_by=None, claimed_until_at=None, attempts=attempts,
        skipped_until_at=tomorrow(ctx), callback_at=later,
    )  # fmt: skip
    if held.account is None:
        await mark_stray_read(ctx, held.about_id)
    else:
        await mark_read(ctx, held.account.id)
    said = {"contact_id": contact_id, "did": did and str(did), "attempts": attempts}
    told = {name: value for name, value in said.items() if value is not None}
    await note_done(ctx, held, "completed", told, note)
    await tell_done(ctx, held, EventType.WORK_COMPLETED, told)
    return await state_of(ctx, held)


async def skip(ctx: Context, item_id: UUID, *, reason: str, until_at: datetime | None) -> ItemState:
    """Put it off until an instant, by default the next day. Raises as `complete`."""
    held = await hold(ctx, item_id)
    await refuse_ended(ctx, held)
    until = until_at or tomorrow(ctx)
    refuse_instant(ctx, until, "/until_at")
    await put(ctx, held, claimed_by=None, claimed_until_at=None, skipped_until_at=until)
    body = {"until_at": until.isoformat()}
    await note_done(ctx, held, "skipped", body, reason)
    return await state_of(ctx, held)


async def assign(ctx: Context, item_id: UUID, *, actor: str | None, reason: str) -> ItemState:
    """Give an item to somebody, who alone is offered it; to None: to whoever comes.

    Giving to another than oneself is a supervisor's, who takes it from whoever has it. Raises
    `OutsideAuthority`, `WorkItemClaimed`, `WorkItemEnded`.
    """
    over = ctx.role.rank >= Role.SUPERVISOR.rank
    held = await hold(ctx, item_id, over=over)
    refuse_giving(ctx, held, actor)
    await refuse_ended(ctx, held)
    taken = {} if held.stored.claimed_by in (None, actor) else {
        "claimed_by": None, "claimed_until_at": None,
    }  # fmt: skip
    await put(ctx, held, assigned_to=actor, **taken)
    await note_done(ctx, held, "assigned", {"to": actor}, reason)
    return await state_of(ctx, held)


async def _refuse_contact(ctx: Context, held: Held, contact_id: UUID | None) -> None:
    if contact_id is None:
        return
    contact = await contacts.read(ctx.tx, contact_id)
    about = {held.about_id} if contact is None else {contact.id, *contact.account_ids}
    if contact is None or held.about_id not in about:
        raise InvalidInput.at("/contact_id", "is no contact about this account")
