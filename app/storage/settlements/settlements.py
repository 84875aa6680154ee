"""Settlements as stored: what was offered, found and listed; the fold says how they stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, select

from app.domain.limits import LimitBreach
from app.domain.schedule.build import Schedule
from app.storage import tables
from app.storage.books.settlement_rows import settlement_columns
from app.storage.books.statement import SETTLEMENT_CACHED
from app.storage.database.documents import breaches_from_json, schedule_from_json
from app.storage.database.engine import Transaction

__all__ = ["StoredSettlement", "cached", "find", "of_plan", "read", "settlement_columns"]

_SETTLEMENT = tables.table(tables.Settlement)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSettlement:
    """An offer as it was made; `created_at` is None of one not written yet."""

    id: UUID
    account_id: UUID
    amount_minor: int
    balance_minor: int
    forgives_minor: int
    installment_count: int
    offered_on: date
    expires_on: date
    policy_name: str
    policy_version: int
    terms: Mapping[str, Any]
    schedule: Schedule
    refusals: tuple[LimitBreach, ...]
    role: str
    actor: str | None
    key_id: UUID | None
    reason: str | None
    creditor_reference: str | None
    supersedes: UUID | None
    created_at: datetime


_COLUMNS = [_SETTLEMENT.c[name] for name in StoredSettlement.__dataclass_fields__]
_CACHED = select(*(_SETTLEMENT.c[name] for name in ("account_id", "id", *SETTLEMENT_CACHED))).where(
    _SETTLEMENT.c.account_id == any_(bindparam("account_ids", type_=ARRAY(Uuid)))
)


async def read(tx: Transaction, account_id: UUID, settlement_id: UUID) -> StoredSettlement | None:
    """One settlement; None where there is none."""
    query = select(*_COLUMNS).where(
        _SETTLEMENT.c.account_id == account_id, _SETTLEMENT.c.id == settlement_id
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return _stored(row) if row else None


async def of_plan(tx: Transaction, account_id: UUID, plan_id: UUID) -> UUID | None:
    """The settlement that a plan pays; None for a plan of another kind."""
    query = select(_SETTLEMENT.c.id).where(
        _SETTLEMENT.c.account_id == account_id, _SETTLEMENT.c.plan_id == plan_id
    )
    found: UUID | None = (await tx.execute(query)).scalar_one_or_none()
    return found


async def find(
    tx: Transaction,
    *,
    account_id: UUID | None,
    status: str | None,
    after: UUID | None,
    limit: int,
) -> tuple[StoredSettlement, ...]:
    """A page of settlements by id, in the order they were offered; `status` as last written."""
    query: Select[Any] = select(*_COLUMNS)
    if account_id is not None:
        query = query.where(_SETTLEMENT.c.account_id == account_id)
    if status is not None:
        query = query.where(_SETTLEMENT.c.status == status)
    if after is not None:
        query = query.where(_SETTLEMENT.c.id > after)
    rows = (await tx.execute(query.order_by(_SETTLEMENT.c.id).limit(limit))).mappings()
    return tuple(_stored(row) for row in rows)


async def cached(
    tx: Transaction, account_ids: Iterable[UUID]
) -> dict[UUID, dict[UUID, Mapping[str, Any]]]:
    """The cached columns of these accounts' settlements, by account and id: for the self-check."""
    wanted = sorted(set(account_ids))
    found: dict[UUID, dict[UUID, Mapping[str, Any]]] = {one: {} for one in wanted}
    for row in (await tx.execute(_CACHED, {"account_ids": wanted})).mappings():
        columns = {name: row[name] for name in ("id", *SETTLEMENT_CACHED)}
        found[row["account_id"]][row["id"]] = columns
    return found


def _stored(row: Mapping[Any, Any]) -> StoredSettlement:
    own = {
        **row,
        "schedule": schedule_from_json(row["schedule"]),
        "refusals": breaches_from_json(row["refusals"]["rules"]),
    }
    return StoredSettlement(**own)
