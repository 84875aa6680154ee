"""An item whose account is locked: what every act on it begins with, and keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput, NotFound
from app.domain.limits import LimitBreach
from app.domain.refusals.commands import OutsideAuthority
from app.domain.refusals.worklists import WorkItemClaimed, WorkItemEnded
from app.domain.vocabulary import Role
from app.domain.worklists.dialer import DIALED_FOR
from app.domain.worklists.lists import Worklist
from app.services.context import Context
from app.services.persons.persons import named_actor
from app.services.telling.tell import event, tell, tell_of
from app.services.worklists.items import view_item
from app.services.worklists.lists import item_of, refuse_role, resolve_item
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.ids import new_id
from app.storage.worklists import items, strays
from app.storage.worklists.items import StoredItem, WorkDone

MAX_AHEAD: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemState:
    """An item after an act. `account_id` None: a message about none."""

    id: UUID
    worklist: Worklist
    account_id: UUID | None
    stored: StoredItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An item whose account is locked; `account` None: a message about none, which is."""

    worklist: Worklist
    about_id: UUID
    account: StoredAccount | None
    stored: StoredItem
    actor: str

    @property
    def id(self) -> UUID:
        return item_of(self.worklist.name, self.about_id)


async def claim_locked(
    ctx: Context, worklist: Worklist, about_id: UUID, actor: str, *, stray: bool
) -> datetime | None:
    """Give an item whose account, or message, is locked to somebody for as long as its list says.

    None: a dialer has it since.
    """
    until_at = ctx.instant + timedelta(minutes=worklist.claim_minutes)
    if stray:  # no dialer is given any
        claim = {"claimed_by": actor, "claimed_until_at": until_at}
        await strays.put(ctx.tx, about_id, worklist.name, **claim)
        said = {"until_at": until_at.isoformat()}
        await _append(ctx, (worklist, about_id), "claimed", said, stray=True)
        return until_at
    got = await items.claim(
        ctx.tx, ctx.tenant_id, (worklist.name, [about_id]), by=actor, until_at=until_at,
        now=ctx.instant,
    )  # fmt: skip
    if not got:
        return None
    said = {"until_at": until_at.isoformat()}
    await _append(ctx, (worklist, about_id), "claimed", said, stray=False)
    return until_at


async def hold(ctx: Context, item_id: UUID, *, over: bool = False) -> Held:
    """The item, its account locked. `over`: whoever asks may act on another's."""
    actor = named_actor(ctx)
    named = await resolve_item(ctx, item_id)
    worklist, about_id = named.worklist, named.about_id
    refuse_role(ctx, worklist)
    account = None if named.stray else await accounts.lock(ctx.tx, about_id)
    if account is None and not named.stray:
        raise NotFound(resource="work item", key=str(item_id))
    read = strays.read if named.stray else items.read
    stored = await read(ctx.tx, about_id, worklist.name)
    by, until_at = stored.claimed_by, stored.claimed_until_at
    if not over and by not in (None, actor) and until_at is not None and until_at > ctx.instant:
        whose = str(by)
        whose = "dialer" if whose.startswith(DIALED_FOR) else whose
        raise WorkItemClaimed(claimed_by=whose, until_at=until_at)
    return Held(
        worklist=worklist, about_id=about_id, account=account, stored=stored, actor=actor
    )  # fmt: skip


async def refuse_ended(ctx: Context, held: Held) -> None:
    """Whoever has it may end it, though its reasons ended first."""
    if held.stored.claimed_by == held.actor:
        return
    if await view_item(ctx, held.worklist, held.about_id) is None:
        raise WorkItemEnded


def refuse_giving(ctx: Context, held: Held, actor: str | None) -> None:
    """To another than oneself a supervisor gives an item. Raises `OutsideAuthority`."""
    if actor == held.actor or ctx.role.rank >= Role.SUPERVISOR.rank:
        return
    breach = LimitBreach(
        rule="work_item.assign", limit=Role.SUPERVISOR.rank, actual=ctx.role.rank,
        message="an item is given to somebody else by a supervisor",
        override_role=Role.SUPERVISOR,
    )  # fmt: skip
    raise OutsideAuthority(role=ctx.role, refusals=(breach,))


def refuse_instant(ctx: Context, at: datetime, pointer: str) -> None:
    if not ctx.instant < at <= ctx.instant + MAX_AHEAD:
        raise InvalidInput.at(pointer, "must lie after now, and within a year")


def tomorrow(ctx: Context) -> datetime:
    """Where the tenant's next day begins."""
    day = ctx.business_date + timedelta(days=1)
    return datetime.combine(day, time.min, ZoneInfo(ctx.time_zone)).astimezone(UTC)


async def put(ctx: Context, held: Held, **values: object) -> None:
    """Say how a held item stands now."""
    name = held.worklist.name
    if held.account is None:
        await strays.put(ctx.tx, held.about_id, name, **values)
    else:
        await items.put(ctx.tx, ctx.tenant_id, held.account.id, name, **values)


async def note_done(
    ctx: Context, held: Held, kind: str, body: Mapping[str, Any], note: str | None = None
) -> None:
    """Keep what was done of an item: codes in the body, words beside it."""
    item = (held.worklist, held.about_id)
    await _append(ctx, item, kind, body, note, stray=held.account is None)


async def _append(
    ctx: Context,
    item: tuple[Worklist, UUID],
    kind: str,
    body: Mapping[str, Any],
    note: str | None = None,
    *,
    stray: bool,
) -> None:
    worklist, about_id = item
    plain = {name: str(v) if isinstance(v, UUID) else v for name, v in body.items()}
    done = WorkDone(
        id=new_id(), about_id=about_id, worklist=worklist.name, kind=kind, body=plain,
        note=note, at=ctx.instant, business_date=ctx.business_date, actor=ctx.actor,
        role=str(ctx.role), key_id=ctx.key_id,
    )  # fmt: skip
    add_fact = strays.add_fact if stray else items.add_fact
    await add_fact(ctx.tx, ctx.tenant_id, done)


async def tell_done(ctx: Context, held: Held, kind: EventType, data: Mapping[str, object]) -> None:
    """Tell of it in the account's sequence; of a message about none, in the tenant's stream."""
    own = {"work_item_id": held.id, "worklist": held.worklist.name}
    told = event(ctx, kind, {**own, **data})
    if held.account is None:
        tell(ctx, told)
    else:
        await tell_of(ctx, held.account.id, told)


async def state_of(ctx: Context, held: Held) -> ItemState:
    """How it stands after an act."""
    read = strays.read if held.account is None else items.read
    return ItemState(
        id=held.id,
        worklist=held.worklist,
        account_id=None if held.account is None else held.account.id,
        stored=await read(ctx.tx, held.about_id, held.worklist.name),
    )
