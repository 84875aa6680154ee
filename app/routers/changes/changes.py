"""Changing a plan's schedule, or previewing what a change would do."""

from fastapi import APIRouter, Response

from app.domain.agreement.approval import RevisionStatus
from app.domain.errors import NotFound
from app.domain.refusals.accounts import OnHold
from app.domain.refusals.changes import (
    ChangedToday,
    ChangeLimitReached,
    NothingToMove,
    RevisionPending,
)
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.refusals.plans import PlanNotLive
from app.domain.refusals.settlements import SettlementPlanFixed
from app.routers.edge.bodies import as_sent
from app.routers.edge.deps import CanReadPlans, CanWritePlans
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.routers.plans.plans import plan_read
from app.schemas.changes.changes import (
    ChangePreviewRead,
    ChangeRead,
    DeferralRequest,
    ReamortizationRequest,
    RescheduleRequest,
)
from app.schemas.edge.ids import PlanId
from app.schemas.plans.quotes import RefusalRead
from app.services.changes import modify
from app.services.changes.change import Changed
from app.services.changes.modify import DeferInstallment, ReschedulePlan

router = APIRouter(prefix="/v1/plans/{plan_id}", tags=["plans"], route_class=Operation)

_REFUSALS = (
    NotFound, PlanNotLive, OnHold, RevisionPending, NothingToMove, SettlementPlanFixed,
    ClockBehindFacts,
)  # fmt: skip


@router.post(
    "/reamortizations",
    status_code=201,
    summary="Re-amortize a plan",
    response_model=ChangeRead,
    responses=problems(*_REFUSALS, ChangedToday, ChangeLimitReached),
)
async def reamortize(plan_id: PlanId, body: ReamortizationRequest, ctx: CanWritePlans) -> Response:
    """Spread the principal due by today equally over the installments after it.

    Dates and count stay; charges stay on their rows. Once a day, and before the last due date.
    """
    made = await modify.re_amortize(
        ctx, plan_id, reason=body.reason, effective_on=body.effective_on
    )
    return answer(change_read(made), status=201)


@router.post(
    "/reamortizations/preview",
    summary="Preview a re-amortization",
    response_model=ChangePreviewRead,
    responses=problems(*_REFUSALS, ChangedToday),
)
async def preview_reamortization(
    plan_id: PlanId, body: ReamortizationRequest, ctx: CanReadPlans
) -> Response:
    """The plan as a re-amortization would leave it, nothing stored.

    What the policy has against it is in `refusals`; what cannot be done at all is refused.
    """
    made = await modify.re_amortize(
        ctx, plan_id, reason=body.reason, effective_on=body.effective_on, preview=True
    )
    return answer(preview_read(made))


@router.post(
    "/reschedules",
    status_code=201,
    summary="Reschedule a plan",
    response_model=ChangeRead,
    responses=problems(*_REFUSALS, ChangeLimitReached),
)
async def reschedule(plan_id: PlanId, body: RescheduleRequest, ctx: CanWritePlans) -> Response:
    """Move an installment not yet overdue; the later ones keep the plan's cadence from there.

    With `extra_installments`, what is open from that date on is split anew over all of them.
    """
    made = await modify.reschedule(ctx, plan_id, _asked_reschedule(body))
    return answer(change_read(made), status=201)


@router.post(
    "/reschedules/preview",
    summary="Preview a reschedule",
    response_model=ChangePreviewRead,
    responses=problems(*_REFUSALS),
)
async def preview_reschedule(
    plan_id: PlanId, body: RescheduleRequest, ctx: CanReadPlans
) -> Response:
    """The plan as a reschedule would leave it, nothing stored.

    What the policy has against it is in `refusals`; what cannot be done at all is refused.
    """
    asked = _asked_reschedule(body)
    return answer(preview_read(await modify.reschedule(ctx, plan_id, asked, preview=True)))


@router.post(
    "/deferrals",
    status_code=201,
    summary="Defer an installment",
    response_model=ChangeRead,
    responses=problems(*_REFUSALS, ChangeLimitReached),
)
async def defer(plan_id: PlanId, body: DeferralRequest, ctx: CanWritePlans) -> Response:
    """Skip an installment not yet overdue: what is open on it is appended at the end.

    The others stay as they are. Counts as an extension against the policy's limits.
    """
    made = await modify.defer(ctx, plan_id, _asked_deferral(body))
    return answer(change_read(made), status=201)


@router.post(
    "/deferrals/preview",
    summary="Preview a deferral",
    response_model=ChangePreviewRead,
    responses=problems(*_REFUSALS),
)
async def preview_deferral(plan_id: PlanId, body: DeferralRequest, ctx: CanReadPlans) -> Response:
    """The plan as a deferral would leave it, nothing stored.

    What the policy has against it is in `refusals`; what cannot be done at all is refused.
    """
    asked = _asked_deferral(body)
    return answer(preview_read(await modify.defer(ctx, plan_id, asked, preview=True)))


# --- Between the contract and the service -----------------------------------------------------


def _asked_reschedule(body: RescheduleRequest) -> ReschedulePlan:
    return ReschedulePlan(
        from_due_on=body.from_due_on,
        to_due_on=body.to_due_on,
        extra_installments=body.extra_installments or 0,
        reason=body.reason,
        effective_on=body.effective_on,
        as_sent=as_sent(body),
    )


def _asked_deferral(body: DeferralRequest) -> DeferInstallment:
    return DeferInstallment(
        installment_id=body.installment_id,
        number=body.number,
        reason=body.reason,
        effective_on=body.effective_on,
        as_sent=as_sent(body),
    )


def change_read(made: Changed) -> ChangeRead:
    """A change that was made, as the contract shows it."""
    return ChangeRead(
        revision=made.fact.body.number,
        cause=made.fact.kind,
        status=RevisionStatus.PENDING_APPROVAL if made.waits else RevisionStatus.IN_FORCE,
        refusals=[RefusalRead.model_validate(one) for one in made.refusals],
        plan=plan_read(made.view),
    )


def preview_read(made: Changed) -> ChangePreviewRead:
    """A change that would be made, and what the policy has against it."""
    return ChangePreviewRead(
        cause=made.fact.kind,
        refusals=[RefusalRead.model_validate(one) for one in made.refusals],
        plan=plan_read(made.view),
    )
