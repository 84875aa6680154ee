"""Plans decided on: a waiting one approved or rejected, a live one cancelled."""

from datetime import date
from uuid import UUID

from app.domain.account.plan import Plan
from app.domain.agreement.four_eyes import Hand
from app.domain.errors import InvalidInput
from app.domain.facts.plans import PlanApproved, PlanCancelled, PlanRejected
from app.domain.refusals.accounts import NothingOwed
from app.domain.refusals.commands import OutsideAuthority
from app.domain.refusals.plans import PlanNotLive, PlanNotWaiting, PlanOutdated
from app.domain.vocabulary import Act
from app.services.authority import refuse_act, refuse_same_hand
from app.services.context import Context
from app.services.guards import TERMS_REFUSED, locked_plan, refuse_military_rate, refuse_on_hold
from app.services.plans.agreement import refusals_of_rows
from app.services.plans.read import PlanView, plan_view_of, view_plan
from app.services.reading import reading_after
from app.services.work import Work, check_date, enter_fact, finish
from app.storage.accounts import facts
from app.storage.plans.plans import StoredPlan


async def approve_plan(ctx: Context, plan_id: UUID, *, reason: str | None) -> PlanView:
    """Open a waiting plan, as somebody else who may.

    Raises `PlanNotWaiting`, `SameActor`, `OutsideAuthority`, `OnHold`, `NotFound`, and, for what
    happened meanwhile, `NothingOwed` and `PlanOutdated`: its first due date has passed.
    """
    work, plan, stored = await _waiting(ctx, plan_id)
    refuse_on_hold(work, TERMS_REFUSED, forbids="new terms")
    refuse_military_rate(work, plan.interest)
    if not work.state.balance:
        raise NothingOwed(account_id=work.account.id)
    policy = work.policies.of(plan)
    refusals = refusals_of_rows(plan, policy, ctx.role)
    if refusals:
        raise OutsideAuthority(role=ctx.role, refusals=refusals)
    first = plan.installments[0].due_on
    if first < ctx.business_date:
        raise PlanOutdated(plan_id=plan_id, first_due_on=first, business_date=ctx.business_date)
    await enter_fact(work, PlanApproved(plan_id=plan_id, reason=reason))
    await finish(ctx, [work])
    return await plan_view_of(ctx, stored, reading_after(work))


async def reject_plan(ctx: Context, plan_id: UUID, *, reason: str | None) -> PlanView:
    """End a waiting plan. Raises `PlanNotWaiting`, `SameActor`, `NotFound`."""
    work, _, stored = await _waiting(ctx, plan_id)
    await enter_fact(work, PlanRejected(plan_id=plan_id, reason=reason))
    await finish(ctx, [work])
    return await plan_view_of(ctx, stored, reading_after(work))


async def _waiting(ctx: Context, plan_id: UUID) -> tuple[Work, Plan, StoredPlan]:
    """The plan that waits, for somebody else than who proposed it."""
    work, plan, stored = await locked_plan(ctx, plan_id)
    if not plan.waiting:
        raise PlanNotWaiting(plan_id=plan_id, plan_status=plan.status)
    proposed = (await facts.by_id(ctx.tx, [plan_id]))[plan_id]
    proposer = Hand(key_id=proposed.key_id, actor=proposed.actor)
    refuse_same_hand(ctx, proposer, plan_id=plan_id)
    return work, plan, stored


async def cancel_plan(
    ctx: Context, plan_id: UUID, *, reason: str, effective_on: date | None = None
) -> PlanView:
    """End a plan by decision. Raises `OutsideAuthority`, `PlanNotLive`, `NotFound`."""
    work, plan, _ = await locked_plan(ctx, plan_id)
    refuse_act(work, Act.CANCEL_PLAN)
    if not plan.live:
        raise PlanNotLive(plan_id=plan_id, plan_status=plan.status)
    on = check_date(work, effective_on)
    if on < plan.opened_on:
        limit = f"must not lie before the plan opened, {plan.opened_on}"
        raise InvalidInput.at("/effective_on", limit)
    await enter_fact(work, PlanCancelled(plan_id=plan_id, reason=reason), effective_on=on)
    await finish(ctx, [work])
    return await view_plan(ctx, plan_id)
