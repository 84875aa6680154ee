"""Worklists as stored: every version of each, of which the newest counts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from app.storage.database.engine import Transaction
from app.storage.tables import Worklist, table

_LIST = table(Worklist)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWorklist:
    """A version as it was saved."""

    name: str
    version: int
    document: Mapping[str, Any]
    business_date: date
    recorded_at: datetime
    actor: str | None
    role: str
    key_id: UUID | None


_COLUMNS = tuple(_LIST.c[name] for name in StoredWorklist.__dataclass_fields__)
_NEWEST = (
    select(*_COLUMNS).ext(distinct_on(_LIST.c.name)).order_by(_LIST.c.name, _LIST.c.version.desc())
)  # fmt: skip
#: Who changes a tenant's worklists waits for who does.
_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('worklists ' || accord_tenant_id()::text, 0))"
)


async def lock(tx: Transaction) -> None:
    """Change the tenant's worklists one after the other."""
    await tx.execute(_LOCK)


async def read(tx: Transaction, name: str) -> StoredWorklist | None:
    """The newest version by that name."""
    row = (await tx.execute(_NEWEST.where(_LIST.c.name == name))).mappings().one_or_none()
    return StoredWorklist(**row) if row else None


async def read_all(tx: Transaction) -> list[StoredWorklist]:
    """The newest version of each, by name; there are few."""
    return [StoredWorklist(**row) for row in (await tx.execute(_NEWEST)).mappings()]


async def add(tx: Transaction, tenant_id: UUID, saved: StoredWorklist) -> None:
    """Append a version, holding the lock."""
    row = {**asdict(saved), "document": dict(saved.document), "tenant_id": tenant_id}
    await tx.execute(insert(_LIST).values(row))
