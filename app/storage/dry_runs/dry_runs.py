"""Dry runs as stored: the sheet in pages of rows, its verdicts beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, insert, select, text, update
from sqlalchemy.types import DateTime, Integer

from app.storage.database.engine import Transaction
from app.storage.tables import DryRun, DryRunPage, table

_RUN, _PAGE = table(DryRun), table(DryRunPage)
_DUE = text("SELECT * FROM accord_sheets_due(:by, :most)").bindparams(
    bindparam("by", type_=DateTime(timezone=True)), bindparam("most", type_=Integer)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDryRun:
    """A sheet that was tried, and how it was understood."""

    id: UUID
    kind: str
    sha256: bytes
    sheets: list[str]
    sheet: str
    headings: list[str]
    rows: int
    blank_rows: int
    hidden_rows: int
    columns: dict[str, Any]
    formats: dict[str, Any]
    counts: dict[str, Any]
    shown: list[Any] | None
    found: bytes
    status: str
    outcome: dict[str, Any] | None
    version: int
    business_date: date
    created_at: datetime
    expires_at: datetime
    committed_at: datetime | None
    forget_at: datetime | None
    actor: str | None
    role: str
    key_id: UUID | None
    origin: str | None
    mode: str | None
    pages_stored: int
    tries: int
    problem: str | None
    asked_id: UUID | None
    asked_at: datetime | None
    asked_actor: str | None
    asked_role: str | None
    asked_key_id: UUID | None
    asked_origin: str | None
    asked_because: str | None
    asks: list[Any] | None
    compared: dict[str, Any] | None
    decision: str | None
    decided_at: datetime | None
    decided_actor: str | None
    decided_role: str | None
    decided_key_id: UUID | None
    decided_because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """Rows, each `[number, [cell, …]]`, and the verdicts that are not simply ok, by number."""

    number: int
    cells: list[Any]
    verdicts: list[Any]


_COLUMNS = tuple(_RUN.c[name] for name in StoredDryRun.__dataclass_fields__)


async def add(
    tx: Transaction, tenant_id: UUID, made: Mapping[str, Any], pages: Sequence[StoredPage]
) -> None:
    """Keep a dry run and its rows."""
    await tx.execute(insert(_RUN).values(tenant_id=tenant_id, **made))
    for page in pages:
        await tx.execute(
            insert(_PAGE).values(
                tenant_id=tenant_id,
                dry_run_id=made["id"],
                number=page.number,
                cells=page.cells,
                verdicts=page.verdicts,
            )
        )


async def read(tx: Transaction, dry_run_id: UUID, *, lock: bool = False) -> StoredDryRun | None:
    """A dry run; locked where it is to be changed."""
    query = select(*_COLUMNS).where(_RUN.c.id == dry_run_id)
    if lock:
        query = query.with_for_update(key_share=True)
    row = (await tx.execute(query)).mappings().one_or_none()
    return StoredDryRun(**row) if row else None


async def page(tx: Transaction, dry_run_id: UUID, number: int) -> StoredPage | None:
    """A page of its rows; None behind the last, and where they were emptied."""
    query = select(_PAGE.c.number, _PAGE.c.cells, _PAGE.c.verdicts).where(
        _PAGE.c.dry_run_id == dry_run_id, _PAGE.c.number == number, _PAGE.c.cells.is_not(None)
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return StoredPage(**row) if row else None


async def judged(tx: Transaction, dry_run_id: UUID, number: int, verdicts: list[Any]) -> None:
    """Write down what was said of a page's rows."""
    mine = update(_PAGE).where(_PAGE.c.dry_run_id == dry_run_id, _PAGE.c.number == number)
    await tx.execute(mine.values(verdicts=verdicts))


async def change(tx: Transaction, dry_run_id: UUID, values: Mapping[str, Any]) -> None:
    """Rewrite what is found and what became of it."""
    await tx.execute(update(_RUN).where(_RUN.c.id == dry_run_id).values(**values))


async def due_tenants(tx: Transaction, *, by: datetime, most: int) -> tuple[UUID, ...]:
    """The tenants that have a sheet to store, the longest due first. Enters none."""
    rows = await tx.execute(_DUE, {"by": by, "most": most})
    return tuple(row.tenant_id for row in rows)


async def claim(
    tx: Transaction, *, lease_id: UUID, at: datetime, until: datetime
) -> StoredDryRun | None:
    """The tenant's longest due sheet, which nobody else stores until `until`."""
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
    values = {"lease_id": lease_id, "next_at": until, "tries": _RUN.c.tries + 1}
    taken = update(_RUN).where(_RUN.c.id == found).values(values).returning(*_COLUMNS)
    return StoredDryRun(**(await tx.execute(taken)).mappings().one())


async def held(tx: Transaction, dry_run_id: UUID, lease_id: UUID) -> StoredDryRun | None:
    """The sheet, locked; None where it is no longer the holder of the lease's."""
    query = select(*_COLUMNS).where(_RUN.c.id == dry_run_id, _RUN.c.lease_id == lease_id)
    row = (await tx.execute(query.with_for_update())).mappings().one_or_none()
    return StoredDryRun(**row) if row else None


async def to_forget(tx: Transaction, *, at: datetime, limit: int) -> list[UUID]:
    """Dry runs whose time is over and whose cells are still here; none that is being stored."""
    query = (
        select(_RUN.c.id)
        .where(_RUN.c.forget_at <= at, _RUN.c.next_at.is_(None))
        .order_by(_RUN.c.forget_at)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return list((await tx.execute(query)).scalars())


async def forget(tx: Transaction, dry_run_ids: Sequence[UUID]) -> None:
    """Empty their cells and people's words; counts, hashes and who decided stay.

    What waited for approval waits no longer.
    """
    if dry_run_ids:
        mine = update(_PAGE).where(_PAGE.c.dry_run_id.in_(dry_run_ids))
        await tx.execute(mine.values(cells=None, verdicts=None))
        over = update(_RUN).where(_RUN.c.id.in_(dry_run_ids))
        waited = _RUN.c.status == "pending_approval"
        await tx.execute(
            over.values(
                shown=None,
                forget_at=None,
                asked_because=None,
                decided_because=None,
                status=case((waited, "expired"), else_=_RUN.c.status),
                version=case((waited, _RUN.c.version + 1), else_=_RUN.c.version),
            )
        )


async def by_id(tx: Transaction, dry_run_ids: Iterable[UUID]) -> dict[UUID, StoredDryRun]:
    """Those of the ids that are there."""
    if not (ids := list(dry_run_ids)):
        return {}
    query = select(*_COLUMNS).where(_RUN.c.id.in_(ids))
    return {row["id"]: StoredDryRun(**row) for row in (await tx.execute(query)).mappings()}
