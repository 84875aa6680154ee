"""Providers as stored, and reports of messages that were not known yet."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from app.storage.database.engine import Transaction
from app.storage.ids import new_id
from app.storage.tables import EarlyReport, MessageProvider, table

_PROVIDER, _EARLY = table(MessageProvider), table(EarlyReport)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProvider:
    """A carrier of one channel, as a tenant set it up."""

    name: str
    kind: str
    channel: str
    url: str
    headers: Mapping[str, str]
    secret_ref: str | None
    callback_secret_ref: str | None
    idempotent: bool
    rate_per_second: int | None
    from_address: str | None
    return_path: str | None
    version: int
    changed_at: datetime
    actor: str | None
    key_id: UUID | None


_NAMES = tuple(one.name for one in fields(StoredProvider))
_COLUMNS = tuple(_PROVIDER.c[name] for name in _NAMES)


async def read(tx: Transaction, name: str, *, lock: bool = False) -> StoredProvider | None:
    """A provider by the tenant's name for it."""
    query = select(*_COLUMNS).where(_PROVIDER.c.name == name)
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    return StoredProvider(**row) if row else None


async def of_channel(tx: Transaction, channel: str) -> StoredProvider | None:
    """The channel's, the first by name."""
    query = select(*_COLUMNS).where(_PROVIDER.c.channel == channel).order_by(_PROVIDER.c.name)
    row = (await tx.execute(query.limit(1))).mappings().one_or_none()
    return StoredProvider(**row) if row else None


async def save(tx: Transaction, tenant_id: UUID, provider: StoredProvider) -> None:
    """Set one up, or anew."""
    row = {name: getattr(provider, name) for name in _NAMES}
    changed = {name: value for name, value in row.items() if name != "name"}
    await tx.execute(
        upsert(_PROVIDER)
        .values(tenant_id=tenant_id, **row)
        .on_conflict_do_update(index_elements=["tenant_id", "name"], set_=changed)
    )


async def keep_early(
    tx: Transaction,
    tenant_id: UUID,
    provider: str,
    provider_message_id: str,
    body: Mapping[str, Any],
    *,
    at: datetime,
    received_at: datetime,
) -> None:
    """Keep a report of what is not known by this name, yet."""
    await tx.execute(
        insert(_EARLY).values(
            tenant_id=tenant_id, id=new_id(), provider=provider,
            provider_message_id=provider_message_id, body=dict(body), at=at,
            received_at=received_at,
        )
    )  # fmt: skip


async def early(
    tx: Transaction, provider: str, provider_message_id: str, *, since: datetime
) -> list[tuple[datetime, Mapping[str, Any]]]:
    """What was reported of it before it was known, since an instant: when it was so, and what."""
    query = select(_EARLY.c.at, _EARLY.c.body).where(
        _EARLY.c.provider == provider,
        _EARLY.c.provider_message_id == provider_message_id,
        _EARLY.c.received_at >= since,
    )
    rows = await tx.execute(query.order_by(_EARLY.c.received_at, _EARLY.c.id))
    return [(row.at, row.body) for row in rows]


async def forget_early(tx: Transaction, *, before: datetime, limit: int) -> int:
    """Delete reports that came before an instant and nobody matched; how many there were."""
    query = select(_EARLY.c.id).where(_EARLY.c.received_at < before).limit(limit)
    over = (await tx.execute(query.with_for_update(skip_locked=True))).scalars().all()
    await tx.execute(delete(_EARLY).where(_EARLY.c.id.in_(over)))
    return len(over)
