"""Whether a person can be reached at all, kept beside them: who cannot, is worked to find a point.

Worked out anew whenever a point is added, judged, suppressed or erased, or persons are merged; so
a worklist finds them by an index, and reads no points.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from app.domain.contact.words import Validity
from app.domain.persons.facts import PersonFact
from app.domain.persons.standing import Standing, standing
from app.services.context import Context
from app.services.persons.hashed import suppressed
from app.storage.persons import facts, points, reach
from app.storage.persons.points import StoredPoint

#: Persons whose points and facts are read together.
BATCH: Final = 500


async def note_reach(ctx: Context, person_ids: Iterable[UUID]) -> None:
    """Keep since when these persons cannot be reached; nothing, of those who can."""
    ids = sorted(set(person_ids))
    for start in range(0, len(ids), BATCH):
        await _note(ctx, ids[start : start + BATCH])


async def note_holders(ctx: Context, kind: str, normalized: str) -> None:
    """The same of everybody who has a value."""
    await note_reach(ctx, await reach.holders(ctx.tx, kind, normalized))


async def _note(ctx: Context, person_ids: Iterable[UUID]) -> None:
    found = await reach.read(ctx.tx, person_ids)
    reached = {one.id: one.has_point for one in found if one.plain}
    told = [one for one in found if not one.plain]
    if told:
        reached |= await _by_what_was_said(ctx, {one.id: one.stands_for for one in told})
    on = {one.id: one.unreachable_on for one in found}
    lost = [id_ for id_, reachable in reached.items() if not reachable and on[id_] is None]
    again = [id_ for id_, reachable in reached.items() if reachable and on[id_] is not None]
    await reach.put(ctx.tx, lost, ctx.business_date)
    await reach.put(ctx.tx, again, None)


async def _by_what_was_said(ctx: Context, stands_for: dict[UUID, UUID]) -> dict[UUID, bool]:
    """Of persons about whom something was said, or who stand for several."""
    ids = sorted(stands_for)
    had = await points.of_persons(ctx.tx, ids)
    said = await facts.of_persons(ctx.tx, ids)
    out = await suppressed(ctx, [one for each in had.values() for one in each])
    reached = dict[UUID, bool]()
    for whose in set(stands_for.values()):
        known_as = [id_ for id_ in ids if stands_for[id_] == whose]
        theirs = [one for id_ in known_as for one in had.get(id_, ())]
        facts_ = sorted((one for id_ in known_as for one in said.get(id_, ())), key=_entered)
        stands = standing(facts_)
        usable = any(_usable(one, stands) and one.id not in out for one in theirs)
        reached |= dict.fromkeys(known_as, usable)
    return reached


def _entered(fact: PersonFact) -> tuple[object, int]:
    return fact.recorded_at, fact.sequence


def _usable(point: StoredPoint, stands: Standing) -> bool:
    judged = next((one for one in stands.validity if one.point_id == point.id), None)
    known_bad = judged is not None and judged.validity == Validity.INVALID
    return point.normalized is not None and not known_bad
