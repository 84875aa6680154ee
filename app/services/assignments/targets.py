"""Targets: what an actor, a team or a creditor's accounts are to reach in a span of days."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from uuid import UUID

from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput
from app.domain.reports.targets import Target, TargetScope, problems
from app.services.context import Context
from app.services.telling.tell import event, tell
from app.storage.assignments import targets, teams
from app.storage.assignments.targets import StoredTarget
from app.storage.ids import new_id

__all__ = ["StoredTarget", "find_targets", "set_target"]


async def set_target(ctx: Context, target: Target) -> tuple[StoredTarget, bool]:
    """A target, and whether there was none of that span. The same again changes nothing.

    Raises `InvalidInput`, also for a team nobody knows.
    """
    if wrong := tuple(problems(target)):
        raise InvalidInput(errors=wrong)
    if target.scope is TargetScope.TEAM and await teams.read(ctx.tx, target.whose) is None:
        raise InvalidInput.at("/scope/team", "is no team; PUT /v1/teams/{name} makes one")
    await targets.lock(ctx.tx)
    known = await targets.standing(ctx.tx, target)
    if known is not None and known.value == target.value:
        return known, False
    made = StoredTarget(
        id=new_id(),
        scope=str(target.scope),
        whose=target.whose,
        metric=str(target.metric),
        currency=target.currency,
        from_on=target.from_on,
        to_on=target.to_on,
        value=target.value,
        number=known.number + 1 if known else 1,
        business_date=ctx.business_date,
        recorded_at=ctx.instant,
        actor=ctx.actor,
        role=str(ctx.role),
    )
    row = {**asdict(made), "key_id": ctx.key_id, "origin": ctx.origin}
    await targets.add(ctx.tx, ctx.tenant_id, [row], [known.id] if known else [])
    tell(ctx, event(ctx, EventType.TARGET_SET, _told(made, known)))
    return made, known is None


def _told(made: StoredTarget, known: StoredTarget | None) -> Mapping[str, object]:
    return {
        "target_id": made.id,
        "scope": {made.scope: made.whose},
        "metric": made.metric,
        "currency": made.currency,
        "from_on": made.from_on,
        "to_on": made.to_on,
        "before": known.value if known else None,
        "after": made.value,
    }


async def find_targets(
    ctx: Context, *, wanted: Mapping[str, str], on: date | None, after: UUID | None, limit: int
) -> list[StoredTarget]:
    """Those that stand, in the order they were said last."""
    return await targets.find(ctx.tx, wanted=wanted, on=on, after=after, limit=limit)
