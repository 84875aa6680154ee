"""Payments: posted once per reference, read with where each cent went, reversed."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.domain.account.lines import Line
from app.domain.account.plan import Plan
from app.domain.errors import DomainError, InvalidInput, NotFound
from app.domain.refusals.accounts import ChargeInBreathingSpace, OnHold
from app.domain.refusals.commands import BatchRefused, ClockBehindFacts, ReferenceTaken
from app.domain.refusals.payments import (
    AccountClosed,
    AlreadyReversed,
    BalanceTooLarge,
    CurrencyMismatch,
    NotReplaceable,
    PaymentReturned,
    ReturnFeeBarred,
)
from app.routers.edge import batches
from app.routers.edge.bodies import holds_many
from app.routers.edge.deps import CanPostPayments, CanReadPayments, CanWritePayments
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems, repeatable
from app.routers.edge.route import Operation, answer
from app.routers.edge.straight import straight
from app.routers.payments.suspense_answers import suspense_read
from app.schemas.edge.ids import PREFIXES, AccountId, PaymentId, encode
from app.schemas.edge.time import Date
from app.schemas.edge.types import Page
from app.schemas.edge.words import Reference
from app.schemas.payments.batch import PaymentBatchRead
from app.schemas.payments.payments import (
    PaymentBatchRequest,
    PaymentListed,
    PaymentRead,
    PaymentRequest,
    PaymentStatus,
)
from app.schemas.payments.reversals import PaymentReversalRead, PaymentReversalRequest
from app.schemas.payments.suspense import SuspenseRead
from app.services.payments import debits, receive
from app.services.payments.debits import Returned, ReturnPayment
from app.services.payments.lists import PaymentsWanted, find_payments
from app.services.payments.post import PostPayment
from app.services.payments.read import PaymentView, StoredPayment, Undoing
from app.services.payments.receive import Received
from app.services.payments.suspense import SuspenseView

router = APIRouter(prefix="/v1/payments", tags=["payments"], route_class=Operation)

PAYMENTS = Keyset("payments", UUID)
PAYMENTS_BY_DAY = Keyset("payments by day", date, UUID)


@router.post(
    "",
    status_code=201,
    summary="Post a payment",
    response_model=PaymentRead | SuspenseRead,
    responses=repeatable(
        PaymentRead | SuspenseRead,
        NotFound, ReferenceTaken, NotReplaceable, CurrencyMismatch, AccountClosed,
        BalanceTooLarge, ClockBehindFacts,
    ),
)  # fmt: skip
@straight
async def post(body: PaymentRequest, ctx: CanPostPayments) -> Response:
    """Post money received. It is split at once: each allocation names what it paid, and why.

    Over a live plan it goes to what is past due, oldest first, then to what is due today, then
    ahead; off a plan, to the account by the policy's order. What finds nothing to pay is
    `unapplied_minor`, used by what is charged next. `effective_on` may lie in the past: what
    came after is worked out anew. Sent again with the same content, a `reference` answers 200.

    With `unmatched: "suspense"`, money for an account that is unknown, closed or kept in another
    currency is not refused: it waits, `status` is `suspense`, and `/v1/suspense` lists it.
    """
    view = await receive.receive_payment(ctx, _command(body), last=True)
    shown = _shown(view)
    if view.repeated:
        return answer(shown)
    return answer(shown, status=201, location=f"/v1/payments/{shown['id']}")


@router.post(
    "/batch",
    summary="Post many payments",
    response_model=PaymentBatchRead,
    responses=problems(BatchRefused, ClockBehindFacts),
)
@holds_many
async def post_many(body: PaymentBatchRequest, ctx: CanWritePayments, request: Request) -> Response:
    """Post up to 1,000 payments in one transaction, with a result for each, in their order.

    `continue` posts those that can be; `atomic` posts all or, when one is refused, none, and
    answers 409 `batch-refused` with every item's result. A `reference` twice in a batch is one
    payment: 201 and then 200, or 409 where the content differs.
    """

    async def execute(commands: Sequence[PostPayment]) -> list[batches.Result | DomainError]:
        received = await receive.receive_payments(ctx, commands)
        return [one if isinstance(one, DomainError) else _result(one) for one in received]

    return await batches.run(
        request,
        body.mode,
        body.items,
        body=PaymentRequest,
        command=_command,
        execute=execute,
        show=lambda result: result,
    )


@router.get("", summary="List payments", response_model=Page[PaymentListed])
async def find(
    ctx: CanReadPayments,
    *,
    account_id: Annotated[AccountId | None, Query(description="Only this account's.")] = None,
    reference: Annotated[Reference | None, Query(description="The payer system's own id.")] = None,
    from_: Annotated[
        Date | None, Query(alias="from", description="Effective from this day …")
    ] = None,
    to: Annotated[Date | None, Query(description="… to this one, both inclusive.")] = None,
    status: Annotated[PaymentStatus | None, Query(description="As it stands now.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Payments in the order they were entered, each with the allocations in force.

    With `from` or `to`: by the day they count on, and within it in the order they were entered.

    What fits no account yet is listed by `/v1/suspense`.
    """
    wanted = PaymentsWanted(
        account_id=account_id, reference=reference, since=from_, until=to, status=status
    )
    keys = PAYMENTS_BY_DAY if wanted.by_day else PAYMENTS
    found = await find_payments(ctx, wanted, after=keys.read(cursor), limit=limit + 1)
    page, next_cursor = keys.cut(
        found, limit, key=lambda one: (one.effective_on, one.id) if wanted.by_day else (one.id,)
    )
    return answer({"data": [_listed(payment) for payment in page], "next_cursor": next_cursor})


