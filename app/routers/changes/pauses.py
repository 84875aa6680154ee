"""Pauses of a plan: set, ended early, listed."""

from fastapi import APIRouter, Response

from app.domain.account.plan import Paused
from app.domain.errors import NotFound
from app.domain.refusals.changes import PauseNotStanding, PauseOverlaps
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.refusals.plans import PlanNotLive
from app.routers.edge.deps import AsOf, CanReadPlans, CanWritePlans
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.changes.pauses import PauseRead, PauseRequest, PauseResume
from app.schemas.edge.acts import ActRead
from app.schemas.edge.ids import PauseId, PlanId
from app.schemas.edge.types import Page
from app.services.accounts.acts import Acts, acts_of_plan
from app.services.changes import pause
from app.services.changes.pause import SetPause

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
    made = await pause.pause_plan(ctx, plan_id, command)
    return answer(_shown(made, await acts_of_plan(ctx, plan_id)), status=201)


@router.get("", summary="List pauses", response_model=Page[PauseRead], responses=problems(NotFound))
async def find(plan_id: PlanId, ctx: CanReadPlans, as_of: AsOf = None) -> Response:
    """Every pause known by that day, by start. All of them: `next_cursor` is always null."""
    found = await pause.pauses_of(ctx, plan_id, as_of=as_of)
    known = await acts_of_plan(ctx, plan_id, as_of=as_of)
    return answer({"data": [_shown(one, known) for one in found], "next_cursor": None})


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
    why = body.reason if body else None
    made = await pause.resume_plan(ctx, plan_id, pause_id, effective_on=on, reason=why)
    return answer(_shown(made, await acts_of_plan(ctx, plan_id)))


def _shown(one: Paused, known: Acts) -> PauseRead:
    return PauseRead(
        id=one.id,
        starts_on=one.starts_on,
        ends_on=one.until_on,
        resumed_on=one.resumed_on,
        reason=one.reason,
        acts=[ActRead.model_validate(act) for act in known.get(one.id, ())],
    )
