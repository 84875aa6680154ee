"""How accounts stand, as far as a row about them hangs on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from app.storage.database.engine import Transaction
from app.storage.tables import Account, table

_ACCOUNT = table(Account)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStanding:
    """An account that is there, its money, and whether it is over."""

    id: UUID
    currency: str
    status: str

    def __str__(self) -> str:
        return f"{self.id} {self.currency} {'closed' if self.status == 'closed' else 'open'}"


async def standings(tx: Transaction, account_ids: Iterable[UUID]) -> dict[UUID, AccountStanding]:
    """Those of the accounts that are there, by id."""
    wanted = sorted(set(account_ids))
    if not wanted:
        return {}
    query = select(_ACCOUNT.c.id, _ACCOUNT.c.currency, _ACCOUNT.c.status).where(
        _ACCOUNT.c.id.in_(wanted)
    )
    rows = (await tx.execute(query)).mappings()
    return {row["id"]: AccountStanding(**row) for row in rows}


async def owed_minor(tx: Transaction, account_ids: Iterable[UUID]) -> dict[str, int]:
    """What these accounts owe together, by currency, as their rows say it."""
    account = _ACCOUNT.c
    total = func.sum(
        account.principal_minor + account.interest_minor + account.fees_minor
        + account.penalties_minor + account.costs_minor
    )  # fmt: skip
    query = select(account.currency, total).where(account.id.in_(sorted(set(account_ids))))
    rows = await tx.execute(query.group_by(account.currency))
    return {row[0]: int(row[1]) for row in rows}
