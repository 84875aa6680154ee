"""Plans as stored: what was agreed, found and listed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Uuid,
    all_,
    exists,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from app.storage import tables
from app.storage.database.engine import Transaction

_AMENDMENT = tables.table(tables.Amendment)
_END = tables.table(tables.AmendmentEnd)
_FACT = tables.table(tables.Fact)
_PLAN = tables.table(tables.Plan)
_INSTALLMENT = tables.table(tables.Installment)


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRevision:
    """A change that waits for approval: the revision it would be."""

    number: int
    kind: str
    proposed_on: date


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
    pending: PendingRevision | None = None


#: One at most waits; it comes with its plan, so that nobody has to ask for it.
_PENDING = (
    select(
        func.jsonb_build_object(
            "number", _AMENDMENT.c.number,
            "kind", _AMENDMENT.c.cause,
            "proposed_on", _AMENDMENT.c.business_date,
        )
    )
    .outerjoin(
        _END,
        (_END.c.tenant_id == _AMENDMENT.c.tenant_id)
        & (_END.c.account_id == _AMENDMENT.c.account_id)
        & (_END.c.amendment_id == _AMENDMENT.c.id),
    )
    .where(
        _AMENDMENT.c.tenant_id == _PLAN.c.tenant_id,
        _AMENDMENT.c.account_id == _PLAN.c.account_id,
        _AMENDMENT.c.plan_id == _PLAN.c.id,
        _END.c.amendment_id.is_(None),
    )
    .order_by(_AMENDMENT.c.number.desc())
    .limit(1)
    .correlate(_PLAN)
    .scalar_subquery()
    .label("pending")
)  # fmt: skip
_NOTHING: Mapping[UUID, Collection[UUID]] = {}
_OWN = [name for name in StoredPlan.__dataclass_fields__ if name != "pending"]
_COLUMNS = [*(_PLAN.c[name] for name in _OWN), _PENDING]


async def read(tx: Transaction, account_id: UUID, plan_id: UUID) -> StoredPlan | None:
    """One plan; None where there is none."""
    query = select(*_COLUMNS).where(_PLAN.c.account_id == account_id, _PLAN.c.id == plan_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return _stored(row) if row else None


async def find(
    tx: Transaction,
    *,
    account_id: UUID | None,
    status: str | None,
    standing: str | None,
    judged: Mapping[UUID, Collection[UUID]] = _NOTHING,
    due_from: date | None,
    due_to: date | None,
    after: UUID | None,
    limit: int,
) -> tuple[StoredPlan, ...]:
    """A page of plans by id; with `due_from`/`due_to`, those with something open due then.

    As last written, but for accounts `judged` since: of those, the plans that are named.
    """
    query: Select[Any] = select(*_COLUMNS)
    asked: list[ColumnElement[bool]] = []
    if account_id is not None:
        query = query.where(_PLAN.c.account_id == account_id)
    if status is not None:
        asked.append(_PLAN.c.status == status)
    if standing is not None:
        asked.append(_PLAN.c.standing == standing)
    if due_from is not None or due_to is not None:
        asked.append(_due_between(due_from, due_to))
    if judged:
        asked.append(_PLAN.c.account_id != all_(literal(list(judged), ARRAY(Uuid))))
    if after is not None:
        asked.append(_PLAN.c.id > after)
    query = query.where(*asked).order_by(_PLAN.c.id).limit(limit)
    named = sorted(
        (plan_id, account)
        for account, plan_ids in judged.items()
        for plan_id in plan_ids
        if after is None or plan_id > after
    )
    if named:
        these = tuple_(_PLAN.c.id, _PLAN.c.account_id).in_(named[:limit])
        both = union_all(query.subquery().select(), select(*_COLUMNS).where(these)).subquery()
        query = both.select().order_by(both.c.id).limit(limit)
    return tuple(_stored(row) for row in (await tx.execute(query)).mappings())


def _due_between(since: date | None, until: date | None) -> ColumnElement[bool]:
    """Whether a plan has something open due from one day to another, both inclusive."""
    row = _INSTALLMENT.c
    due = select(1).where(
        row.tenant_id == _PLAN.c.tenant_id,
        row.account_id == _PLAN.c.account_id,
        row.plan_id == _PLAN.c.id,
        row.satisfied_on.is_(None),
        row.voided_on.is_(None),
    )
    if since is not None:
        due = due.where(row.due_on >= since)
    if until is not None:
        due = due.where(row.due_on <= until)
    return exists(due)


def _stored(row: Mapping[Any, Any]) -> StoredPlan:
    waits = row["pending"]
    pending = waits and PendingRevision(
        number=waits["number"],
        kind=waits["kind"],
        proposed_on=date.fromisoformat(waits["proposed_on"]),
    )
    return StoredPlan(**{name: row[name] for name in _OWN}, pending=pending)
