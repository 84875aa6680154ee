"""Payments as stored, with the lines in force."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Select, Uuid, and_, bindparam, func, select, tuple_

from app.domain.account.lines import Line
from app.domain.facts.kinds import FactKind
from app.domain.money import Component
from app.storage import tables
from app.storage.accounts.accounts import owner_of, resolve
from app.storage.database.engine import Transaction
from app.storage.payments.suspense import NOWHERE

_PAYMENT = tables.table(tables.Payment)
_ALLOCATION = tables.table(tables.Allocation)


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


#: The columns of a `StoredPayment`.
STORED = [_PAYMENT.c[n] for n in StoredPayment.__dataclass_fields__ if n != "lines"]
#: One text for any number of payments: they come as arrays.
_IN_FORCE = (
    func.unnest(
        bindparam("account_ids", type_=ARRAY(Uuid)),
        bindparam("payment_ids", type_=ARRAY(Uuid)),
        bindparam("generations", type_=ARRAY(Integer)),
    )
    .table_valued("account_id", "payment_id", "generation")
    .render_derived()
)
_A = _ALLOCATION.c
_LINES = (
    select(
        _A.payment_id, _A.component, _A.amount_minor, _A.rule, _A.plan_id, _A.installment_id,
        _A.cell,
    )
    .join(
        _IN_FORCE,
        and_(
            _A.account_id == _IN_FORCE.c.account_id,
            _A.payment_id == _IN_FORCE.c.payment_id,
            _A.generation == _IN_FORCE.c.generation,
        ),
    )
    .order_by(_A.payment_id, _A.line)
)  # fmt: skip


async def read(tx: Transaction, account_id: UUID, payment_id: UUID) -> StoredPayment | None:
    """One payment; None where there is none."""
    mine = (_PAYMENT.c.account_id == account_id, _PAYMENT.c.id == payment_id)
    found = await with_lines(tx, select(*STORED).where(*mine))
    return found[0] if found else None


async def read_many(
    tx: Transaction, wanted: Iterable[tuple[UUID, UUID]]
) -> tuple[StoredPayment, ...]:
    """Those of the payments, each given as (account id, id), that exist; in no order."""
    pairs = sorted(set(wanted))
    if not pairs:
        return ()
    mine = tuple_(_PAYMENT.c.account_id, _PAYMENT.c.id).in_(pairs)
    return await with_lines(tx, select(*STORED).where(mine))


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


async def with_lines(tx: Transaction, query: Select[Any]) -> tuple[StoredPayment, ...]:
    """The payments a query of `STORED` finds, with their lines in force: two statements."""
    rows = (await tx.execute(query)).mappings().all()
    lines = await _lines(tx, [(r["account_id"], r["id"], r["generation"]) for r in rows])
    return tuple(StoredPayment(**row, lines=tuple(lines.get(row["id"], ()))) for row in rows)


async def _lines(
    tx: Transaction, in_force: Sequence[tuple[UUID, UUID, int]]
) -> dict[UUID, list[Line]]:
    """The lines of each payment's newest generation."""
    if not in_force:
        return {}
    names = ("account_ids", "payment_ids", "generations")
    wanted = dict(zip(names, map(list, zip(*in_force, strict=True)), strict=True))
    found: dict[UUID, list[Line]] = {}
    for row in await tx.execute(_LINES, wanted):
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
