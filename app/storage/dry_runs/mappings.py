"""Kept mappings of columns, by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.storage.database.engine import Transaction
from app.storage.tables import ImportMapping, table

_MAPPING = table(ImportMapping)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMapping:
    """How sheets of a kind are to be understood."""

    name: str
    kind: str
    columns: dict[str, Any]
    formats: dict[str, Any]
    version: int
    changed_at: datetime
    actor: str | None


_COLUMNS = tuple(_MAPPING.c[name] for name in StoredMapping.__dataclass_fields__)


async def read(tx: Transaction, name: str, *, lock: bool = False) -> StoredMapping | None:
    """A mapping; locked where it is to be changed."""
    query = select(*_COLUMNS).where(_MAPPING.c.name == name)
    if lock:
        query = query.with_for_update(key_share=True)
    row = (await tx.execute(query)).mappings().one_or_none()
    return StoredMapping(**row) if row else None


async def find(tx: Transaction, *, after: str | None, limit: int) -> list[StoredMapping]:
    """Mappings by name."""
    query = select(*_COLUMNS).order_by(_MAPPING.c.name).limit(limit)
    if after is not None:
        query = query.where(_MAPPING.c.name > after)
    return [StoredMapping(**row) for row in (await tx.execute(query)).mappings()]


async def save(tx: Transaction, tenant_id: UUID, said: Mapping[str, Any]) -> None:
    """Keep a mapping under its name, in place of the one there was."""
    made = insert(_MAPPING).values(tenant_id=tenant_id, **said)
    anew = {name: made.excluded[name] for name in said if name != "name"}
    await tx.execute(made.on_conflict_do_update(index_elements=["tenant_id", "name"], set_=anew))
