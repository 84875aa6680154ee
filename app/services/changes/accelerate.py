"""A plan ended for default: everything open is due at once."""

from datetime import date
from uuid import UUID

from app.domain.agreement.change_limits import check_acceleration
from app.domain.facts.changes import Acceleration
from app.domain.refusals.changes import PlanPaused
from app.domain.standing.lateness import CLOCK_STOPPING, explain
from app.services.changes.change import Changed, ChangePlan, Changing, carry_out, take_up
from app.services.context import Context
from app.services.guards import refuse_on_hold


async def accelerate(
    ctx: Context,
    plan_id: UUID,
    *,
    reason: str,
    effective_on: date | None = None,
    preview: bool = False,
) -> Changed:
    """End a plan as broken, reason `accelerated`; what is open is owed at the account.

    Taken back like any change, by undoing its revision. Raises `ChangeLimitReached` where the
    policy lets this role not do it, or not yet; `OnHold` also for a hold under which no plan
    breaks, `PlanPaused` for a pause, which stops the clock in the same way; and as `take_up`.
    """
    asked = ChangePlan(reason=reason)
    changing = await take_up(ctx, plan_id, effective_on, asked=asked)
    refuse_on_hold(changing.work, CLOCK_STOPPING, forbids="accelerating a plan")
    _refuse_paused(changing)
    clock = explain(changing.state, changing.plan, changing.policy, on=changing.on)
    changing.refusals += check_acceleration(
        len(clock.missed), changing.policy.modification, ctx.role
    )
    body = Acceleration(plan_id=plan_id, number=changing.number, reason=reason)
    return await carry_out(changing, body, {"reason": reason}, preview=preview)


def _refuse_paused(changing: Changing) -> None:
    """Refuse while a pause stands, today or on the day it is to count from; its last day does."""
    plan = changing.work.state.plan(changing.plan.id) or changing.plan
    for day in (changing.work.ctx.business_date, changing.on):
        for pause in plan.pauses:
            if pause.starts_on <= day <= pause.until_on:
                raise PlanPaused(
                    plan_id=plan.id,
                    pause_id=pause.id,
                    starts_on=pause.starts_on,
                    ends_on=pause.until_on,
                    forbids="acceleration",
                )
