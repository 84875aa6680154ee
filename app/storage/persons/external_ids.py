"""What other systems call our things, as stored: one that was ended or erased names nothing."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert

from app.storage.database.engine import Transaction
from app.storage.tables import ExternalId, table

_ROW = table(ExternalId)
_STANDS = _ROW.c.ended_at.is_(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredExternalId:
    """A thing, what a system calls it, and who said so."""

    id: UUID
    system: str
    kind: str
    external_id: str
    thing_id: UUID
    recorded_at: datetime
    actor: str | None
    role: str
    key_id: UUID | None
    origin: str | None


_COLUMNS = tuple(_ROW.c[one.name] for one in fields(StoredExternalId))


async def add(
    tx: Transaction, tenant_id: UUID, one: StoredExternalId
) -> tuple[StoredExternalId, bool]:
    """What the external id names, and whether that is new."""
    made = (
        insert(_ROW)
        .values(tenant_id=tenant_id, **asdict(one))
        .on_conflict_do_nothing(
            index_elements=["tenant_id", "system", "kind", "external_id"], index_where=_STANDS
        )
        .returning(*_COLUMNS)
    )
    row = (await tx.execute(made)).mappings().one_or_none()
    if row is not None:
        return StoredExternalId(**row), True
    had = select(*_COLUMNS).where(*_named(one.system, one.kind, one.external_id))
    return StoredExternalId(**(await tx.execute(had)).mappings().one()), False


async def read(
    tx: Transaction, system: str, kind: str, external_id: str
) -> StoredExternalId | None:
    """What an external id names."""
    query = select(*_COLUMNS).where(*_named(system, kind, external_id))
    row = (await tx.execute(query)).mappings().one_or_none()
    return StoredExternalId(**row) if row else None


async def of_things(
    tx: Transaction, kind: str, thing_ids: Collection[UUID], *, limit: int
) -> list[StoredExternalId]:
    """What these things are called, in the order it was said."""
    query = select(*_COLUMNS).where(_ROW.c.kind == kind, _ROW.c.thing_id.in_(thing_ids), _STANDS)
    rows = await tx.execute(query.order_by(_ROW.c.id).limit(limit))
    return [StoredExternalId(**row) for row in rows.mappings()]


async def end(
    tx: Transaction, system: str, kind: str, external_id: str, *, at: datetime, actor: str | None
) -> bool:
    """Let it name nothing from now on; whether it named anything."""
    change = update(_ROW).where(*_named(system, kind, external_id))
    return (await tx.execute(change.values(ended_at=at, end_actor=actor))).rowcount > 0


def _named(system: str, kind: str, external_id: str) -> tuple[ColumnElement[bool], ...]:
    named = (_ROW.c.system == system, _ROW.c.kind == kind, _ROW.c.external_id == external_id)
    return (*named, _STANDS)
