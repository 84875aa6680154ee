"""Telling the feed of what enters no fold: of an account, or of what belongs to none.

    tell(ctx, event(ctx, EventType.CONSENT_GIVEN, {"person_id": …}))
    await tell_of(ctx, account_id, event(ctx, EventType.PARTY_ADDED, {…}))

Data are ids, codes, days and figures; a reason stays where it was entered, since it may name
somebody.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from app.domain.books.enter import Draft
from app.domain.entries.events import Event, EventType
from app.domain.errors import NotFound
from app.services.context import Context
from app.services.telling.withholding import without_names
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.books import stream, telling, write
from app.storage.books.entry import Entry


def event(ctx: Context, kind: EventType, data: Mapping[str, object]) -> Event:
    """One thing to tell of this request, by whoever makes it."""
    return Event(
        type=kind,
        business_date=ctx.business_date,
        data=data,
        actor=ctx.actor,
        role=ctx.role,
        origin=ctx.origin,
    )


def tell(ctx: Context, *told: Event) -> None:
    """Tell of what belongs to no account, in the tenant's stream, when the transaction commits."""
    stream.tell(ctx.tx, *told)


async def tell_of(ctx: Context, account_id: UUID, *told: Event) -> None:
    """Tell of an account, in its own sequence; locks it. Raises `NotFound`.

    No day is closed by it, and no fold is asked. Not beside unwritten `Work` of the same account:
    that tells by `Work.tell`.
    """
    account = await accounts.lock(ctx.tx, account_id)
    if account is None:
        raise NotFound(resource="account", key=str(account_id))
    entries = [_entry(account, told)]
    await write.write(ctx.tx, ctx.tenant_id, await without_names(ctx, entries))


async def tell_of_many(
    ctx: Context,
    told: Iterable[tuple[UUID, Event]],
    *,
    locked: Mapping[UUID, StoredAccount] | None = None,
) -> None:
    """`tell_of` several accounts at once, each account's in the order given.

    `locked`: accounts of which nothing was written since they were read and locked.
    """
    by_account: dict[UUID, list[Event]] = {}
    for account_id, one in told:
        by_account.setdefault(account_id, []).append(one)
    if not by_account:
        return
    had = locked or {}
    found = {**had, **await accounts.lock_many(ctx.tx, by_account.keys() - had.keys())}
    for account_id in by_account.keys() - found.keys():
        raise NotFound(resource="account", key=str(account_id))
    entries = [_entry(found[account_id], events) for account_id, events in by_account.items()]
    await telling.tell(ctx.tx, ctx.tenant_id, await without_names(ctx, entries))


def _entry(account: StoredAccount, told: Iterable[Event]) -> Entry:
    draft = Draft(state=account.state, events=tuple(told))
    return Entry(account=account, draft=draft, due_on=account.next_review_on)
