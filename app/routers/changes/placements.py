"""Placements corrected: what was said wrongly when an account was placed."""

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.domain.refusals.accounts import PlacementFixed
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.refusals.payments import AccountClosed, BalanceTooLarge
from app.routers.accounts.accounts import account_read
from app.routers.edge.deps import CanReadAccounts, CanWriteAccounts
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.changes.placements import (
    ChangedRead,
    CorrectionPreviewRead,
    CorrectionRead,
    CorrectionRequest,
)
from app.schemas.edge.ids import AccountId
from app.schemas.plans.quotes import RefusalRead
from app.services.accounts.correct import Correction, CorrectPlacement, correct_placement

router = APIRouter(
    prefix="/v1/accounts/{account_id}/placement-corrections",
    tags=["accounts"],
    route_class=Operation,
)


@router.post(
    "",
    status_code=201,
    summary="Correct a placement",
    response_model=CorrectionRead,
    responses=problems(NotFound, AccountClosed, PlacementFixed, BalanceTooLarge, ClockBehindFacts),
)
async def correct(
    account_id: AccountId, body: CorrectionRequest, ctx: CanWriteAccounts
) -> Response:
    """Say how the account really was placed. Everything since is worked out anew from that.

    The first words stay as they were said, with the correction beside them: the ledger has a
    `placement` row of the difference, events `corrects` what was told and does not hold. Refused
    where what was agreed since would no longer be possible (`placement-fixed`, every reason).
    For a supervisor or an admin.
    """
    done = await correct_placement(ctx, account_id, _asked(body))
    if done is None or done.view is None:
        raise TypeError("a correction was entered without an account after it")
    shown = CorrectionRead(
        id=done.id,
        account_id=account_id,
        changed=_changed(done),
        reason=done.reason,
        account=account_read(done.view),
    )
    return answer(shown, status=201, version=done.view.reading.account.version)


@router.post(
    "/preview",
    summary="Preview a correction",
    response_model=CorrectionPreviewRead,
    responses=problems(NotFound, AccountClosed, BalanceTooLarge, ClockBehindFacts),
)
async def preview(account_id: AccountId, body: CorrectionRequest, ctx: CanReadAccounts) -> Response:
    """The account as it would be, and every reason against it. Nothing is stored."""
    done = await correct_placement(ctx, account_id, _asked(body), preview=True)
    if done is None:
        raise TypeError("what stands already was previewed")
    shown = CorrectionPreviewRead(
        account_id=account_id,
        changed=_changed(done),
        reason=done.reason,
        refusals=[RefusalRead.model_validate(one) for one in done.refusals],
        account=account_read(done.view) if done.view else None,
    )
    return answer(shown)


def _asked(body: CorrectionRequest) -> CorrectPlacement:
    plain = body.model_fields_set - {"reason", "balance"}
    balance = body.balance.model_dump(exclude_none=True) if body.balance else {}
    return CorrectPlacement(
        reason=body.reason,
        said=frozenset(plain),
        balance=balance,
        **{name: getattr(body, name) for name in plain},
    )


def _changed(done: Correction) -> dict[str, ChangedRead]:
    return {name: ChangedRead.model_validate(one) for name, one in done.changed.items()}
