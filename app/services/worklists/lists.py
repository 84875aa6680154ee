"""Worklists: saved in versions that never change; what nobody saved reads as it is shipped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.domain.agreement.acts import Office, check_office
from app.domain.errors import InvalidInput, NotFound
from app.domain.limits import LimitBreach
from app.domain.refusals.commands import OutsideAuthority
from app.domain.worklists.lists import SHIPPED, Worklist, document_of, item_id, read_worklist
from app.services.context import Context
from app.services.etags import Expected
from app.storage.worklists import items, lists, strays
from app.storage.worklists.lists import StoredWorklist

MAX_LISTS = 100
_MASK_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistView:
    """A list as it is now, and who saved it; version 0 nobody did."""

    worklist: Worklist
    business_date: date | None = None
    recorded_at: datetime | None = None
    actor: str | None = None

    @property
    def document(self) -> Mapping[str, Any]:
        return document_of(self.worklist)


async def find_worklists(ctx: Context) -> list[WorklistView]:
    """All of them by name, the shipped ones among the tenant's own; a hundred at most."""
    own = {one.name: _view(one) for one in await lists.read_all(ctx.tx)}
    shipped = {name: WorklistView(worklist=one) for name, one in SHIPPED.items()}
    return [one for _, one in sorted({**shipped, **own}.items())]


async def read_worklist_view(ctx: Context, name: str) -> WorklistView:
    """A list as it is now. Raises `NotFound`."""
    found = await lists.read(ctx.tx, name)
    if found is not None:
        return _view(found)
    if name in SHIPPED:
        return WorklistView(worklist=SHIPPED[name])
    raise NotFound(resource="worklist", key=name)


async def save_worklist(
    ctx: Context, name: str, document: Mapping[str, Any], if_match: Expected | None
) -> tuple[WorklistView, bool]:
    """The next version by this name, and whether it is the first. The same again makes none.

    Raises `OutsideAuthority`, `InvalidInput`, `EtagMismatch`.
    """
    check_office(Office.SAVE_WORKLIST, ctx.role)
    await lists.lock(ctx.tx)
    known = await lists.read(ctx.tx, name)
    version = known.version if known else 0
    if if_match is not None:
        if_match.check(version)
    asked = read_worklist(document, name=name, version=version + 1)
    if known is not None and document_of(_view(known).worklist) == document_of(asked):
        return _view(known), False
    if known is None and len(await lists.read_all(ctx.tx)) >= MAX_LISTS:
        raise InvalidInput.at("/name", f"a tenant has at most {MAX_LISTS} worklists of its own")
    saved = StoredWorklist(
        name=name,
        version=version + 1,
        document=document_of(asked),
        business_date=ctx.business_date,
        recorded_at=ctx.instant,
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
    )
    await lists.add(ctx.tx, ctx.tenant_id, saved)
    return _view(saved), known is None


def item_of(worklist: str, account_id: UUID) -> UUID:
    """The id of an account's item on a list."""
    return item_id(sha256(worklist.encode()).digest()[:_MASK_BYTES], account_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What an item's id says: its list, and its account, or (`stray`) a message about none."""

    worklist: Worklist
    about_id: UUID
    stray: bool


async def resolve_item(ctx: Context, wanted: UUID) -> Named:
    """Which list and account an item's id says. Raises `NotFound`."""
    by_id = {item_of(one.worklist.name, wanted): one.worklist for one in await find_worklists(ctx)}
    for about_id in await items.known(ctx.tx, by_id):
        return Named(worklist=by_id[about_id], about_id=about_id, stray=False)
    for about_id in await strays.known(ctx.tx, by_id):
        return Named(worklist=by_id[about_id], about_id=about_id, stray=True)
    raise NotFound(resource="work item", key=str(wanted))


def refuse_role(ctx: Context, worklist: Worklist) -> None:
    """Refuse whoever is not of the list's roles. Raises `OutsideAuthority`."""
    if not worklist.roles or ctx.role in worklist.roles:
        return
    least = min(worklist.roles, key=lambda one: one.rank)
    breach = LimitBreach(
        rule="worklist_roles",
        limit=least.rank,
        actual=ctx.role.rank,
        message=f"The worklist {worklist.name} is worked by {', '.join(worklist.roles)}.",
        override_role=least,
    )
    raise OutsideAuthority(role=ctx.role, refusals=(breach,))


def _view(stored: StoredWorklist) -> WorklistView:
    return WorklistView(
        worklist=read_worklist(stored.document, name=stored.name, version=stored.version),
        business_date=stored.business_date,
        recorded_at=stored.recorded_at,
        actor=stored.actor,
    )
