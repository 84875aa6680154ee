"""Changes of a plan that wait: approved or rejected by somebody else."""

from fastapi import APIRouter, Request, Response

from app.domain.errors import NotFound
from app.domain.refusals.accounts import MilitaryRate, OnHold
from app.domain.refusals.changes import (
    ChangedToday,
    NothingToMove,
    PlanPaused,
    ReAgeRefused,
    RevisionNotWaiting,
    RevisionOutdated,
)
from app.domain.refusals.commands import ClockBehindFacts, OutsideAuthority, SameActor
from app.domain.refusals.plans import (
    ConsentMismatch,
    PlanNotLive,
    QuoteAltered,
    QuoteExpired,
    QuoteStale,
    QuoteSuperseded,
    QuoteUsed,
)
from app.routers.changes.changes import change_read
from app.routers.changes.revisions import Number, revision_read
from app.routers.edge.deps import CanWritePlans
from app.routers.edge.problems import answered, problems
from app.routers.edge.route import Operation, answer
from app.schemas.changes.changes import ChangeRead, RevisionRead
from app.schemas.edge.ids import PlanId
from app.schemas.plans.decisions import DecisionRequest
from app.services.approvals import amendments
from app.services.changes import revisions

router = APIRouter(
    prefix="/v1/plans/{plan_id}/revisions/{revision}", tags=["plans"], route_class=Operation
)

_DECIDING = (NotFound, RevisionNotWaiting, SameActor, ClockBehindFacts)


@router.post(
    "/approve",
    summary="Approve a revision",
    response_model=ChangeRead,
    responses=problems(
        *_DECIDING, OutsideAuthority, RevisionOutdated, PlanNotLive, OnHold, PlanPaused,
        NothingToMove, ChangedToday, ReAgeRefused, QuoteAltered, QuoteExpired, QuoteStale,
        QuoteSuperseded, QuoteUsed, ConsentMismatch, MilitaryRate,
    ),
)  # fmt: skip
async def approve(
    plan_id: PlanId,
    revision: Number,
    ctx: CanWritePlans,
    request: Request,
    body: DecisionRequest | None = None,
) -> Response:
    """Make a change that waits, today: as a role that may, and never as who asked for it.

    `Accord-Actor` must say who approves. The change is worked out anew, on what is open by now;
    what cannot be made any more is refused by name and still waits.
    """
    reason = body.reason if body else None
    try:
        made = await amendments.approve_revision(ctx, plan_id, revision, reason=reason)
    except ReAgeRefused as refusal:
        return answered(request, refusal)
    return answer(change_read(made))


@router.post(
    "/reject",
    summary="Reject a revision",
    response_model=RevisionRead,
    responses=problems(*_DECIDING),
)
async def reject(
    plan_id: PlanId, revision: Number, ctx: CanWritePlans, body: DecisionRequest | None = None
) -> Response:
    """Turn down a change that waits: the plan goes on as it is, and may be changed again.

    Any role may, but never who asked for it, and `Accord-Actor` must say who does. Its number is
    not used again.
    """
    await amendments.reject_revision(ctx, plan_id, revision, reason=body.reason if body else None)
    return answer(revision_read(await revisions.revision_of(ctx, plan_id, revision)))
