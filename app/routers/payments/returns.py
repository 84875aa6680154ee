"""Money that leaves again: chargebacks taken and won, refunds given."""

from typing import Any

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.domain.facts.payments import Chargeback, ChargebackReversal, Refund
from app.domain.refusals.accounts import ExceedsBalance, WaivedMoreThanOwed
from app.domain.refusals.commands import ClockBehindFacts, ReferenceTaken
from app.domain.refusals.payments import AlreadyReversed, BalanceTooLarge
from app.routers.edge.deps import CanWritePayments
from app.routers.edge.problems import repeatable
from app.routers.edge.route import Operation, answer
from app.routers.payments.payments import payment_read
from app.schemas.edge.ids import ChargebackId, PaymentId, encode
from app.schemas.payments.returns import (
    ChargebackRead,
    ChargebackRequest,
    ChargebackReversalRead,
    ChargebackReversalRequest,
    RefundRead,
    RefundRequest,
)
from app.services.payments import returns
from app.services.payments.returns import ReturnMoney, WentBack, WinChargeback

router = APIRouter(prefix="/v1", tags=["payments"], route_class=Operation)


@router.post(
    "/payments/{payment_id}/chargebacks",
    status_code=201,
    summary="Charge a payment back",
    response_model=ChargebackRead,
    responses=repeatable(
        ChargebackRead, NotFound, AlreadyReversed, ExceedsBalance, BalanceTooLarge, ReferenceTaken,
        ClockBehindFacts,
    ),
)  # fmt: skip
async def charge_back(
    payment_id: PaymentId, body: ChargebackRequest, ctx: CanWritePayments
) -> Response:
    """The money was there, and the payer's bank took it back on its day.

    Unapplied money that covers it wholly stands in for it: no schedule changes. Otherwise the
    whole amount joins the first installment due on or after that day, even a paid one. All that
    was charged back and refunded of a payment is at most the payment.
    """
    done = await returns.charge_back(ctx, ReturnMoney(payment_id=payment_id, **dict(body)))
    chargeback = done.fact.body
    if not isinstance(chargeback, Chargeback):
        raise TypeError(f"a chargeback was entered as {done.fact.kind}")
    return answer(
        {
            "id": encode("cbk", done.fact.id),
            "payment_id": encode("pay", payment_id),
            "amount_minor": chargeback.amount_minor,
            "reason_code": chargeback.reason_code,
            "reference": chargeback.reference,
            **_after(done),
        },
        status=200 if done.repeated else 201,
    )


@router.post(
    "/payments/{payment_id}/refunds",
    status_code=201,
    summary="Refund unapplied money",
    response_model=RefundRead,
    responses=repeatable(
        RefundRead, NotFound, AlreadyReversed, ExceedsBalance, BalanceTooLarge, ReferenceTaken,
        ClockBehindFacts,
    ),
)  # fmt: skip
async def refund(payment_id: PaymentId, body: RefundRequest, ctx: CanWritePayments) -> Response:
    """Give back money of this payment that found nothing to pay; what paid a debt stays paid."""
    done = await returns.refund(ctx, ReturnMoney(payment_id=payment_id, **dict(body)))
    given = done.fact.body
    if not isinstance(given, Refund):
        raise TypeError(f"a refund was entered as {done.fact.kind}")
    return answer(
        {
            "id": encode("rfd", done.fact.id),
            "payment_id": encode("pay", payment_id),
            "amount_minor": given.amount_minor,
            "reference": given.reference,
            **_after(done),
        },
        status=200 if done.repeated else 201,
    )


@router.post(
    "/chargebacks/{chargeback_id}/reversals",
    status_code=201,
    operation_id="chargebacks_reverse",
    summary="Win a chargeback",
    response_model=ChargebackReversalRead,
    responses=repeatable(
        ChargebackReversalRead, NotFound, AlreadyReversed, WaivedMoreThanOwed, ReferenceTaken,
        ClockBehindFacts,
    ),
)  # fmt: skip
async def win(
    chargeback_id: ChargebackId,
    ctx: CanWritePayments,
    body: ChargebackReversalRequest | None = None,
) -> Response:
    """The chargeback did not stand: state is as if it had never been, from its own day."""
    fields = dict(body) if body else {}
    done = await returns.win_chargeback(ctx, WinChargeback(chargeback_id=chargeback_id, **fields))
    won = done.fact.body
    if not isinstance(won, ChargebackReversal):
        raise TypeError(f"a chargeback's reversal was entered as {done.fact.kind}")
    return answer(
        {
            "id": encode("rev", done.fact.id),
            "chargeback_id": encode("cbk", won.chargeback_id),
            "reason": won.reason,
            "reference": won.reference,
            **_after(done),
        },
        status=200 if done.repeated else 201,
    )


def _after(done: WentBack) -> dict[str, Any]:
    return {"effective_on": done.fact.effective_on, "payment": payment_read(done.view)}
