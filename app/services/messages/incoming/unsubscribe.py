"""One address of one person, opted out by whoever holds the token that stands in each message.

The token names the point, works for ever, and twice is once. Nothing is asked of who comes: no
login, no fee, no question.
"""

from uuid import UUID

from app.domain.contact.words import Channel, PointKind
from app.domain.errors import NotFound
from app.domain.persons.facts import Revoked
from app.domain.persons.standing import standing
from app.domain.persons.unsubscribe import is_ours, named
from app.services.context import Context
from app.services.messages import intervening
from app.services.persons.persons import locked
from app.storage import tenancy
from app.storage.database.engine import Transaction
from app.storage.persons import facts, points, suppressions
from app.storage.persons.points import StoredPoint
from app.storage.tenancy import Visited

__all__ = ["Visited", "is_opted_out", "opt_out", "point_by", "visit"]

_CHANNEL = {
    PointKind.EMAIL: Channel.EMAIL, PointKind.PHONE: Channel.SMS, PointKind.CHAT: Channel.CHAT,
    PointKind.POSTAL: Channel.LETTER,
}  # fmt: skip


async def visit(tx: Transaction, token: str) -> tuple[Visited, UUID] | None:
    """Whose token this is, and of which point; from here on that tenant's rows are seen.

    None for a token we never gave.
    """
    said = named(token)
    if said is None:
        return None
    tenant_id, point_id = said
    found = await tenancy.visited(tx, tenant_id)
    secret = None if found is None else await suppressions.secret(tx)
    if found is None or secret is None or not is_ours(token, secret):
        return None
    return found, point_id


async def point_by(ctx: Context, point_id: UUID) -> StoredPoint:
    """The point a token names. Raises `NotFound`."""
    point = await points.read(ctx.tx, point_id)
    if point is None:
        raise NotFound(resource="contact point", key=str(point_id))
    return point


async def is_opted_out(ctx: Context, point: StoredPoint) -> bool:
    """Whether nothing is sent there any more."""
    said = standing(await facts.of_person(ctx.tx, point.person_id))
    return channel_of(point) in said.opted_out(point.id, ctx.instant)


async def opt_out(ctx: Context, point: StoredPoint, *, one_click: bool) -> None:
    """Opt the address out; what waits for it is suppressed. Twice is once."""
    person = await locked(ctx, point.person_id)
    said = standing(await facts.of_person(ctx.tx, person.id))
    if channel_of(point) in said.opted_out(point.id, ctx.instant):
        return
    body = Revoked(
        point_id=point.id,
        channels=(channel_of(point),),
        received_at=ctx.instant,
        how="one_click" if one_click else "link",
    )
    await intervening.revoke(ctx, point.id, body)


def channel_of(point: StoredPoint) -> Channel:
    """By which channel the point is written to."""
    return _CHANNEL[PointKind(point.kind)]
