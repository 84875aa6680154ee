"""Validation as stored: what an account's contacts come to, and how its debt came about."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared
from app.storage.tables import Itemization, Validation, table

_VALIDATION, _ITEMIZATION = table(Validation), table(Itemization)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredValidation:
    """The first communication, and the notice that counts; `ends_on`: the last day to dispute.

    And the first in writing that disputed the debt, and that asked who the creditor was.
    """

    account_id: UUID
    initial_contact_id: UUID | None = None
    initial_at: datetime | None = None
    initial_on: date | None = None
    notice_contact_id: UUID | None = None
    sent_on: date | None = None
    received_on: date | None = None
    ends_on: date | None = None
    dispute_contact_id: UUID | None = None
    disputed_on: date | None = None
    original_creditor_contact_id: UUID | None = None
    original_creditor_requested_on: date | None = None
    ended_on: date | None = None  # the last day, once it was told to be over


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItemization:
    """What was owed on a day, and what came to it until the account was placed."""

    account_id: UUID
    number: int
    reference: str
    itemized_on: date
    amount_minor: int
    interest_minor: int
    fees_minor: int
    payments_minor: int
    credits_minor: int
    original_creditor: str
    business_date: date
    recorded_at: datetime
    actor: str | None
    role: str
    key_id: UUID | None
    origin: str | None


_COLUMNS = tuple(_VALIDATION.c[one.name] for one in fields(StoredValidation))
_READ_MANY = Prepared(
    select(*_COLUMNS).where(_VALIDATION.c.account_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
)
_SAID = tuple(_ITEMIZATION.c[one.name] for one in fields(StoredItemization))


async def read(tx: Transaction, account_id: UUID) -> StoredValidation | None:
    """What an account's contacts come to; None where none of them ever mattered."""
    return (await read_many(tx, [account_id])).get(account_id)


async def read_many(
    tx: Transaction, account_ids: Iterable[UUID]
) -> dict[UUID, StoredValidation]:  # fmt: skip
    """The same of several, by account."""
    rows = await _READ_MANY.rows(tx, ids=list(account_ids))
    return {row["account_id"]: StoredValidation(**row) for row in rows}


async def keep(tx: Transaction, tenant_id: UUID, now: Iterable[StoredValidation]) -> None:
    """Keep what the contacts of locked accounts come to now."""
    names = [one.name for one in _COLUMNS]
    rows = [{"tenant_id": tenant_id, **{n: getattr(one, n) for n in names}} for one in now]
    if not rows:
        return
    said = upsert(_VALIDATION)
    change = said.on_conflict_do_update(
        index_elements=["tenant_id", "account_id"],
        set_={name: said.excluded[name] for name in names if name != "account_id"},
    )
    await tx.execute(change, rows)


async def over(
    tx: Transaction, *, before: date, limit: int, among: Iterable[UUID] | None = None
) -> dict[UUID, StoredValidation]:
    """Those whose last day to dispute lies before a day and was not told to be over, by account."""
    query = select(*_COLUMNS).where(
        _VALIDATION.c.ended_on.is_(None), _VALIDATION.c.ends_on < before
    )
    if among is not None:
        query = query.where(_VALIDATION.c.account_id.in_(sorted(among)))
    ordered = query.order_by(_VALIDATION.c.ends_on, _VALIDATION.c.account_id)
    rows = (await tx.execute(ordered.limit(limit))).mappings()
    return {row["account_id"]: StoredValidation(**row) for row in rows}


async def end(tx: Transaction, account_ids: Iterable[UUID]) -> None:
    """Note of locked accounts that it was told that their last day is over."""
    told = update(_VALIDATION).where(_VALIDATION.c.account_id.in_(sorted(account_ids)))
    await tx.execute(told.values(ended_on=_VALIDATION.c.ends_on))


async def add_itemization(tx: Transaction, tenant_id: UUID, said: StoredItemization) -> None:
    """Append what was said of a locked account."""
    await tx.execute(insert(_ITEMIZATION).values(tenant_id=tenant_id, **asdict(said)))


async def itemization_of(tx: Transaction, account_id: UUID) -> StoredItemization | None:
    """What was said last."""
    query = select(*_SAID).where(_ITEMIZATION.c.account_id == account_id)
    found = await tx.execute(query.order_by(_ITEMIZATION.c.number.desc()).limit(1))
    row = found.mappings().one_or_none()
    return StoredItemization(**row) if row else None
