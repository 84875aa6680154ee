"""A plan on new terms, or ended for default: rewritten to a quote, accelerated."""

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.domain.refusals.accounts import MilitaryRate, OnHold
from app.domain.refusals.changes import (
    ChangedToday,
    ChangeLimitReached,
    NothingToMove,
    PlanPaused,
    RevisionPending,
)
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.refusals.plans import (
    ConsentMismatch,
    PlanNotLive,
    QuoteAltered,
    QuoteExpired,
    QuoteStale,
    QuoteSuperseded,
    QuoteUsed,
)
from app.domain.refusals.settlements import SettlementPlanFixed
from app.routers.changes.changes import change_read, preview_read
from app.routers.edge.deps import CanReadPlans, CanWritePlans
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.changes.changes import ChangePreviewRead, ChangeRead
from app.schemas.changes.relief import AccelerationRequest, RewriteRequest
from app.schemas.edge.ids import PlanId
from app.services.changes import accelerate as accelerating
from app.services.changes import rewrite as rewriting
from app.services.changes.rewrite import RewritePlan
from app.services.plans.open import Consent

router = APIRouter(prefix="/v1/plans/{plan_id}", tags=["plans"], route_class=Operation)

_ENDING = (NotFound, PlanNotLive, OnHold, RevisionPending, SettlementPlanFixed, ClockBehindFacts)
_REWRITING = (
    *_ENDING, NothingToMove, ChangedToday, QuoteAltered, QuoteExpired, QuoteStale,
    QuoteSuperseded, QuoteUsed, ConsentMismatch, MilitaryRate,
)  # fmt: skip


@router.post(
    "/rewrites",
    status_code=201,
    summary="Rewrite a plan to a quote",
    response_model=ChangeRead,
    responses=problems(*_REWRITING, ChangeLimitReached),
)
async def rewrite(plan_id: PlanId, body: RewriteRequest, ctx: CanWritePlans) -> Response:
    """Move the plan's open principal to the installments of a quote; the plan keeps its id.

    The quote must be about all of that principal. Its rate and its policy version hold for the
    plan from then on; what its terms pass of the role's limits waits for approval. Charges and
    earned interest stay on their rows. Past the last due date this is a renewal.
    """
    made = await rewriting.rewrite(ctx, plan_id, _rewrite(body))
    return answer(change_read(made), status=201)


@router.post(
    "/rewrites/preview",
    summary="Preview a rewrite",
    response_model=ChangePreviewRead,
    responses=problems(*_REWRITING),
)
async def preview_rewrite(plan_id: PlanId, body: RewriteRequest, ctx: CanReadPlans) -> Response:
    """The plan on the quote's terms, nothing stored; the quote is not used up.

    What policy and authority have against it is in `refusals`; what cannot be done at all is
    refused.
    """
    return answer(preview_read(await rewriting.rewrite(ctx, plan_id, _rewrite(body), preview=True)))


@router.post(
    "/accelerations",
    status_code=201,
    summary="Accelerate a plan",
    response_model=ChangeRead,
    responses=problems(*_ENDING, PlanPaused, ChangeLimitReached),
)
async def accelerate(plan_id: PlanId, body: AccelerationRequest, ctx: CanWritePlans) -> Response:
    """End a plan for default: status `broken`, reason `accelerated`, all open at the account.

    The policy says how much must be missed and which role may. It is a revision like any change:
    undoing it restores the plan, as long as the account took up no other.
    """
    made = await accelerating.accelerate(
        ctx, plan_id, reason=body.reason, effective_on=body.effective_on
    )
    return answer(change_read(made), status=201)


@router.post(
    "/accelerations/preview",
    summary="Preview an acceleration",
    response_model=ChangePreviewRead,
    responses=problems(*_ENDING, PlanPaused),
)
async def preview_acceleration(
    plan_id: PlanId, body: AccelerationRequest, ctx: CanReadPlans
) -> Response:
    """The plan as an acceleration would end it, nothing stored.

    What the policy has against it is in `refusals`; what cannot be done at all is refused.
    """
    made = await accelerating.accelerate(
        ctx, plan_id, reason=body.reason, effective_on=body.effective_on, preview=True
    )
    return answer(preview_read(made))


def _rewrite(body: RewriteRequest) -> RewritePlan:
    return RewritePlan(
        quote_id=body.quote_id,
        quote_hash=body.quote_hash,
        reason=body.reason,
        consent=Consent(**dict(body.consent)) if body.consent else None,
    )
