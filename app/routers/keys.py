"""API keys of the tenant: made, read, turned and ended by an admin."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.domain.errors import NotFound
from app.domain.refusals.commands import OutsideAuthority
from app.routers.edge.deps import CanReadKeys, CanWriteKeys
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, ShownOnce, answer
from app.schemas.edge.types import Page
from app.schemas.keys import KeyRead, KeyRequest, KeyRotation, KeySecretRead
from app.services.tenancy import keys
from app.services.tenancy.authentication import Identity
from app.services.tenancy.keys import KeyRecord, MadeKey

router = APIRouter(prefix="/v1/keys", tags=["keys"], route_class=Operation)

KEYS = Keyset("keys", UUID)


@router.post(
    "",
    status_code=201,
    summary="Make a key",
    response_model=KeySecretRead,
    responses=problems(OutsideAuthority),
)
async def create(body: KeyRequest, ctx: CanWriteKeys, request: Request) -> Response:
    """A key for somebody or something of this tenant. Its secret is in this answer, this once.

    Give each person and each system one of their own: what they do is kept beside it.
    """
    identity: Identity = request.scope["state"]["identity"]
    return _told(await keys.create(ctx, own_scopes=identity.scopes, **dict(body)), status=201)


@router.get("", summary="List keys", response_model=Page[KeyRead])
async def find(ctx: CanReadKeys, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response:
    """The tenant's keys, oldest first, revoked ones too; their secrets are kept nowhere."""
    (after,) = KEYS.read(cursor) or (None,)
    found = await keys.listed(ctx, after=after, limit=limit + 1)
    page, next_cursor = KEYS.cut(found, limit, key=lambda one: (one.id,))
    return answer({"data": [_read(one) for one in page], "next_cursor": next_cursor})


@router.get("/{key_id}", summary="Read a key", response_model=KeyRead, responses=problems(NotFound))
async def read(key_id: UUID, ctx: CanReadKeys) -> Response:
    """What it may do, when it was used last, and when it ends."""
    return answer(_read(await keys.find(ctx, key_id)))


@router.post(
    "/{key_id}/rotate",
    summary="Rotate a key",
    response_model=KeySecretRead,
    responses=problems(NotFound, OutsideAuthority),
)
async def rotate(key_id: UUID, ctx: CanWriteKeys, body: KeyRotation | None = None) -> Response:
    """A new secret under the same id. The one it had works on for `keep_hours`, then it is 401.

    A secret that was rotated out before ends at once. Revoked or expired keys are not found.
    """
    asked = body or KeyRotation()
    return _told(await keys.rotate(ctx, key_id, **dict(asked)), status=200)


@router.post(
    "/{key_id}/revoke",
    summary="Revoke a key",
    response_model=KeyRead,
    responses=problems(NotFound, OutsideAuthority),
)
async def revoke(key_id: UUID, ctx: CanWriteKeys) -> Response:
    """End it, and a secret it had before, from the next request on. Nothing brings it back."""
    return answer(_read(await keys.revoke(ctx, key_id)))


def _told(made: MadeKey, *, status: int) -> Response:
    shown = _shown(made.key)
    return ShownOnce(
        KeySecretRead(**shown, secret=made.secret),
        KeySecretRead(**shown, secret=None),
        status=status,
    )


def _read(key: KeyRecord) -> KeyRead:
    return KeyRead(**_shown(key))


def _shown(key: KeyRecord) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "role": key.role,
        "scopes": sorted(key.scopes),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "former_secret_ends_at": key.former_ends_at,
        "revoked_at": key.revoked_at,
    }
