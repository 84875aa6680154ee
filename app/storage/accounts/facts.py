"""Facts of many accounts at once, and facts by their own ids: for imports and batches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Date,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    select,
)

from app.domain.facts.fact import Fact
from app.domain.facts.kinds import FactKind
from app.domain.vocabulary import Role
from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared
from app.storage.database.types import fact_body_from_json


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """An account's facts, in order of entry, and each payment's newest generation."""

    facts: tuple[Fact, ...]
    generations: Mapping[UUID, int]


_FACT = tables.table(tables.Fact)
_PAYMENT = tables.table(tables.Payment)
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid)))
_COLUMNS = (
    _FACT.c.account_id, _FACT.c.id, _FACT.c.sequence, _FACT.c.effective_on,
    _FACT.c.business_date, _FACT.c.actor, _FACT.c.key_id, _FACT.c.role, _FACT.c.origin,
    cast(_FACT.c.body, Text).label("body"),
)  # fmt: skip
_OF_ACCOUNTS = select(*_COLUMNS).where(_FACT.c.account_id == _IDS).order_by(_FACT.c.sequence)
_BY_ID = select(*_COLUMNS).where(_FACT.c.id == _IDS)
_GENERATIONS = select(_PAYMENT.c.account_id, _PAYMENT.c.id, _PAYMENT.c.generation).where(
    _PAYMENT.c.account_id == _IDS
)


async def histories(tx: Transaction, account_ids: Iterable[UUID]) -> dict[UUID, History]:
    """`history` of several accounts, in two statements. They must be locked."""
    wanted = sorted(set(account_ids))
    if not wanted:
        return {}
    facts: dict[UUID, list[Fact]] = {account_id: [] for account_id in wanted}
    for row in await tx.execute(_OF_ACCOUNTS, {"ids": wanted}):
        facts[row.account_id].append(_fact(row))
    generations: dict[UUID, dict[UUID, int]] = {account_id: {} for account_id in wanted}
    for row in await tx.execute(_GENERATIONS, {"ids": wanted}):
        generations[row.account_id][row.id] = row.generation
    return {
        account_id: History(facts=tuple(facts[account_id]), generations=generations[account_id])
        for account_id in wanted
    }


_ENTERED = Prepared(
    select(*_COLUMNS)
    .where(_FACT.c.account_id == _IDS, _FACT.c.business_date <= bindparam("until", type_=Date))
    .order_by(_FACT.c.account_id, _FACT.c.sequence)
)


async def entered(
    tx: Transaction, account_ids: Iterable[UUID], *, until: date
) -> dict[UUID, list[Fact]]:
    """What was entered on several accounts by the end of a business date, in order of entry."""
    wanted = sorted(set(account_ids))
    facts: dict[UUID, list[Fact]] = {account_id: [] for account_id in wanted}
    for row in await _ENTERED.rows(tx, ids=wanted, until=until):
        facts[row[0]].append(_fact(row))
    return facts


async def by_id(tx: Transaction, fact_ids: Iterable[UUID]) -> dict[UUID, Fact]:
    """Those of the facts that exist, by id."""
    wanted = sorted(set(fact_ids))
    if not wanted:
        return {}
    return {row.id: _fact(row) for row in await tx.execute(_BY_ID, {"ids": wanted})}


async def of_kind(
    tx: Transaction, account_ids: Iterable[UUID], kind: FactKind
) -> dict[UUID, list[Fact]]:
    """The facts of one kind of these accounts, in order of entry."""
    wanted = sorted(set(account_ids))
    found: dict[UUID, list[Fact]] = {}
    if wanted:
        query = _OF_ACCOUNTS.where(_FACT.c.kind == kind)
        for row in await tx.execute(query, {"ids": wanted}):
            found.setdefault(row.account_id, []).append(_fact(row))
    return found


def _fact(row: Any) -> Fact:  # noqa: ANN401 - a row of _COLUMNS
    _, id_, sequence, effective_on, business_date, actor, key_id, role, origin, body = row
    return Fact(
        id=id_,
        sequence=sequence,
        effective_on=effective_on,
        business_date=business_date,
        actor=actor,
        key_id=key_id,
        role=Role(role) if role else None,
        origin=origin,
        body=fact_body_from_json(body),
    )


_OWN_FACTS = (
    select(*_COLUMNS)
    .where(_FACT.c.account_id == bindparam("account_id"))
    .order_by(_FACT.c.sequence)
)


_OWN_GENERATIONS = select(_PAYMENT.c.id, _PAYMENT.c.generation).where(
    _PAYMENT.c.account_id == bindparam("account_id")
)


async def history(tx: Transaction, account_id: UUID) -> History:
    """Everything that was entered on an account. Whoever adds to it reads it under its lock."""
    facts = tuple(_fact(row) for row in await tx.execute(_OWN_FACTS, {"account_id": account_id}))
    generations = await tx.execute(_OWN_GENERATIONS, {"account_id": account_id})
    return History(facts=facts, generations={row.id: row.generation for row in generations})
