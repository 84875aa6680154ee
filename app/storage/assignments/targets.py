"""Targets as stored: each change is a row; the one that was not replaced counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on

from app.domain.reports.targets import Target as Aim
from app.storage.database.engine import Transaction
from app.storage.tables import Target, table

_TARGET = table(Target)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTarget:
    """What is to be reached, how often it was said otherwise, and who said it last."""

    id: UUID
    scope: str
    whose: str
    metric: str
    currency: str | None
    from_on: date
    to_on: date
    value: int | None
    number: int
    business_date: date
    recorded_at: datetime
    actor: str | None
    role: str


_COLUMNS = tuple(_TARGET.c[name] for name in StoredTarget.__dataclass_fields__)
_STANDING = select(*_COLUMNS).where(~_TARGET.c.replaced)
#: Who changes a tenant's targets waits for who does.
_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('targets ' || accord_tenant_id()::text, 0))"
)


async def lock(tx: Transaction) -> None:
    """Change the tenant's targets one after the other."""
    await tx.execute(_LOCK)


async def standing(tx: Transaction, aim: Aim) -> StoredTarget | None:
    """What counts of the same scope, metric, currency and span."""
    names = ("scope", "whose", "metric", "from_on", "to_on")
    same = [_TARGET.c[name] == getattr(aim, name) for name in names]
    query = _STANDING.where(*same, _TARGET.c.currency.is_not_distinct_from(aim.currency))
    row = (await tx.execute(query)).mappings().one_or_none()
    return StoredTarget(**row) if row else None


async def add(
    tx: Transaction, tenant_id: UUID, rows: Iterable[Mapping[str, Any]], replaces: Iterable[UUID]
) -> None:
    """Append targets in place of those they replace."""
    gone = sorted(replaces)
    if gone:
        await tx.execute(update(_TARGET).where(_TARGET.c.id.in_(gone)).values(replaced=True))
    written = [{**row, "tenant_id": tenant_id, "replaced": False} for row in rows]
    if written:
        await tx.execute(insert(_TARGET), written)


async def find(
    tx: Transaction,
    *,
    wanted: Mapping[str, str],
    on: date | None,
    after: UUID | None,
    limit: int,
) -> list[StoredTarget]:
    """Those that stand, in the order they were said last; `wanted` by column."""
    query = _STANDING.where(_TARGET.c.value.is_not(None)).order_by(_TARGET.c.id).limit(limit)
    query = query.where(*(_TARGET.c[name] == value for name, value in wanted.items()))
    if on is not None:
        query = query.where(_TARGET.c.from_on <= on, _TARGET.c.to_on >= on)
    if after is not None:
        query = query.where(_TARGET.c.id > after)
    return [StoredTarget(**row) for row in (await tx.execute(query)).mappings()]


async def known(
    tx: Transaction, *, on: date, known_on: date, currency: str | None, limit: int
) -> list[StoredTarget]:
    """Those whose span holds a day, as they were known on another, in the order of their rows.

    `currency`: of those of money, only these.
    """
    row = _TARGET.c
    same = (row.scope, row.whose, row.metric, row.from_on, row.to_on, row.currency)
    newest = (
        select(*_COLUMNS)
        .ext(distinct_on(*same))
        .where(row.from_on <= on, row.to_on >= on, row.business_date <= known_on)
        .order_by(*same, row.number.desc())
        .subquery()
    )
    query = select(newest).where(newest.c.value.is_not(None)).order_by(newest.c.id).limit(limit)
    if currency is not None:
        query = query.where(newest.c.currency.is_(None) | (newest.c.currency == currency))
    return [StoredTarget(**one) for one in (await tx.execute(query)).mappings()]
