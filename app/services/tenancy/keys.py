"""API keys, as an admin of their tenant makes, reads, turns and ends them over HTTP."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app.domain.agreement.acts import Office, check_office
from app.domain.errors import InvalidInput, NotFound
from app.domain.vocabulary import Role
from app.services.context import Context
from app.services.tenancy.authentication import ALL, SCOPES, permit
from app.storage import keys
from app.storage.tenancy import KeyRecord

__all__ = ["KeyRecord", "MadeKey", "create", "find", "listed", "revoke", "rotate"]

#: A scope by its name, `payments:*`, or `*`.
KNOWN = frozenset({*SCOPES, ALL, *(f"{scope.partition(':')[0]}:*" for scope in SCOPES)})


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeKey:
    """A key and the secret that is told this once."""

    key: KeyRecord
    secret: str


async def create(
    ctx: Context,
    *,
    own_scopes: Collection[str],
    name: str,
    role: Role,
    scopes: Collection[str],
    lasts_days: int | None,
) -> MadeKey:
    """A new key. It may do nothing that the key which makes it may not.

    Raises `OutsideAuthority`, `InvalidInput` for a scope nobody knows, `ScopeMissing`.
    """
    check_office(Office.MANAGE_KEYS, ctx.role)
    for at, scope in enumerate(scopes):
        if scope not in KNOWN:
            raise InvalidInput.at(f"/scopes/{at}", f"is no scope; there are {', '.join(SCOPES)}")
        permit(own_scopes, scope)
    key_id, secret = await keys.make(
        ctx.tx,
        sandbox=ctx.sandbox,
        name=name,
        role=role,
        scopes=frozenset(scopes),
        lasts=_days(lasts_days),
    )
    return MadeKey(key=await find(ctx, key_id), secret=secret)


async def listed(ctx: Context, *, after: UUID | None, limit: int) -> tuple[KeyRecord, ...]:
    """The tenant's keys in the order they were made. Raises `OutsideAuthority`."""
    check_office(Office.MANAGE_KEYS, ctx.role)
    return await keys.listed(ctx.tx, after=after, limit=limit)


async def find(ctx: Context, key_id: UUID) -> KeyRecord:
    """One of them. Raises `OutsideAuthority`, `NotFound`."""
    check_office(Office.MANAGE_KEYS, ctx.role)
    found = await keys.listed(ctx.tx, after=None, limit=1, only=key_id)
    if not found:
        raise NotFound(resource="key", key=str(key_id))
    return found[0]


async def rotate(ctx: Context, key_id: UUID, *, keep_hours: int, lasts_days: int | None) -> MadeKey:
    """A new secret under the same id; the one there was works on for `keep_hours`.

    Raises `OutsideAuthority`, `NotFound`, also for a key that was revoked or has expired.
    """
    check_office(Office.MANAGE_KEYS, ctx.role)
    secret = await keys.rotate(
        ctx.tx,
        key_id,
        sandbox=ctx.sandbox,
        overlap=timedelta(hours=keep_hours),
        lasts=_days(lasts_days),
    )
    if secret is None:
        raise NotFound(resource="key", key=str(key_id))
    return MadeKey(key=await find(ctx, key_id), secret=secret)


async def revoke(ctx: Context, key_id: UUID) -> KeyRecord:
    """End both its secrets from the next request on; ended already, it stays as it is.

    Raises `OutsideAuthority`, `NotFound`.
    """
    check_office(Office.MANAGE_KEYS, ctx.role)
    await keys.revoke(ctx.tx, key_id)
    return await find(ctx, key_id)


def _days(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(days=count)
