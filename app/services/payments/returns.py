"""Money that leaves again: chargebacks received and reversed, refunds given."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.errors import InvalidInput
from app.domain.facts.fact import Fact, facts_of
from app.domain.facts.payments import Chargeback, ChargebackReversal, Refund
from app.domain.refusals.accounts import ExceedsBalance
from app.domain.refusals.payments import AlreadyReversed
from app.domain.replay.replay import in_force
from app.domain.vocabulary import Act, Spending
from app.services.authority import refuse_act, spending
from app.services.context import Context
from app.services.guards import owner_of
from app.services.payments.read import PaymentView, view_payment
from app.services.payments.reverse import returned_minor
from app.services.reages.rejudge import rejudge, satisfied, void_reopened
from app.services.references import Claim, claim, made_before
from app.services.work import Work, begin, enter_fact, finish
from app.storage.accounts import facts
from app.storage.payments import payments
from app.storage.payments.payments import StoredPayment


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnMoney:
    """What was charged back or is refunded, of which payment, on which day."""

    payment_id: UUID
    amount_minor: int
    effective_on: date | None = None
    reason_code: str = ""
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WinChargeback:
    """Which chargeback did not stand, and why."""

    chargeback_id: UUID
    reason: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WentBack:
    """A chargeback, its reversal or a refund, and the payment as it stands."""

    fact: Fact
    view: PaymentView
    repeated: bool = False


async def charge_back(ctx: Context, command: ReturnMoney) -> WentBack:
    """The payer's bank took money back.

    Raises `OutsideAuthority`, `ExceedsBalance`, `AlreadyReversed`, `ReferenceTaken`, `NotFound`.
    """
    work, wanted, before = await _begin(ctx, command, "chargeback")
    if before is not None:
        return before
    refuse_act(work, Act.CHARGE_BACK)
    stored = await _returnable(work, command)
    body = Chargeback(
        payment_id=stored.id,
        amount_minor=command.amount_minor,
        reason_code=command.reason_code,
        reference=command.reference,
    )
    settled = satisfied(work)
    on = command.effective_on
    fact = await enter_fact(work, body, effective_on=on, beside=wanted.beside)
    await rejudge(work, stored.id)
    await void_reopened(work, settled)
    await finish(ctx, [work])
    return WentBack(fact=fact, view=await view_payment(ctx, stored.id))


async def refund(ctx: Context, command: ReturnMoney) -> WentBack:
    """Unapplied money is given back. Raises as `charge_back`."""
    work, wanted, before = await _begin(ctx, command, "refund")
    if before is not None:
        return before
    stored = await _returnable(work, command)
    held = sum(t.amount_minor for t in work.state.unapplied if t.payment_id == stored.id)
    if command.amount_minor > held:
        raise ExceedsBalance(what="The refund", limit_minor=held, actual_minor=command.amount_minor)
    body = Refund(
        payment_id=stored.id, amount_minor=command.amount_minor, reference=command.reference
    )
    on = command.effective_on
    async with spending(work, Spending.REFUND, command.amount_minor):
        fact = await enter_fact(work, body, effective_on=on, beside=wanted.beside)
    await finish(ctx, [work])
    return WentBack(fact=fact, view=await view_payment(ctx, stored.id))


async def win_chargeback(ctx: Context, command: WinChargeback) -> WentBack:
    """The chargeback was won: as if it had never been.

    Raises `OutsideAuthority`, `AlreadyReversed`, `ReferenceTaken`, `NotFound`.
    """
    chargeback_id = command.chargeback_id
    account_id = await owner_of(ctx, "chargeback", chargeback_id)
    work = await begin(ctx, account_id)
    work.history = await facts.history(ctx.tx, account_id)
    wanted = claim("reversal", command)
    known = await made_before(ctx, wanted)
    if known is not None:
        entered = facts_of(work.history.facts, Chargeback)
        own = next(fact for fact in entered if fact.id == chargeback_id)
        return await _before(ctx, known, own.body.payment_id)
    refuse_act(work, Act.WIN_CHARGEBACK)
    standing = facts_of(in_force(work.history.facts), Chargeback)
    won = next((fact for fact in standing if fact.id == chargeback_id), None)
    if won is None:
        raise AlreadyReversed(resource="chargeback")
    body = ChargebackReversal(
        chargeback_id=chargeback_id, reason=command.reason, reference=command.reference
    )
    fact = await enter_fact(work, body, beside=wanted.beside)
    await finish(ctx, [work])
    return WentBack(fact=fact, view=await view_payment(ctx, won.body.payment_id))


async def _begin(
    ctx: Context, command: ReturnMoney, kind: str
) -> tuple[Work, Claim, WentBack | None]:
    """The payment's account, locked, and what the same command did before, if it did."""
    work = await begin(ctx, await owner_of(ctx, "payment", command.payment_id))
    wanted = claim(kind, command)
    known = await made_before(ctx, wanted)
    if known is None:
        return work, wanted, None
    return work, wanted, await _before(ctx, known, command.payment_id)


async def _before(ctx: Context, fact_id: UUID, payment_id: UUID) -> WentBack:
    fact = (await facts.by_id(ctx.tx, [fact_id]))[fact_id]
    return WentBack(fact=fact, view=await view_payment(ctx, payment_id), repeated=True)


async def _returnable(work: Work, command: ReturnMoney) -> StoredPayment:
    """The payment to take back from, known whole, with as much left of it."""
    payment_id = command.payment_id
    stored = await payments.read(work.ctx.tx, work.account.id, payment_id)
    if stored is None or stored.status == "reversed":
        raise AlreadyReversed(resource="payment", payment_id=payment_id)
    if command.effective_on is not None and command.effective_on < stored.effective_on:
        limit = f"must not lie before the payment's day, {stored.effective_on}"
        raise InvalidInput.at("/effective_on", limit)
    work.history = await facts.history(work.ctx.tx, work.account.id)
    left = stored.amount_minor - returned_minor(work, payment_id)
    if command.amount_minor > left:
        what = "The amount taken back"
        raise ExceedsBalance(what=what, limit_minor=left, actual_minor=command.amount_minor)
    return stored
