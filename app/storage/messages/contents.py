"""What messages say and where they go, word for word, until it is erased."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.storage.database.engine import Transaction
from app.storage.tables import MessageContent, table

_CONTENT = table(MessageContent)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContent:
    """The words of a message; all None once they were erased."""

    message_id: UUID
    sent_to: str | None
    subject: str | None
    text: str | None
    html: str | None
    stored_at: datetime
    erased_at: datetime | None = None


_COLUMNS = tuple(_CONTENT.c[one.name] for one in fields(StoredContent))


async def put(tx: Transaction, tenant_id: UUID, content: StoredContent) -> None:
    """Keep the words of a locked message; before its first attempt they may be others."""
    row = asdict(content)
    said = {name: value for name, value in row.items() if name != "message_id"}
    await tx.execute(
        insert(_CONTENT)
        .values(tenant_id=tenant_id, **row)
        .on_conflict_do_update(index_elements=["tenant_id", "message_id"], set_=said)
    )


async def read(tx: Transaction, message_id: UUID) -> StoredContent | None:
    """A message's words; None where it was never prepared."""
    query = select(*_COLUMNS).where(_CONTENT.c.message_id == message_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return StoredContent(**row) if row else None
