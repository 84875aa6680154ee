"""Facts of many accounts at once, and facts by their own ids: for imports and batches."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, cast, select

from app.domain.facts import Fact
from app.storage import tables
from app.storage.accounts import History
from app.storage.engine import Transaction
from app.storage.types import fact_body_from_json

_FACT = tables.table(tables.Fact)
_PAYMENT = tables.table(tables.Payment)
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid)))
_COLUMNS = (
    _FACT.c.account_id, _FACT.c.id, _FACT.c.sequence, _FACT.c.effective_on,
    _FACT.c.business_date, _FACT.c.actor, cast(_FACT.c.body, Text).label("body"),
)  # fmt: skip
_OF_ACCOUNTS = select(*_COLUMNS).where(_FACT.c.account_id == _IDS).order_by(_FACT.c.sequence)
_BY_ID = select(*_COLUMNS).where(_FACT.c.id == _IDS)
_GENERATIONS = select(_PAYMENT.c.account_id, _PAYMENT.c.id, _PAYMENT.c.generation).where(
    _PAYMENT.c.account_id == _IDS
)


async def histories(tx: Transaction, account_ids: Iterable[UUID]) -> dict[UUID, History]:
    """`accounts.history` of several accounts, in two statements. They must be locked."""
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


async def by_id(tx: Transaction, fact_ids: Iterable[UUID]) -> dict[UUID, Fact]:
    """Those of the facts that exist, by id."""
    wanted = sorted(set(fact_ids))
    if not wanted:
        return {}
    return {row.id: _fact(row) for row in await tx.execute(_BY_ID, {"ids": wanted})}


def _fact(row: Any) -> Fact:  # noqa: ANN401 - a row of _COLUMNS
    return Fact(
        id=row.id,
        sequence=row.sequence,
        effective_on=row.effective_on,
        business_date=row.business_date,
        actor=row.actor,
        body=fact_body_from_json(orjson.loads(row.body)),
    )
