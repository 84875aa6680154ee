"""The next item for somebody: the first that is theirs to work, that nobody holds, that they may.

Two who ask at once never get the same: the account's row is taken with SKIP LOCKED, and what was
found is looked at once more while it is held.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from math import ceil
from typing import Final
from uuid import UUID

from app.domain.contact.words import Channel
from app.domain.errors import InvalidInput
from app.domain.values import replace
from app.domain.worklists.lists import Worklist
from app.domain.worklists.order import Why
from app.services.context import Context
from app.services.persons.persons import named_actor
from app.services.worklists.held import claim_locked
from app.services.worklists.items import ItemView, asked_of, view_item, views_of
from app.services.worklists.lists import refuse_role
from app.storage.assignments import assignments, teams
from app.storage.worklists import find, items, strays
from app.storage.worklists.find import Asked, FoundItem

#: Items found together, and pages at one asking: what is not found then, is found by the next.
PAGE: Final = 50
MOST_PAGES: Final = 4
#: Of a page, how many are asked about together where the first of all cannot be worked.
AT_ONCE: Final = 5
#: For how long nobody asks again whether the gate still forbids every channel.
GATE_MINUTES: Final = 15
#: Where nobody knows when there will be something to do, and at the longest.
DEFAULT_WAIT_S: Final = 300
LONGEST_WAIT_S: Final = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The item that was claimed, or in how many seconds to ask again."""

    item: ItemView | None
    retry_after_s: int = 0


async def take_next(
    ctx: Context, worklist: Worklist, *, channels: Collection[Channel] | None = None
) -> Taken:
    """Claim the next item of a list. `channels`: of the list's, those somebody can use.

    Items that are given to somebody else are passed by; so are accounts, on a list by which people
    are reached: what waits at another desk is not theirs who work the account. Raises
    `OutsideAuthority`, `InvalidInput`.
    """
    actor = named_actor(ctx)
    refuse_role(ctx, worklist)
    asked_for = _narrowed(worklist, channels)
    asked, _ = await asked_of(ctx)
    wanted = replace(asked, offered=True, for_actor=actor)
    for _ in range(MOST_PAGES):
        page = await find.find(ctx.tx, worklist, wanted, limit=PAGE)
        if not page:
            break
        wanted = replace(wanted, after=page[-1].place)
        view = await _take_of(ctx, asked_for, page, actor, whole=asked_for == worklist)
        if view is not None:
            return Taken(item=view)
    return Taken(item=None, retry_after_s=await _wait_s(ctx, worklist, asked))


def _narrowed(worklist: Worklist, channels: Collection[Channel] | None) -> Worklist:
    if channels is None:
        return worklist
    known = tuple(one for one in worklist.channels if one in channels)
    if len(known) != len(set(channels)):
        raise InvalidInput.at("/channels", f"should be of {', '.join(worklist.channels)}")
    return replace(worklist, channels=known)


async def _take_of(
    ctx: Context, worklist: Worklist, page: Sequence[FoundItem], actor: str, *, whole: bool
) -> ItemView | None:
    """The first of a page that can be worked, claimed; what the gate forbids is remembered.

    As a rule the first of all can be. Where not, the others are asked about some at a time.
    """
    mine = list(page)
    if worklist.channels:
        given = set(await theirs(ctx, [one.account_id for one in page], actor))
        mine = [one for one in page if one.account_id in given]
    first = await _try(ctx, worklist, mine, actor)
    if first is None or first.claimed:
        return None if first is None else first.view
    if whole and first.view is not None:
        await _remember(ctx, worklist, [first.view])
    others = [one for one in mine if one.account_id != first.about_id]
    for start in range(0, len(others), AT_ONCE):
        some = others[start : start + AT_ONCE]
        views = await views_of(ctx, worklist, some, today=ctx.business_date)
        if whole:
            await _remember(ctx, worklist, views)
        free = [one.found for one in views if one.waiting is None]
        while (tried := await _try(ctx, worklist, free, actor)) is not None:
            if tried.claimed:
                return tried.view
            free = [one for one in free if one.account_id != tried.about_id]
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """What is held now, and its item, if it still is one; whether it was claimed."""

    about_id: UUID
    view: ItemView | None
    claimed: bool = False


async def _try(
    ctx: Context, worklist: Worklist, found: Sequence[FoundItem], actor: str
) -> _Tried | None:
    """Hold the first that nobody holds, and claim it as it stands then; None: all are held."""
    held = await _take(ctx, found)
    if held is None:
        return None
    about_id = held.account_id
    view = await view_item(ctx, worklist, about_id)
    if view is None or view.waiting or view.found.assigned_to not in (None, actor):
        return _Tried(about_id=about_id, view=view)
    until_at = await claim_locked(ctx, worklist, about_id, actor, stray=held.stray)
    if until_at is None:
        return _Tried(about_id=about_id, view=view)
    claimed = replace(view.found, claimed_by=actor, claimed_until_at=until_at)
    return _Tried(about_id=about_id, view=replace(view, found=claimed), claimed=True)


async def _take(ctx: Context, found: Sequence[FoundItem]) -> FoundItem | None:
    """The first that nobody holds; accounts between two messages about none all at once."""
    for stray, some in groupby(found, key=lambda one: one.stray):
        by_id = {one.account_id: one for one in some}
        if not stray:
            account_id = await items.take(ctx.tx, list(by_id))
            if account_id is not None:
                return by_id[account_id]
            continue
        for contact_id, one in by_id.items():
            if await strays.take(ctx.tx, contact_id):
                return one
    return None


async def _remember(ctx: Context, worklist: Worklist, views: Sequence[ItemView]) -> None:
    latest = ctx.instant + timedelta(minutes=GATE_MINUTES)
    until = {
        one.found.account_id: min(one.waiting.until_at or latest, latest)
        for one in views
        if one.waiting is not None and one.waiting.why is Why.GATE
    }
    await items.remember_gate(ctx.tx, ctx.tenant_id, worklist.name, until)


async def theirs(ctx: Context, account_ids: Sequence[UUID], actor: str) -> list[UUID]:
    """Those of the accounts that are given to nobody, to the actor, or to a team of theirs."""
    given = await assignments.last(ctx.tx, account_ids)
    named = {one.assigned_team for one in given.values() if one.assigned_team is not None}
    read = [await teams.read(ctx.tx, name) for name in sorted(named)]
    mine = {one.name for one in read if one is not None and actor in one.actors}
    return [
        account_id
        for account_id in account_ids
        if (one := given.get(account_id)) is None
        or one.assigned_actor == actor
        or one.assigned_team in mine
        or (one.assigned_actor is None and one.assigned_team is None)
    ]


async def _wait_s(ctx: Context, worklist: Worklist, asked: Asked) -> int:
    at = await find.next_change(ctx.tx, worklist, asked)
    if at is None:
        return DEFAULT_WAIT_S
    seconds = ceil((at - ctx.instant).total_seconds())
    return max(1, min(seconds, LONGEST_WAIT_S))
