"""One transfer for several accounts: posted as a payment a part, reversed together."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from app.domain.errors import InvalidInput, NotFound
from app.domain.refusals.accounts import WaivedMoreThanOwed
from app.domain.refusals.commands import ClockBehindFacts, ReferenceTaken
from app.domain.refusals.payments import (
    AccountClosed,
    AlreadyReversed,
    BalanceTooLarge,
    CurrencyMismatch,
    PaymentReturned,
)
from app.routers.edge.deps import CanWritePayments
from app.routers.edge.problems import repeatable
from app.routers.edge.route import Operation, answer
from app.routers.payments.payments import payment_read
from app.schemas.payments.splits import (
    SplitRead,
    SplitReference,
    SplitRequest,
    SplitReversalRequest,
)
from app.services.payments import split
from app.services.payments.split import Part, ReverseSplit, Split, SplitPayment

router = APIRouter(prefix="/v1/payments/split", tags=["payments"], route_class=Operation)


@router.post(
    "",
    status_code=201,
    summary="Post one transfer for several accounts",
    response_model=SplitRead,
    responses=repeatable(
        SplitRead, NotFound, ReferenceTaken, CurrencyMismatch, AccountClosed, BalanceTooLarge,
        ClockBehindFacts,
    ),
)  # fmt: skip
async def post(body: SplitRequest, ctx: CanWritePayments) -> Response:
    """Split one transfer: every part is posted as a payment of its own, or none is.

    The parts are payments like any other, under `reference#1`, `reference#2` … in their order.
    Sent again with the same content, the transfer answers 200 with its payments as they stand.
    """
    made = await split.post_split(ctx, _command(body))
    return answer(_shown(made), status=200 if made.repeated else 201)


@router.post(
    "/{reference:path}/reversals",
    status_code=201,
    summary="Reverse a whole transfer",
    response_model=SplitRead,
    responses=repeatable(
        SplitRead, NotFound, AlreadyReversed, PaymentReturned, WaivedMoreThanOwed,
        BalanceTooLarge, ReferenceTaken, ClockBehindFacts,
    ),
)  # fmt: skip
async def reverse(
    reference: Annotated[SplitReference, Path(description="The transfer's own reference.")],
    body: SplitReversalRequest,
    ctx: CanWritePayments,
) -> Response:
    """The transfer never happened: every part that still stands is reversed, or none is.

    A part that was reversed by itself before stays so. Money of a part that was charged back or
    refunded stands in the way of all.
    """
    made = await split.reverse_split(ctx, reference, ReverseSplit(**dict(body)))
    return answer(_shown(made), status=200 if made.repeated else 201)


def _command(body: SplitRequest) -> SplitPayment:
    for number, part in enumerate(body.parts):
        if (part.account_id is None) == (part.account_reference is None):
            detail = "should be given, or account_reference: one of them"
            raise InvalidInput.at(f"/parts/{number}/account_id", detail)
    parts = tuple(Part(**dict(part)) for part in body.parts)
    return SplitPayment(**{**dict(body), "parts": parts})


def _shown(made: Split) -> dict[str, Any]:
    payments = [payment_read(view) for view in made.views]
    return {
        "reference": made.reference,
        "currency": made.views[0].payment.currency,
        "amount_minor": sum(view.payment.amount_minor for view in made.views),
        "payments": payments,
    }
