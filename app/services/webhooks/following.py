"""Making deliveries of the feed: an endpoint's position and what is made of it, in one transaction.

No command knows of endpoints. Whoever sends follows the feed first, as any reader of it would,
and the endpoint's own row says how far.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from app.domain.webhooks.attempts import Status
from app.domain.webhooks.wanted import Own, is_wanted
from app.storage.books import events
from app.storage.books.events import RecordedEvent
from app.storage.database import continuity
from app.storage.database.continuity import End, Position, PutBack
from app.storage.database.engine import Transaction
from app.storage.day_close import sweeps
from app.storage.day_close.sweeps import StoredSweep
from app.storage.webhooks import deliveries, endpoints
from app.storage.webhooks.deliveries import Made
from app.storage.webhooks.endpoints import StoredWebhook

#: Events read at once: one short transaction's worth.
PAGE: Final = 500
#: A sweep may commit a little after the instant it says; what is made already is made once.
_LATE = timedelta(minutes=10)


async def follow(tx: Transaction, webhook: StoredWebhook, *, at: datetime) -> StoredWebhook:
    """Make deliveries of the next page of the feed, under the endpoint's lock."""
    after, epoch, until = await _resumed(tx, webhook)
    found = await events.feed(tx, after=after, until=until, limit=PAGE)
    stands = found[-1].position if found else after or webhook.position
    since = max(webhook.swept_at - _LATE, webhook.created_at)
    swept = await sweeps.done_since(tx, since, limit=PAGE)
    made = [
        *(_of_event(webhook, one) for one in found if is_wanted(one.type, webhook.types)),
        *(_of_sweep(one) for one in swept if is_wanted(Own.SWEEP_DONE, webhook.types)),
    ]
    await deliveries.make(tx, webhook.id, made, ordered=webhook.ordered, at=at)
    swept_at = max([webhook.swept_at, *(one.finished_at for one in swept if one.finished_at)])
    if (stands, epoch, swept_at) == (webhook.position, webhook.given_in, webhook.swept_at):
        return webhook
    place = endpoints.place_columns(stands, given_in=epoch)
    return await endpoints.change(tx, webhook.id, {**place, "swept_at": swept_at})


async def _resumed(
    tx: Transaction, webhook: StoredWebhook
) -> tuple[Position | None, int, End | None]:
    """Where it goes on; after a restore some events are read again, and made no second time."""
    try:
        return await continuity.resumed(tx, webhook.position, webhook.given_in)
    except PutBack as put_back:
        return put_back.kept, put_back.epoch, None


def _of_event(webhook: StoredWebhook, event: RecordedEvent) -> Made:
    return Made(
        event_id=event.id,
        type=event.type,
        occurred_at=event.occurred_at,
        account_id=event.position.account_id,  # whose chain it is of
        sequence=event.sequence,
        status=Status.SKIPPED if webhook.skips(event.position) else Status.PENDING,
    )


def _of_sweep(run: StoredSweep) -> Made:
    """A sweep that is over. Its event's id follows from its own: told once, whoever tells it."""
    return Made(
        event_id=_told(run.id),
        type=Own.SWEEP_DONE,
        occurred_at=run.finished_at or run.started_at,
        body={
            "sweep_id": str(run.id),
            "business_date": run.business_date,
            "examined": run.examined,
            "changed": run.changed,
        },
    )


def _told(sweep_id: UUID) -> UUID:
    return uuid5(NAMESPACE_URL, f"sweep.done {sweep_id}")
