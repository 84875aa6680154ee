"""Templates as stored: every version a tenant saved, of which the newest counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import convert, to_builtins
from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from app.domain.templates.template import Template
from app.storage.database.engine import Transaction
from app.storage.tables import Template as Row
from app.storage.tables import table

_TEMPLATE = table(Row)
_FIELDS = (
    "key", "version", "channel", "purpose", "locales", "asks_for_money", "deadline", "sample",
)  # fmt: skip
_SAVED = ("business_date", "recorded_at", "actor", "role")
_COLUMNS = tuple(_TEMPLATE.c[name] for name in (*_FIELDS, *_SAVED))
#: Who saves a tenant's templates waits for who does.
_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('templates ' || accord_tenant_id()::text, 0))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTemplate:
    """A version as it was saved, when and by whom."""

    template: Template
    business_date: date
    recorded_at: datetime
    actor: str | None
    role: str


async def lock(tx: Transaction) -> None:
    """Save the tenant's templates one after the other."""
    await tx.execute(_LOCK)


async def read(tx: Transaction, key: str, version: int | None = None) -> Template | None:
    """That version, or the newest; None where the tenant has saved none."""
    found = await read_saved(tx, key, version)
    return found.template if found else None


async def read_saved(tx: Transaction, key: str, version: int | None = None) -> SavedTemplate | None:
    """The same, with who saved it."""
    query = select(*_COLUMNS).where(_TEMPLATE.c.key == key)
    if version is not None:
        query = query.where(_TEMPLATE.c.version == version)
    row = (await tx.execute(query.order_by(_TEMPLATE.c.version.desc()).limit(1))).mappings().first()
    return _saved(row) if row else None


async def find(tx: Transaction, *, after: str | None, limit: int) -> list[SavedTemplate]:
    """The newest version of each the tenant has, by key."""
    query = (
        select(*_COLUMNS)
        .ext(distinct_on(_TEMPLATE.c.key))
        .order_by(_TEMPLATE.c.key, _TEMPLATE.c.version.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(_TEMPLATE.c.key > after)
    return [_saved(row) for row in (await tx.execute(query)).mappings()]


async def add(
    tx: Transaction, tenant_id: UUID, saved: SavedTemplate, *, key_id: UUID | None
) -> None:
    """Append a version."""
    said = {name: getattr(saved, name) for name in _SAVED}
    words = {name: to_builtins(getattr(saved.template, name)) for name in _FIELDS}
    row = {**words, **said, "tenant_id": tenant_id, "key_id": key_id}
    await tx.execute(insert(_TEMPLATE).values(row))


def _saved(row: Mapping[Any, Any]) -> SavedTemplate:
    template = convert({name: row[name] for name in _FIELDS}, Template)
    return SavedTemplate(template=template, **{name: row[name] for name in _SAVED})
