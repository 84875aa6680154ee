"""A ping: sent at once, and its answer shown. Read in one transaction, recorded in another."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.webhooks.attempts import Answer, Status
from app.domain.webhooks.wanted import Own
from app.services.context import Context
from app.services.webhooks.endpoints import known
from app.storage import tenancy
from app.storage.database.engine import Database
from app.storage.ids import new_id
from app.storage.webhooks import deliveries, endpoints
from app.storage.webhooks.deliveries import Made
from app.storage.webhooks.endpoints import StoredWebhook


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """What is to be sent, to whom."""

    webhook: StoredWebhook
    made: Made


async def prepare(ctx: Context, webhook_id: UUID) -> Ping:
    """A ping to send when this transaction is over. Raises `NotFound`."""
    webhook = await known(ctx, webhook_id)
    now = (await endpoints.feed_end(ctx.tx)).at
    body = {"webhook_id": str(webhook.id)}
    return Ping(
        webhook=webhook, made=Made(event_id=new_id(), type=Own.PING, occurred_at=now, body=body)
    )


async def record(database: Database, ping: Ping, answer: Answer, *, at: datetime) -> None:
    """Keep it in the endpoint's log. It says nothing of the endpoint's health."""
    status = Status.DELIVERED if answer.ok else Status.FAILED
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, ping.webhook.tenant_id)
        webhook = await endpoints.find(tx, ping.webhook.id, lock=True)
        if webhook is None:
            return
        await deliveries.keep_sent(tx, webhook.id, ping.made, status, answer, at=at)
