"""Billing cycles and workouts: what a re-age looks at, and nothing else does."""

from datetime import date
from uuid import UUID

from app.domain.facts.changes import Cycle, Workout
from app.domain.facts.fact import Fact
from app.services.context import Context
from app.services.guards import refuse_closed
from app.services.work import begin, enter_fact, finish


async def add_cycle(
    ctx: Context,
    account_id: UUID,
    *,
    due_on: date,
    minimum_due_minor: int,
    effective_on: date | None = None,
) -> Fact[Cycle]:
    """Record what was asked for and by when. One of the same due date takes the earlier's place.

    It counts from its due date, or from today where that lies ahead. Raises `AccountClosed`,
    `NotFound`, `InvalidInput`.
    """
    work = await begin(ctx, account_id)
    refuse_closed(work)
    on = effective_on or max(min(due_on, ctx.business_date), work.placed_on)
    body = Cycle(due_on=due_on, minimum_due_minor=minimum_due_minor)
    fact = await enter_fact(work, body, effective_on=on)
    await finish(ctx, [work])
    return fact


async def enter_workout(
    ctx: Context, account_id: UUID, *, programme: str, payment_minor: int, entered_on: date | None
) -> Fact[Workout]:
    """Record that a program was entered. Raises `AccountClosed`, `NotFound`, `InvalidInput`."""
    work = await begin(ctx, account_id)
    refuse_closed(work)
    body = Workout(programme=programme, payment_minor=payment_minor)
    fact = await enter_fact(work, body, effective_on=entered_on)
    await finish(ctx, [work])
    return fact
