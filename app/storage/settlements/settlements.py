"""Settlements as stored: what was offered, found and listed; the fold says how they stand."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, all_, and_, any_, bindparam, literal, select

from app.domain.limits import LimitBreach
from app.domain.schedule.build import Schedule
from app.storage import tables
from app.storage.accounts.accounts import ACCOUNT_COLUMNS, StoredAccount, stored_account
from app.storage.accounts.judging import with_named
from app.storage.books.settlement_rows import settlement_columns
from app.storage.books.statement import SETTLEMENT_CACHED
from app.storage.database.documents import breaches_from_json, schedule_from_json
from app.storage.database.engine import Transaction

__all__ = ["StoredSettlement", "cached", "find", "of_plan", "read", "settlement_columns"]

_ACCOUNT = tables.table(tables.Account)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementListed:
    """A settlement of a list, with its account."""

    settlement: StoredSettlement
    account: StoredAccount


_NOTHING: Mapping[UUID, Collection[UUID]] = {}
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


async def by_id(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, StoredSettlement]:
    """Those of the settlements that exist, by id."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = (await tx.execute(select(*_COLUMNS).where(_SETTLEMENT.c.id.in_(wanted)))).mappings()
    return {row["id"]: _stored(row) for row in rows}


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
    judged: Mapping[UUID, Collection[UUID]] = _NOTHING,
    after: UUID | None,
    limit: int,
) -> tuple[SettlementListed, ...]:
    """A page of settlements by id, in the order they were offered, each with its account.

    `status` as last written, but for accounts `judged` since: of those, what is named.
    """
    own = _SETTLEMENT.c
    asked: list[ColumnElement[bool]] = []
    if account_id is not None:
        asked.append(own.account_id == account_id)
    if status is not None:
        asked.append(own.status == status)
    if judged:
        asked.append(own.account_id != all_(literal(list(judged), ARRAY(Uuid))))
    if after is not None:
        asked.append(own.id > after)
    found = select(own.id, own.account_id).where(*asked).order_by(own.id).limit(limit)
    page = with_named(found, judged, after=after, limit=limit).subquery()
    query = (
        select(*ACCOUNT_COLUMNS, *(one.label(f"settlement_{one.name}") for one in _COLUMNS))
        .select_from(page)
        .join(_SETTLEMENT, and_(own.account_id == page.c.account_id, own.id == page.c.id))
        .join(
            _ACCOUNT,
            and_(_ACCOUNT.c.tenant_id == own.tenant_id, _ACCOUNT.c.id == page.c.account_id),
        )
        .order_by(page.c.id)
    )
    account, names = len(ACCOUNT_COLUMNS), [one.name for one in _COLUMNS]
    return tuple(
        SettlementListed(
            settlement=_stored(dict(zip(names, row[account:], strict=True))),
            account=stored_account(row[:account]),
        )
        for row in await tx.execute(query)
    )


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
