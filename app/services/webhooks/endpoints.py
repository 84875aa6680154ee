"""Endpoints: made, read, changed, enabled and disabled, and their secrets."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from app.domain.errors import InvalidInput, NotFound
from app.domain.refusals.webhooks import RotationInProgress
from app.domain.webhooks.addresses import Network, check_url
from app.domain.webhooks.attempts import UNFINISHED, Status
from app.domain.webhooks.health import Because, Resume
from app.domain.webhooks.signature import secret_text
from app.domain.webhooks.wanted import check_patterns
from app.services.context import Context
from app.services.etags import Expected
from app.services.webhooks.attempting import disable as stop
from app.storage.database.continuity import Position
from app.storage.ids import new_id
from app.storage.webhooks import deliveries, endpoints
from app.storage.webhooks.deliveries import Asked
from app.storage.webhooks.endpoints import FeedEnd, StoredWebhook

SECRET_BYTES: Final = 32
#: Endpoints of one tenant: each reads the feed for itself.
MOST_ENDPOINTS: Final = 100
_REFUSED_HEADERS = frozenset(
    {
        "connection", "content-encoding", "content-length", "content-type", "cookie", "expect",
        "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
    }
)  # fmt: skip
_OURS = ("webhook-", "proxy-")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookView:
    """An endpoint as it is shown."""

    webhook: StoredWebhook
    lag_seconds: float

    @property
    def place(self) -> tuple[Position, int]:
        """Its position in the feed, and in which epoch that was noted."""
        return self.webhook.position, self.webhook.given_in


async def create(
    ctx: Context, said: Mapping[str, Any], *, allowed: Collection[Network]
) -> WebhookView:
    """A new endpoint, told of what happens from now on. Raises `InvalidInput`, `PrivateAddress`."""
    _check(said, allowed)
    if len(await endpoints.listed(ctx.tx, limit=MOST_ENDPOINTS)) >= MOST_ENDPOINTS:
        raise InvalidInput.at("", f"a tenant has at most {MOST_ENDPOINTS} endpoints: delete one")
    end = await endpoints.feed_end(ctx.tx)
    made = await endpoints.add(
        ctx.tx,
        {
            **said,
            **endpoints.place_columns(end.position, given_in=end.epoch),
            "id": new_id(),
            "status": "enabled",
            "secret": secrets.token_bytes(SECRET_BYTES),
            "swept_at": end.at,
            "paced_at": end.at - timedelta(seconds=1),
            "warned": 0,
            "version": 1,
            "actor": ctx.actor,
            "key_id": ctx.key_id,
        },
    )
    return WebhookView(webhook=made, lag_seconds=0.0)


async def find(ctx: Context, webhook_id: UUID) -> WebhookView:
    """Raises `NotFound`."""
    return await _view(ctx, await known(ctx, webhook_id))


async def listed(ctx: Context, *, after: UUID | None, limit: int) -> tuple[WebhookView, ...]:
    """Up to `limit` endpoints after one, oldest first."""
    found = await endpoints.listed(ctx.tx, after=after, limit=limit)
    return tuple([await _view(ctx, one) for one in found])


async def change(
    ctx: Context,
    webhook_id: UUID,
    said: Mapping[str, Any],
    if_match: Expected | None,
    *,
    allowed: Collection[Network],
) -> WebhookView:
    """What is said is changed, the rest stays. Raises `NotFound`, `EtagMismatch`, as `create`."""
    webhook = await _held(ctx, webhook_id)
    if if_match is not None:
        if_match.check(webhook.version)
    _check(said, allowed)
    changed = await _changed(ctx, webhook, **said)
    if changed.ordering != webhook.ordering:
        await deliveries.align(ctx.tx, webhook_id, ordered=changed.ordered)
    return await _view(ctx, changed)


async def remove(ctx: Context, webhook_id: UUID) -> None:
    """Send nothing more to it and forget its secrets; its log stays. Raises `NotFound`."""
    webhook = await _held(ctx, webhook_id)
    await deliveries.skip_all(ctx.tx, webhook_id, at=(await endpoints.feed_end(ctx.tx)).at)
    forgotten: dict[str, object] = {
        "url": "",
        "secret": b"",
        "former_secret": None,
        "former_ends_at": None,
        "headers": {},
        "contact_email": None,
    }
    await _changed(ctx, webhook, status="deleted", **forgotten)


async def rotate_secret(
    ctx: Context, webhook_id: UUID, *, keep_hours: int, revoke_old: bool
) -> WebhookView:
    """A new secret; the one it had signs beside it for so long.

    Raises `NotFound`, `RotationInProgress` while two sign, unless the older one may end now.
    """
    webhook = await _held(ctx, webhook_id)
    now = (await endpoints.feed_end(ctx.tx)).at
    if len(webhook.secrets(now)) > 1 and webhook.former_ends_at and not revoke_old:
        raise RotationInProgress(until_at=webhook.former_ends_at)
    keeps = keep_hours > 0
    changed = await _changed(
        ctx,
        webhook,
        secret=secrets.token_bytes(SECRET_BYTES),
        former_secret=webhook.secret if keeps else None,
        former_ends_at=now + timedelta(hours=keep_hours) if keeps else None,
    )
    return await _view(ctx, changed)


async def disable(ctx: Context, webhook_id: UUID) -> WebhookView:
    """Send nothing more; its position stands. Again: nothing changes. Raises `NotFound`."""
    webhook = await _held(ctx, webhook_id)
    if webhook.enabled:
        at = (await endpoints.feed_end(ctx.tx)).at
        webhook = await stop(ctx.tx, webhook, Because.BY_HAND, at=at)
    return await _view(ctx, webhook)


async def enable(ctx: Context, webhook_id: UUID, resume: Resume) -> WebhookView:
    """Send again; an endpoint that is enabled stays as it is. Raises `NotFound`.

    `where_it_stopped` takes up all that stands, and what the answer 410 that ended it gave up.
    `now` passes over what happened meanwhile: it is kept as `skipped`, and replay finds it.
    """
    webhook = await _held(ctx, webhook_id)
    if webhook.enabled:
        return await _view(ctx, webhook)
    end = await endpoints.feed_end(ctx.tx)
    begins = {} if resume is Resume.WHERE_IT_STOPPED else await _pass_over(ctx, webhook_id, end)
    if resume is Resume.WHERE_IT_STOPPED:
        await _take_up(ctx, webhook, end.at)
    changed = await _changed(
        ctx,
        webhook,
        status="enabled",
        disabled_because=None,
        disabled_at=None,
        failing_since_at=None,
        warned=0,
        **begins,
    )
    return await _view(ctx, changed)


async def known(ctx: Context, webhook_id: UUID) -> StoredWebhook:
    """Raises `NotFound`."""
    return _there(await endpoints.find(ctx.tx, webhook_id), webhook_id)


def secret_of(webhook: StoredWebhook) -> str:
    """The newest secret, as its receiver needs it."""
    return secret_text(webhook.secret)


async def _take_up(ctx: Context, webhook: StoredWebhook, at: datetime) -> None:
    """What was tried begins anew; what was never tried is due as it is."""
    tried = Asked(statuses=UNFINISHED, tried=True)
    await deliveries.send_again(ctx.tx, webhook.id, tried, at=at)
    given_up = Asked(statuses=(Status.FAILED,), finished_since=webhook.disabled_at)
    if await deliveries.send_again(ctx.tx, webhook.id, given_up, at=at):
        await deliveries.align(ctx.tx, webhook.id, ordered=webhook.ordered)


async def _pass_over(ctx: Context, webhook_id: UUID, end: FeedEnd) -> dict[str, object]:
    await deliveries.skip_all(ctx.tx, webhook_id, at=end.at)
    return {"skip_epoch": end.epoch, "skip_tx": end.tx, "swept_at": end.at}


async def _changed(ctx: Context, webhook: StoredWebhook, **values: object) -> StoredWebhook:
    hand = {"actor": ctx.actor, "key_id": ctx.key_id, "version": webhook.version + 1}
    return await endpoints.change(ctx.tx, webhook.id, {**values, **hand})


async def _held(ctx: Context, webhook_id: UUID) -> StoredWebhook:
    return _there(await endpoints.find(ctx.tx, webhook_id, lock=True), webhook_id)


def _there(found: StoredWebhook | None, webhook_id: UUID) -> StoredWebhook:
    if found is None:
        raise NotFound(resource="webhook", key=str(webhook_id))
    return found


async def _view(ctx: Context, webhook: StoredWebhook) -> WebhookView:
    oldest = await endpoints.oldest_untold(ctx.tx, webhook)
    now = (await endpoints.feed_end(ctx.tx)).at
    lag_s = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
    return WebhookView(webhook=webhook, lag_seconds=round(lag_s, 3))


def _check(said: Mapping[str, Any], allowed: Collection[Network]) -> None:
    """Raises `InvalidInput`, `PrivateAddress`."""
    if "url" in said:
        check_url(said["url"], allowed)
    check_patterns(said.get("types"))
    for name in said.get("headers") or {}:
        if name.lower() in _REFUSED_HEADERS or name.lower().startswith(_OURS):
            raise InvalidInput.at(f"/headers/{name}", "is a header that is not yours to set")
