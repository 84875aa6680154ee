"""Contact policies as stored: every version a tenant saved, of which the newest in force counts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.storage.database.engine import Transaction
from app.storage.tables import ContactPolicy, table

_POLICY = table(ContactPolicy)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContactPolicy:
    """A version as it was saved. `effective_from`: the first of the tenant's days it counts on."""

    name: str
    version: int
    effective_from: date
    document: Mapping[str, Any]
    business_date: date
    recorded_at: datetime
    actor: str | None
    role: str
    key_id: UUID | None


_COLUMNS = tuple(_POLICY.c[one.name] for one in fields(StoredContactPolicy))


async def read_all(tx: Transaction) -> tuple[StoredContactPolicy, ...]:
    """Every version, by name and version: worth keeping while the tenant's policy epoch stands."""
    query = select(*_COLUMNS).order_by(_POLICY.c.name, _POLICY.c.version)
    return tuple(StoredContactPolicy(**row) for row in (await tx.execute(query)).mappings())


async def read(
    tx: Transaction, name: str, version: int | None = None
) -> StoredContactPolicy | None:
    """That version, or the newest, in force or not yet; None where there is none."""
    query = select(*_COLUMNS).where(_POLICY.c.name == name)
    if version is not None:
        query = query.where(_POLICY.c.version == version)
    newest = query.order_by(_POLICY.c.version.desc()).limit(1)
    row = (await tx.execute(newest)).mappings().first()
    return StoredContactPolicy(**row) if row else None


async def find(tx: Transaction, *, after: str | None, limit: int) -> list[StoredContactPolicy]:
    """The newest version of each the tenant has, by name."""
    query = (
        select(*_COLUMNS)
        .ext(distinct_on(_POLICY.c.name))
        .order_by(_POLICY.c.name, _POLICY.c.version.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(_POLICY.c.name > after)
    return [StoredContactPolicy(**row) for row in (await tx.execute(query)).mappings()]


async def add(tx: Transaction, tenant_id: UUID, saved: StoredContactPolicy) -> None:
    """Append a version; whoever saves one holds the tenant's policies (`raise_epoch`)."""
    row = {**asdict(saved), "document": dict(saved.document), "tenant_id": tenant_id}
    await tx.execute(insert(_POLICY).values(row))
