"""Suspense: the money that fits no account, until somebody says whose it is."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.domain.errors import InvalidInput, NotFound
from app.domain.refusals.commands import ClockBehindFacts, ReferenceTaken
from app.domain.refusals.payments import AccountClosed, CurrencyMismatch, SuspenseEnded
from app.routers.edge.deps import CanReadPayments, CanWritePayments
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems, repeatable
from app.routers.edge.route import Operation, answer
from app.routers.payments.payments import payment_read
from app.routers.payments.suspense_answers import suspense_read
from app.schemas.edge.ids import PaymentId
from app.schemas.edge.types import Page
from app.schemas.edge.words import Reference
from app.schemas.payments.payments import PaymentRead
from app.schemas.payments.suspense import (
    AssignRequest,
    SuspenseRead,
    SuspenseRefundRequest,
    SuspenseStatus,
)
from app.services.payments import suspense

router = APIRouter(prefix="/v1/suspense", tags=["payments"], route_class=Operation)

ITEMS = Keyset("suspense", UUID)


@router.get("", summary="List money in suspense", response_model=Page[SuspenseRead])
async def find(
    ctx: CanReadPayments,
    *,
    status: Annotated[
        SuspenseStatus | None, Query(description="`suspense`: what still waits.")
    ] = None,
    reference: Annotated[Reference | None, Query(description="The payer system's own id.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Payments that fitted no account, oldest first, with what became of each since."""
    key = ITEMS.read(cursor)
    found = await suspense.find_items(
        ctx, status=status, reference=reference, after=key[0] if key else None, limit=limit + 1
    )
    page, next_cursor = ITEMS.cut(found, limit, key=lambda item: (item.id,))
    rows: list[dict[str, Any]] = [suspense_read(item) for item in page]
    return answer({"data": rows, "next_cursor": next_cursor})


@router.get(
    "/{payment_id}",
    summary="Read money in suspense",
    response_model=SuspenseRead,
    responses=problems(NotFound),
)
async def read(payment_id: PaymentId, ctx: CanReadPayments) -> Response:
    """One payment that fitted no account: why, and every step since it came."""
    return answer(suspense_read(await suspense.read_item(ctx, payment_id)))


@router.post(
    "/{payment_id}/assign",
    status_code=201,
    summary="Assign money in suspense",
    response_model=PaymentRead,
    responses=problems(NotFound, SuspenseEnded, CurrencyMismatch, AccountClosed, ClockBehindFacts),
)
async def assign(payment_id: PaymentId, body: AssignRequest, ctx: CanWritePayments) -> Response:
    """Say whose money it is. It becomes an ordinary payment there, with the id it always had.

    It counts on the day it came in for, unless `effective_on` says another, and what came after is
    worked out anew. Its first event, `payment.posted`, is told now. Once assigned, it is reversed,
    charged back and refunded like any payment.
    """
    if (body.account_id is None) == (body.account_reference is None):
        raise InvalidInput.at("/account_id", "should be given, or account_reference: one of them")
    view = await suspense.assign(
        ctx,
        payment_id,
        account_id=body.account_id,
        account_reference=body.account_reference,
        effective_on=body.effective_on,
    )
    return answer(payment_read(view), status=201)


@router.post(
    "/{payment_id}/refund",
    status_code=201,
    summary="Refund money in suspense",
    response_model=SuspenseRead,
    responses=repeatable(SuspenseRead, NotFound, SuspenseEnded, ReferenceTaken, ClockBehindFacts),
)
async def refund(
    payment_id: PaymentId, ctx: CanWritePayments, body: SuspenseRefundRequest | None = None
) -> Response:
    """Say that the money was given back, whole, to whoever sent it. No account ever sees it."""
    reference = body.reference if body else None
    made = await suspense.refund(ctx, payment_id, reference=reference)
    return answer(suspense_read(made.item), status=200 if made.repeated else 201)
