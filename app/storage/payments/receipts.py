"""Money received, posted or in suspense, as a processor would list it: by reference, by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, literal, or_, select, tuple_, union_all

from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.payments.payments import chains_of
from app.storage.payments.suspense import NOWHERE

_PAYMENT = tables.table(tables.Payment)
_ITEM = tables.table(tables.Suspense)
_END = tables.table(tables.SuspenseEnd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Money received under a reference; `status` as the payment's, or suspense's own."""

    reference: str
    id: UUID
    amount_minor: int
    currency: str
    effective_on: date
    status: str
    method: str


def _posted(*where: ColumnElement[bool]) -> Select[Any]:
    p = _PAYMENT.c
    return select(
        p.reference, p.id, p.amount_minor, p.currency, p.effective_on, p.status, p.method
    ).where(*where)


def _waiting(*where: ColumnElement[bool]) -> Select[Any]:
    """What never became a payment: it waits, or was given back."""
    i = _ITEM.c
    joined = _ITEM.outerjoin(_END, (_END.c.tenant_id == i.tenant_id) & (_END.c.suspense_id == i.id))
    unassigned = or_(_END.c.kind.is_(None), _END.c.kind != "assigned")
    return (
        select(
            i.reference, i.id, i.amount_minor, i.currency, i.effective_on,
            literal("suspense").label("status"), i.method,
        )
        .select_from(joined)
        .where(unassigned, *where)
    )  # fmt: skip


async def by_reference(tx: Transaction, references: Iterable[str]) -> dict[str, Receipt]:
    """What was received under these references: the newest, where one was posted anew."""
    chains = await chains_of(tx, references)
    newest = {reference: chain[-1] for reference, chain in chains.items()}
    pairs = [pair for pair in newest.values() if pair[0] != NOWHERE]
    unplaced = [own_id for owner, own_id in newest.values() if owner == NOWHERE]
    found: dict[str, Receipt] = {}
    if pairs:
        mine = tuple_(_PAYMENT.c.account_id, _PAYMENT.c.id).in_(sorted(pairs))
        for row in await tx.execute(_posted(mine)):
            found[row.reference] = _receipt(row)
    if unplaced:
        either = union_all(_waiting(_ITEM.c.id.in_(unplaced)), _posted(_PAYMENT.c.id.in_(unplaced)))
        for row in await tx.execute(either):
            found[row.reference] = _receipt(row)
    return found


async def between(
    tx: Transaction,
    *,
    since: date,
    until: date,
    method: str | None,
    after: UUID | None,
    limit: int,
) -> tuple[Receipt, ...]:
    """A page by id of what is effective on these days, both included."""

    def narrowed(c: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 - a table's columns
        where = [c.effective_on >= since, c.effective_on <= until]
        if method is not None:
            where.append(c.method == method)
        if after is not None:
            where.append(c.id > after)
        return where

    both = union_all(_posted(*narrowed(_PAYMENT.c)), _waiting(*narrowed(_ITEM.c))).subquery()
    rows = await tx.execute(select(both).order_by(both.c.id).limit(limit))
    return tuple(_receipt(row) for row in rows)


def _receipt(row: Row[Any]) -> Receipt:
    return Receipt(**row._asdict())
