"""The accounts a report looks at, and to whom they were assigned."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, and_, any_, exists, func, literal, or_, select

from app.domain.facts.kinds import FactKind
from app.storage import tables
from app.storage.accounts.accounts import ACCOUNT_COLUMNS, StoredAccount, stored_account
from app.storage.database.engine import Transaction
from app.storage.database.turns import in_turns

_ACCOUNT = tables.table(tables.Account)
_ASSIGNMENT = tables.table(tables.Assignment)
_FACT = tables.table(tables.Fact)
#: What of an account the database can be asked for; other filters need its state. A product may
#: have been another on the day that is asked of: those that were corrected are never left out.
NARROWING = {
    "currency": _ACCOUNT.c.currency,
    "creditor": _ACCOUNT.c.creditor_reference,
    "product": _ACCOUNT.c.product,
    "policy": _ACCOUNT.c.policy_name,
}


class Owner(NamedTuple):
    """To whom an account was given on a business date: an actor, a team, or neither."""

    account_id: UUID
    on: date
    actor: str | None
    team: str | None


async def page(
    tx: Transaction, filters: Mapping[str, str], *, limit: int, after: UUID | None = None
) -> tuple[StoredAccount, ...]:
    """The first accounts that the filters of `NARROWING` leave, by id, unlocked."""
    asked = _narrowed(filters)
    if after is not None:
        asked.append(_ACCOUNT.c.id > after)
    query = select(*ACCOUNT_COLUMNS).where(*asked).order_by(_ACCOUNT.c.id).limit(limit)
    rows = (await tx.execute(query)).all()
    return tuple([stored_account(row) async for row in in_turns(rows)])


async def ids(
    tx: Transaction, filters: Mapping[str, str], *, limit: int, after: UUID | None
) -> Sequence[UUID]:
    """Of whom `page` would be, and nothing else."""
    asked = _narrowed(filters)
    if after is not None:
        asked.append(_ACCOUNT.c.id > after)
    query = select(_ACCOUNT.c.id).where(*asked).order_by(_ACCOUNT.c.id).limit(limit)
    return (await tx.execute(query)).scalars().all()


def _narrowed(filters: Mapping[str, str]) -> list[ColumnElement[bool]]:
    asked = {name: NARROWING[name] == value for name, value in filters.items() if name in NARROWING}
    if "product" in asked:
        corrected = exists().where(
            and_(
                _FACT.c.tenant_id == _ACCOUNT.c.tenant_id,
                _FACT.c.account_id == _ACCOUNT.c.id,
                _FACT.c.kind == FactKind.PLACEMENT_CORRECTION,
            )
        )
        asked["product"] = or_(asked["product"], corrected)
    return list(asked.values())


async def number_of(tx: Transaction, filters: Mapping[str, str]) -> int:
    """How many accounts the filters of `NARROWING` leave."""
    query = select(func.count()).select_from(_ACCOUNT).where(*_narrowed(filters))
    return int((await tx.execute(query)).scalar_one())


async def assigned(
    tx: Transaction, account_ids: Iterable[UUID], *, known_on: date
) -> tuple[Owner, ...]:
    """Every assignment of these accounts by the end of that day, in their order."""
    row = _ASSIGNMENT.c
    mine = row.account_id == any_(literal(list(account_ids), ARRAY(Uuid)))
    query = (
        select(row.account_id, row.business_date, row.assigned_actor, row.assigned_team)
        .where(mine, row.business_date <= known_on)
        .order_by(row.account_id, row.number)
    )
    return tuple(Owner(*one) for one in await tx.execute(query))
