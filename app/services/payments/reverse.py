"""Payments reversed: as if they had never been."""

from datetime import date
from uuid import UUID

from app.domain.facts.payments import Chargeback, Refund, Reversal
from app.domain.refusals.payments import AlreadyReversed, PaymentReturned
from app.domain.replay.replay import in_force
from app.domain.values import replace
from app.domain.vocabulary import Act
from app.services.authority import refuse_act
from app.services.context import Context
from app.services.guards import owner_of
from app.services.payments.read import PaymentView, view_payment
from app.services.reages.rejudge import rejudge, satisfied, void_reopened
from app.services.references import UNNAMED, Claim, made_before
from app.services.work import Work, begin, enter_fact, finish
from app.storage.accounts import facts as account_facts
from app.storage.payments import payments


async def reverse_payment(
    ctx: Context,
    payment_id: UUID,
    *,
    reason_code: str,
    wanted: Claim | None = None,
    effective_on: date | None = None,
) -> PaymentView:
    """As if the payment had never been; `wanted` is what the command claims for the reversal.

    Raises `OutsideAuthority`, `AlreadyReversed`, `PaymentReturned`, `ReferenceTaken`, `NotFound`.

    `effective_on` is the day it came back; the effect goes from the payment's own date.
    """
    work = await begin(ctx, await owner_of(ctx, "payment", payment_id))
    wanted = wanted or UNNAMED
    if await made_before(ctx, wanted) is not None:
        return replace(await view_payment(ctx, payment_id), repeated=True)
    await enter_reversal(work, payment_id, reason_code, wanted, effective_on)
    await finish(ctx, [work])
    return await view_payment(ctx, payment_id)


async def enter_reversal(
    work: Work,
    payment_id: UUID,
    reason_code: str,
    wanted: Claim,
    effective_on: date | None,
    *,
    claims: bool = True,
) -> None:
    """Decide on a payment's reversal and enter it; writing is the caller's.

    `claims`: whether this one claims the reference; of several reversed together, one does.
    """
    refuse_act(work, Act.REVERSE)
    stored = await payments.read(work.ctx.tx, work.account.id, payment_id)
    if stored is None or stored.status == "reversed":
        raise AlreadyReversed(resource="payment", payment_id=payment_id)
    if work.history is None:
        work.history = await account_facts.history(work.ctx.tx, work.account.id)
    back = returned_minor(work, payment_id)
    if back:
        raise PaymentReturned(payment_id=payment_id, returned_minor=back)
    body = Reversal(payment_id=payment_id, reason_code=reason_code, reference=wanted.reference)
    settled = satisfied(work)
    beside = wanted.beside if claims else None
    await enter_fact(work, body, effective_on=effective_on, beside=beside)
    await rejudge(work, payment_id)
    await void_reopened(work, settled)


def returned_minor(work: Work, payment_id: UUID) -> int:
    """What was charged back or refunded of a payment and still counts; history must be read."""
    facts = work.history.facts if work.history else ()
    return sum(
        f.body.amount_minor
        for f in in_force((*facts, *work.draft.facts))
        if isinstance(f.body, Chargeback | Refund) and f.body.payment_id == payment_id
    )
