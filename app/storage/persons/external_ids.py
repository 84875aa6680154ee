"""What other systems call our things, as stored: one that was ended or erased names nothing."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert

from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared
from app.storage.database.tenanted import of_tenant
from app.storage.database.unavailable import Unavailable
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
_TAKEN = Prepared(
    of_tenant("""
    SELECT e.system, e.external_id, e.thing_id FROM external_id AS e
    JOIN unnest(CAST(:systems AS text[]), CAST(:ids AS text[])) AS n(system, external_id)
        USING (system, external_id)
    WHERE e.tenant_id = :the_tenant AND e.kind = CAST(:kind AS text) AND e.ended_at IS NULL
    """)
)


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


async def add_many(tx: Transaction, tenant_id: UUID, made: Sequence[StoredExternalId]) -> None:
    """Name several things. Raises `Unavailable` where another request named one meanwhile."""
    rows = [{"tenant_id": tenant_id, **asdict(one)} for one in made]
    named = insert(_ROW).on_conflict_do_nothing(
        index_elements=["tenant_id", "system", "kind", "external_id"], index_where=_STANDS
    )
    if rows and len((await tx.execute(named.returning(_ROW.c.id), rows)).all()) < len(rows):
        raise Unavailable("reference")


async def taken(
    tx: Transaction, kind: str, named: Collection[tuple[str, str]]
) -> dict[tuple[str, str], UUID]:
    """What those of the external ids (system, id) name that name something."""
    if not named:
        return {}
    systems, ids = zip(*named, strict=True)
    rows = await _TAKEN.rows(tx, kind=kind, systems=list(systems), ids=list(ids))
    return {(row["system"], row["external_id"]): row["thing_id"] for row in rows}


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
