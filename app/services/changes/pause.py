"""Pauses of a plan: set, ended early, listed."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.account.plan import Paused, Plan, PlanStatus
from app.domain.errors import InvalidInput, NotFound
from app.domain.facts.plans import Pause, Resume
from app.domain.refusals.changes import PauseNotStanding, PauseOverlaps
from app.domain.refusals.plans import PlanNotLive
from app.domain.vocabulary import Act
from app.services.authority import refuse_act
from app.services.context import Context
from app.services.guards import locked_plan, owner_of
from app.services.reading import read_account
from app.services.work import Work, check_date, enter_fact, finish


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPause:
    """The days that shall not count; `ends_on` is the last one frozen."""

    starts_on: date
    ends_on: date
    reason: str


async def pause_plan(ctx: Context, plan_id: UUID, command: SetPause) -> Paused:
    """Pause a plan, also from a day past or to come.

    A broken plan may be paused from before it broke, which can take the break away. Raises
    `OutsideAuthority`, `PauseOverlaps`, `PlanNotLive`, `NotFound`, `InvalidInput`.
    """
    work, plan, _ = await locked_plan(ctx, plan_id)
    refuse_act(work, Act.PAUSE_PLAN)
    if not plan.live and not _broke_after(plan, command.starts_on):
        raise PlanNotLive(plan_id=plan_id, plan_status=plan.status)
    if command.ends_on <= command.starts_on:
        raise InvalidInput.at("/ends_on", "must lie after starts_on")
    if command.starts_on < plan.opened_on:
        limit = f"must not lie before the plan opened, {plan.opened_on}"
        raise InvalidInput.at("/starts_on", limit)
    for one in plan.pauses:
        if one.starts_on < command.ends_on and command.starts_on < one.until_on:
            raise PauseOverlaps(
                existing_pause_id=one.id, starts_on=one.starts_on, ends_on=one.until_on
            )
    body = Pause(
        plan_id=plan_id,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        reason=command.reason,
    )
    on = min(command.starts_on, ctx.business_date)
    fact = await enter_fact(work, body, effective_on=on)
    await finish(ctx, [work])
    return _found(work, plan_id, fact.id)


async def resume_plan(
    ctx: Context,
    plan_id: UUID,
    pause_id: UUID,
    *,
    effective_on: date | None = None,
    reason: str | None = None,
) -> Paused:
    """End a pause on a day within it, at the latest today: that day is frozen still, not counted.

    Raises `OutsideAuthority`, `PauseNotStanding`, `NotFound`, `InvalidInput`.
    """
    work, _, _ = await locked_plan(ctx, plan_id)
    refuse_act(work, Act.PAUSE_PLAN)
    one = _found(work, plan_id, pause_id)
    on = check_date(work, effective_on)
    if one.resumed_on is not None or not one.starts_on <= on <= one.ends_on:
        raise PauseNotStanding(pause_id=pause_id, starts_on=one.starts_on, ends_on=one.until_on)
    body = Resume(plan_id=plan_id, pause_id=pause_id, reason=reason)
    await enter_fact(work, body, effective_on=on)
    await finish(ctx, [work])
    return _found(work, plan_id, pause_id)


async def pauses_of(
    ctx: Context, plan_id: UUID, *, as_of: date | None = None
) -> tuple[Paused, ...]:
    """Every pause of a plan known by that day, by start. Raises `NotFound`."""
    account_id = await owner_of(ctx, "plan", plan_id)
    reading = await read_account(ctx, account_id, as_of=as_of)
    plan = reading.state.plan(plan_id)
    if plan is None:
        raise NotFound(resource="plan", key=str(plan_id))
    return plan.pauses


def _broke_after(plan: Plan, on: date) -> bool:
    broken = plan.status is PlanStatus.BROKEN
    return broken and plan.ended_on is not None and on < plan.ended_on


def _found(work: Work, plan_id: UUID, pause_id: UUID) -> Paused:
    plan = work.state.plan(plan_id)
    for one in plan.pauses if plan else ():
        if one.id == pause_id:
            return one
    raise NotFound(resource="pause", key=str(pause_id))
