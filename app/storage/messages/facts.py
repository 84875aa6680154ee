"""What happened to messages, each in its order: appended and never changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, text

from app.storage.database.engine import Transaction
from app.storage.database.tenanted import counted
from app.storage.tables import MessageFact, table

_FACT = table(MessageFact)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFact:
    """One fact of a message. `at`: when it was so, `recorded_at`: when we heard."""

    message_id: UUID
    sequence: int
    kind: str
    body: Mapping[str, Any]
    at: datetime
    recorded_at: datetime
    business_date: date
    actor: str | None
    role: str
    key_id: UUID | None


_APPEND = text(
    counted("""
    INSERT INTO message_fact
    SELECT * FROM jsonb_populate_recordset(NULL::message_fact, CAST(:rows AS jsonb))
""")
)
_NAMES = tuple(one.name for one in fields(StoredFact))
_COLUMNS = tuple(_FACT.c[name] for name in _NAMES)


async def append(tx: Transaction, tenant_id: UUID, facts: Collection[StoredFact]) -> None:
    """Enter facts of locked messages."""
    rows = [
        {**{name: getattr(one, name) for name in _NAMES}, "tenant_id": tenant_id} for one in facts
    ]
    if rows:
        await tx.execute(_APPEND, {"rows": orjson.dumps(rows, default=str).decode()})


async def of_messages(
    tx: Transaction, message_ids: Collection[UUID], *, kind: str
) -> dict[UUID, list[StoredFact]]:
    """The facts of one kind of these messages, each message's in order of entry."""
    found: dict[UUID, list[StoredFact]] = {one: [] for one in message_ids}
    query = select(*_COLUMNS).where(_FACT.c.message_id.in_(sorted(found)), _FACT.c.kind == kind)
    for row in (await tx.execute(query.order_by(_FACT.c.sequence))).mappings():
        found[row["message_id"]].append(StoredFact(**row))
    return found
