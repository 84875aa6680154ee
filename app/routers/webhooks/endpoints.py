"""Endpoints: made, read, changed, pinged, enabled, disabled, and their secrets."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.domain.refusals.webhooks import PrivateAddress, RotationInProgress
from app.domain.webhooks.addresses import Network
from app.domain.webhooks.attempts import Outgoing
from app.routers.books.feed_places import FEED
from app.routers.edge.deps import (
    CanReadSecrets,
    CanReadWebhooks,
    CanWriteWebhooks,
    wall_clock,
)
from app.routers.edge.etags import IfMatch
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Afterwards, Operation, answer
from app.schemas.edge.ids import PREFIXES, WebhookId, encode
from app.schemas.edge.types import Page
from app.schemas.webhooks.endpoints import (
    EnableRequest,
    PingRead,
    RotationRequest,
    SecretRead,
    WebhookCreated,
    WebhookPatch,
    WebhookRead,
    WebhookRequest,
)
from app.schemas.webhooks.message import message
from app.services.etags import EtagMismatch
from app.services.webhooks import endpoints, pinging
from app.services.webhooks.endpoints import WebhookView
from app.services.webhooks.pinging import Ping
from app.services.webhooks.sending import Sender
from app.services.webhooks.signing import signed

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], route_class=Operation)

WEBHOOKS = Keyset("webhooks", UUID)
#: What a change may set to null; of the rest null means: as it is.
_MAY_BE_NULL = frozenset({"types", "description", "headers", "contact_email"})


@router.post(
    "",
    status_code=201,
    summary="Make an endpoint",
    response_model=WebhookCreated,
    responses=problems(PrivateAddress),
)
async def create(body: WebhookRequest, ctx: CanWriteWebhooks, request: Request) -> Response:
    """From now on, `url` is told what happens: signed, at least once, each account in order.

    By the Standard Webhooks specification 1.0.0. Verify each request with the `secret` and skip
    the `webhook-id`s you have seen. Anything but 2xx within 15 seconds is tried again after 5 s,
    5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h; a redirect is not followed, 410 disables.
    """
    said = {**body.model_dump(), "headers": body.headers or {}}
    view = await endpoints.create(ctx, said, allowed=_allowed(request))
    made = WebhookCreated(**_shown(view), secret=endpoints.secret_of(view.webhook))
    location = f"/v1/webhooks/{encode(PREFIXES['webhook'], view.webhook.id)}"
    return answer(made, status=201, version=view.webhook.version, location=location)


@router.get("", summary="List endpoints", response_model=Page[WebhookRead])
async def find(
    ctx: CanReadWebhooks, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """The tenant's endpoints, oldest first, each with how it fares."""
    key = WEBHOOKS.read(cursor)
    found = await endpoints.listed(ctx, after=key[0] if key else None, limit=limit + 1)
    page, next_cursor = WEBHOOKS.cut(found, limit, key=lambda view: (view.webhook.id,))
    return answer({"data": [_read(view) for view in page], "next_cursor": next_cursor})


@router.get("/{webhook_id}", summary="Read an endpoint", response_model=WebhookRead)
async def read(webhook_id: WebhookId, ctx: CanReadWebhooks) -> Response:
    """Where it is, what it wants, how it fares and how far behind it is."""
    return _answer(await endpoints.find(ctx, webhook_id))


@router.patch(
    "/{webhook_id}",
    summary="Change an endpoint",
    response_model=WebhookRead,
    responses=problems(EtagMismatch, PrivateAddress),
)
async def change(
    webhook_id: WebhookId,
    body: WebhookPatch,
    ctx: CanWriteWebhooks,
    request: Request,
    if_match: IfMatch = None,
) -> Response:
    """What is left out stays. Another address gets what waits, and other types from here on."""
    given = body.model_dump(include=body.model_fields_set)
    said = {k: v for k, v in given.items() if v is not None or k in _MAY_BE_NULL}
    if "headers" in said:
        said["headers"] = said["headers"] or {}
    allowed = _allowed(request)
    return _answer(await endpoints.change(ctx, webhook_id, said, if_match, allowed=allowed))


@router.delete("/{webhook_id}", status_code=204, summary="Delete an endpoint")
async def delete(webhook_id: WebhookId, ctx: CanWriteWebhooks) -> Response:
    """Nothing more is sent to it, and its secrets are forgotten."""
    await endpoints.remove(ctx, webhook_id)
    return Response(status_code=204)


