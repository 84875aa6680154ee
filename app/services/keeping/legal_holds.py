"""Legal holds: while one stands, nothing of the account is erased or purged."""

from datetime import date
from uuid import UUID

from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput, NotFound
from app.services.context import Context
from app.services.guards import known_account
from app.services.telling.tell import event, tell_of
from app.storage.ids import new_id
from app.storage.keeping import legal_holds
from app.storage.keeping.legal_holds import StoredLegalHold


async def place_legal_hold(
    ctx: Context, account_id: UUID, *, matter: str, from_on: date
) -> StoredLegalHold:
    """Keep everything of an account. Raises `NotFound`, `InvalidInput`."""
    if from_on > ctx.business_date:
        raise InvalidInput.at(
            "/from_on", f"must not lie after the business date {ctx.business_date}"
        )
    hold = StoredLegalHold(
        id=new_id(),
        account_id=account_id,
        matter=matter,
        from_on=from_on,
        business_date=ctx.business_date,
        recorded_at=ctx.instant,
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
        origin=ctx.origin,
    )
    told = {"legal_hold_id": hold.id, "from_on": from_on}
    await tell_of(ctx, account_id, event(ctx, EventType.LEGAL_HOLD_PLACED, told))
    await legal_holds.add(ctx.tx, ctx.tenant_id, hold)
    return hold


async def release_legal_hold(
    ctx: Context, account_id: UUID, hold_id: UUID, *, reason: str
) -> StoredLegalHold:
    """End one. Raises `NotFound`, and so for one that was released."""
    told = {"legal_hold_id": hold_id, "because": "released"}
    await tell_of(ctx, account_id, event(ctx, EventType.LEGAL_HOLD_RELEASED, told))
    released = await legal_holds.release(
        ctx.tx, account_id, hold_id, on=ctx.business_date, at=ctx.instant, reason=reason,
        actor=ctx.actor,
    )  # fmt: skip
    if released is None:
        raise NotFound(resource="legal hold", key=str(hold_id))
    return released


async def legal_holds_of(ctx: Context, account_id: UUID) -> list[StoredLegalHold]:
    """An account's, oldest first, released ones too. Raises `NotFound`."""
    await known_account(ctx, account_id)
    return await legal_holds.of_account(ctx.tx, account_id)
