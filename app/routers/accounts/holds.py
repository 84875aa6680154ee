"""Holds: typed stops on an account, placed, listed and released."""

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.domain.refusals.accounts import HoldExists, HoldNotStanding, WaivedMoreThanOwed
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.refusals.payments import AccountClosed
from app.routers.edge.deps import AsOf, CanReadAccounts, CanWriteAccounts
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.accounts.holds import HoldPlacedRead, HoldRead, HoldRelease, HoldRequest
from app.schemas.edge.ids import AccountId, HoldId
from app.schemas.edge.types import Page
from app.services.accounts import hold
from app.services.accounts.acts import acts_of, recorded
from app.services.accounts.hold import PlaceHold
from app.services.messages import intervening

router = APIRouter(
    prefix="/v1/accounts/{account_id}/holds", tags=["accounts"], route_class=Operation
)


@router.post(
    "",
    status_code=201,
    summary="Place a hold",
    response_model=HoldPlacedRead,
    responses=problems(NotFound, AccountClosed, HoldExists, WaivedMoreThanOwed, ClockBehindFacts),
)
async def place(account_id: AccountId, body: HoldRequest, ctx: CanWriteAccounts) -> Response:
    """Stop an account.

    What each kind stops: `dispute` and `bankruptcy` the clock, charges and interest, breaks and
    new terms, and money that comes in is kept unapplied (used when a dispute is released);
    `deceased` the same, but money is applied; `breathing_space` too, and what would have been
    charged for its days is never recoverable: charges of them entered already are taken back
    (`standard`: 60 days; `mental_health`: until 30 days after the treatment); `hardship` the
    clock and breaks; `military` a rate above 6 % in new terms, and a running plan earns at most
    6 % for its days, the rest forgiven for good (50 USC 3937); `cease_communication` reminders.
    `ends_on` is its last day, and stops like the others: sixty days stop sixty. Messages that
    wait and that it forbids are suppressed with it; those being sent are named, and go.
    """
    command = PlaceHold(
        kind=body.kind,
        starts_on=body.starts_on or ctx.business_date,
        ends_on=body.ends_on,
        variant=body.variant,
        treatment_ends_on=body.treatment_ends_on,
        reason=body.reason,
    )
    held, intervened = await intervening.place_hold(ctx, account_id, command)
    known = await acts_of(ctx, account_id)
    placed = HoldRead.model_validate(recorded(held, known))
    met = {
        "messages_suppressed": list(intervened.messages_suppressed),
        "messages_in_flight": list(intervened.messages_in_flight),
    }
    return answer(HoldPlacedRead.model_validate({**dict(placed), **met}), status=201)


@router.get("", summary="List holds", response_model=Page[HoldRead], responses=problems(NotFound))
async def find(account_id: AccountId, ctx: CanReadAccounts, as_of: AsOf = None) -> Response:
    """Every hold there was by that day, oldest first. All of them: `next_cursor` is always null."""
    _, found = await hold.holds_of(ctx, account_id, as_of=as_of)
    known = await acts_of(ctx, account_id, as_of=as_of)
    rows = [HoldRead.model_validate(recorded(one, known)) for one in found]
    return answer({"data": rows, "next_cursor": None})


@router.post(
    "/{hold_id}/release",
    summary="Release a hold",
    response_model=HoldRead,
    responses=problems(NotFound, HoldNotStanding, ClockBehindFacts),
)
async def release(
    account_id: AccountId, hold_id: HoldId, ctx: CanWriteAccounts, body: HoldRelease | None = None
) -> Response:
    """End a hold; the day of the release is free again. Money a dispute kept pays what is due.

    The release of a dispute names the message that verified it, where one of ours did. A
    mental-health breathing space whose treatment ends gets its last day: send `treatment_ends_on`.
    """
    held = await hold.release_hold(
        ctx,
        account_id,
        hold_id,
        effective_on=body.effective_on if body else None,
        treatment_ends_on=body.treatment_ends_on if body else None,
        reason=body.reason if body else None,
        message_id=body.message_id if body else None,
    )
    known = await acts_of(ctx, account_id)
    return answer(HoldRead.model_validate(recorded(held, known)))
