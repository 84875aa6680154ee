"""When somebody was last spoken with about an account, and which replies nobody read yet.

Kept beside the account for whoever asks which accounts to work; worked out anew from its latest
contacts whenever one is recorded, corrected or voided.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.contact.effects import effects
from app.domain.contact.known import Contact
from app.domain.contact.words import Channel, Direction
from app.services.context import Context
from app.storage.contacts import contacts, many
from app.storage.contacts.contacts import FindContacts
from app.storage.worklists import reasons

#: Further back nobody looks for the last time somebody was reached.
LOOKED_AT: Final = 100
_WRITTEN = (Channel.SMS, Channel.EMAIL, Channel.CHAT, Channel.LETTER)


async def note_spoken(ctx: Context, account_ids: Iterable[UUID]) -> None:
    """Keep what the latest contacts of locked accounts say."""
    found = await many.latest_of(ctx.tx, sorted(set(account_ids)), most=LOOKED_AT)
    spoken = [(account_id, *_spoken(ctx, made)) for account_id, made in found.items()]
    await reasons.note_spoken(ctx.tx, spoken)


async def note_new(ctx: Context, made: Iterable[Contact]) -> None:
    """The same after new contacts: most say nothing of either, and nothing is read for them."""
    await note_spoken(
        ctx, {id_ for one in made if _reached(one) or _unread(one) for id_ in one.account_ids}
    )


def _spoken(ctx: Context, latest_first: Sequence[Contact]) -> tuple[date | None, date | None]:
    """The day of the last communication, and since when a reply waits to be read."""
    unread_at = _unread_at(latest_first)
    last_on = next((_day(ctx, one.at) for one in latest_first if _reached(one)), None)
    return last_on, None if unread_at is None else _day(ctx, unread_at)


async def mark_read(ctx: Context, account_id: UUID) -> None:
    """Say that somebody read what came in about a locked account, and keep what follows."""
    found = await contacts.find(ctx.tx, FindContacts(account_id=account_id), limit=LOOKED_AT)
    for one in found:
        if one.voided_on is None and _unread(one.known()):
            read = {"read_at": ctx.instant, "read_actor": ctx.actor}
            await contacts.amend(ctx.tx, one.id, read)
    await note_spoken(ctx, [account_id])


async def mark_stray_read(ctx: Context, contact_id: UUID) -> None:
    """Say that somebody read a locked message that is about no account."""
    read = {"read_at": ctx.instant, "read_actor": ctx.actor}
    await contacts.amend(ctx.tx, contact_id, read)


def _unread(one: Contact) -> bool:
    return one.direction is Direction.IN and one.channel in _WRITTEN and one.read_at is None


def _reached(one: Contact) -> bool:
    unknown = one.person_id is None and one.needs_reading  # whoever wrote, nobody was spoken with
    return effects(one).communication and not unknown


def _unread_at(latest_first: Sequence[Contact]) -> datetime | None:
    """When the oldest reply came in that nobody read or answered since."""
    oldest = None
    for one in latest_first:
        inbound = one.direction is Direction.IN
        if not inbound and _reached(one):
            break
        if _unread(one):
            oldest = one.at
    return oldest


def _day(ctx: Context, at: datetime) -> date:
    return at.astimezone(ZoneInfo(ctx.time_zone)).date()
