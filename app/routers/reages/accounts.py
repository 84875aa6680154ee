"""Re-ages of an account's own clock: listed, and taken back. They are granted in `plans`."""

from typing import Any

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.domain.facts.changes import AccountReAge
from app.domain.refusals.changes import NotNewestReAge
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.refusals.payments import AccountClosed
from app.routers.edge.deps import CanReadPlans, CanWritePlans
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.changes.changes import UndoRequest
from app.schemas.edge.ids import AccountId, ReAgeId
from app.schemas.edge.types import Page
from app.schemas.reages.reages import ListedAccountReAgeRead, UndoneAccountReAgeRead
from app.services.reages import granted
from app.services.reages.granted import Granted

router = APIRouter(
    prefix="/v1/accounts/{account_id}/re-ages", tags=["re-aging"], route_class=Operation
)


@router.get(
    "",
    summary="List an account's re-ages",
    response_model=Page[ListedAccountReAgeRead],
    responses=problems(NotFound),
)
async def read_account_re_ages(account_id: AccountId, ctx: CanReadPlans) -> Response:
    """Every re-age of the account's own clock, first one first; those of its plans are theirs.

    One that was undone stays and says so; one whose qualifying payment came back is flagged. All
    of them at once: `next_cursor` is always null.
    """
    rows = [
        ListedAccountReAgeRead.model_validate(_listed(account_id, one))
        for one in await granted.account_re_ages_of(ctx, account_id)
    ]
    return answer({"data": rows, "next_cursor": None})


@router.post(
    "/{re_age_id}/undo",
    operation_id="account_reages_undo",
    summary="Undo an account's re-age",
    response_model=UndoneAccountReAgeRead,
    responses=problems(NotFound, NotNewestReAge, AccountClosed, ClockBehindFacts),
)
async def undo_account_re_age(
    account_id: AccountId, re_age_id: ReAgeId, ctx: CanWritePlans, body: UndoRequest | None = None
) -> Response:
    """Take the newest re-age of the account's own clock back, as if it had never been.

    The account is reported late since the day it was before. Later payments do not stand in the
    way, nor do re-ages of its plans.
    """
    reason = body.reason if body else None
    undone = await granted.undo_account_re_age(ctx, account_id, re_age_id, reason=reason)
    state = undone.reading.state
    return answer(
        UndoneAccountReAgeRead.model_validate(
            {
                **_listed(account_id, undone.granted),
                "reported_since_on": state.reported_since_on,
                "first_delinquency_on": state.first_delinquency_on,
            }
        )
    )


def _listed(account_id: AccountId, one: Granted[AccountReAge]) -> dict[str, Any]:
    return {
        "id": one.fact.id,
        "account_id": account_id,
        "kind": one.body.re_age,
        "effective_on": one.fact.effective_on,
        "reason": one.body.reason,
        "actor": one.fact.actor,
        "override": one.body.override,
        "undone_on": one.undone_on,
        "flagged_on": one.flag.on if one.flag else None,
        "flagged_because": one.flag.payment_id if one.flag else None,
    }
