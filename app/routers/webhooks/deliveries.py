"""The log of deliveries: read, and sent again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.domain.entries.events import account_of
from app.domain.errors import NotFound
from app.domain.webhooks.attempts import Status
from app.routers.edge.deps import CanReadWebhooks, CanWriteWebhooks
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import DeliveryId, EventId, ReplayId, WebhookId
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Page
from app.schemas.webhooks.deliveries import (
    AttemptRead,
    DeliveryRead,
    ReplayRead,
    ReplayRequest,
)
from app.services.webhooks import log
from app.services.webhooks.log import Asked, DeliveryView

router = APIRouter(tags=["webhooks"], route_class=Operation)

DELIVERIES = Keyset("webhook deliveries", UUID)


@router.get(
    "/v1/webhooks/{webhook_id}/deliveries",
    summary="List deliveries",
    response_model=Page[DeliveryRead],
    responses=problems(NotFound),
)
async def find(
    webhook_id: WebhookId,
    ctx: CanReadWebhooks,
    *,
    status: Annotated[Status | None, Query(description="Only those that stand so.")] = None,
    event_id: Annotated[EventId | None, Query(description="Only of this event.")] = None,
    replay_id: Annotated[ReplayId | None, Query(description="Only what it sent again.")] = None,
    since: Annotated[
        Instant | None, Query(alias="from", description="Events from this moment on.")
    ] = None,
    until: Annotated[
        Instant | None, Query(alias="to", description="Events before this moment.")
    ] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """What was made for an endpoint, newest first, each with its attempts."""
    key = DELIVERIES.read(cursor)
    asked = Asked(
        statuses=(status,) if status else (),
        event_id=event_id,
        replay_id=replay_id,
        since=since,
        until=until,
    )
    found = await log.listed(
        ctx, webhook_id, asked, before=key[0] if key else None, limit=limit + 1
    )
    page, next_cursor = DELIVERIES.cut(found, limit, key=lambda view: (view.delivery.id,))
    return answer(
        {"data": [_read(view, ctx.tenant_id) for view in page], "next_cursor": next_cursor}
    )


@router.post(
    "/v1/webhooks/{webhook_id}/replay",
    status_code=202,
    summary="Replay deliveries",
    response_model=ReplayRead,
    responses=problems(NotFound),
)
async def replay(webhook_id: WebhookId, body: ReplayRequest, ctx: CanWriteWebhooks) -> Response:
    """Send a span of the log again, under the same `webhook-id`s: at most 10,000 events a time.

    Events that still wait to be sent are no part of it. What an endpoint was never to be told
    (other types, before it was made) is not in its log: read the feed.
    """
    made = await log.replay(
        ctx,
        webhook_id,
        only=body.only,
        types=body.types,
        since=body.since,
        until=body.until,
        after_event_id=body.after_event_id,
    )
    return answer(ReplayRead(id=made.id, count=made.count), status=202)


@router.post(
    "/v1/webhook-deliveries/{delivery_id}/retry",
    status_code=202,
    summary="Retry a delivery",
    response_model=DeliveryRead,
    responses=problems(NotFound),
)
async def retry(delivery_id: DeliveryId, ctx: CanWriteWebhooks) -> Response:
    """Send one again now, under the same `webhook-id`, its tries begun anew.

    Where its endpoint is disabled, it waits until that is enabled.
    """
    return answer(_read(await log.retry(ctx, delivery_id), ctx.tenant_id), status=202)


def _read(view: DeliveryView, tenant_id: UUID) -> DeliveryRead:
    stored = view.delivery
    alike = {name: getattr(stored, name) for name in DeliveryRead.model_fields.keys() - _MADE}
    attempts = [AttemptRead.model_validate(one) for one in view.attempts]
    chain_id = stored.account_id
    account_id = chain_id and account_of(stored.type, chain_id, tenant_id)
    return DeliveryRead(**alike, account_id=account_id, attempts=attempts)


_MADE = {"account_id", "attempts"}
