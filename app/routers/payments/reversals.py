"""Debits that come back, many at once, by the payment's id or its reference."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from app.domain.errors import DomainError, InvalidInput
from app.domain.refusals.commands import BatchRefused, ClockBehindFacts
from app.routers.edge import batches
from app.routers.edge.bodies import holds_many
from app.routers.edge.deps import CanWritePayments
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation
from app.routers.payments.payments import reversal_read
from app.schemas.payments.reversals import (
    PaymentReversalRequest,
    ReversalBatchRead,
    ReversalBatchRequest,
    ReversalItem,
)
from app.services.payments.debits import ReturnOf, ReturnPayment, return_payments

router = APIRouter(prefix="/v1/payments/reversals", tags=["payments"], route_class=Operation)


@router.post(
    "/batch",
    summary="Reverse many payments",
    response_model=ReversalBatchRead,
    responses=problems(BatchRefused, ClockBehindFacts),
)
@holds_many
async def reverse_many(
    body: ReversalBatchRequest, ctx: CanWritePayments, request: Request
) -> Response:
    """Reverse up to 200 payments in one transaction, with a result for each, in their order.

    Each as `POST /v1/payments/{payment_id}/reversals` would, by the payment's id or by its
    reference; one that nobody knows is 404 in its result. `continue` reverses those that can be,
    `atomic` all or none. A `reference` of the reversal's own makes it the same when sent again.
    """

    async def execute(commands: Sequence[ReturnOf]) -> list[batches.Result | DomainError]:
        done = await return_payments(ctx, commands)
        return [
            one
            if isinstance(one, DomainError)
            else {
                "status": 200 if one.view.repeated else 201,
                "payment": reversal_read(one, asked.command.return_fee_minor),
            }
            for one, asked in zip(done, commands, strict=True)
        ]

    return await batches.run(
        request,
        body.mode,
        body.items,
        body=ReversalItem,
        command=_command,
        execute=execute,
        show=lambda result: result,
    )


def _command(body: ReversalItem) -> ReturnOf:
    if (body.payment_id is None) == (body.payment_reference is None):
        raise InvalidInput.at("/payment_id", "should be given, or payment_reference: one of them")
    said = {name: getattr(body, name) for name in PaymentReversalRequest.model_fields}
    return ReturnOf(
        command=ReturnPayment(**said),
        payment_id=body.payment_id,
        payment_reference=body.payment_reference,
        amount_minor=body.amount_minor,
    )
