"""Relief on a plan: another due day, a payment holiday, lower installments for a while."""

from fastapi import APIRouter, Response

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
from app.routers.changes.changes import change_read, preview_read
from app.routers.edge.bodies import as_sent
from app.routers.edge.deps import CanReadPlans, CanWritePlans
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.changes.changes import ChangePreviewRead, ChangeRead
from app.schemas.changes.relief import DueDayRequest, HolidayRequest, StepDownRequest
from app.schemas.edge.ids import PlanId
from app.services.changes import relieve
from app.services.changes.relieve import ChangeDueDay, LowerInstallments, TakeHoliday

router = APIRouter(prefix="/v1/plans/{plan_id}", tags=["plans"], route_class=Operation)

_REFUSALS = (
    NotFound, PlanNotLive, OnHold, RevisionPending, NothingToMove, ChangedToday,
    SettlementPlanFixed, ClockBehindFacts,
)  # fmt: skip


@router.post(
    "/due-day-changes",
    status_code=201,
    summary="Change the due day",
    response_model=ChangeRead,
    responses=problems(*_REFUSALS, ChangeLimitReached),
)
async def change_due_day(plan_id: PlanId, body: DueDayRequest, ctx: CanWritePlans) -> Response:
    """Move the installments to come to another day of their month; amounts stay.

    None becomes due on the day of the change or earlier: where the new day of the first one's
    month is over, all move to the month after. For plans that go by months.
    """
    made = await relieve.change_due_day(ctx, plan_id, _due_day(body))
    return answer(change_read(made), status=201)


@router.post(
    "/due-day-changes/preview",
    summary="Preview a change of due day",
    response_model=ChangePreviewRead,
    responses=problems(*_REFUSALS),
)
async def preview_due_day(plan_id: PlanId, body: DueDayRequest, ctx: CanReadPlans) -> Response:
    """The plan as a change of due day would leave it, nothing stored.

    What the policy has against it is in `refusals`; what cannot be done at all is refused.
    """
    made = await relieve.change_due_day(ctx, plan_id, _due_day(body), preview=True)
    return answer(preview_read(made))


@router.post(
    "/payment-holidays",
    status_code=201,
    summary="Grant a payment holiday",
    response_model=ChangeRead,
    responses=problems(*_REFUSALS, ChangeLimitReached),
)
async def take_holiday(plan_id: PlanId, body: HolidayRequest, ctx: CanWritePlans) -> Response:
    """Skip some installments: they and all later ones move by so many periods, amounts stay.

    The schedule ends later by as much. Counts as an extension against the policy's limits.
    """
    made = await relieve.take_holiday(ctx, plan_id, _holiday(body))
    return answer(change_read(made), status=201)


@router.post(
    "/payment-holidays/preview",
    summary="Preview a payment holiday",
    response_model=ChangePreviewRead,
    responses=problems(*_REFUSALS),
)
async def preview_holiday(plan_id: PlanId, body: HolidayRequest, ctx: CanReadPlans) -> Response:
    """The plan as a payment holiday would leave it, nothing stored.

    What the policy has against it is in `refusals`; what cannot be done at all is refused.
    """
    made = await relieve.take_holiday(ctx, plan_id, _holiday(body), preview=True)
    return answer(preview_read(made))


@router.post(
    "/step-downs",
    status_code=201,
    summary="Lower the installments for a while",
    response_model=ChangeRead,
    responses=problems(*_REFUSALS, ChangeLimitReached),
)
async def step_down(plan_id: PlanId, body: StepDownRequest, ctx: CanWritePlans) -> Response:
    """Installments due after the change and until a day fall to an amount.

    What they are short of is split equally over the later ones; where there are none, it goes to
    new installments at the end. The amount must be one the key's role may agree to.
    """
    made = await relieve.step_down(ctx, plan_id, _step_down(body))
    return answer(change_read(made), status=201)


@router.post(
    "/step-downs/preview",
    summary="Preview lower installments",
    response_model=ChangePreviewRead,
    responses=problems(*_REFUSALS),
)
async def preview_step_down(plan_id: PlanId, body: StepDownRequest, ctx: CanReadPlans) -> Response:
    """The plan with lower installments for a while, nothing stored.

    What the policy has against it is in `refusals`; what cannot be done at all is refused.
    """
    made = await relieve.step_down(ctx, plan_id, _step_down(body), preview=True)
    return answer(preview_read(made))


# --- Between the contract and the service -----------------------------------------------------


def _due_day(body: DueDayRequest) -> ChangeDueDay:
    return ChangeDueDay(
        days=body.days or ((body.day,) if body.day else ()),
        from_due_on=body.from_due_on,
        reason=body.reason,
        effective_on=body.effective_on,
        as_sent=as_sent(body),
    )


def _holiday(body: HolidayRequest) -> TakeHoliday:
    return TakeHoliday(
        from_due_on=body.from_due_on,
        installments=body.installments,
        until_on=body.until_on,
        reason=body.reason,
        effective_on=body.effective_on,
        as_sent=as_sent(body),
    )


def _step_down(body: StepDownRequest) -> LowerInstallments:
    return LowerInstallments(
        installment_minor=body.installment_minor,
        until_on=body.until_on,
        reason=body.reason,
        effective_on=body.effective_on,
        as_sent=as_sent(body),
    )
