"""Settlements to which something happened in a span of days: for the creditor's report."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, any_, func, literal, or_, select

from app.domain.vocabulary import Role, SettlementStatus
from app.storage import tables
from app.storage.database.engine import Transaction

_ACCOUNT = tables.table(tables.Account)
_SETTLEMENT = tables.table(tables.Settlement)
_DAYS = ("offered_on", "accepted_on", "satisfied_on", "voided_on", "closed_on")
_FIGURES = ("creditor_reference", "role", "status", *_DAYS, "forgiven_minor", "paid_minor")


def _happened(since: date, until: date) -> list[ColumnElement[bool]]:
    return [_SETTLEMENT.c[name].between(since, until) for name in _DAYS]


async def number(tx: Transaction, *, since: date, until: date, limit: int) -> int:
    """To how many settlements something happened on these days, counted to a limit."""
    found = select(literal(1)).where(or_(*_happened(since, until))).limit(limit).subquery()
    return int((await tx.execute(select(func.count()).select_from(found))).scalar_one())


async def touched(
    tx: Transaction, *, since: date, until: date, judged: Collection[UUID] = ()
) -> dict[UUID, dict[str, Any]]:
    """The figures of each as stored, by its id, with its account's currency.

    Of accounts `judged` since they were stored, all: the days may have changed any of them.
    """
    column = _SETTLEMENT.c
    mine = column.account_id == any_(literal(list(judged), ARRAY(Uuid)))
    query = (
        select(column.id, *(column[name] for name in _FIGURES), _ACCOUNT.c.currency)
        .join(
            _ACCOUNT,
            and_(_ACCOUNT.c.tenant_id == column.tenant_id, _ACCOUNT.c.id == column.account_id),
        )
        .where(or_(*_happened(since, until), mine))
        .order_by(column.id)
    )
    return {
        row["id"]: {
            **{name: row[name] for name in (*_FIGURES, "currency")},
            "role": Role(row["role"]),
            "status": SettlementStatus(row["status"]),
        }
        for row in (await tx.execute(query)).mappings()
    }
