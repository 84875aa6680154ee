"""Schedules as stored, and whose turn it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update

from app.storage.database.engine import Transaction
from app.storage.tables import ReportSchedule, table

_SCHEDULE = table(ReportSchedule)
_DUE = text("SELECT tenant_id FROM accord_reports_due(:by, :most)")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSchedule:
    """Which report, of which period, on which days, for whom; and when it is due next."""

    id: UUID
    name: str
    report: str
    parameters: dict[str, Any]
    period: str
    at: str
    every: str
    on_days: list[int]
    business_days: str
    calendar: str | None
    form: str
    recipients: list[dict[str, str]]
    max_wait_hours: int
    attach: bool
    active: bool
    due_on: date | None
    due_at: datetime | None
    version: int
    created_at: datetime
    changed_at: datetime
    actor: str | None


_COLUMNS = tuple(_SCHEDULE.c[name] for name in StoredSchedule.__dataclass_fields__)
_THERE = select(*_COLUMNS).where(_SCHEDULE.c.deleted_at.is_(None))


async def add(tx: Transaction, tenant_id: UUID, said: Mapping[str, Any]) -> None:
    """A new schedule."""
    await tx.execute(insert(_SCHEDULE).values(tenant_id=tenant_id, **said))


async def read(tx: Transaction, schedule_id: UUID, *, lock: bool = False) -> StoredSchedule | None:
    """A schedule; locked where it is to be changed."""
    query = _THERE.where(_SCHEDULE.c.id == schedule_id)
    if lock:
        query = query.with_for_update(key_share=True)
    row = (await tx.execute(query)).mappings().one_or_none()
    return StoredSchedule(**row) if row else None


async def find(tx: Transaction, *, after: UUID | None, limit: int) -> list[StoredSchedule]:
    """Schedules, the oldest first."""
    query = _THERE.order_by(_SCHEDULE.c.id).limit(limit)
    if after is not None:
        query = query.where(_SCHEDULE.c.id > after)
    return [StoredSchedule(**row) for row in (await tx.execute(query)).mappings()]


async def change(tx: Transaction, schedule_id: UUID, values: Mapping[str, Any]) -> None:
    """Say it otherwise."""
    await tx.execute(update(_SCHEDULE).where(_SCHEDULE.c.id == schedule_id).values(**values))


async def due_tenants(tx: Transaction, *, by: datetime, most: int) -> tuple[UUID, ...]:
    """The tenants that have something to make or to bring. Enters none."""
    return tuple((await tx.execute(_DUE, {"by": by, "most": most})).scalars())


async def claim_due(tx: Transaction, *, at: datetime) -> StoredSchedule | None:
    """The schedule that has waited longest, locked; one that another makes is passed over."""
    query = (
        _THERE.where(_SCHEDULE.c.due_at <= at)
        .order_by(_SCHEDULE.c.due_at)
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True)
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return StoredSchedule(**row) if row else None
