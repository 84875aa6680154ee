"""Payments: posted once per reference, read with what they did, reversed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.errors import DomainError, NotFound
from app.domain.facts.payments import Chargeback, Payment, Refund, Reversal
from app.domain.refusals.payments import (
    AccountClosed,
    AlreadyReversed,
    CurrencyMismatch,
    PaymentReturned,
)
from app.domain.replay.replay import in_force
from app.domain.standing.status import AccountStatus, account_status
from app.domain.values import replace
from app.domain.vocabulary import Act, Spending
from app.services.authority import refuse_act, spending
from app.services.context import Context
from app.services.guards import owner_of
from app.services.payments.command import PostPayment
from app.services.payments.replaces import handles_of, posted_before
from app.services.payments.tolerance import tolerate
from app.services.reading import Reading, read_account, reading_after
from app.services.reages.rejudge import rejudge, satisfied, void_reopened
from app.services.references import UNNAMED, Claim, made_before
from app.services.references import taken as taken_by
from app.services.work import (
    Work,
    begin,
    begin_many,
    enter_fact,
    enter_queued,
    finish,
    queue_fact,
    read_ahead,
)
from app.storage.accounts import accounts, persons
from app.storage.accounts import facts as account_facts
from app.storage.accounts.persons import Note
from app.storage.books.entry import Attachment
from app.storage.database.turns import in_turns
from app.storage.ids import new_id
from app.storage.payments import payments, undoings
from app.storage.payments.payments import StoredPayment
from app.storage.payments.undoings import Undoing

__all__ = [
    "PaymentView",
    "PostPayment",
    "StoredPayment",
    "Undoing",
    "enter_payment",
    "enter_reversal",
    "find_payments",
    "post_payment",
    "post_payments",
    "reverse_payment",
    "view_payment",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentView:
    """A payment as it stands, what it paid, and its account. `repeated`: posted before."""

    payment: StoredPayment
    reading: Reading
    metadata: Mapping[str, Any]
    repeated: bool = False
    undone_by: tuple[Undoing, ...] = ()


async def post_payment(ctx: Context, command: PostPayment) -> PaymentView:
    """Post one payment. The same reference with the same content answers what stands.

    Raises `ReferenceTaken` (other content), `NotFound`, `CurrencyMismatch`, `AccountClosed`, and,
    of money the institution gives, `OutsideAuthority`.
    """
    account_id = await _account_of(ctx, command)
    work = await begin(ctx, account_id)
    known = await payments.of_references(ctx.tx, [command.reference])
    if (before := posted_before(command, _kept(command, known))) is not None:
        return replace(await view_payment(ctx, before.id), repeated=True)
    payment_id = await enter_payment(work, command)
    await finish(ctx, [work])
    if command.metadata:
        note = {payment_id: Note(metadata=command.metadata)}
        await persons.annotate(ctx.tx, ctx.tenant_id, account_id, note)
    return _posted(work, command, payment_id)


async def post_payments(
    ctx: Context, commands: Sequence[PostPayment]
) -> tuple[PaymentView | DomainError, ...]:
    """Post several; those for one account in the order given, one refused keeps none from it.

    Nothing is written of those refused. A reference twice among them is the same payment.
    """
    by_reference = await accounts.resolve(
        ctx.tx, "account", (c.account_reference for c in commands if c.account_reference)
    )
    owners = [
        c.account_id or by_reference.get(c.account_reference or "", (None, None))[0]
        for c in commands
    ]
    works = await begin_many(ctx, (owner for owner in owners if owner is not None))
    taken = await payments.of_references(ctx.tx, (c.reference for c in commands))
    known = await _known(ctx, taken, works)
    fresh = (
        (owner, c.effective_on)
        for owner, c in zip(owners, commands, strict=True)
        if c.reference not in taken or c.replaces
    )
    await read_ahead(ctx, works, fresh)
    posted: dict[str, tuple[PostPayment, Work, UUID]] = {}
    results: list[PaymentView | DomainError | None] = []  # None: posted, or as one before it
    async for command, owner in in_turns(zip(commands, owners, strict=True)):
        try:
            before = _kept(command, taken)
            work = works.get(owner) if owner else None
            results.append(await _one_of_many(command, work, before, known, posted))
        except DomainError as refusal:
            results.append(refusal)
    async for work in in_turns(works.values()):
        await enter_queued(work)
        await tolerate(work)
    await finish(ctx, works.values())
    views = {
        reference: _posted(work, command, payment_id)
        async for reference, (command, work, payment_id) in in_turns(posted.items())
    }
    await _note(ctx, tuple(views.values()))
    return tuple(
        replace(views[command.reference], repeated=posted[command.reference][0] is not command)
        if result is None
        else result
        for command, result in zip(commands, results, strict=True)
    )


async def _known(
    ctx: Context, taken: Mapping[str, Sequence[StoredPayment]], works: Mapping[UUID, Work]
) -> dict[UUID, PaymentView]:
    """The payments that have these references already, as they stand, by id."""
    found = [payment for chain in taken.values() for payment in chain]
    labels = await persons.notes(ctx.tx, {one.account_id for one in found}) if found else {}
    return {
        one.id: PaymentView(
            payment=one,
            reading=reading_after(works[one.account_id])
            if one.account_id in works
            else await read_account(ctx, one.account_id),
            metadata=labels[one.id].metadata if one.id in labels else {},
            repeated=True,
        )
        for one in found
    }


def _kept(
    command: PostPayment, taken: Mapping[str, Sequence[StoredPayment]]
) -> Sequence[StoredPayment]:
    """The payments that had a command's reference. Raises `NotFound`: it waits in suspense."""
    known = taken.get(command.reference)
    if known is not None and not known:
        raise NotFound(resource="payment", key=command.reference)
    return known or ()


