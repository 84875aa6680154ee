"""Pauses of a plan: set, ended early, listed."""

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.domain.hold_refusals import PauseNotStanding, PauseOverlaps
from app.domain.refusals import ClockBehindFacts, PlanNotLive
from app.domain.state import Paused
from app.routers.deps import AsOf, CanReadPlans, CanWritePlans
from app.routers.problems import problems
from app.routers.route import Operation, answer
from app.schemas.pauses import PauseRead, PauseRequest, PauseResume
from app.schemas.types import Page, PauseId, PlanId
from app.services import pauses
from app.services.pauses import SetPause

router = APIRouter(prefix="/v1/plans/{plan_id}/pauses", tags=["plans"], route_class=Operation)


@router.post(
    "",
    status_code=201,
    summary="Pause a plan",
    response_model=PauseRead,
    responses=problems(NotFound, PauseOverlaps, PlanNotLive, ClockBehindFacts),
)
async def set_(plan_id: PlanId, body: PauseRequest, ctx: CanWritePlans) -> Response:
    """Stop a plan's clock for some days.

    Days from `starts_on` up to `ends_on` do not count; the bucket stands still and nothing
    breaks up to and including `ends_on`, though a payment still re-judges the bucket. Two pauses
    may touch, not overlap. A pause may be backdated: what was judged meanwhile is corrected.
    """
    command = SetPause(starts_on=body.starts_on, ends_on=body.ends_on, reason=body.reason)
    return answer(_shown(await pauses.pause_plan(ctx, plan_id, command)), status=201)


@router.get("", summary="List pauses", response_model=Page[PauseRead], responses=problems(NotFound))
async def find(plan_id: PlanId, ctx: CanReadPlans, as_of: AsOf = None) -> Response:
    """Every pause known by that day, by start. All of them: `next_cursor` is always null."""
    found = await pauses.pauses_of(ctx, plan_id, as_of=as_of)
    return answer({"data": [_shown(one) for one in found], "next_cursor": None})


@router.post(
    "/{pause_id}/resume",
    summary="End a pause early",
    response_model=PauseRead,
    responses=problems(NotFound, PauseNotStanding, ClockBehindFacts),
)
async def resume(
    plan_id: PlanId, pause_id: PauseId, ctx: CanWritePlans, body: PauseResume | None = None
) -> Response:
    """Let the clock run again. The day of it is the pause's last: frozen still, not counted."""
    on = body.effective_on if body else None
    return answer(_shown(await pauses.resume_plan(ctx, plan_id, pause_id, effective_on=on)))


def _shown(one: Paused) -> PauseRead:
    return PauseRead(
        id=one.id,
        starts_on=one.starts_on,
        ends_on=one.until_on,
        resumed_on=one.resumed_on,
        reason=one.reason,
    )
