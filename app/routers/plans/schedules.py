"""Schedules: what terms come to, nothing stored."""

from fastapi import APIRouter, Response

from app.routers.edge.bodies import as_sent
from app.routers.edge.deps import CanComputePlans
from app.routers.edge.route import Operation, answer
from app.schemas.plans.schedules import ScheduleRead, ScheduleRequest
from app.services.plans import schedules
from app.services.plans.terms import read_terms

router = APIRouter(prefix="/v1/schedules", tags=["schedules"], route_class=Operation)


@router.post("", summary="Compute a schedule", response_model=ScheduleRead)
async def compute(body: ScheduleRequest, ctx: CanComputePlans) -> Response:
    """Every installment of these terms, to the minor unit; nothing is stored.

    Dates step from the anchor, never from each other, and amounts sum to the total, always.
    Of the amount, the installment, and the count or the last due day, any two give the third.
    Terms that cannot be meant are refused with a pointer to each field and its limit.
    """
    schedule = await schedules.compute_schedule(
        ctx,
        currency=body.currency,
        terms=read_terms(as_sent(body.terms)).parsed,
        starts_on=body.starts_on,
        last_due_on=body.last_due_on,
    )
    return answer(schedule)
