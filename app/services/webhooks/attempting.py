"""One attempt: taken with a lease in a short transaction, sent outside any, recorded in a second.

A worker that dies between the two leaves a lease that runs out: the event is sent again under the
same id. One that comes back after its lease finds it is no longer its own, and records nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.domain.webhooks import pace
from app.domain.webhooks.attempts import UNFINISHED, Answer, judge
from app.domain.webhooks.health import Because, hear
from app.domain.webhooks.notices import NoticeKind
from app.domain.webhooks.wanted import Own, is_wanted
from app.services.webhooks.following import follow
from app.services.webhooks.noticing import give_notice
from app.storage import tenancy
from app.storage.books import events
from app.storage.books.events import RecordedEvent
from app.storage.database.engine import Database, Transaction
from app.storage.ids import new_id
from app.storage.webhooks import deliveries, endpoints
from app.storage.webhooks.deliveries import Made, StoredDelivery
from app.storage.webhooks.endpoints import StoredWebhook

#: What is told: an account's event, or what a delivery itself holds.
Told = RecordedEvent | StoredDelivery
MOST_ENDPOINTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A delivery that is the caller's to send until its lease ends."""

    webhook: StoredWebhook
    delivery: StoredDelivery
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What an attempt changed. `known` False: the lease was no longer the caller's."""

    known: bool
    status: str | None = None
    warned: bool = False
    disabled: Because | None = None


async def endpoints_due(database: Database, *, at: datetime) -> tuple[tuple[UUID, UUID], ...]:
    """(tenant, endpoint) where something is to be made or sent, least lately sent to first."""
    async with database.transaction() as tx:
        return await endpoints.due(tx, by=at, most=MOST_ENDPOINTS)


async def take(
    database: Database,
    tenant_id: UUID,
    webhook_id: UUID,
    *,
    at: datetime,
    lease: timedelta,
    most: int,
) -> tuple[Taken, ...]:
    """Follow the feed, then lease up to `most` deliveries that are due, as the rate allows.

    Nothing where somebody else is at this endpoint now.
    """
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant_id)
        webhook = await endpoints.take(tx, webhook_id)
        if webhook is None:
            return ()
        webhook = await follow(tx, webhook, at=at)
        allowed = await _allowed(tx, webhook, at=at, most=most)
        if allowed <= 0:
            return ()
        leased = await deliveries.take(tx, webhook_id, at=at, until=at + lease, most=allowed)
        if not leased:
            return ()
        paced_at = pace.spent(
            webhook.paced_at,
            now=at,
            rate_per_second=webhook.rate_per_second,
            attempts=len(leased),
        )
        webhook = await endpoints.change(tx, webhook_id, {"paced_at": paced_at})
        places = [(d.account_id, d.sequence or 0) for d in leased if d.account_id is not None]
        found = await events.at_places(tx, places)
        return tuple(Taken(webhook=webhook, delivery=one, told=_told(one, found)) for one in leased)


async def record(
    database: Database, taken: Taken, answer: Answer, *, at: datetime, jitter: float
) -> Recorded:
    """What came of it. `at`: when it was sent; its answer came `answer.ms` later."""
    ended_at = at + timedelta(milliseconds=answer.ms)
    delivery = taken.delivery
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, taken.webhook.tenant_id)
        webhook = await endpoints.find(tx, taken.webhook.id, lock=True)
        if webhook is None:
            return Recorded(known=False)
        judged = judge(answer, tries=delivery.tries + 1, at=ended_at, jitter=jitter)
        if not await deliveries.settle(tx, delivery, judged, at=ended_at):
            return Recorded(known=False)
        number = delivery.attempts + 1
        await deliveries.note_attempt(tx, delivery.id, number=number, at=at, answer=answer)
        if webhook.ordered and delivery.account_id and judged.status not in UNFINISHED:
            await deliveries.release(tx, webhook.id, {delivery.account_id})
        warned, disabled = await _hear(tx, webhook, answer, at=ended_at)
        return Recorded(known=True, status=judged.status, warned=warned, disabled=disabled)


async def disable(
    tx: Transaction, webhook: StoredWebhook, because: Because, *, at: datetime
) -> StoredWebhook:
    """Send nothing more, and tell the tenant's other endpoints. Its position stands."""
    ended = await endpoints.change(
        tx,
        webhook.id,
        {
            "status": "disabled",
            "disabled_because": because.value,
            "disabled_at": at,
            "version": webhook.version + 1,
        },
    )
    await give_notice(tx, ended, NoticeKind.DISABLED, at=at)
    told = Made(
        event_id=new_id(),
        type=Own.DISABLED,
        occurred_at=at,
        body={
            "webhook_id": str(webhook.id),
            "because": because.value,
            "disabled_at": _z(at),
            "failing_since_at": _z(webhook.failing_since_at),
        },
    )
    for other in await endpoints.listed(tx, limit=MOST_ENDPOINTS):
        if other.enabled and other.id != webhook.id and is_wanted(Own.DISABLED, other.types):
            await deliveries.make(tx, other.id, [told], ordered=False, at=at)
    return ended


async def _allowed(tx: Transaction, webhook: StoredWebhook, *, at: datetime, most: int) -> int:
    rate = webhook.rate_per_second
    by_rate = pace.allowance(webhook.paced_at, now=at, rate_per_second=rate)
    under_way = await deliveries.under_way(tx, webhook.id, at=at)
    return min(most, by_rate, pace.room(under_way, failing=webhook.health.failing))


def _told(delivery: StoredDelivery, found: Mapping[tuple[UUID, int], RecordedEvent]) -> Told:
    if delivery.account_id is None or delivery.sequence is None:
        return delivery
    return found[delivery.account_id, delivery.sequence]


async def _hear(
    tx: Transaction, webhook: StoredWebhook, answer: Answer, *, at: datetime
) -> tuple[bool, Because | None]:
    """The endpoint's health after an attempt; one that is disabled already has none to lose."""
    if not webhook.enabled:
        return False, None
    heard = hear(webhook.health, at=at, ok=answer.ok)
    if heard.health != webhook.health:
        webhook = await endpoints.change(
            tx,
            webhook.id,
            {
                "failing_since_at": heard.health.failing_since_at,
                "warned": heard.health.warned,
            },
        )
    if heard.warns and not heard.disables:
        await give_notice(tx, webhook, NoticeKind.FAILING, at=at)
    because = Because.GONE if answer.gone else Because.FAILING if heard.disables else None
    if because is not None:
        await disable(tx, webhook, because, at=at)
    return heard.warns, because


def _z(at: datetime | None) -> str | None:
    """An instant as events write it."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