@router.get(
    "/{payment_id}",
    summary="Read a payment",
    response_model=PaymentRead | SuspenseRead,
    responses=problems(NotFound),
)
async def read(payment_id: PaymentId, ctx: CanReadPayments) -> Response:
    """A payment as it stands now: the allocations in force, and the account and plan it paid.

    `generation` counts how often later facts, entered for earlier days, split it anew; `undone_by`
    names what took it back: its reversal, chargebacks and refunds. One in suspense says why.
    """
    return answer(_shown(await receive.view(ctx, payment_id)))


@router.post(
    "/{payment_id}/reversals",
    status_code=201,
    summary="Reverse a payment",
    response_model=PaymentReversalRead,
    responses=repeatable(
        PaymentReversalRead, NotFound, AlreadyReversed, PaymentReturned, ReturnFeeBarred, OnHold,
        AccountClosed, BalanceTooLarge, ChargeInBreathingSpace, ReferenceTaken,
        ClockBehindFacts,
    ),
)  # fmt: skip
async def reverse(
    payment_id: PaymentId, body: PaymentReversalRequest, ctx: CanWritePayments
) -> Response:
    """The payment never happened: returned, or posted in error. State is as if without it.

    The effect goes from the payment's own date: what it had kept from being missed is missed
    from its day. By an ACH return code, `ach_return` says whether the debit may go out again, and
    why not; by a SEPA reason code, `sepa_return` what may follow. `return_fee_minor`
    charges a fee of its own for the return, in the same transaction.
    """
    returned = await debits.return_payment(ctx, payment_id, ReturnPayment(**dict(body)))
    shown = reversal_read(returned, body.return_fee_minor)
    return answer(shown, status=200 if returned.view.repeated else 201)


# --- Between the contract and the service -----------------------------------------------------


def _command(body: PaymentRequest) -> PostPayment:
    if (body.account_id is None) == (body.account_reference is None):
        raise InvalidInput.at("/account_id", "should be given, or account_reference: one of them")
    return PostPayment(
        reference=body.reference,
        amount_minor=body.amount_minor,
        currency=body.currency,
        account_id=body.account_id,
        account_reference=body.account_reference,
        effective_on=body.effective_on,
        method=body.method,
        kind=body.kind,
        future=body.future,
        component=body.component,
        plan_id=body.plan_id,
        funded_by=body.funded_by,
        unmatched=body.unmatched,
        replaces=body.replaces,
        metadata=body.metadata,
    )


def _result(view: Received) -> batches.Result:
    return {"status": 200 if view.repeated else 201, "payment": _shown(view)}


def _shown(view: Received) -> dict[str, Any]:
    return suspense_read(view.item) if isinstance(view, SuspenseView) else payment_read(view)