async def _one_of_many(
    command: PostPayment,
    work: Work | None,
    before: Sequence[StoredPayment],
    known: Mapping[UUID, PaymentView],
    posted: dict[str, tuple[PostPayment, Work, UUID]],
) -> PaymentView | None:
    """The payment as it was posted before; None: it is new, and put aside to be entered."""
    if work is None:
        key = str(command.account_id or command.account_reference)
        raise NotFound(resource="account", key=key)
    again = posted_before(command, before)
    if again is not None:
        return known[again.id]
    if command.reference in posted:
        first, _, payment_id = posted[command.reference]
        if first.content_hash != command.content_hash:
            raise taken_by("payment", command.reference, payment_id)
        return None
    posted[command.reference] = (command, work, await _intend(work, command))
    return None


async def enter_payment(
    work: Work, command: PostPayment, *, held: tuple[UUID, bytes] | None = None
) -> UUID:
    """Decide on a payment whose reference is free, and enter it; writing is the caller's.

    `held`: the id and content hash of money from suspense, whose reference is its own already.
    """
    payment_id = await _intend(work, command, held)
    await enter_queued(work)
    await tolerate(work)
    return payment_id


async def _intend(work: Work, command: PostPayment, held: tuple[UUID, bytes] | None = None) -> UUID:
    """Decide on a payment and put it aside. Nobody is asked about a borrower's repayment."""
    if not command.given:
        return _intend_payment(work, command, held)
    async with spending(work, Spending.GOODWILL, command.amount_minor):
        return _intend_payment(work, command, held)


def _intend_payment(
    work: Work, command: PostPayment, held: tuple[UUID, bytes] | None = None
) -> UUID:
    if account_status(work.state) is AccountStatus.CLOSED:
        raise AccountClosed(account_id=work.account.id)
    if command.currency != work.account.currency:
        raise CurrencyMismatch(expected=work.account.currency, actual=command.currency)
    if command.plan_id is not None and work.state.plan(command.plan_id) is None:
        raise NotFound(resource="plan", key=str(command.plan_id))
    body = Payment(
        amount_minor=command.amount_minor,
        reference=command.reference,
        method=command.method,
        payment=command.kind,
        funded_by=command.funded_by,
        future=command.future,
        component=command.component,
        plan_id=command.plan_id,
    )
    handles = () if held else handles_of(command)
    own_id, content_hash = held or (new_id(), command.content_hash)
    beside = Attachment(handles=handles, content_hash=content_hash)
    return queue_fact(
        work, body, effective_on=command.effective_on, beside=beside, fact_id=own_id
    ).id


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


async def view_payment(ctx: Context, payment_id: UUID) -> PaymentView:
    """A payment as it stands now, with its account. Raises `NotFound`."""
    account_id = await owner_of(ctx, "payment", payment_id)
    stored = await payments.read(ctx.tx, account_id, payment_id)
    if stored is None:
        raise NotFound(resource="payment", key=str(payment_id))
    labels = await persons.notes(ctx.tx, [account_id])
    return PaymentView(
        payment=stored,
        reading=await read_account(ctx, account_id),
        metadata=labels[payment_id].metadata if payment_id in labels else {},
        undone_by=await undoings.of_payment(
            ctx.tx, account_id, payment_id, known_on=ctx.business_date
        ),
    )


async def find_payments(
    ctx: Context,
    *,
    account_id: UUID | None,
    reference: str | None,
    since: date | None,
    until: date | None,
    status: str | None,
    after: UUID | None,
    limit: int,
) -> tuple[StoredPayment, ...]:
    """A page of payments by id."""
    return await payments.find(
        ctx.tx,
        account_id=account_id,
        reference=reference,
        since=since,
        until=until,
        status=status,
        after=after,
        limit=limit,
    )


async def _account_of(ctx: Context, command: PostPayment) -> UUID:
    if command.account_id is not None:
        return command.account_id
    reference = command.account_reference or ""
    known = await accounts.resolve(ctx.tx, "account", [reference])
    if reference not in known:
        raise NotFound(resource="account", key=reference)
    return known[reference][0]


def _posted(work: Work, command: PostPayment, payment_id: UUID) -> PaymentView:
    """The payment just entered, from what is about to be written."""
    lots = (lot for lot in work.state.unapplied if lot.payment_id == payment_id)
    payment = StoredPayment(
        id=payment_id,
        account_id=work.account.id,
        reference=command.reference,
        amount_minor=command.amount_minor,
        currency=command.currency,
        effective_on=next(f for f in work.draft.facts if f.id == payment_id).effective_on,
        method=command.method,
        kind=command.kind,
        funded_by=command.funded_by,
        future=command.future,
        component=command.component,
        plan_id=command.plan_id,
        content_hash=work.beside[payment_id].content_hash,
        status="posted",
        unapplied_minor=sum(lot.amount_minor for lot in lots),
        generation=1,
        lines=work.draft.splits[payment_id],
    )
    return PaymentView(payment=payment, reading=reading_after(work), metadata=command.metadata)


async def _note(ctx: Context, views: Sequence[PaymentView]) -> None:
    for view in views:
        if view.metadata:
            note = {view.payment.id: Note(metadata=view.metadata)}
            await persons.annotate(ctx.tx, ctx.tenant_id, view.payment.account_id, note)
