"""Unmatched money as stored: claimed by its reference, found, locked, ended once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from app.domain.values import replace
from app.domain.vocabulary import Role
from app.storage import tables
from app.storage.database.engine import Transaction

#: Stands for the account of a reference whose money found none: no account has this id.
NOWHERE = UUID(int=0)

_HANDLE = tables.table(tables.Handle)
_ITEM = tables.table(tables.Suspense)
_END = tables.table(tables.SuspenseEnd)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEnd:
    """How an item left: assigned to `account_id`, or (None) given back."""

    suspense_id: UUID
    id: UUID
    kind: str
    account_id: UUID | None
    effective_on: date
    business_date: date
    reference: str | None
    actor: str | None
    key_id: UUID | None = None
    role: Role | None = None
    origin: str | None = None
    entered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSuspense:
    """A payment nobody could match, as it came; `end` says how it left, if it did."""

    id: UUID
    reference: str
    account_reference: str | None
    named_account_id: UUID | None
    why: str
    amount_minor: int
    currency: str
    effective_on: date
    method: str
    kind: str
    future: str | None
    component: str | None
    named_plan_id: UUID | None
    funded_by: str
    content_hash: bytes
    business_date: date
    actor: str | None
    key_id: UUID | None = None
    role: Role | None = None
    origin: str | None = None
    received_at: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    end: StoredEnd | None = None

    @property
    def status(self) -> str:
        """Whether it waits (`suspense`), or was assigned or refunded."""
        return self.end.kind if self.end else "suspense"


_OF_ITEM = tuple(n for n in StoredSuspense.__dataclass_fields__ if n != "end")
_OF_END = tuple(StoredEnd.__dataclass_fields__)
_JOINED = _ITEM.outerjoin(
    _END, (_END.c.tenant_id == _ITEM.c.tenant_id) & (_END.c.suspense_id == _ITEM.c.id)
)
_READ = select(
    *(_ITEM.c[name] for name in _OF_ITEM), *(_END.c[name].label(f"end_{name}") for name in _OF_END)
).select_from(_JOINED)


async def put(tx: Transaction, tenant_id: UUID, item: StoredSuspense) -> StoredSuspense | None:
    """Claim an item's reference and keep it; None when the reference is taken already."""
    if not await _claim(tx, tenant_id, "payment", item.reference, item.id):
        return None
    own = {name: getattr(item, name) for name in _OF_ITEM if name != "received_at"}
    kept = insert(_ITEM).values(tenant_id=tenant_id, **own).returning(_ITEM.c.received_at)
    return replace(item, received_at=(await tx.execute(kept)).scalar_one())


async def read_many(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, StoredSuspense]:
    """Those of the items that exist, by id, unlocked."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = await tx.execute(_READ.where(_ITEM.c.id.in_(wanted)))
    return {row.id: _stored(row) for row in rows}


async def lock(tx: Transaction, item_id: UUID) -> StoredSuspense | None:
    """The item, its row locked until the transaction ends; None where there is none.

    Its end is read after the lock was got: what another transaction ended is seen.
    """
    mine = select(_ITEM.c.id).where(_ITEM.c.id == item_id).with_for_update(key_share=True)
    if (await tx.execute(mine)).scalar_one_or_none() is None:
        return None
    return (await read_many(tx, [item_id])).get(item_id)


async def end(tx: Transaction, tenant_id: UUID, ended: StoredEnd) -> None:
    """Say how an item left; its row must be locked and no end be there."""
    own = {name: getattr(ended, name) for name in _OF_END if name != "entered_at"}
    await tx.execute(insert(_END).values(tenant_id=tenant_id, **own))


async def claim_refund(tx: Transaction, tenant_id: UUID, reference: str, refund_id: UUID) -> bool:
    """Claim a refund's own reference. False: it names something else already."""
    return await _claim(tx, tenant_id, "refund", reference, refund_id)


async def find(
    tx: Transaction,
    *,
    status: str | None,
    reference: str | None,
    known_on: date,
    after: UUID | None,
    limit: int,
) -> tuple[StoredSuspense, ...]:
    """A page of items by id, of what was known on a business date."""
    ended = _END.c.suspense_id.is_not(None) & (_END.c.business_date <= known_on)
    query: Select[Any] = _READ.where(_ITEM.c.business_date <= known_on)
    if status == "suspense":
        query = query.where(~ended | _END.c.suspense_id.is_(None))
    elif status is not None:
        query = query.where(ended, _END.c.kind == status)
    if reference is not None:
        claimed = select(_HANDLE.c.id).where(
            _HANDLE.c.kind == "payment", _HANDLE.c.key == reference
        )
        query = query.where(_ITEM.c.id.in_(claimed))
    if after is not None:
        query = query.where(_ITEM.c.id > after)
    rows = await tx.execute(query.order_by(_ITEM.c.id).limit(limit))
    return tuple(_stored(row) for row in rows)


async def _claim(tx: Transaction, tenant_id: UUID, kind: str, key: str, own_id: UUID) -> bool:
    """Whether a reference was free and is now this item's."""
    own = {"kind": kind, "key": key, "account_id": NOWHERE, "id": own_id}
    claim = upsert(_HANDLE).values(tenant_id=tenant_id, **own).on_conflict_do_nothing()
    got = await tx.execute(claim.returning(_HANDLE.c.id))
    return got.scalar_one_or_none() is not None


def _stored(row: Row[Any]) -> StoredSuspense:
    columns = row._mapping  # noqa: SLF001 - the documented way to a row's names
    ended = {name: columns[f"end_{name}"] for name in _OF_END}
    return StoredSuspense(
        **{name: columns[name] for name in _OF_ITEM},
        end=StoredEnd(**ended) if ended["suspense_id"] else None,
    )
