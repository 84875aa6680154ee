"""Money that leaves again: chargebacks taken and won, refunds given."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.errors import InvalidInput, NotFound
from app.domain.facts import Chargeback, ChargebackReversal, Fact, Refund
from app.domain.refusals import AlreadyReversed, ExceedsBalance
from app.domain.replay import standing
from app.services.charges import claimed
from app.services.context import Context
from app.services.entering import Work, begin, enter_fact, finish
from app.services.payments import PaymentView, returned_minor, view_payment
from app.services.rejudging import rejudge, satisfied, void_reopened
from app.storage import accounts, payments
from app.storage.payments import StoredPayment


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """What was charged back or is refunded, of which payment, on which day."""

    payment_id: UUID
    amount_minor: int
    effective_on: date | None = None
    reason_code: str = ""
    reference: str | None = None


async def charge_back(ctx: Context, command: TakeBack) -> tuple[Fact, PaymentView]:
    """The payer's bank took money back. Raises `ExceedsBalance`, `AlreadyReversed`, `NotFound`."""
    work, stored = await _payment(ctx, command)
    beside = await claimed(work, "chargeback", command.reference)
    body = Chargeback(
        payment_id=stored.id,
        amount_minor=command.amount_minor,
        reason_code=command.reason_code,
        reference=command.reference,
    )
    settled = satisfied(work)
    fact = await enter_fact(work, body, effective_on=command.effective_on, beside=beside)
    await rejudge(work, stored.id)
    await void_reopened(work, settled)
    await finish(ctx, [work])
    return fact, await view_payment(ctx, stored.id)


async def refund(ctx: Context, command: TakeBack) -> tuple[Fact, PaymentView]:
    """Unapplied money is given back. Raises `ExceedsBalance`, `AlreadyReversed`, `NotFound`."""
    work, stored = await _payment(ctx, command)
    held = sum(t.amount_minor for t in work.state.unapplied if t.payment_id == stored.id)
    if command.amount_minor > held:
        raise ExceedsBalance(what="The refund", limit_minor=held, actual_minor=command.amount_minor)
    beside = await claimed(work, "refund", command.reference)
    body = Refund(
        payment_id=stored.id, amount_minor=command.amount_minor, reference=command.reference
    )
    fact = await enter_fact(work, body, effective_on=command.effective_on, beside=beside)
    await finish(ctx, [work])
    return fact, await view_payment(ctx, stored.id)


async def win_chargeback(
    ctx: Context, chargeback_id: UUID, *, reason: str | None
) -> tuple[Fact, PaymentView]:
    """The chargeback was won: as if it had never been. Raises `AlreadyReversed`, `NotFound`."""
    account_id = await accounts.owner_of(ctx.tx, chargeback_id, "chargeback")
    if account_id is None:
        raise NotFound(resource="chargeback", key=str(chargeback_id))
    work = await begin(ctx, account_id)
    work.history = await accounts.history(ctx.tx, account_id)
    won = next((f for f in standing(work.history.facts) if f.id == chargeback_id), None)
    if won is None or not isinstance(won.body, Chargeback):
        raise AlreadyReversed(resource="chargeback")
    body = ChargebackReversal(chargeback_id=chargeback_id, reason=reason)
    fact = await enter_fact(work, body)
    await finish(ctx, [work])
    return fact, await view_payment(ctx, won.body.payment_id)


async def _payment(ctx: Context, command: TakeBack) -> tuple[Work, StoredPayment]:
    """The payment to take back from, its account locked and known whole."""
    payment_id = command.payment_id
    account_id = await accounts.owner_of(ctx.tx, payment_id, "payment")
    if account_id is None:
        raise NotFound(resource="payment", key=str(payment_id))
    work = await begin(ctx, account_id)
    stored = await payments.read(ctx.tx, account_id, payment_id)
    if stored is None or stored.status == "reversed":
        raise AlreadyReversed(resource="payment", payment_id=payment_id)
    if command.effective_on is not None and command.effective_on < stored.effective_on:
        limit = f"must not lie before the payment's day, {stored.effective_on}"
        raise InvalidInput.at("/effective_on", limit)
    work.history = await accounts.history(ctx.tx, account_id)
    left = stored.amount_minor - returned_minor(work, payment_id)
    if command.amount_minor > left:
        what = "The amount taken back"
        raise ExceedsBalance(what=what, limit_minor=left, actual_minor=command.amount_minor)
    return work, stored
