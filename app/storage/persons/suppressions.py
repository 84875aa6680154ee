"""Values that are used for nothing, as stored: by a hash with a secret of the tenant's."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, any_, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared
from app.storage.tables import Suppression, SuppressionKey, table

_ROW, _KEY = table(Suppression), table(SuppressionKey)
_STANDS = _ROW.c.ended_at.is_(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSuppression:
    """A value by its hash, why it is used for nothing, and who said so."""

    id: UUID
    kind: str
    value_hash: bytes
    reason: str
    business_date: date
    recorded_at: datetime
    actor: str | None
    role: str
    key_id: UUID | None
    origin: str | None
    ended_at: datetime | None = None
    end_reason: str | None = None
    end_actor: str | None = None


_COLUMNS = tuple(_ROW.c[one.name] for one in fields(StoredSuppression))

_STANDING = Prepared(
    select(_ROW.c.value_hash).where(
        _ROW.c.value_hash == any_(bindparam("hashes", type_=ARRAY(LargeBinary))), _STANDS
    )
)
_SECRET = Prepared(select(_KEY.c.secret))


async def secret(tx: Transaction) -> bytes | None:
    """What the tenant's values are hashed with; None where nothing was suppressed yet."""
    row = await _SECRET.row(tx)
    return None if row is None else row["secret"]


async def keep_secret(tx: Transaction, tenant_id: UUID, new: bytes) -> bytes:
    """The secret there is, or this one."""
    made = insert(_KEY).values(tenant_id=tenant_id, secret=new).on_conflict_do_nothing()
    await tx.execute(made)
    kept: bytes = (await tx.execute(select(_KEY.c.secret))).scalar_one()
    return kept


async def add(
    tx: Transaction, tenant_id: UUID, one: StoredSuppression
) -> tuple[StoredSuppression, bool]:
    """The suppression of this value, and whether it is new."""
    made = (
        insert(_ROW)
        .values(tenant_id=tenant_id, **asdict(one))
        .on_conflict_do_nothing(index_elements=["tenant_id", "value_hash"], index_where=_STANDS)
    )
    row = (await tx.execute(made.returning(*_COLUMNS))).mappings().one_or_none()
    if row is not None:
        return StoredSuppression(**row), True
    query = select(*_COLUMNS).where(_ROW.c.value_hash == one.value_hash, _STANDS)
    return StoredSuppression(**(await tx.execute(query)).mappings().one()), False


async def standing(tx: Transaction, hashes: Collection[bytes]) -> set[bytes]:
    """Those of the hashes that stand for suppressed values."""
    rows = await _STANDING.rows(tx, hashes=list(hashes))
    return {row["value_hash"] for row in rows}


async def find(tx: Transaction, *, after: UUID | None, limit: int) -> list[StoredSuppression]:
    """All that ever were, in the order they were made."""
    query = select(*_COLUMNS)
    if after is not None:
        query = query.where(_ROW.c.id > after)
    rows = await tx.execute(query.order_by(_ROW.c.id).limit(limit))
    return [StoredSuppression(**row) for row in rows.mappings()]


async def end(
    tx: Transaction, suppression_id: UUID, *, at: datetime, reason: str, actor: str | None
) -> StoredSuppression | None:
    """End one that stands; None where there is none."""
    change = update(_ROW).where(_ROW.c.id == suppression_id, _STANDS)
    ended = change.values(ended_at=at, end_reason=reason, end_actor=actor).returning(*_COLUMNS)
    row = (await tx.execute(ended)).mappings().one_or_none()
    return StoredSuppression(**row) if row else None
