"""Endpoints: made, read, changed; and where each stands in the feed. Its row is the lock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, insert, select, text, update
from sqlalchemy.types import DateTime, Integer

from app.domain.webhooks.health import Health
from app.storage.books.events import feed
from app.storage.database import continuity
from app.storage.database.continuity import Position
from app.storage.database.engine import Transaction
from app.storage.tables import Webhook, WebhookDelivery, table

_WEBHOOK, _DELIVERY = table(Webhook), table(WebhookDelivery)
_DUE = text("SELECT * FROM accord_webhooks_due(:by, :most)").bindparams(
    bindparam("by", type_=DateTime(timezone=True)), bindparam("most", type_=Integer)
)
_NOW = select(func.now())
_LIVE = _WEBHOOK.c.status != "deleted"
#: In a position that names a transaction and no event: less than every account's id.
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWebhook:
    """An endpoint as it is."""

    tenant_id: UUID
    id: UUID
    url: str
    types: list[str] | None
    description: str | None
    ordering: str
    rate_per_second: int
    headers: Mapping[str, str]
    contact_email: str | None
    status: str
    disabled_because: str | None
    disabled_at: datetime | None
    secret: bytes
    former_secret: bytes | None
    former_ends_at: datetime | None
    epoch: int
    tx: int
    after_account: UUID
    sequence: int
    given_in: int
    skip_epoch: int | None
    skip_tx: int | None
    swept_at: datetime
    failing_since_at: datetime | None
    warned: int
    paced_at: datetime
    version: int
    created_at: datetime

    @property
    def enabled(self) -> bool:
        return self.status == "enabled"

    @property
    def ordered(self) -> bool:
        """Whether an account's events wait for each other."""
        return self.ordering == "account"

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.tx, self.after_account, self.sequence)

    @property
    def health(self) -> Health:
        return Health(failing_since_at=self.failing_since_at, warned=self.warned)

    def skips(self, position: Position) -> bool:
        """Whether an event there is passed over: somebody went on from a later place."""
        if self.skip_epoch is None or self.skip_tx is None:
            return False
        return (position.epoch, position.tx) < (self.skip_epoch, self.skip_tx)

    def secrets(self, at: datetime) -> tuple[bytes, ...]:
        """Those in force, newest first."""
        if self.former_secret is None or self.former_ends_at is None or self.former_ends_at <= at:
            return (self.secret,)
        return self.secret, self.former_secret


@dataclass(frozen=True, slots=True)
class FeedEnd:
    """Before it all events are readable; those that come lie behind it."""

    epoch: int
    tx: int
    at: datetime

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.tx, _NOBODY, 0)


_COLUMNS = tuple(_WEBHOOK.c[name] for name in StoredWebhook.__dataclass_fields__)


def place_columns(position: Position, *, given_in: int) -> dict[str, object]:
    """A position as the columns of an endpoint."""
    return {
        "epoch": position.epoch,
        "tx": position.tx,
        "after_account": position.account_id,
        "sequence": position.sequence,
        "given_in": given_in,
    }


async def due(tx: Transaction, *, by: datetime, most: int) -> tuple[tuple[UUID, UUID], ...]:
    """Of all tenants: (tenant, endpoint) where something is to be made or sent. Enters none."""
    rows = await tx.execute(_DUE, {"by": by, "most": most})
    return tuple((row.tenant_id, row.webhook_id) for row in rows)


async def feed_end(tx: Transaction) -> FeedEnd:
    """Where the feed ends for now."""
    ends = await continuity.end(tx)
    return FeedEnd(ends.epoch, ends.tx, (await tx.execute(_NOW)).scalar_one())


async def add(tx: Transaction, values: Mapping[str, Any]) -> StoredWebhook:
    """A new endpoint of the entered tenant."""
    made = insert(_WEBHOOK).values(tenant_id=func.accord_tenant_id(), **values)
    row = (await tx.execute(made.returning(*_COLUMNS))).mappings().one()
    return StoredWebhook(**row)


async def find(tx: Transaction, webhook_id: UUID, *, lock: bool = False) -> StoredWebhook | None:
    """The endpoint, unless it was deleted; with `lock` nobody else changes it until we end."""
    query = select(*_COLUMNS).where(_WEBHOOK.c.id == webhook_id, _LIVE)
    if lock:
        query = query.with_for_update(key_share=True)
    return await _one(tx, query)


async def take(tx: Transaction, webhook_id: UUID) -> StoredWebhook | None:
    """Its lock, if it is enabled and nobody holds it: who does is at the same work."""
    mine = select(*_COLUMNS).where(_WEBHOOK.c.id == webhook_id, _WEBHOOK.c.status == "enabled")
    return await _one(tx, mine.with_for_update(key_share=True, skip_locked=True))


async def listed(
    tx: Transaction, *, after: UUID | None = None, limit: int
) -> tuple[StoredWebhook, ...]:
    """The tenant's endpoints, oldest first."""
    query = select(*_COLUMNS).where(_LIVE).order_by(_WEBHOOK.c.id).limit(limit)
    if after is not None:
        query = query.where(_WEBHOOK.c.id > after)
    return tuple(StoredWebhook(**row) for row in (await tx.execute(query)).mappings())


async def change(tx: Transaction, webhook_id: UUID, values: Mapping[str, object]) -> StoredWebhook:
    """The endpoint with these columns changed. Call it under the lock."""
    changed = update(_WEBHOOK).where(_WEBHOOK.c.id == webhook_id).values(**values)
    row = (await tx.execute(changed.returning(*_COLUMNS))).mappings().one()
    return StoredWebhook(**row)


async def oldest_untold(tx: Transaction, webhook: StoredWebhook) -> datetime | None:
    """When the oldest event happened that the endpoint has not been told of; None: told of all.

    Of what waits for an earlier one of its account, the earlier one is older.
    """
    first = _DELIVERY.c.status.in_(("pending", "retrying")) & ~_DELIVERY.c.waits
    waiting = select(func.min(_DELIVERY.c.occurred_at)).where(
        _DELIVERY.c.webhook_id == webhook.id, first
    )
    oldest: datetime | None = (await tx.execute(waiting)).scalar_one()
    unread = await feed(tx, after=webhook.position, limit=1)
    found = [one for one in (oldest, *(event.occurred_at for event in unread)) if one is not None]
    return min(found, default=None)


async def _one(tx: Transaction, query: Select[*tuple[Any, ...]]) -> StoredWebhook | None:
    row = (await tx.execute(query)).mappings().first()
    return StoredWebhook(**row) if row else None
