"""What the debtor's block of an account says of how the person is reached."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from app.domain.contact.words import PointKind
from app.services.context import Context
from app.services.persons.points import tell_added
from app.services.persons.reach import note_reach
from app.services.persons.values import normalized
from app.storage.accounts.persons import PersonDetails, PersonRole
from app.storage.persons import points
from app.storage.persons.points import NewPoint

Saved = Iterable[tuple[UUID, PersonDetails]]


async def add_points(ctx: Context, saved: Saved) -> None:
    """Make points of the e-mails and phones of debtors; the ones there are stay as they are.

    Of accounts that are placed now: what is placed tells of its debtor.
    """
    theirs = [one for one in saved if one[1].role is not PersonRole.CREDITOR]
    if not theirs:
        return
    await points.add_missing(ctx.tx, ctx.tenant_id, _points(theirs))
    await note_reach(ctx, (person_id for person_id, _ in theirs))


async def add_and_tell_points(ctx: Context, saved: Saved) -> None:
    """The same of an account there was, and each new one is told."""
    theirs = [one for one in saved if one[1].role is not PersonRole.CREDITOR]
    for person_id, point in _points(theirs):
        stored, new = await points.add(ctx.tx, ctx.tenant_id, person_id, point)
        if new:
            tell_added(ctx, stored)
    if theirs:
        await note_reach(ctx, (person_id for person_id, _ in theirs))


def _points(saved: Saved) -> Iterator[tuple[UUID, NewPoint]]:
    """A value that does not parse stays in the block alone: nothing could be sent to it."""
    for person_id, person in saved:
        for kind, value in ((PointKind.EMAIL, person.email), (PointKind.PHONE, person.phone)):
            country = person.region.partition("-")[0] if person.region else None
            known = None if value is None else normalized(kind, value, country=country)
            if value is not None and known is not None:
                yield person_id, NewPoint(kind=kind, value=value, normalized=known)
