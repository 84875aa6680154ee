"""Evidence files as stored: made once, never changed."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select

from app.storage.database.engine import Transaction
from app.storage.tables import EvidenceFile, table

_FILE = table(EvidenceFile)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvidence:
    """What was handed over about an account, by whom and what for."""

    id: UUID
    account_id: UUID
    as_of: date
    made_for: str
    root: str
    manifest: bytes
    content: bytes
    files: int
    business_date: date
    recorded_at: datetime
    actor: str | None
    role: str
    key_id: UUID | None


_COLUMNS = tuple(_FILE.c[one.name] for one in fields(StoredEvidence))


async def add(tx: Transaction, tenant_id: UUID, made: StoredEvidence) -> None:
    """Keep it."""
    await tx.execute(insert(_FILE).values(tenant_id=tenant_id, **asdict(made)))


async def read(tx: Transaction, account_id: UUID, file_id: UUID) -> StoredEvidence | None:
    """One of an account's."""
    query = select(*_COLUMNS).where(_FILE.c.account_id == account_id, _FILE.c.id == file_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return StoredEvidence(**row) if row else None
