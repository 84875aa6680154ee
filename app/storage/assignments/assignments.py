"""Assignments as stored: appended to an account that is locked; the last one counts."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select, update

from app.storage.database.engine import Transaction
from app.storage.tables import Assignment, table

_ASSIGNMENT = table(Assignment)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAssignment:
    """To whom an account was given, by whom and why; to neither: taken back."""

    account_id: UUID
    number: int
    assigned_actor: str | None
    assigned_team: str | None
    reason: str
    business_date: date
    recorded_at: datetime
    actor: str | None
    role: str
    key_id: UUID | None
    origin: str | None


_COLUMNS = tuple(_ASSIGNMENT.c[name] for name in StoredAssignment.__dataclass_fields__)


async def last(tx: Transaction, account_ids: Iterable[UUID]) -> Mapping[UUID, StoredAssignment]:
    """The one that counts, of those accounts that were ever assigned."""
    wanted = sorted(set(account_ids))
    query = select(*_COLUMNS).where(_ASSIGNMENT.c.account_id.in_(wanted), ~_ASSIGNMENT.c.replaced)
    rows = (await tx.execute(query)).mappings() if wanted else ()
    return {row["account_id"]: StoredAssignment(**row) for row in rows}


async def add(tx: Transaction, tenant_id: UUID, given: Iterable[StoredAssignment]) -> None:
    """Append to accounts that are locked, each after its last, which counts no more."""
    rows = [{**asdict(one), "tenant_id": tenant_id, "replaced": False} for one in given]
    if not rows:
        return
    mine = _ASSIGNMENT.c.account_id.in_([row["account_id"] for row in rows])
    before = update(_ASSIGNMENT).where(mine, ~_ASSIGNMENT.c.replaced)
    await tx.execute(before.values(replaced=True))
    await tx.execute(insert(_ASSIGNMENT), rows)


async def of_account(
    tx: Transaction, account_id: UUID, *, after: int, limit: int
) -> list[StoredAssignment]:
    """An account's, the first first."""
    query = (
        select(*_COLUMNS)
        .where(_ASSIGNMENT.c.account_id == account_id, _ASSIGNMENT.c.number > after)
        .order_by(_ASSIGNMENT.c.number)
        .limit(limit)
    )
    return [StoredAssignment(**row) for row in (await tx.execute(query)).mappings()]
