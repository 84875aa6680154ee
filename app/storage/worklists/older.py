"""How far a tenant's older accounts were gone through, and which come next."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from app.storage.database.engine import Transaction
from app.storage.tables import Account, ContactAccount, Tenant, table

_ACCOUNT, _ABOUT, _TENANT = table(Account), table(ContactAccount), table(Tenant)
#: After every id there is: the tenant is through.
ALL: Final = UUID(int=2**128 - 1)


async def kept_to(tx: Transaction) -> UUID:
    """The last account of the entered tenant that was gone through, or `ALL`."""
    return UUID(str((await tx.execute(select(_TENANT.c.work_kept_to))).scalar_one()))


async def ids_after(tx: Transaction, after: UUID, *, limit: int) -> list[UUID]:
    """The accounts that come next."""
    if after == ALL:
        return []
    query = select(_ACCOUNT.c.id).where(_ACCOUNT.c.id > after).order_by(_ACCOUNT.c.id).limit(limit)
    return list((await tx.execute(query)).scalars())


async def spoken_about(tx: Transaction, account_ids: Iterable[UUID]) -> list[UUID]:
    """Those of the accounts about which there is a contact."""
    mine = _ABOUT.c.account_id.in_(list(account_ids))
    return list((await tx.execute(select(_ABOUT.c.account_id).where(mine).distinct())).scalars())


async def go_on(tx: Transaction, before: UUID, now: UUID) -> None:
    """Say how far it is, unless another process went on meanwhile."""
    mine = _TENANT.c.work_kept_to == before
    if now != before:
        await tx.execute(update(_TENANT).where(mine).values(work_kept_to=now))
