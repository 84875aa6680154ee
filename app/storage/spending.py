"""What an actor behind a key spent on a business date: a row that two lock one after the other."""

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.domain.vocabulary import Spending
from app.storage.database.engine import Transaction
from app.storage.tables import DaySpending, table

_ROWS = table(DaySpending)
_KEY = ("tenant_id", "business_date", "key_id", "actor", "spending", "currency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """Whose sum, of which day, kind and currency. `actor` is folded."""

    tenant_id: UUID
    business_date: date
    key_id: UUID
    actor: str
    spending: Spending
    currency: str


async def add(tx: Transaction, purse: Purse, amount_minor: int, *, limit_minor: int) -> bool:
    """Count an amount, unless the sum would pass the limit; whether it was counted.

    Another transaction that counts for the same waits here until this one ends. The amount
    alone must not pass the limit.
    """
    row = upsert(_ROWS).values(**asdict(purse), sum_minor=amount_minor)
    total = _ROWS.c.sum_minor + row.excluded.sum_minor
    counted = row.on_conflict_do_update(
        index_elements=_KEY, set_={"sum_minor": total}, where=total <= limit_minor
    ).returning(_ROWS.c.sum_minor)
    return (await tx.execute(counted)).first() is not None


async def take_back(tx: Transaction, purse: Purse, amount_minor: int) -> None:
    """Count an amount no more that this transaction counted."""
    await tx.execute(
        update(_ROWS).where(*_mine(purse)).values(sum_minor=_ROWS.c.sum_minor - amount_minor)
    )


async def sum_of(tx: Transaction, purse: Purse) -> int:
    """What was counted so far."""
    query = select(func.coalesce(func.max(_ROWS.c.sum_minor), 0)).where(*_mine(purse))
    return int((await tx.execute(query)).scalar_one())


def _mine(purse: Purse) -> list[ColumnElement[bool]]:
    return [_ROWS.c[name] == getattr(purse, name) for name in _KEY]
