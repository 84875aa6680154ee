"""Letters printed together: which wait, which lie in which batch, its file, when it was posted."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, or_, select, update

from app.domain.contact.words import Channel
from app.domain.messages.lifecycle import MessageStatus
from app.storage.database.engine import Transaction
from app.storage.tables import Message, PrintBatch, PrintFile, PrintLetter, table

_BATCH, _LETTER, _MESSAGE = table(PrintBatch), table(PrintLetter), table(Message)
_FILE = table(PrintFile)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBatch:
    """A batch as it stands."""

    id: UUID
    letters: int
    made_at: datetime
    business_date: date
    actor: str | None
    role: str
    key_id: UUID | None
    mailed_on: date | None = None
    mailed_at: datetime | None = None
    mailed_actor: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A letter that waits to be printed, and what is locked before it."""

    id: UUID
    account_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What a printer is given of a batch: all letters, their addresses, and a list of them."""

    pdf: bytes
    addresses: bytes
    manifest: bytes


_COLUMNS = tuple(_BATCH.c[one.name] for one in fields(StoredBatch))


async def waiting(tx: Transaction, *, at: datetime, limit: int) -> list[Waiting]:
    """Letters that are ready and due, the longest asked for first."""
    m = _MESSAGE.c
    query = select(m.id, m.account_id, m.person_id).where(
        m.status == MessageStatus.QUEUED.value,
        m.channel == Channel.LETTER.value,
        m.content_hash.is_not(None),
        or_(m.not_before_at.is_(None), m.not_before_at <= at),
    )
    rows = await tx.execute(query.order_by(m.asked_at, m.id).limit(limit))
    return [Waiting(**row) for row in rows.mappings()]


async def add(
    tx: Transaction, tenant_id: UUID, batch: StoredBatch, message_ids: Sequence[UUID]
) -> None:
    """Store a batch and its letters in their order."""
    await tx.execute(insert(_BATCH).values(tenant_id=tenant_id, **asdict(batch)))
    rows = [
        {"tenant_id": tenant_id, "batch_id": batch.id, "number": number, "message_id": one}
        for number, one in enumerate(message_ids, start=1)
    ]
    if rows:
        await tx.execute(insert(_LETTER), rows)


async def read(tx: Transaction, batch_id: UUID, *, lock: bool = False) -> StoredBatch | None:
    """One batch."""
    query = select(*_COLUMNS).where(_BATCH.c.id == batch_id)
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    return StoredBatch(**row) if row else None


async def keep_file(tx: Transaction, tenant_id: UUID, batch_id: UUID, file: Printed) -> None:
    """Keep what the printer is given, so that it is the same whenever it is asked for."""
    await tx.execute(insert(_FILE).values(tenant_id=tenant_id, batch_id=batch_id, **asdict(file)))


async def read_file(tx: Transaction, batch_id: UUID) -> Printed | None:
    """What was kept; None where nothing was, or somebody of it is forgotten."""
    query = select(_FILE.c.pdf, _FILE.c.addresses, _FILE.c.manifest).where(
        _FILE.c.batch_id == batch_id, _FILE.c.erased_at.is_(None)
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return Printed(**row) if row else None


async def read_addresses(tx: Transaction, batch_id: UUID) -> bytes | None:
    """Where the letters of a batch went, but for those forgotten; None: it was not kept."""
    query = select(_FILE.c.addresses).where(_FILE.c.batch_id == batch_id)
    addresses: bytes | None = (await tx.execute(query)).scalar_one_or_none()
    return addresses


async def letters_of(tx: Transaction, batch_id: UUID) -> list[UUID]:
    """The messages of a batch, in the order of its letters."""
    query = select(_LETTER.c.message_id).where(_LETTER.c.batch_id == batch_id)
    return [row.message_id for row in await tx.execute(query.order_by(_LETTER.c.number))]


async def find(
    tx: Transaction, *, mailed: bool | None, after: UUID | None, limit: int
) -> list[StoredBatch]:
    """Batches, the newest first. `mailed`: those that were posted, or were not."""
    query = select(*_COLUMNS)
    if mailed is not None:
        query = query.where(
            _BATCH.c.mailed_on.is_not(None) if mailed else _BATCH.c.mailed_on.is_(None)
        )
    if after is not None:
        query = query.where(_BATCH.c.id < after)
    rows = await tx.execute(query.order_by(_BATCH.c.id.desc()).limit(limit))
    return [StoredBatch(**row) for row in rows.mappings()]


async def change(tx: Transaction, batch_id: UUID, values: Mapping[str, Any]) -> StoredBatch:
    """Set these columns of a locked batch."""
    changed = update(_BATCH).where(_BATCH.c.id == batch_id).values(**values)
    return StoredBatch(**(await tx.execute(changed.returning(*_COLUMNS))).mappings().one())