def payment_read(view: PaymentView) -> dict[str, Any]:
    """A payment as `PaymentRead` says, made by hand: this is the busiest answer there is."""
    payment, state = view.payment, view.reading.state
    balance = state.balance
    paid = next((line.plan_id for line in payment.lines if line.plan_id), None)
    plan = state.plan(paid) if paid else state.live_plan
    return {
        **_listed(payment),
        "metadata": view.metadata,
        "account": {
            "id": encode("acc", payment.account_id),
            "balance": {
                "principal_minor": balance.principal_minor,
                "interest_minor": balance.interest_minor,
                "fees_minor": balance.fees_minor,
                "penalties_minor": balance.penalties_minor,
                "costs_minor": balance.costs_minor,
                "total_minor": balance.total_minor,
            },
            "unapplied_minor": state.unapplied_minor,
        },
        "plan": _plan(plan) if plan else None,
        "undone_by": [_undone(one, payment.amount_minor) for one in view.undone_by],
    }


def _undone(one: Undoing, whole_minor: int) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "id": encode(PREFIXES[one.kind], one.id),
        "effective_on": one.effective_on,
        "business_date": one.business_date,
        "amount_minor": whole_minor if one.amount_minor is None else one.amount_minor,
        "reason_code": one.reason_code,
        "reference": one.reference,
        "actor": one.actor,
        "role": one.role,
        "entered_at": one.entered_at,
        "won_on": one.won_on,
    }


def _listed(payment: StoredPayment) -> dict[str, Any]:
    in_force = () if payment.status == "reversed" else payment.lines
    return {
        "id": encode("pay", payment.id),
        "account_id": encode("acc", payment.account_id),
        "reference": payment.reference,
        "status": payment.status,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "effective_on": payment.effective_on,
        "method": payment.method,
        "kind": payment.kind,
        "future": payment.future,
        "component": payment.component,
        "plan_id": encode("plan", payment.plan_id) if payment.plan_id else None,
        "funded_by": payment.funded_by,
        "allocations": [_allocation(line, payment.generation) for line in in_force],
        "unapplied_minor": payment.unapplied_minor,
    }


def _allocation(line: Line, generation: int) -> dict[str, Any]:
    return {
        "component": line.component,
        "plan_id": encode("plan", line.plan_id) if line.plan_id else None,
        "installment_id": encode("ins", line.installment_id) if line.installment_id else None,
        "cell": line.cell,
        "amount_minor": line.amount_minor,
        "rule": line.rule,
        "generation": generation,
    }


def _plan(plan: Plan) -> dict[str, Any]:
    total, paid, owing = plan.total_minor, plan.paid_minor, plan.owing
    return {
        "id": encode("plan", plan.id),
        "status": plan.status,
        "paid_minor": paid,
        "outstanding_minor": total - paid,
        "next_due_on": owing[0].due_on if owing else None,
    }


def reversal_read(returned: Returned, fee_minor: int | None) -> dict[str, Any]:
    """A payment that was reversed, and what its code says."""
    fee = returned.fee_charge_id
    return {
        **payment_read(returned.view),
        "ach_return": _ach(returned),
        "sepa_return": _sepa(returned),
        "return_fee": {"charge_id": encode("chg", fee), "amount_minor": fee_minor} if fee else None,
    }


def _ach(returned: Returned) -> dict[str, Any] | None:
    code, retry = returned.code, returned.retry
    if code is None or retry is None:
        return None
    return {
        "code": code.code,
        "title": code.title,
        "category": code.category,
        "retry_allowed": retry.allowed,
        "reason": retry.reason,
        "retry": code.retry,
        "retry_until_on": retry.until_on,
        "entries_left": retry.entries_left,
        "window": code.window,
        "latest_return_on": returned.latest_on,
        "late": returned.late,
    }


def _sepa(returned: Returned) -> dict[str, Any] | None:
    code = returned.sepa_code
    if code is None:
        return None
    return {
        "code": code.code,
        "title": code.title,
        "cause": code.cause,
        "comes_as": code.comes_as,
        "follows": code.follows,
        "window": code.window,
        "latest_return_on": returned.latest_on,
        "late": returned.late,
    }
