"""What re-aging looks at beside the plan: billing cycles and workout programs, recorded."""

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.domain.facts.changes import Cycle, Workout
from app.domain.facts.fact import Fact
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.refusals.payments import AccountClosed
from app.routers.edge.deps import CanWriteAccounts
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import AccountId
from app.schemas.reages.reages import CycleRead, CycleRequest, WorkoutRead, WorkoutRequest
from app.services.accounts import cycle

router = APIRouter(prefix="/v1/accounts/{account_id}", tags=["re-aging"], route_class=Operation)


@router.post(
    "/cycles",
    status_code=201,
    summary="Record a billing cycle",
    response_model=CycleRead,
    responses=problems(NotFound, AccountClosed, ClockBehindFacts),
)
async def add_cycle(account_id: AccountId, body: CycleRequest, ctx: CanWriteAccounts) -> Response:
    """What was asked for and by when: re-aging looks at whether it was paid in time.

    Without cycles, the plan's installments are the cycles.
    """
    fact = await cycle.add_cycle(
        ctx,
        account_id,
        due_on=body.due_on,
        minimum_due_minor=body.minimum_due_minor,
        effective_on=body.effective_on,
    )
    return answer(_cycle(account_id, fact), status=201)


@router.post(
    "/workouts",
    status_code=201,
    summary="Record a workout program",
    response_model=WorkoutRead,
    responses=problems(NotFound, AccountClosed, ClockBehindFacts),
)
async def enter_workout(
    account_id: AccountId, body: WorkoutRequest, ctx: CanWriteAccounts
) -> Response:
    """The borrower entered a workout or counseling program: the way to a workout re-age."""
    fact = await cycle.enter_workout(
        ctx,
        account_id,
        programme=body.programme,
        payment_minor=body.payment_minor,
        entered_on=body.entered_on,
    )
    return answer(_workout(account_id, fact), status=201)


# --- Between the contract and the service -----------------------------------------------------


def _cycle(account_id: AccountId, fact: Fact[Cycle]) -> CycleRead:
    body = fact.body
    return CycleRead(
        id=fact.id,
        account_id=account_id,
        due_on=body.due_on,
        minimum_due_minor=body.minimum_due_minor,
    )


def _workout(account_id: AccountId, fact: Fact[Workout]) -> WorkoutRead:
    body = fact.body
    return WorkoutRead(
        id=fact.id,
        account_id=account_id,
        programme=body.programme,
        entered_on=fact.effective_on,
        payment_minor=body.payment_minor,
    )
