"""Charges, their reversals, and adjustments."""

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.domain.facts.accounts import Adjustment, Charge, ChargeReversal
from app.domain.refusals.accounts import (
    ChargeAdjusted,
    ChargeInBreathingSpace,
    ExceedsBalance,
    LateFeeInGrace,
    LateFeePyramiding,
    OnHold,
    WaivedMoreThanOwed,
)
from app.domain.refusals.commands import ClockBehindFacts, ReferenceTaken
from app.domain.refusals.payments import (
    AccountClosed,
    AlreadyReversed,
    BalanceTooLarge,
)
from app.domain.refusals.plans import PlanNotLive
from app.domain.refusals.settlements import SettlementPlanFixed
from app.routers.edge.deps import CanWriteAccounts
from app.routers.edge.problems import repeatable
from app.routers.edge.route import Operation, answer
from app.schemas.accounts.accounts import AccountBalanceRead, BalanceRead
from app.schemas.accounts.charges import (
    AdjustmentRead,
    AdjustmentRequest,
    ChargeRead,
    ChargeRequest,
    ChargeReversalRead,
    ChargeReversalRequest,
)
from app.schemas.edge.ids import AccountId, ChargeId
from app.services.accounts import charge as charges
from app.services.accounts.charge import AddCharge, Adjust, ReverseCharge
from app.services.reading import Reading

router = APIRouter(prefix="/v1", tags=["accounts"], route_class=Operation)


@router.post(
    "/accounts/{account_id}/charges",
    status_code=201,
    summary="Charge an account",
    response_model=ChargeRead,
    responses=repeatable(
        ChargeRead,
        NotFound, AccountClosed, OnHold, ChargeInBreathingSpace, PlanNotLive,
        SettlementPlanFixed, LateFeeInGrace, LateFeePyramiding, BalanceTooLarge, ReferenceTaken,
        ClockBehindFacts,
    ),
)  # fmt: skip
async def add(account_id: AccountId, body: ChargeRequest, ctx: CanWriteAccounts) -> Response:
    """Add a fee, late fee, penalty, interest or cost to what is owed.

    With `plan_id` it joins that plan's schedule; without, it is owed at the account, after the
    plan's open installments. Unapplied money pays it at once. A late fee on a plan is refused in
    an installment's grace, and where only earlier late fees are short.
    """
    made = await charges.add_charge(ctx, account_id, AddCharge(**dict(body)))
    fact, charge = made.fact, made.fact.body
    if not isinstance(charge, Charge):
        raise TypeError(f"a charge was entered as {fact.kind}")
    standing = next((c for c in made.reading.state.charges if c.id == fact.id), None)
    return answer(
        ChargeRead(
            id=fact.id,
            kind=charge.charge,
            component=charge.charge.component,
            amount_minor=charge.amount_minor,
            reference=charge.reference,
            due_on=charge.due_on,
            effective_on=fact.effective_on,
            reason=charge.reason,
            plan_id=standing.plan_id if standing else None,
            installment_id=standing.installment_id if standing else None,
            for_installment=charge.for_installment,
            stands=standing is not None,
            actor=fact.actor,
            account=_account(made.reading),
        ),
        status=200 if made.repeated else 201,
    )


@router.post(
    "/charges/{charge_id}/reversals",
    status_code=201,
    summary="Reverse a charge",
    response_model=ChargeReversalRead,
    responses=repeatable(
        ChargeReversalRead,
        NotFound, AlreadyReversed, ChargeAdjusted, WaivedMoreThanOwed, ReferenceTaken,
        ClockBehindFacts,
    ),
)  # fmt: skip
async def reverse(
    charge_id: ChargeId, body: ChargeReversalRequest, ctx: CanWriteAccounts
) -> Response:
    """As if never charged, from its own date; money that had paid it pays what comes next."""
    made = await charges.reverse_charge(ctx, ReverseCharge(charge_id=charge_id, **dict(body)))
    reversal = made.fact.body
    if not isinstance(reversal, ChargeReversal):
        raise TypeError(f"a charge's reversal was entered as {made.fact.kind}")
    return answer(
        ChargeReversalRead(
            id=made.fact.id,
            charge_id=reversal.charge_id,
            effective_on=made.fact.effective_on,
            reason=reversal.reason,
            reference=reversal.reference,
            actor=made.fact.actor,
            account=_account(made.reading),
        ),
        status=200 if made.repeated else 201,
    )


@router.post(
    "/accounts/{account_id}/adjustments",
    status_code=201,
    summary="Waive or correct downward",
    response_model=AdjustmentRead,
    responses=repeatable(
        AdjustmentRead,
        NotFound, AccountClosed, ExceedsBalance, ReferenceTaken, WaivedMoreThanOwed,
        ClockBehindFacts,
    ),
)  # fmt: skip
async def adjust(account_id: AccountId, body: AdjustmentRequest, ctx: CanWriteAccounts) -> Response:
    """Lower what is due of one component: a waiver, a correction.

    With `charge_id`, at most what is open of that charge; on a plan, the last installment's
    cell first. More than was open on its day is refused with the most that may be.
    """
    made = await charges.adjust(ctx, account_id, Adjust(**dict(body)))
    adjustment = made.fact.body
    if not isinstance(adjustment, Adjustment):
        raise TypeError(f"an adjustment was entered as {made.fact.kind}")
    return answer(
        AdjustmentRead(
            id=made.fact.id,
            component=adjustment.component,
            amount_minor=adjustment.amount_minor,
            reason=adjustment.reason,
            charge_id=adjustment.charge_id,
            reference=adjustment.reference,
            effective_on=made.fact.effective_on,
            actor=made.fact.actor,
            account=_account(made.reading),
        ),
        status=200 if made.repeated else 201,
    )


def _account(reading: Reading) -> AccountBalanceRead:
    return AccountBalanceRead(
        id=reading.account.id,
        balance=BalanceRead.model_validate(reading.state.balance),
        unapplied_minor=reading.state.unapplied_minor,
    )
