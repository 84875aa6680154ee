"""Values that are used for nothing: kept as hashes, so that the list tells nobody a number."""

import hmac
import secrets
from collections.abc import Collection, Iterable
from hashlib import sha256
from uuid import UUID

from app.domain.contact.words import PointKind, SuppressedBecause, SuppressedKind
from app.domain.errors import InvalidInput, NotFound
from app.domain.limits import LimitBreach
from app.domain.refusals.commands import OutsideAuthority
from app.domain.vocabulary import Role
from app.services.context import Context
from app.services.persons.values import normalized
from app.storage.ids import new_id
from app.storage.persons import suppressions
from app.storage.persons.points import StoredPoint
from app.storage.persons.suppressions import StoredSuppression

__all__ = [
    "StoredSuppression",
    "end_suppression",
    "find_suppressions",
    "secret_of",
    "suppress",
    "suppress_known",
    "suppressed",
]

SECRET_BYTES = 32
_KINDS = frozenset(map(str, SuppressedKind))


async def secret_of(ctx: Context) -> bytes:
    """What the tenant's values and tokens are hashed with; made when it is first asked for."""
    secret = await suppressions.secret(ctx.tx)
    if secret is None:
        fresh = secrets.token_bytes(SECRET_BYTES)
        secret = await suppressions.keep_secret(ctx.tx, ctx.tenant_id, fresh)
    return secret


async def suppress(
    ctx: Context, kind: SuppressedKind, value: str, reason: SuppressedBecause
) -> tuple[StoredSuppression, bool]:
    """Use a value for nothing from now on; whether that is new. Raises `InvalidInput`."""
    known = normalized(PointKind(kind), value)
    if known is None:
        what = "an e-mail address" if kind is SuppressedKind.EMAIL else "a number like +13125550100"
        raise InvalidInput.at("/value", f"should be {what}")
    return await suppress_known(ctx, kind, known, reason)


async def suppress_known(
    ctx: Context, kind: SuppressedKind, known: str, reason: SuppressedBecause
) -> tuple[StoredSuppression, bool]:
    """The same of a value that is normalized."""
    secret = await secret_of(ctx)
    one = StoredSuppression(
        id=new_id(),
        kind=kind,
        value_hash=_hashed(secret, kind, known),
        reason=reason,
        business_date=ctx.business_date,
        recorded_at=ctx.instant,
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
    )
    return await suppressions.add(ctx.tx, ctx.tenant_id, one)


async def end_suppression(ctx: Context, suppression_id: UUID, reason: str) -> StoredSuppression:
    """Let a value be used again. Raises `OutsideAuthority` but for admins, `NotFound`."""
    if ctx.role is not Role.ADMIN:
        breach = LimitBreach(
            rule="suppression.end", limit=0, actual=1, override_role=Role.ADMIN,
            message="a suppressed value is used again by an admin's word alone",
        )  # fmt: skip
        raise OutsideAuthority(role=ctx.role, refusals=(breach,))
    ended = await suppressions.end(
        ctx.tx, suppression_id, at=ctx.instant, reason=reason, actor=ctx.actor
    )
    if ended is None:
        raise NotFound(resource="suppression", key=str(suppression_id))
    return ended


async def find_suppressions(
    ctx: Context, *, after: UUID | None, limit: int
) -> list[StoredSuppression]:
    """All there were, ended ones too, in the order they were made."""
    return await suppressions.find(ctx.tx, after=after, limit=limit)


async def suppressed(ctx: Context, points: Iterable[StoredPoint]) -> Collection[UUID]:
    """Those of the points whose value is used for nothing, by id."""
    asked = [one for one in points if one.kind in _KINDS and one.normalized is not None]
    secret = await suppressions.secret(ctx.tx) if asked else None
    if secret is None:
        return frozenset()
    hashes = {one.id: _hashed(secret, one.kind, one.normalized or "") for one in asked}
    found = await suppressions.standing(ctx.tx, hashes.values())
    return frozenset(id_ for id_, one in hashes.items() if one in found)


def _hashed(secret: bytes, kind: str, value: str) -> bytes:
    """What stands for a value; e-mail whatever its case."""
    return hmac.digest(secret, f"{kind}\0{value.casefold()}".encode(), sha256)
