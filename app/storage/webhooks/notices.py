"""Notices about endpoints: made where something is the matter, taken with a lease, settled."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, insert, or_, text, update
from sqlalchemy.types import DateTime, Integer

from app.domain.webhooks.notices import NoticeKind, NoticeStatus
from app.storage.database.engine import Transaction
from app.storage.ids import new_id
from app.storage.tables import WebhookNotice, table

_NOTICE = table(WebhookNotice)
_DUE = text("SELECT * FROM accord_webhook_notices_due(:by, :most)").bindparams(
    bindparam("by", type_=DateTime(timezone=True)), bindparam("most", type_=Integer)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredNotice:
    """A notice as it stands."""

    tenant_id: UUID
    id: UUID
    webhook_id: UUID
    kind: str
    because: str | None
    failing_since_at: datetime | None
    tries: int
    lease_id: UUID | None
    created_at: datetime


_COLUMNS = tuple(_NOTICE.c[name] for name in StoredNotice.__dataclass_fields__)


async def due(tx: Transaction, *, by: datetime, most: int) -> tuple[tuple[UUID, UUID], ...]:
    """Of all tenants: (tenant, notice) to be posted. Enters none."""
    rows = await tx.execute(_DUE, {"by": by, "most": most})
    return tuple((row.tenant_id, row.notice_id) for row in rows)


async def make(
    tx: Transaction,
    webhook_id: UUID,
    kind: NoticeKind,
    *,
    because: str | None,
    failing_since_at: datetime | None,
    at: datetime,
) -> None:
    """A notice to be posted now."""
    await tx.execute(
        insert(_NOTICE).values(
            tenant_id=func.accord_tenant_id(),
            id=new_id(),
            webhook_id=webhook_id,
            kind=kind.value,
            because=because,
            failing_since_at=failing_since_at,
            status=NoticeStatus.PENDING.value,
            tries=0,
            next_at=at,
            created_at=at,
        )
    )


async def take(
    tx: Transaction, notice_id: UUID, *, at: datetime, until: datetime
) -> StoredNotice | None:
    """The notice, leased to the caller, if it is due and nobody's."""
    free = or_(_NOTICE.c.leased_until.is_(None), _NOTICE.c.leased_until <= at)
    mine = update(_NOTICE).where(
        _NOTICE.c.id == notice_id, _NOTICE.c.status == "pending", _NOTICE.c.next_at <= at, free
    )
    leased = mine.values(lease_id=new_id(), leased_until=until)
    row = (await tx.execute(leased.returning(*_COLUMNS))).mappings().first()
    return StoredNotice(**row) if row else None


async def settle(
    tx: Transaction,
    notice: StoredNotice,
    status: NoticeStatus,
    *,
    error: str | None,
    next_at: datetime | None,
) -> None:
    """Where it stands now; nothing where the lease is somebody else's."""
    await tx.execute(
        update(_NOTICE)
        .where(_NOTICE.c.id == notice.id, _NOTICE.c.lease_id == notice.lease_id)
        .values(
            status=status.value,
            tries=notice.tries + 1,
            error=error,
            next_at=next_at,
            lease_id=None,
            leased_until=None,
        )
    )
