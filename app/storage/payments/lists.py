"""Payments listed: in the order they were entered, or by the day they count on.

Each list is read from an index in its own order, from where the page before ended.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, select, tuple_

from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.payments.payments import STORED, StoredPayment, with_lines

_HANDLE = tables.table(tables.Handle)
_PAYMENT = tables.table(tables.Payment)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentsWanted:
    """What a list of payments is asked for; None asks for any. Days are inclusive."""

    account_id: UUID | None = None
    reference: str | None = None
    since: date | None = None
    until: date | None = None
    status: str | None = None

    @property
    def by_day(self) -> bool:
        """Whether it goes by the effective date, and within a day by the order of entry."""
        return self.since is not None or self.until is not None


async def find(
    tx: Transaction, wanted: PaymentsWanted, *, after: tuple[Any, ...] | None, limit: int
) -> tuple[StoredPayment, ...]:
    """A page of payments after a key: (id), or (effective date, id) of a list by day."""
    p = _PAYMENT.c
    query: Select[Any] = select(*STORED)
    order: tuple[ColumnElement[Any], ...] = (p.effective_on, p.id) if wanted.by_day else (p.id,)
    if wanted.account_id is not None:
        query = query.where(p.account_id == wanted.account_id)
    if wanted.reference is not None:
        query = query.where(p.reference == wanted.reference, _claimed_by(wanted.reference))
    if wanted.since is not None:
        query = query.where(p.effective_on >= wanted.since)
    if wanted.until is not None:
        query = query.where(p.effective_on <= wanted.until)
    if wanted.status is not None:
        query = query.where(p.status == wanted.status)
    if after is not None:
        query = query.where(tuple_(*order) > after)
    return await with_lines(tx, query.order_by(*order).limit(limit))


def _claimed_by(reference: str) -> ColumnElement[bool]:
    """Whether a payment's id is one of those that had the reference: each replaced the last."""
    h, later = _HANDLE.c, _HANDLE.alias("later")
    chain = (
        select(h.id)
        .where(h.kind == "payment", h.key == reference)
        .cte("claimed_by", recursive=True)
    )
    chain = chain.union_all(
        select(later.c.id).where(
            later.c.kind == "replacement", later.c.key == cast(chain.c.id, Text)
        )
    )
    return _PAYMENT.c.id.in_(select(chain.c.id))
