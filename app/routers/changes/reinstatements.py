"""Reinstating a plan that broke."""

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.domain.refusals.accounts import NothingOwed, OnHold
from app.domain.refusals.changes import PlanNotBroken
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.refusals.payments import AccountClosed
from app.domain.refusals.plans import PlanExists
from app.routers.edge.deps import CanWritePlans
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.routers.plans.plans import plan_read
from app.schemas.changes.pauses import ReinstateRequest
from app.schemas.edge.ids import PlanId
from app.schemas.plans.plans import PlanRead
from app.services.changes.reinstate import reinstate_plan

router = APIRouter(prefix="/v1/plans/{plan_id}", tags=["plans"], route_class=Operation)


@router.post(
    "/reinstate",
    summary="Reinstate a broken plan",
    response_model=PlanRead,
    responses=problems(
        NotFound, AccountClosed, PlanNotBroken, PlanExists, NothingOwed, OnHold, ClockBehindFacts
    ),
)
async def reinstate(plan_id: PlanId, body: ReinstateRequest, ctx: CanWritePlans) -> Response:
    """Make a broken plan live again, on its own dates, for what is still owed of it.

    `missed_total` starts anew. What broke it, where it stands still, breaks it again only after
    a further miss. Money that came meanwhile stays where it went.
    """
    view = await reinstate_plan(ctx, plan_id, reason=body.reason, effective_on=body.effective_on)
    return answer(plan_read(view))