@router.get("/{webhook_id}/secret", summary="Read a secret", response_model=SecretRead)
async def read_secret(webhook_id: WebhookId, ctx: CanReadSecrets) -> Response:
    """The newest secret. It lets its bearer write requests that look like ours."""
    return answer(_secret(await endpoints.find(ctx, webhook_id)))


@router.post(
    "/{webhook_id}/rotate-secret",
    summary="Rotate a secret",
    response_model=SecretRead,
    responses=problems(RotationInProgress),
)
async def rotate_secret(
    webhook_id: WebhookId, ctx: CanWriteWebhooks, body: RotationRequest | None = None
) -> Response:
    """A new secret. The one there was signs beside it for `keep_hours`, so nothing is refused."""
    asked = body or RotationRequest()
    view = await endpoints.rotate_secret(
        ctx, webhook_id, keep_hours=asked.keep_hours, revoke_old=asked.revoke_old
    )
    return answer(_secret(view), version=view.webhook.version)


@router.post("/{webhook_id}/ping", summary="Ping an endpoint", response_model=PingRead)
async def ping(webhook_id: WebhookId, ctx: CanWriteWebhooks, request: Request) -> Response:
    """Send `webhook.ping` now, once, and show what came back, a disabled endpoint's too.

    It counts for nothing and is in the log. Sent again, it is another ping.
    """
    asked = await pinging.prepare(ctx, webhook_id)
    state = request.scope["state"]

    async def sent() -> Response:
        sender: Sender = state["sender"]
        at = wall_clock(request)("UTC")
        came = await sender.send(_ping(asked, at))
        await pinging.record(state["database"], asked, came, at=at)
        shown = PingRead(
            event_id=asked.made.event_id,
            delivered=came.ok,
            at=at,
            status=came.status,
            ms=came.ms,
            error=came.error,
            response_bytes=came.response_bytes,
            response_start=came.response_start,
        )
        return answer(shown)

    return Afterwards(sent)


@router.post("/{webhook_id}/disable", summary="Disable an endpoint", response_model=WebhookRead)
async def disable(webhook_id: WebhookId, ctx: CanWriteWebhooks) -> Response:
    """Send nothing more. Its position stands, and the tenant's other endpoints are told."""
    return _answer(await endpoints.disable(ctx, webhook_id))


@router.post("/{webhook_id}/enable", summary="Enable an endpoint", response_model=WebhookRead)
async def enable(
    webhook_id: WebhookId, ctx: CanWriteWebhooks, body: EnableRequest | None = None
) -> Response:
    """Send again: from where it stopped, so that nothing was missed, or from now.

    What `now` passes over is `skipped` in the log, where a replay finds it.
    """
    resume = (body or EnableRequest()).resume
    return _answer(await endpoints.enable(ctx, webhook_id, resume))


def _allowed(request: Request) -> Collection[Network]:
    sender: Sender = request.scope["state"]["sender"]
    return sender.allowed


def _ping(asked: Ping, at: datetime) -> Outgoing:
    body = message(asked.made)
    event_id = encode(PREFIXES["event"], asked.made.event_id)
    headers = signed(asked.webhook.secrets(at), event_id=event_id, body=body, at=at)
    return Outgoing(url=asked.webhook.url, headers={**asked.webhook.headers, **headers}, body=body)


def _answer(view: WebhookView) -> Response:
    return answer(_read(view), version=view.webhook.version)


def _read(view: WebhookView) -> WebhookRead:
    return WebhookRead(**_shown(view))


def _secret(view: WebhookView) -> SecretRead:
    return SecretRead(
        secret=endpoints.secret_of(view.webhook),
        former_secret_ends_at=view.webhook.former_ends_at,
    )


def _shown(view: WebhookView) -> dict[str, Any]:
    webhook = view.webhook
    position, given_in = view.place
    alike = {name: getattr(webhook, name) for name in WebhookRead.model_fields.keys() - _MADE}
    return {
        **alike,
        "header_names": sorted(webhook.headers),
        "position": FEED.write(*position, given_in),
        "lag_seconds": view.lag_seconds,
        "former_secret_ends_at": webhook.former_ends_at,
    }


#: What is shown of an endpoint under another name, or worked out.
_MADE = {"header_names", "position", "lag_seconds", "former_secret_ends_at"}
