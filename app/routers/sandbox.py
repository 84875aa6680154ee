"""A sandbox tenant moves its own business date, so a year of installments fits in a minute."""

from fastapi import APIRouter

from app.routers.edge.deps import CanSetTheClock
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation
from app.schemas.sandbox import ClockRead, ClockRequest
from app.services.tenancy import sandbox
from app.services.tenancy.sandbox import Clock, NotASandbox

router = APIRouter(prefix="/v1/sandbox", tags=["sandbox"], route_class=Operation)


@router.get(
    "/clock",
    summary="Read the sandbox clock",
    response_model=ClockRead,
    responses=problems(NotASandbox),
)
async def read_clock(ctx: CanSetTheClock) -> Clock:
    """The business date that commands and reads without a date of their own use."""
    return await sandbox.read_clock(ctx)


@router.put(
    "/clock",
    summary="Move the sandbox clock",
    response_model=ClockRead,
    responses=problems(NotASandbox),
)
async def set_clock(body: ClockRequest, ctx: CanSetTheClock) -> Clock:
    """Set the tenant's business date, forward or back, from the next request on.

    Moved forward, installments fall due and are missed as they would be on that day. Moved
    back, later facts are hidden from reads without a date, and commands on accounts that
    hold such facts are refused with `clock-behind-facts`.
    """
    return await sandbox.set_clock(ctx, body.business_date)
