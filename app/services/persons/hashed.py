"""Values that are used for nothing are kept as hashes: which of somebody's points are such."""

import hmac
import secrets
from collections.abc import Collection, Iterable
from hashlib import sha256
from typing import Final
from uuid import UUID

from app.domain.contact.words import SuppressedKind
from app.services.context import Context
from app.storage.persons import suppressions
from app.storage.persons.points import StoredPoint

SECRET_BYTES: Final = 32
_KINDS: Final = frozenset(map(str, SuppressedKind))


async def secret_of(ctx: Context) -> bytes:
    """What the tenant's values and tokens are hashed with; made when it is first asked for."""
    secret = await suppressions.secret(ctx.tx)
    if secret is None:
        fresh = secrets.token_bytes(SECRET_BYTES)
        secret = await suppressions.keep_secret(ctx.tx, ctx.tenant_id, fresh)
    return secret


async def suppressed(ctx: Context, points: Iterable[StoredPoint]) -> Collection[UUID]:
    """Those of the points whose value is used for nothing, by id."""
    asked = [one for one in points if one.kind in _KINDS and one.normalized is not None]
    secret = await suppressions.secret(ctx.tx) if asked else None
    if secret is None:
        return frozenset()
    hashes = {one.id: hashed(secret, one.kind, one.normalized or "") for one in asked}
    found = await suppressions.standing(ctx.tx, hashes.values())
    return frozenset(id_ for id_, one in hashes.items() if one in found)


def hashed(secret: bytes, kind: str, value: str) -> bytes:
    """What stands for a value; e-mail whatever its case."""
    return hmac.digest(secret, f"{kind}\0{value.casefold()}".encode(), sha256)
