"""Debits that come back: the payment is reversed, and its code says what may follow.

The codes are ACH's or SEPA's. A return fee is a charge of its own, entered with the reversal; the
reversal is once a payment, and so is the fee. Many come back at once: each is judged on its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain import sepa
from app.domain.ach import CODES, FEE_CODES, RetryVerdict, ReturnCode, latest_return_on, may_retry
from app.domain.errors import DomainError, InvalidInput, NotFound
from app.domain.facts.accounts import Charge
from app.domain.facts.payments import Reversal
from app.domain.refusals.payments import ReturnFeeBarred
from app.domain.sepa import RCode
from app.domain.values import replace
from app.domain.vocabulary import ChargeKind
from app.services.accounts.charge import AddCharge, enter_charge
from app.services.context import Context
from app.services.guards import MADE_BY, owner_of
from app.services.holidays import calendar
from app.services.payments.read import PaymentView, view_payment
from app.services.payments.reverse import enter_reversal
from app.services.references import claim, made_before
from app.services.work import Work, begin, finish
from app.storage.accounts import accounts, facts
from app.storage.database.turns import in_turns
from app.storage.payments import payments, undoings
from app.storage.payments.payments import StoredPayment
from app.storage.payments.suspense import NOWHERE

__all__ = ["RCode", "RetryVerdict", "ReturnCode"]

#: The codes that may bear a fee, in words of their tables.
FEES = tuple(sorted(FEE_CODES | sepa.FEE_CODES))


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
class ReturnOf:
    """Which payment came back, by its id or its reference, and how much where that was said."""

    command: ReturnPayment
    payment_id: UUID | None = None
    payment_reference: str | None = None
    amount_minor: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The payment after it; by a known code, what that code says. `late`: after its window."""

    view: PaymentView
    code: ReturnCode | None
    retry: RetryVerdict | None
    latest_on: date | None
    late: bool
    sepa_code: RCode | None = None
    fee_charge_id: UUID | None = None


async def return_payment(ctx: Context, payment_id: UUID, command: ReturnPayment) -> Returned:
    """Reverse a payment, charge the fee asked for, and say whether the debit may go out again.

    Raises as `reverse_payment` does, `ReturnFeeBarred`, and as `add_charge` does.
    """
    if command.return_fee_minor is not None and command.reason_code not in FEES:
        raise ReturnFeeBarred(reason_code=command.reason_code, allowed_codes=FEES)
    work = await begin(ctx, await owner_of(ctx, "payment", payment_id))
    wanted = claim("reversal", command, payment_id)
    if await made_before(ctx, wanted) is not None:
        view = replace(await view_payment(ctx, payment_id), repeated=True)
        return _explained(ctx, command, view, await _fee_before(ctx, view, command))
    code, on = command.reason_code, command.effective_on
    await enter_reversal(work, payment_id, code, wanted, on)
    fee = await _enter_fee(work, command)
    await finish(ctx, [work])
    return _explained(ctx, command, await view_payment(ctx, payment_id), fee)


async def return_payments(
    ctx: Context, commands: Sequence[ReturnOf]
) -> tuple[Returned | DomainError, ...]:
    """`return_payment` of several, in the order given; nothing is written of those refused."""
    found = await _found(ctx, commands)
    owners = (chain[-1].account_id for chain in found if chain)
    await accounts.lock_many(ctx.tx, owners)  # in one order, whoever asks
    results: list[Returned | DomainError] = []
    async for one, chain in in_turns(zip(commands, found, strict=True)):
        try:
            if not chain:
                key = one.payment_reference or str(one.payment_id)
                raise NotFound(resource="payment", key=key)
            payment = await _meant(ctx, one.command, chain)
            _check_whole(one, payment)
            results.append(await return_payment(ctx, payment.id, one.command))
        except DomainError as refusal:
            results.append(refusal)
    return tuple(results)


async def returned_before(ctx: Context, payment: StoredPayment, command: ReturnPayment) -> bool:
    """Whether the payment was reversed for that reason and, where one is said, on that day."""
    if payment.status != "reversed":
        return False
    known = await undoings.of_payment(
        ctx.tx, payment.account_id, payment.id, known_on=ctx.business_date
    )
    return any(
        one.kind == "reversal"
        and one.reason_code == command.reason_code
        and command.effective_on in {None, one.effective_on}
        for one in known
    )


async def payments_of(ctx: Context, one: ReturnOf) -> tuple[StoredPayment, ...]:
    """The payments that had the reference, or the one of that id; oldest first."""
    return (await _found(ctx, [one]))[0]


async def _found(ctx: Context, commands: Sequence[ReturnOf]) -> Sequence[tuple[StoredPayment, ...]]:
    named = [one.payment_reference for one in commands if one.payment_reference is not None]
    chains = await payments.of_references(ctx.tx, named) if named else {}
    ids = {one.payment_id for one in commands if one.payment_id is not None}
    owners = await accounts.owners_of(ctx.tx, ids, MADE_BY["payment"])
    stored = await payments.read_many(ctx.tx, ((at, own) for own, at in owners.items()))
    by_id = {one.id: (one,) for one in stored}
    return [
        chains.get(one.payment_reference, ())
        if one.payment_reference is not None
        else by_id.get(one.payment_id or NOWHERE, ())
        for one in commands
    ]


async def _meant(
    ctx: Context, command: ReturnPayment, chain: Sequence[StoredPayment]
) -> StoredPayment:
    """Of the payments of one reference, the one that came back: the newest.

    A return without a reference of its own that is known of an earlier one is that one again, not
    the newest one's: a file given twice takes nothing back twice.
    """
    if command.reference is None:
        for earlier in chain[:-1]:
            if await returned_before(ctx, earlier, command):
                return earlier
    return chain[-1]


def _check_whole(one: ReturnOf, payment: StoredPayment) -> None:
    if one.currency not in {None, payment.currency}:
        raise InvalidInput.at("/currency", f"the payment is in {payment.currency}")
    if one.amount_minor not in {None, payment.amount_minor}:
        whole = f"the payment is of {payment.amount_minor}: a part that came back is charged back"
        raise InvalidInput.at("/amount_minor", whole)


async def _enter_fee(work: Work, command: ReturnPayment) -> UUID | None:
    if command.return_fee_minor is None:
        return None
    plan = work.state.live_plan
    charge = AddCharge(
        kind=ChargeKind.FEE,
        amount_minor=command.return_fee_minor,
        effective_on=command.effective_on,
        reason=f"RETURN FEE {command.reason_code}",
        plan_id=plan.id if plan and not plan.settles else None,
    )
    return (await enter_charge(work, charge)).id


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
    """What the code says of a payment that came back; nothing, of a code nobody knows."""
    said = Returned(view=view, code=None, retry=None, latest_on=None, late=False, fee_charge_id=fee)
    settled = view.payment.effective_on
    came = command.effective_on or ctx.business_date
    if (named := sepa.CODES.get(command.reason_code)) is not None:
        latest = sepa.latest_on(named, settled, calendar("TARGET"))
        return replace(said, sepa_code=named, latest_on=latest, late=came > latest)
    code = CODES.get(command.reason_code)
    if code is None:
        return said
    until = latest_return_on(code, settled, calendar("US-FED"))
    retry = may_retry(
        code,
        entries_made=command.entries_made,
        original_settled_on=min(command.original_settled_on or settled, settled),
        today=ctx.business_date,
    )
    late = until is not None and came > until
    return replace(said, code=code, retry=retry, latest_on=until, late=late)
