"""Imports as stored: queued, taken by one worker at a time, moved on with every page."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.types import DateTime, Integer

from app.storage.database.engine import Transaction
from app.storage.tables import ImportRun, table

_RUN = table(ImportRun)
_DUE = text("SELECT * FROM accord_imports_due(:by, :most)").bindparams(
    bindparam("by", type_=DateTime(timezone=True)), bindparam("most", type_=Integer)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImport:
    """An import as it stands after its last page."""

    id: UUID
    kind: str
    dry_run: bool
    said: Mapping[str, Any]
    header: Sequence[str]
    sha256: bytes
    bytes: int
    warnings: Sequence[str]
    status: str
    problem: str | None
    bytes_read: int
    line: int
    counts: Mapping[str, Any]
    tries: int
    next_at: datetime | None
    lease_id: UUID | None
    business_date: date
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    forget_at: datetime | None
    actor: str | None
    role: str
    key_id: UUID | None
    origin: str | None


_COLUMNS = tuple(_RUN.c[one.name] for one in fields(StoredImport))


async def add(tx: Transaction, tenant_id: UUID, made: StoredImport) -> None:
    """Queue it, due at once by the database's clock: a sandbox's own may be another."""
    given = {**asdict(made), "next_at": func.now()}
    await tx.execute(insert(_RUN).values(tenant_id=tenant_id, **given))


async def read(tx: Transaction, import_id: UUID, *, lock: bool = False) -> StoredImport | None:
    """One import."""
    query = select(*_COLUMNS).where(_RUN.c.id == import_id)
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings()
    found = row.one_or_none()
    return StoredImport(**found) if found else None


async def find(tx: Transaction, *, after: UUID | None, limit: int) -> list[StoredImport]:
    """Imports, the newest first."""
    query = select(*_COLUMNS).order_by(_RUN.c.id.desc()).limit(limit)
    if after is not None:
        query = query.where(_RUN.c.id < after)
    return [StoredImport(**row) for row in (await tx.execute(query)).mappings()]


async def count_waiting(tx: Transaction) -> int:
    """How many of the tenant's have not ended."""
    query = select(func.count()).select_from(_RUN).where(_RUN.c.next_at.is_not(None))
    return int((await tx.execute(query)).scalar_one())


async def due_tenants(tx: Transaction, *, by: datetime, most: int) -> tuple[UUID, ...]:
    """The tenants that have a file to work on, the longest due first. Enters none."""
    rows = await tx.execute(_DUE, {"by": by, "most": most})
    return tuple(row.tenant_id for row in rows)


async def claim(
    tx: Transaction, *, lease_id: UUID, at: datetime, until: datetime, started_at: datetime
) -> StoredImport | None:
    """The tenant's longest due import, which nobody else works on until `until`."""
    first = (
        select(_RUN.c.id)
        .where(_RUN.c.next_at <= at)
        .order_by(_RUN.c.next_at, _RUN.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = (await tx.execute(first)).scalar_one_or_none()
    if found is None:
        return None
    taken = update(_RUN).where(_RUN.c.id == found)
    values = {
        "status": "running", "lease_id": lease_id, "next_at": until,
        "tries": _RUN.c.tries + 1, "started_at": func.coalesce(_RUN.c.started_at, started_at),
    }  # fmt: skip
    row = (await tx.execute(taken.values(values).returning(*_COLUMNS))).mappings().one()
    return StoredImport(**row)


async def held(tx: Transaction, import_id: UUID, lease_id: UUID) -> StoredImport | None:
    """The import, locked; None where it is no longer the holder of the lease's."""
    query = select(*_COLUMNS).where(_RUN.c.id == import_id, _RUN.c.lease_id == lease_id)
    row = (await tx.execute(query.with_for_update())).mappings().one_or_none()
    return StoredImport(**row) if row else None


async def change(tx: Transaction, import_id: UUID, values: Mapping[str, Any]) -> None:
    """Move on one that is locked."""
    await tx.execute(update(_RUN).where(_RUN.c.id == import_id).values(dict(values)))


async def to_forget(tx: Transaction, *, at: datetime, limit: int) -> list[UUID]:
    """Imports whose rejected lines have been kept long enough, locked."""
    query = select(_RUN.c.id).where(_RUN.c.forget_at <= at).order_by(_RUN.c.forget_at)
    rows = await tx.execute(query.limit(limit).with_for_update(skip_locked=True))
    return [row.id for row in rows]


async def forgotten(tx: Transaction, import_ids: Sequence[UUID]) -> None:
    """Nothing is kept of what was rejected any more."""
    await tx.execute(update(_RUN).where(_RUN.c.id.in_(import_ids)).values(forget_at=None))
