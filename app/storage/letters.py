"""Letters as stored: written once, found again by what they say or by their id."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert

from app.storage import tables
from app.storage.database.engine import Transaction

_LETTER = tables.table(tables.Letter)
_SAME = ("tenant_id", "account_id", "settlement_id", "facts_hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLetter:
    """A letter about to be written; `text_hash` is of all that is said, the creditor's name too."""

    id: UUID
    account_id: UUID
    settlement_id: UUID
    kind: str
    locale: str
    facts_hash: str
    dated_on: date
    text: str
    text_hash: str
    wording_version: int
    template_version: int | None  # None: worded by the program, before letters had templates
    actor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLetter(NewLetter):
    """A letter as it was written."""

    created_at: datetime


_COLUMNS = [_LETTER.c[name] for name in StoredLetter.__dataclass_fields__]


async def add(tx: Transaction, tenant_id: UUID, letter: NewLetter) -> bool:
    """Write a letter. False where somebody wrote one of the same figures: then that one is it."""
    row = {name: getattr(letter, name) for name in NewLetter.__dataclass_fields__}
    statement = insert(_LETTER).values(tenant_id=tenant_id, **row)
    once = statement.on_conflict_do_nothing(index_elements=_SAME).returning(_LETTER.c.id)
    return (await tx.execute(once)).scalar_one_or_none() is not None


async def find(
    tx: Transaction, account_id: UUID, settlement_id: UUID, facts_hash: str
) -> StoredLetter | None:
    """The letter that says just this; None where nobody asked for it yet."""
    return await _one(
        tx,
        _LETTER.c.account_id == account_id,
        _LETTER.c.settlement_id == settlement_id,
        _LETTER.c.facts_hash == facts_hash,
    )


async def read(tx: Transaction, letter_id: UUID) -> StoredLetter | None:
    """The letter, found by a plain index; None where there is none."""
    return await _one(tx, _LETTER.c.id == letter_id)


async def of_settlement(
    tx: Transaction, account_id: UUID, settlement_id: UUID
) -> tuple[StoredLetter, ...]:
    """Every letter written about a settlement, oldest first."""
    query = select(*_COLUMNS).where(
        _LETTER.c.account_id == account_id, _LETTER.c.settlement_id == settlement_id
    )
    rows = (await tx.execute(query.order_by(_LETTER.c.id))).mappings()
    return tuple(StoredLetter(**row) for row in rows)


async def _one(tx: Transaction, *conditions: ColumnElement[bool]) -> StoredLetter | None:
    row = (await tx.execute(select(*_COLUMNS).where(*conditions))).mappings().one_or_none()
    return StoredLetter(**row) if row else None
