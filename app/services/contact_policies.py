"""Which contact policy an account is under: by its policy's name, its creditor, and an instant.

The contact policy by the name of the account's plan policy, else `default`, else what is shipped.
Of its versions the newest counts whose `effective_from` has come on the tenant's day.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.contact.policies import DEFAULT, SHIPPED_POLICY, ContactPolicy, read_policy
from app.services.context import Context
from app.storage.contacts import policies
from app.storage.contacts.policies import StoredContactPolicy

#: Tenants whose contact policies are kept in memory; the least lately asked for is dropped.
_SHELVES = 64
#: Readings kept a tenant: one a version and creditor that it names.
_READINGS = 256


@dataclass(slots=True, kw_only=True)
class _Shelf:
    epoch: int
    versions: dict[str, tuple[StoredContactPolicy, ...]]
    read: OrderedDict[tuple[str, int, str | None], ContactPolicy] = field(
        default_factory=OrderedDict
    )


_shelves: OrderedDict[UUID, _Shelf] = OrderedDict()


async def contact_policy_of(
    ctx: Context, policy_name: str | None, creditor_reference: str | None, at: datetime
) -> ContactPolicy:
    """The version in force at an instant, as it reads for the creditor; see `contact_policy_on`."""
    on = at.astimezone(ZoneInfo(ctx.time_zone)).date()
    return await contact_policy_on(ctx, policy_name, creditor_reference, on)


async def contact_policy_on(
    ctx: Context, policy_name: str | None, creditor_reference: str | None, on: date
) -> ContactPolicy:
    """The version in force on a day, as it reads for the creditor.

    Kept in memory for as long as the tenant's policy epoch, which came with its key, stands.
    `policy_name`: of the account's plan policy; None: `default`.
    """
    shelf = await _shelf_of(ctx)
    said = shelf.versions.get(policy_name or DEFAULT) or shelf.versions.get(DEFAULT) or ()
    found = next((one for one in reversed(said) if one.effective_from <= on), None)
    if found is None:
        return SHIPPED_POLICY
    named = found.document.get("creditors") or {}
    creditor = creditor_reference if creditor_reference in named else None
    key = (found.name, found.version, creditor)
    if key not in shelf.read:
        shelf.read[key] = read_policy(
            found.document,
            name=found.name,
            version=found.version,
            effective_from=found.effective_from,
            creditor=creditor,
        )
    shelf.read.move_to_end(key)
    while len(shelf.read) > _READINGS:
        shelf.read.popitem(last=False)
    return shelf.read[key]


async def contact_policies_on(ctx: Context, on: date) -> list[ContactPolicy]:
    """Every one in force on a day: of each name, as it reads for all and for each creditor."""
    shelf = await _shelf_of(ctx)
    found: list[ContactPolicy] = []
    for name, versions in sorted(shelf.versions.items()):
        current = next((one for one in reversed(versions) if one.effective_from <= on), None)
        if current is not None:
            creditors = (None, *sorted(current.document.get("creditors") or {}))
            found += [await contact_policy_on(ctx, name, one, on) for one in creditors]
    return found


async def _shelf_of(ctx: Context) -> _Shelf:
    shelf = _shelves.get(ctx.tenant_id)
    if shelf is None or shelf.epoch != ctx.policy_epoch:
        by_name: dict[str, list[StoredContactPolicy]] = {}
        for one in await policies.read_all(ctx.tx):
            by_name.setdefault(one.name, []).append(one)
        versions = {name: tuple(known) for name, known in by_name.items()}
        shelf = _Shelf(epoch=ctx.policy_epoch, versions=versions)
    _shelves[ctx.tenant_id] = shelf
    _shelves.move_to_end(ctx.tenant_id)
    while len(_shelves) > _SHELVES:
        _shelves.popitem(last=False)
    return shelf
