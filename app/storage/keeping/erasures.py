"""Persons who are to be forgotten, as stored: asked for, due, done."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, union, update
from sqlalchemy.dialects.postgresql import insert

from app.storage.database.engine import Transaction
from app.storage.tables import (
    Account,
    Contact,
    ContactAccount,
    Erasure,
    Fact,
    Message,
    Party,
    table,
)
from app.storage.tables.people.persons import is_one_of

_ROW, _ACCOUNT, _FACT, _CONTACT = table(Erasure), table(Account), table(Fact), table(Contact)
_ABOUT, _MESSAGE, _PARTY = table(ContactAccount), table(Message), table(Party)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredErasure:
    """Whom, why, who asked, and the first day it may be done."""

    person_id: UUID
    reason: str
    due_on: date
    asked_at: datetime
    actor: str | None
    role: str
    key_id: UUID | None
    origin: str | None
    done_at: datetime | None = None


_COLUMNS = tuple(_ROW.c[one.name] for one in fields(StoredErasure))


async def ask(tx: Transaction, tenant_id: UUID, asked: StoredErasure) -> StoredErasure:
    """Take it down; asked again, the first asking stands, due as known now."""
    made = insert(_ROW).values(tenant_id=tenant_id, **asdict(asked))
    put = made.on_conflict_do_update(
        index_elements=["tenant_id", "person_id"],
        set_={"due_on": made.excluded.due_on, "done_at": made.excluded.done_at},
    )
    return StoredErasure(**(await tx.execute(put.returning(*_COLUMNS))).mappings().one())


async def read(tx: Transaction, person_id: UUID) -> StoredErasure | None:
    """What was asked of a person."""
    query = select(*_COLUMNS).where(_ROW.c.person_id == person_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return StoredErasure(**row) if row else None


async def due(tx: Transaction, on: date, *, limit: int) -> list[StoredErasure]:
    """Those whose day has come and that are not done, the longest due first."""
    query = select(*_COLUMNS).where(_ROW.c.done_at.is_(None), _ROW.c.due_on <= on)
    rows = await tx.execute(query.order_by(_ROW.c.due_on, _ROW.c.person_id).limit(limit))
    return [StoredErasure(**row) for row in rows.mappings()]


async def put_off(tx: Transaction, person_id: UUID, until_on: date) -> None:
    """Look at it again on that day."""
    change = update(_ROW).where(_ROW.c.person_id == person_id)
    await tx.execute(change.values(due_on=until_on))


async def accounts_of(tx: Transaction, person_id: UUID) -> list[UUID]:
    """The accounts somebody owes, in the order of their ids."""
    query = select(_ACCOUNT.c.id).where(is_one_of(_ACCOUNT.c.debtor_id, person_id))
    return list((await tx.execute(query.order_by(_ACCOUNT.c.id))).scalars())


async def told_about(tx: Transaction, person_id: UUID) -> list[UUID]:
    """The accounts about which anything is kept in somebody's words, or about them, by id.

    What they owe, what they have a part in, what anybody spoke with them or wrote to them about.
    """
    spoken = select(_ABOUT.c.account_id).join(_CONTACT, _CONTACT.c.id == _ABOUT.c.contact_id)
    found = union(
        select(_ACCOUNT.c.id).where(is_one_of(_ACCOUNT.c.debtor_id, person_id)),
        select(_PARTY.c.account_id).where(is_one_of(_PARTY.c.person_id, person_id)),
        spoken.where(is_one_of(_CONTACT.c.person_id, person_id)),
        select(_MESSAGE.c.account_id).where(is_one_of(_MESSAGE.c.person_id, person_id)),
    )
    return sorted((await tx.execute(found)).scalars())


async def last_act_on(
    tx: Transaction, person_id: UUID, account_ids: list[UUID]
) -> tuple[date | None, datetime | None]:
    """The day of the last fact on these accounts, and the instant of the last contact."""
    acts = select(func.max(_FACT.c.business_date)).where(_FACT.c.account_id.in_(account_ids))
    met = select(func.max(_CONTACT.c.started_at)).where(is_one_of(_CONTACT.c.person_id, person_id))
    row = (
        await tx.execute(select(acts.scalar_subquery(), met.scalar_subquery()))
    ).one()  # fmt: skip
    return row[0], row[1]
