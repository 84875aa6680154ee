"""A broken plan made live again, for what is still owed of it."""

from datetime import date
from uuid import UUID

from app.domain.account.plan import PlanStatus
from app.domain.errors import InvalidInput
from app.domain.facts.plans import PlanReinstated
from app.domain.refusals.accounts import NothingOwed
from app.domain.refusals.changes import PlanNotBroken
from app.domain.refusals.plans import PlanExists
from app.domain.vocabulary import Act
from app.services.authority import refuse_act
from app.services.context import Context
from app.services.guards import TERMS_REFUSED, locked_plan, refuse_closed, refuse_on_hold
from app.services.plans.read import PlanView, view_plan
from app.services.work import check_date, enter_fact, finish


async def reinstate_plan(
    ctx: Context, plan_id: UUID, *, reason: str, effective_on: date | None = None
) -> PlanView:
    """Make a broken plan live again, for what is still owed of it.

    Raises `OutsideAuthority`, `PlanNotBroken`, `PlanExists`, `NothingOwed`, `OnHold`, `NotFound`,
    `InvalidInput`.
    """
    work, plan, _ = await locked_plan(ctx, plan_id)
    refuse_act(work, Act.REINSTATE_PLAN)
    if plan.status is not PlanStatus.BROKEN:
        raise PlanNotBroken(plan_id=plan_id, plan_status=plan.status)
    if (other := work.state.one_plan) is not None:
        raise PlanExists(existing_plan_id=other.id)
    refuse_closed(work)
    refuse_on_hold(work, TERMS_REFUSED, forbids="reinstating a plan")
    if not work.state.balance:
        raise NothingOwed(account_id=work.account.id)
    on = check_date(work, effective_on)
    if plan.ended_on is not None and on < plan.ended_on:
        limit = f"must not lie before the plan broke, {plan.ended_on}"
        raise InvalidInput.at("/effective_on", limit)
    await enter_fact(work, PlanReinstated(plan_id=plan_id, reason=reason), effective_on=on)
    await finish(ctx, [work])
    return await view_plan(ctx, plan_id)
