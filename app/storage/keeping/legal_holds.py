"""Legal holds as stored: placed on an account, and released."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select, update

from app.storage.database.engine import Transaction
from app.storage.tables import LegalHold, table

_HOLD = table(LegalHold)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLegalHold:
    """A hold, of which matter, since and until when, and who said so."""

    id: UUID
    account_id: UUID
    matter: str
    from_on: date
    business_date: date
    recorded_at: datetime
    actor: str | None
    role: str
    key_id: UUID | None
    origin: str | None
    released_on: date | None = None
    released_at: datetime | None = None
    release_reason: str | None = None
    release_actor: str | None = None


_COLUMNS = tuple(_HOLD.c[one.name] for one in fields(StoredLegalHold))


async def add(tx: Transaction, tenant_id: UUID, hold: StoredLegalHold) -> None:
    """Place one on a locked account."""
    await tx.execute(insert(_HOLD).values(tenant_id=tenant_id, **asdict(hold)))


async def of_account(tx: Transaction, account_id: UUID) -> list[StoredLegalHold]:
    """An account's, oldest first."""
    query = select(*_COLUMNS).where(_HOLD.c.account_id == account_id).order_by(_HOLD.c.id)
    return [StoredLegalHold(**row) for row in (await tx.execute(query)).mappings()]


async def standing(tx: Transaction, account_ids: Collection[UUID]) -> list[UUID]:
    """The ids of those that stand on any of these accounts."""
    query = select(_HOLD.c.id).where(
        _HOLD.c.account_id.in_(list(account_ids)), _HOLD.c.released_on.is_(None)
    )
    return list((await tx.execute(query.order_by(_HOLD.c.id))).scalars())


async def release(
    tx: Transaction, account_id: UUID, hold_id: UUID, *, on: date, at: datetime, reason: str,
    actor: str | None,
) -> StoredLegalHold | None:  # fmt: skip
    """End one that stands on a locked account; None where none of that id does."""
    change = update(_HOLD).where(
        _HOLD.c.account_id == account_id, _HOLD.c.id == hold_id, _HOLD.c.released_on.is_(None)
    )
    said = {"released_on": on, "released_at": at, "release_reason": reason, "release_actor": actor}
    row = (await tx.execute(change.values(said).returning(*_COLUMNS))).mappings().one_or_none()
    return StoredLegalHold(**row) if row else None
