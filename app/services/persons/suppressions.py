"""Values that are used for nothing: kept as hashes, so that the list tells nobody a number."""

from uuid import UUID

from app.domain.contact.words import PointKind, SuppressedBecause, SuppressedKind
from app.domain.errors import InvalidInput, NotFound
from app.domain.limits import LimitBreach
from app.domain.refusals.commands import OutsideAuthority
from app.domain.vocabulary import Role
from app.services.context import Context
from app.services.persons.hashed import hashed, secret_of
from app.services.persons.reach import note_holders, note_reach
from app.services.persons.values import normalized
from app.storage.ids import new_id
from app.storage.persons import reach, suppressions
from app.storage.persons.suppressions import StoredSuppression

__all__ = [
    "StoredSuppression",
    "end_suppression",
    "find_suppressions",
    "suppress",
    "suppress_known",
]

#: Persons looked at together, where one of their values may be used again.
PAGE = 500


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
        value_hash=hashed(secret, kind, known),
        reason=reason,
        business_date=ctx.business_date,
        recorded_at=ctx.instant,
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
        origin=ctx.origin,
    )
    stored, new = await suppressions.add(ctx.tx, ctx.tenant_id, one)
    if new:
        await note_holders(ctx, kind, known)
    return stored, new


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
    await _note_freed(ctx, ended.kind)
    return ended


async def _note_freed(ctx: Context, kind: str) -> None:
    """Whoever has the value may be reached again; whose it is, its hash does not tell."""
    after = UUID(int=0)
    while some := await reach.lost_with_points(ctx.tx, kind, after, PAGE):
        await note_reach(ctx, some)
        after = some[-1]


async def find_suppressions(
    ctx: Context, *, after: UUID | None, limit: int
) -> list[StoredSuppression]:
    """All there were, ended ones too, in the order they were made."""
    return await suppressions.find(ctx.tx, after=after, limit=limit)
