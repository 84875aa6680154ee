"""Payments as stored, with the lines in force, and the ledger's rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select, tuple_

from app.domain.account.lines import Line
from app.domain.facts.kinds import FactKind
from app.domain.money import Component
from app.storage import tables
from app.storage.accounts.accounts import owner_of, resolve
from app.storage.database.engine import Transaction
from app.storage.payments.suspense import NOWHERE

_PAYMENT = tables.table(tables.Payment)
_ALLOCATION = tables.table(tables.Allocation)
_POSTING = tables.table(tables.Posting)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPayment:
    """A payment as it stands; `lines` say where its money went, the rest is unapplied."""

    id: UUID
    account_id: UUID
    reference: str
    amount_minor: int
    currency: str
    effective_on: date
    method: str
    kind: str
    funded_by: str
    future: str | None
    component: str | None
    plan_id: UUID | None
    content_hash: bytes
    status: str
    unapplied_minor: int
    generation: int
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One posting as stored."""

    id: UUID
    sequence: int
    kind: str
    effective_on: date
    business_date: date
    posted_at: datetime
    amount_minor: int
    principal_minor: int
    interest_minor: int
    fees_minor: int
    penalties_minor: int
    costs_minor: int
    unapplied_minor: int
    balance_after_minor: int
    payment_id: UUID | None
    plan_id: UUID | None
    reverses: UUID | None
    reason: str | None
    actor: str | None
    reversed_kind: str | None  # of the row it takes back, where that is a row


_STORED = [_PAYMENT.c[n] for n in StoredPayment.__dataclass_fields__ if n != "lines"]
_REVERSED = _POSTING.alias("reversed")
_ROW = [_POSTING.c[n] for n in LedgerRow.__dataclass_fields__ if n != "reversed_kind"]


async def read(tx: Transaction, account_id: UUID, payment_id: UUID) -> StoredPayment | None:
    """One payment; None where there is none."""
    mine = (_PAYMENT.c.account_id == account_id, _PAYMENT.c.id == payment_id)
    found = await _payments(tx, select(*_STORED).where(*mine))
    return found[0] if found else None


async def read_many(
    tx: Transaction, wanted: Iterable[tuple[UUID, UUID]]
) -> tuple[StoredPayment, ...]:
    """Those of the payments, each given as (account id, id), that exist; in no order."""
    pairs = sorted(set(wanted))
    if not pairs:
        return ()
    mine = tuple_(_PAYMENT.c.account_id, _PAYMENT.c.id).in_(pairs)
    return await _payments(tx, select(*_STORED).where(mine))


async def of_references(
    tx: Transaction, references: Iterable[str]
) -> dict[str, tuple[StoredPayment, ...]]:
    """The payments that had each reference, oldest first: each posted the one before it anew.

    What only suspense holds has its reference, and no payment yet.
    """
    chains = await chains_of(tx, references)
    pairs = [await _placed(tx, pair) for chain in chains.values() for pair in chain]
    stored = {one.id: one for one in await read_many(tx, pairs)}
    return {
        key: tuple(stored[own_id] for _, own_id in chain if own_id in stored)
        for key, chain in chains.items()
    }


async def chains_of(
    tx: Transaction, references: Iterable[str]
) -> dict[str, list[tuple[UUID, UUID]]]:
    """(account id, id) of what had each reference, oldest first; most have had one payment."""
    chains = {key: [first] for key, first in (await resolve(tx, "payment", references)).items()}
    newest = {str(chain[0][1]): key for key, chain in chains.items()}
    while newest:
        found = await resolve(tx, "replacement", newest)
        for earlier, later in found.items():
            chains[newest[earlier]].append(later)
        newest = {str(later[1]): newest[earlier] for earlier, later in found.items()}
    return chains


async def _placed(tx: Transaction, pair: tuple[UUID, UUID]) -> tuple[UUID, UUID]:
    """A payment's account and id; one that came through suspense claimed its reference there."""
    account_id, own_id = pair
    if account_id == NOWHERE:
        account_id = await owner_of(tx, own_id, {FactKind.PAYMENT}) or NOWHERE
    return account_id, own_id


async def find(
    tx: Transaction,
    *,
    account_id: UUID | None,
    reference: str | None,
    since: date | None,
    until: date | None,
    status: str | None,
    after: UUID | None,
    limit: int,
) -> tuple[StoredPayment, ...]:
    """A page of payments by id, filtered by what is given (dates inclusive, effective)."""
    query: Select[Any] = select(*_STORED)
    if account_id is not None:
        query = query.where(_PAYMENT.c.account_id == account_id)
    if reference is not None:
        query = query.where(_PAYMENT.c.reference == reference)
    if since is not None:
        query = query.where(_PAYMENT.c.effective_on >= since)
    if until is not None:
        query = query.where(_PAYMENT.c.effective_on <= until)
    if status is not None:
        query = query.where(_PAYMENT.c.status == status)
    if after is not None:
        query = query.where(_PAYMENT.c.id > after)
    return await _payments(tx, query.order_by(_PAYMENT.c.id).limit(limit))


async def ledger(
    tx: Transaction, account_id: UUID, *, after: int = 0, limit: int | None = None
) -> tuple[LedgerRow, ...]:
    """An account's postings in order of entry, from after a sequence number."""
    reversed_one = and_(
        _REVERSED.c.tenant_id == _POSTING.c.tenant_id,
        _REVERSED.c.account_id == _POSTING.c.account_id,
        _REVERSED.c.id == _POSTING.c.reverses,
    )
    query = (
        select(*_ROW, _REVERSED.c.kind.label("reversed_kind"))
        .outerjoin(_REVERSED, reversed_one)
        .where(_POSTING.c.account_id == account_id, _POSTING.c.sequence > after)
        .order_by(_POSTING.c.sequence)
        .limit(limit)
    )
    return tuple(LedgerRow(**row) for row in (await tx.execute(query)).mappings())


async def _payments(tx: Transaction, query: Select[Any]) -> tuple[StoredPayment, ...]:
    rows = (await tx.execute(query)).mappings().all()
    lines = await _lines(tx, ((r["account_id"], r["id"], r["generation"]) for r in rows))
    return tuple(StoredPayment(**row, lines=tuple(lines.get(row["id"], ()))) for row in rows)


async def _lines(
    tx: Transaction, in_force: Iterable[tuple[UUID, UUID, int]]
) -> dict[UUID, list[Line]]:
    """The lines of each payment's newest generation."""
    a, wanted = _ALLOCATION.c, list(in_force)
    if not wanted:
        return {}
    query = (
        select(a.payment_id, a.component, a.amount_minor, a.rule, a.plan_id, a.installment_id,
               a.cell)
        .where(tuple_(a.account_id, a.payment_id, a.generation).in_(wanted))
        .order_by(a.payment_id, a.line)
    )  # fmt: skip
    found: dict[UUID, list[Line]] = {}
    for row in await tx.execute(query):
        line = Line(
            component=Component(row.component),
            amount_minor=row.amount_minor,
            rule=row.rule,
            plan_id=row.plan_id,
            installment_id=row.installment_id,
            cell=Component(row.cell) if row.cell else None,
        )
        found.setdefault(row.payment_id, []).append(line)
    return found
