"""The log of what was delivered: read, sent again one by one, or a span of it at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.domain.errors import InvalidInput, NotFound
from app.domain.values import replace
from app.domain.webhooks.attempts import UNFINISHED, Only, Status
from app.domain.webhooks.wanted import KNOWN, check_patterns, is_wanted
from app.services.context import Context
from app.services.webhooks.endpoints import known
from app.storage.ids import new_id
from app.storage.webhooks import deliveries, endpoints
from app.storage.webhooks.deliveries import Asked, StoredAttempt, StoredDelivery

__all__ = ["Asked", "DeliveryView", "Replay", "listed", "replay", "retry"]

#: What one replay sends again at most.
MOST_REPLAYED: Final = 10_000
_NOT_TAKEN = (Status.FAILED, Status.EXHAUSTED, Status.SKIPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """A delivery with its attempts, oldest first."""

    delivery: StoredDelivery
    attempts: Sequence[StoredAttempt]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What is sent again: how many, and under which name."""

    id: UUID
    count: int


async def listed(
    ctx: Context, webhook_id: UUID, asked: Asked, *, before: UUID | None, limit: int
) -> tuple[DeliveryView, ...]:
    """An endpoint's deliveries, newest first. Raises `NotFound`."""
    await known(ctx, webhook_id)
    found = await deliveries.listed(ctx.tx, webhook_id, asked, before=before, limit=limit)
    attempts = await deliveries.attempts_of(ctx.tx, [one.id for one in found])
    return tuple(DeliveryView(delivery=one, attempts=attempts[one.id]) for one in found)


async def retry(ctx: Context, delivery_id: UUID) -> DeliveryView:
    """Send one again, now, its tries begun anew; one under way stays so. Raises `NotFound`.

    Where its endpoint is disabled it waits until that is enabled.
    """
    found = await deliveries.find(ctx.tx, delivery_id)
    webhook = None
    if found is not None:
        webhook = await endpoints.find(ctx.tx, found.webhook_id, lock=True)
    if found is None or webhook is None:
        raise NotFound(resource="delivery", key=str(delivery_id))
    now = (await endpoints.feed_end(ctx.tx)).at
    one = Asked(event_id=found.event_id)
    await deliveries.send_again(ctx.tx, webhook.id, one, at=now)
    await deliveries.align(ctx.tx, webhook.id, ordered=webhook.ordered)
    (view,) = await listed(ctx, webhook.id, one, before=None, limit=1)
    return view


async def replay(
    ctx: Context,
    webhook_id: UUID,
    *,
    only: Only,
    types: Sequence[str] | None,
    since: datetime | None,
    until: datetime | None,
    after_event_id: UUID | None,
) -> Replay:
    """Send a span of the log again, under the same ids, each event in its account's order.

    What was made for the endpoint is in its log; what never was is in the feed. What waits to be
    sent anyhow is no part of it. Raises `NotFound`, `InvalidInput` for a span that is too long.
    """
    check_patterns(types)
    await known(ctx, webhook_id)
    asked = Asked(
        statuses=_NOT_TAKEN if only is Only.FAILED else tuple(set(Status) - set(UNFINISHED)),
        types=tuple(one for one in KNOWN if is_wanted(one, types)) if types else (),
        since=since,
        until=until,
    )
    if after_event_id is not None:
        after = await deliveries.of_event(ctx.tx, webhook_id, after_event_id)
        if after is None:
            raise NotFound(resource="event", key=str(after_event_id))
        asked = replace(asked, after_id=after.id)
    webhook = await endpoints.find(ctx.tx, webhook_id, lock=True)
    if webhook is None:
        raise NotFound(resource="webhook", key=str(webhook_id))
    if await deliveries.how_many(ctx.tx, webhook_id, asked, most=MOST_REPLAYED) > MOST_REPLAYED:
        raise InvalidInput.at("", f"a replay sends at most {MOST_REPLAYED:,}: name a shorter span")
    now = (await endpoints.feed_end(ctx.tx)).at
    made = new_id()
    count = await deliveries.send_again(ctx.tx, webhook_id, asked, at=now, replay_id=made)
    await deliveries.align(ctx.tx, webhook_id, ordered=webhook.ordered)
    return Replay(id=made, count=count)
