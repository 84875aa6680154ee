"""Deliveries of reports as stored: one a schedule, day and recipient, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.storage.database.engine import Transaction
from app.storage.tables import ReportDelivery, table

_DELIVERY = table(ReportDelivery)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDelivery:
    """A report to a recipient, and where that stands."""

    id: UUID
    schedule_id: UUID
    due_on: date
    recipient: int
    kind: str
    address: str
    from_on: date
    to_on: date
    known_on: date
    run_id: UUID | None
    status: str
    problem: str | None
    tries: int
    next_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


_COLUMNS = tuple(_DELIVERY.c[name] for name in StoredDelivery.__dataclass_fields__)


async def add(
    tx: Transaction, tenant_id: UUID, rows: Sequence[Mapping[str, Any]]
) -> list[StoredDelivery]:
    """Those that were not there yet."""
    made = []
    for row in rows:
        new = insert(_DELIVERY).values(tenant_id=tenant_id, **row).on_conflict_do_nothing()
        found = (await tx.execute(new.returning(*_COLUMNS))).mappings().one_or_none()
        made += [StoredDelivery(**found)] if found else []
    return made


async def find(
    tx: Transaction, schedule_id: UUID, *, after: UUID | None, limit: int
) -> list[StoredDelivery]:
    """A schedule's, the newest first."""
    query = select(*_COLUMNS).where(_DELIVERY.c.schedule_id == schedule_id)
    if after is not None:
        query = query.where(_DELIVERY.c.id < after)
    rows = (await tx.execute(query.order_by(_DELIVERY.c.id.desc()).limit(limit))).mappings()
    return [StoredDelivery(**row) for row in rows]


async def claim_due(tx: Transaction, *, at: datetime) -> StoredDelivery | None:
    """The one that has waited longest, locked; one that another has is passed over."""
    query = (
        select(*_COLUMNS)
        .where(_DELIVERY.c.next_at <= at)
        .order_by(_DELIVERY.c.next_at)
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True)
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return StoredDelivery(**row) if row else None


async def change(tx: Transaction, delivery_id: UUID, values: Mapping[str, Any]) -> None:
    """What came of it."""
    await tx.execute(update(_DELIVERY).where(_DELIVERY.c.id == delivery_id).values(**values))


async def still(tx: Transaction, delivery_id: UUID, *, tries: int) -> bool:
    """Whether it is still at that try and being sent; locks it."""
    query = (
        select(_DELIVERY.c.id)
        .where(_DELIVERY.c.id == delivery_id, _DELIVERY.c.tries == tries)
        .where(_DELIVERY.c.status == "sending")
        .with_for_update(key_share=True)
    )
    return (await tx.execute(query)).first() is not None
