"""Plans as stored: what was agreed, found and listed; their revisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select

from app.domain.fact_kinds import FactKind
from app.storage import tables
from app.storage.engine import Transaction

_FACT = tables.table(tables.Fact)
_PLAN = tables.table(tables.Plan)
_REVISION = tables.table(tables.Revision)
_INSTALLMENT = tables.table(tables.Installment)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPlan:
    """What was agreed and by what consent; how it stands is the account's state to say."""

    id: UUID
    account_id: UUID
    reference: str | None
    kind: str
    terms: Mapping[str, Any]
    consent: Mapping[str, Any] | None
    quote_id: UUID | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRevision:
    """A schedule a plan went through."""

    number: int
    fact_id: UUID
    cause: str
    effective_on: date
    actor: str | None
    terms: Mapping[str, Any]
    schedule: Mapping[str, Any]
    created_at: datetime


_COLUMNS = [_PLAN.c[name] for name in StoredPlan.__dataclass_fields__]
_REVISION_COLUMNS = [_REVISION.c[name] for name in StoredRevision.__dataclass_fields__]


async def read(tx: Transaction, account_id: UUID, plan_id: UUID) -> StoredPlan | None:
    """One plan; None where there is none."""
    query = select(*_COLUMNS).where(_PLAN.c.account_id == account_id, _PLAN.c.id == plan_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return StoredPlan(**row) if row else None


async def find(
    tx: Transaction,
    *,
    account_id: UUID | None,
    status: str | None,
    due_from: date | None,
    due_to: date | None,
    after: UUID | None,
    limit: int,
) -> tuple[StoredPlan, ...]:
    """A page of plans by id; with `due_from`/`due_to`, those with something open due then."""
    query: Select[Any] = select(*_COLUMNS)
    if account_id is not None:
        query = query.where(_PLAN.c.account_id == account_id)
    if status is not None:
        query = query.where(_PLAN.c.status == status)
    if due_from is not None or due_to is not None:
        row = _INSTALLMENT.c
        due = select(1).where(
            row.tenant_id == _PLAN.c.tenant_id,
            row.account_id == _PLAN.c.account_id,
            row.plan_id == _PLAN.c.id,
            row.satisfied_on.is_(None),
            row.voided_on.is_(None),
        )
        if due_from is not None:
            due = due.where(row.due_on >= due_from)
        if due_to is not None:
            due = due.where(row.due_on <= due_to)
        query = query.where(exists(due))
    if after is not None:
        query = query.where(_PLAN.c.id > after)
    rows = (await tx.execute(query.order_by(_PLAN.c.id).limit(limit))).mappings()
    return tuple(StoredPlan(**row) for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUndo:
    """When and by whom a change was taken back."""

    undoes: UUID
    on: date
    actor: str | None
    reason: str | None


async def undoings(tx: Transaction, account_id: UUID) -> tuple[StoredUndo, ...]:
    """The changes of schedules that were taken back on an account."""
    query = (
        select(_FACT.c.business_date, _FACT.c.actor, _FACT.c.body)
        .where(_FACT.c.account_id == account_id, _FACT.c.kind == FactKind.REVISION_UNDO)
        .order_by(_FACT.c.sequence)
    )
    return tuple(
        StoredUndo(
            undoes=UUID(row.body["undoes"]),
            on=row.business_date,
            actor=row.actor,
            reason=row.body.get("reason"),
        )
        for row in await tx.execute(query)
    )


async def revisions(tx: Transaction, account_id: UUID, plan_id: UUID) -> tuple[StoredRevision, ...]:
    """Every schedule the plan went through, first one first."""
    query = (
        select(*_REVISION_COLUMNS)
        .where(_REVISION.c.account_id == account_id, _REVISION.c.plan_id == plan_id)
        .order_by(_REVISION.c.number)
    )
    return tuple(StoredRevision(**row) for row in (await tx.execute(query)).mappings())
