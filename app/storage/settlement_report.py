"""Settlements to which something happened in a span of days: for the creditor's report."""

from datetime import date
from typing import Any

from sqlalchemy import or_, select

from app.domain.policy import Role
from app.domain.settling import SettlementStatus
from app.storage import tables
from app.storage.engine import Transaction

_ACCOUNT = tables.table(tables.Account)
_SETTLEMENT = tables.table(tables.Settlement)
_DAYS = ("offered_on", "accepted_on", "satisfied_on", "voided_on", "closed_on")
_FIGURES = ("creditor_reference", "role", "status", *_DAYS, "forgiven_minor", "paid_minor")


async def touched(tx: Transaction, *, since: date, until: date) -> tuple[dict[str, Any], ...]:
    """The figures of each, by name, with its account's currency."""
    column = _SETTLEMENT.c
    query = (
        select(*(column[name] for name in _FIGURES), _ACCOUNT.c.currency)
        .join(_ACCOUNT, _ACCOUNT.c.id == column.account_id)
        .where(or_(*(column[name].between(since, until) for name in _DAYS)))
        .order_by(column.id)
    )
    return tuple(
        {**row, "role": Role(row["role"]), "status": SettlementStatus(row["status"])}
        for row in (await tx.execute(query)).mappings()
    )
