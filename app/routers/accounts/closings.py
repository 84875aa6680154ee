"""How an account leaves the books: charged off, closed, and either taken back."""

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.domain.refusals.accounts import (
    AlreadyChargedOff,
    NotChargedOff,
    NotClosed,
    NothingOwed,
    UnappliedMoneyLeft,
)
from app.domain.refusals.commands import ClockBehindFacts, OutsideAuthority
from app.domain.refusals.payments import AccountClosed
from app.domain.refusals.plans import PlanExists
from app.routers.accounts.accounts import account_read
from app.routers.edge.deps import CanWriteAccounts
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.accounts.accounts import AccountRead
from app.schemas.accounts.closings import ChargeOffRequest, ClosureRequest, UndoClosingRequest
from app.schemas.edge.ids import AccountId
from app.services.accounts import close as closings
from app.services.accounts.read import AccountView
from app.services.messages import intervening

router = APIRouter(prefix="/v1/accounts/{account_id}", tags=["accounts"], route_class=Operation)


@router.post(
    "/charge-offs",
    status_code=201,
    summary="Charge an account off",
    response_model=AccountRead,
    responses=problems(
        NotFound, OutsideAuthority, AccountClosed, AlreadyChargedOff, NothingOwed, ClockBehindFacts
    ),
)
async def charge_off(
    account_id: AccountId, body: ChargeOffRequest, ctx: CanWriteAccounts
) -> Response:
    """Book the debt as a loss. An act of accounting: no money moves.

    The debtor owes what he owed, payments and a live plan go on, and the account is
    `charged_off` until it is paid, settled or closed. For a supervisor or an admin.
    """
    view = await closings.charge_off(
        ctx, account_id, reason=body.reason, effective_on=body.effective_on
    )
    return _answer(view, status=201)


@router.post(
    "/charge-offs/undo",
    summary="Take a charge-off back",
    response_model=AccountRead,
    responses=problems(NotFound, OutsideAuthority, AccountClosed, NotChargedOff, ClockBehindFacts),
)
async def undo_charge_off(
    account_id: AccountId, ctx: CanWriteAccounts, body: UndoClosingRequest | None = None
) -> Response:
    """As if never charged off; an event of the same type `corrects` the one that told of it.

    An account that was placed as charged off stays so.
    """
    reason = body.reason if body else None
    return _answer(await closings.undo_charge_off(ctx, account_id, reason=reason))


@router.post(
    "/closures",
    status_code=201,
    summary="Close an account",
    response_model=AccountRead,
    responses=problems(
        NotFound, OutsideAuthority, AccountClosed, PlanExists, UnappliedMoneyLeft, ClockBehindFacts
    ),
)
async def close(account_id: AccountId, body: ClosureRequest, ctx: CanWriteAccounts) -> Response:
    """End collection. What is still owed is written off, by component, and the balance is 0.

    Refused while a plan is live or waits, and while unapplied money is there. A closed account
    takes no commands (409 `account-closed`), but earlier payments can still bounce or be charged
    back: what they make owed again is written off on its day. For a supervisor or an admin.
    """
    view = await intervening.close(
        ctx, account_id, reason=body.reason, effective_on=body.effective_on
    )
    return _answer(view, status=201)


@router.post(
    "/closures/undo",
    summary="Take a closure back",
    response_model=AccountRead,
    responses=problems(NotFound, OutsideAuthority, NotClosed, ClockBehindFacts),
)
async def undo_closure(
    account_id: AccountId, ctx: CanWriteAccounts, body: UndoClosingRequest | None = None
) -> Response:
    """As if never closed: what was written off is owed again, to the cent, and ages as it would."""
    reason = body.reason if body else None
    return _answer(await closings.undo_closure(ctx, account_id, reason=reason))


def _answer(view: AccountView, *, status: int = 200) -> Response:
    return answer(account_read(view), status=status, version=view.reading.account.version)
