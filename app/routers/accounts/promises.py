"""Promises to pay: made, listed, read."""

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.domain.refusals.accounts import PromisesOpen
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.refusals.payments import AccountClosed
from app.routers.edge.deps import AsOf, CanReadAccounts, CanWriteAccounts
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.accounts.promises import PromiseRead, PromiseRequest
from app.schemas.edge.ids import AccountId, PromiseId
from app.schemas.edge.types import Page
from app.services.accounts import promise
from app.services.accounts.acts import acts_of, recorded
from app.services.accounts.promise import MakePromise

router = APIRouter(
    prefix="/v1/accounts/{account_id}/promises", tags=["accounts"], route_class=Operation
)


@router.post(
    "",
    status_code=201,
    summary="Take down a promise to pay",
    response_model=PromiseRead,
    responses=problems(NotFound, AccountClosed, PromisesOpen, ClockBehindFacts),
)
async def make(account_id: AccountId, body: PromiseRequest, ctx: CanWriteAccounts) -> Response:
    """An amount promised by a day; it binds nothing and moves no due date.

    Repayments from its making to `due_on` plus grace count, net of what bounces. It is `kept`
    once they reach the threshold, else `open` until that day is over, then `partial` or
    `broken`. A payment that bounces later has it judged again.
    """
    made = await promise.make_promise(ctx, account_id, MakePromise(**dict(body)))
    known = await acts_of(ctx, account_id)
    return answer(PromiseRead.model_validate(recorded(made, known)), status=201)


@router.get(
    "", summary="List promises", response_model=Page[PromiseRead], responses=problems(NotFound)
)
async def find(account_id: AccountId, ctx: CanReadAccounts, as_of: AsOf = None) -> Response:
    """Every promise made by that day, oldest first. All of them: `next_cursor` is always null."""
    found = await promise.promises_of(ctx, account_id, as_of=as_of)
    known = await acts_of(ctx, account_id, as_of=as_of)
    rows = [PromiseRead.model_validate(recorded(one, known)) for one in found]
    return answer({"data": rows, "next_cursor": None})


@router.get(
    "/{promise_id}",
    summary="Read a promise",
    response_model=PromiseRead,
    responses=problems(NotFound),
)
async def read(
    account_id: AccountId, promise_id: PromiseId, ctx: CanReadAccounts, as_of: AsOf = None
) -> Response:
    """One promise as it stood on any day, with what had come in for it by then."""
    found = await promise.promise_of(ctx, account_id, promise_id, as_of=as_of)
    known = await acts_of(ctx, account_id, as_of=as_of)
    return answer(PromiseRead.model_validate(recorded(found, known)))
