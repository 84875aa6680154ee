"""Writing to whoever looks after an endpoint: taken with a lease, posted outside, recorded."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.domain.webhooks.notices import (
    NEWS_FOR,
    Letter,
    NoticeKind,
    NoticeStatus,
    next_at,
    written,
)
from app.storage import tenancy
from app.storage.database.engine import Database, Transaction
from app.storage.webhooks import endpoints, notices
from app.storage.webhooks.endpoints import StoredWebhook
from app.storage.webhooks.notices import StoredNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenNotice:
    """A notice that is the caller's to post until its lease ends."""

    stored: StoredNotice
    url: str
    to: str

    def letter(self, endpoint: str) -> Letter:
        """Its words. `endpoint`: its id, as its owner knows it."""
        return written(
            NoticeKind(self.stored.kind),
            endpoint=endpoint,
            url=self.url,
            because=self.stored.because,
            failing_since_at=self.stored.failing_since_at,
        )


async def notices_due(
    database: Database, *, at: datetime, most: int
) -> tuple[tuple[UUID, UUID], ...]:
    """(tenant, notice) to be posted."""
    async with database.transaction() as tx:
        return await notices.due(tx, by=at, most=most)


async def give_notice(
    tx: Transaction, webhook: StoredWebhook, kind: NoticeKind, *, at: datetime
) -> None:
    """Have it written, where somebody is named who reads it."""
    if webhook.contact_email is not None:
        await notices.make(
            tx,
            webhook.id,
            kind,
            because=webhook.disabled_because,
            failing_since_at=webhook.failing_since_at,
            at=at,
        )


async def take_notice(
    database: Database, tenant_id: UUID, notice_id: UUID, *, at: datetime, lease: timedelta
) -> TakenNotice | None:
    """The notice, leased. None: it is another's, or no news any more, or nobody is to read it."""
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant_id)
        stored = await notices.take(tx, notice_id, at=at, until=at + lease)
        if stored is None:
            return None
        webhook = await endpoints.find(tx, stored.webhook_id)
        to = webhook.contact_email if webhook else None
        if webhook is None or to is None or at - stored.created_at > NEWS_FOR:
            gone = NoticeStatus.GIVEN_UP
            await notices.settle(tx, stored, gone, error="no longer news", next_at=None)
            return None
        return TakenNotice(stored=stored, url=webhook.url, to=to)


async def record_notice(
    database: Database, taken: TakenNotice, error: str | None, *, at: datetime
) -> None:
    """What the mail server said: `error` None, and it took it."""
    again = None if error is None else next_at(tries=taken.stored.tries + 1, at=at)
    if error is None:
        status = NoticeStatus.SENT
    else:
        status = NoticeStatus.PENDING if again else NoticeStatus.GIVEN_UP
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, taken.stored.tenant_id)
        await notices.settle(tx, taken.stored, status, error=error, next_at=again)
