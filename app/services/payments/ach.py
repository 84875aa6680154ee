"""Returns of ACH debits: the payment is reversed, and its code says what may follow.

A return fee is a charge of its own, entered in the same transaction; the reversal is once a
payment, and so is the fee.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.ach import CODES, FEE_CODES, RetryVerdict, ReturnCode, latest_return_on, may_retry
from app.domain.facts.accounts import Charge
from app.domain.facts.payments import Reversal
from app.domain.refusals.payments import ReturnFeeBarred
from app.domain.vocabulary import ChargeKind
from app.services.accounts.charge import AddCharge, add_charge
from app.services.context import Context
from app.services.holidays import calendar
from app.services.payments.post import PaymentView, reverse_payment, view_payment
from app.services.references import claim
from app.storage.accounts import facts

__all__ = ["RetryVerdict", "ReturnCode"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPayment:
    """Why and when a payment came back. `entries_made`: how often the debit went out so far."""

    reason_code: str
    reference: str | None = None
    effective_on: date | None = None
    return_fee_minor: int | None = None
    entries_made: int = 1
    original_settled_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The payment after it; by a known code, what that code says. `late`: after its window."""

    view: PaymentView
    code: ReturnCode | None
    retry: RetryVerdict | None
    latest_on: date | None
    late: bool
    fee_charge_id: UUID | None = None


async def return_payment(ctx: Context, payment_id: UUID, command: ReturnPayment) -> Returned:
    """Reverse a payment, charge the fee asked for, and say whether the debit may go out again.

    Raises as `reverse_payment` does, `ReturnFeeBarred`, and as `add_charge` does.
    """
    if command.return_fee_minor is not None and command.reason_code not in FEE_CODES:
        codes = tuple(sorted(FEE_CODES))
        raise ReturnFeeBarred(reason_code=command.reason_code, allowed_codes=codes)
    view = await reverse_payment(
        ctx,
        payment_id,
        reason_code=command.reason_code,
        wanted=claim("reversal", command, payment_id),
        effective_on=command.effective_on,
    )
    if view.repeated:
        return _explained(ctx, command, view, await _fee_before(ctx, view, command))
    fee = None
    if command.return_fee_minor is not None:
        plan = view.reading.state.live_plan
        charge = AddCharge(
            kind=ChargeKind.FEE,
            amount_minor=command.return_fee_minor,
            effective_on=command.effective_on,
            reason=f"RETURN FEE {command.reason_code}",
            plan_id=plan.id if plan and not plan.settles else None,
        )
        fee = (await add_charge(ctx, view.payment.account_id, charge)).fact.id
        view = await view_payment(ctx, payment_id)
    return _explained(ctx, command, view, fee)


async def _fee_before(ctx: Context, view: PaymentView, command: ReturnPayment) -> UUID | None:
    """The fee charged with the same return when it was first sent: the next charge after it."""
    if command.return_fee_minor is None:
        return None
    known = (await facts.history(ctx.tx, view.payment.account_id)).facts
    returned = next(
        fact
        for fact in known
        if isinstance(fact.body, Reversal) and fact.body.payment_id == view.payment.id
    )
    return next(
        fact.id
        for fact in known
        if isinstance(fact.body, Charge) and fact.sequence > returned.sequence
    )


def _explained(
    ctx: Context, command: ReturnPayment, view: PaymentView, fee: UUID | None
) -> Returned:
    code = CODES.get(command.reason_code)
    if code is None:
        return Returned(
            view=view, code=None, retry=None, latest_on=None, late=False, fee_charge_id=fee
        )
    settled = view.payment.effective_on
    original = min(command.original_settled_on or settled, settled)
    latest = latest_return_on(code, settled, calendar("US-FED"))
    retry = may_retry(
        code,
        entries_made=command.entries_made,
        original_settled_on=original,
        today=ctx.business_date,
    )
    came = command.effective_on or ctx.business_date
    return Returned(
        view=view,
        code=code,
        retry=retry,
        latest_on=latest,
        late=latest is not None and came > latest,
        fee_charge_id=fee,
    )
