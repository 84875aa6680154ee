"""Payments posted, once per reference: one, or many together."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from app.domain.errors import DomainError, NotFound
from app.domain.facts.payments import Payment
from app.domain.refusals.payments import AccountClosed, CurrencyMismatch
from app.domain.standing.status import AccountStatus, account_status
from app.domain.values import replace
from app.domain.vocabulary import Spending
from app.services.authority import spending
from app.services.context import Context
from app.services.payments.command import PostPayment
from app.services.payments.read import PaymentView, view_payment
from app.services.payments.replaces import handles_of, posted_before
from app.services.payments.tolerance import tolerate
from app.services.reading import read_account, reading_after
from app.services.references import reference_taken
from app.services.work import (
    Work,
    begin_asking,
    begin_many,
    enter_queued,
    finish,
    finish_last,
    queue_fact,
    read_ahead,
)
from app.storage.accounts import accounts, persons
from app.storage.accounts.persons import Note
from app.storage.books.entry import Attachment
from app.storage.database.turns import in_turns
from app.storage.ids import new_id
from app.storage.payments import payments
from app.storage.payments.payments import StoredPayment

__all__ = ["PostPayment", "enter_payment", "post_payment", "post_payments"]


async def post_payment(ctx: Context, command: PostPayment, *, last: bool = False) -> PaymentView:
    """Post one payment. The same reference with the same content answers what stands.

    `last`: nothing else is read or done in this transaction, so it may be written at its end.
    Raises `ReferenceTaken` (other content), `NotFound`, `CurrencyMismatch`, `AccountClosed`, and,
    of money the institution gives, `OutsideAuthority`.
    """
    account_id = await _account_of(ctx, command)
    work, taken = await begin_asking(ctx, account_id, kind="payment", reference=command.reference)
    known = await payments.of_references(ctx.tx, [command.reference]) if taken else {}
    if (before := posted_before(command, _kept(command, known))) is not None:
        return replace(await view_payment(ctx, before.id), repeated=True)
    payment_id = await enter_payment(work, command)
    if last and not command.metadata:
        await finish_last(ctx, work)
        return _posted(work, command, payment_id)
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
            raise reference_taken("payment", command.reference, payment_id)
        return None
    posted[command.reference] = (command, work, await _queue_payment(work, command))
    return None


async def enter_payment(
    work: Work, command: PostPayment, *, held: tuple[UUID, bytes] | None = None
) -> UUID:
    """Decide on a payment whose reference is free, and enter it; writing is the caller's.

    `held`: the id and content hash of money from suspense, whose reference is its own already.
    """
    payment_id = await _queue_payment(work, command, held)
    await enter_queued(work)
    await tolerate(work)
    return payment_id


async def _queue_payment(
    work: Work, command: PostPayment, held: tuple[UUID, bytes] | None = None
) -> UUID:
    """Decide on a payment and put it aside. Nobody is asked about a borrower's repayment."""
    if not command.given:
        return _queue_decided(work, command, held)
    async with spending(work, Spending.GOODWILL, command.amount_minor):
        return _queue_decided(work, command, held)


def _queue_decided(
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
    if held is None:
        handles = handles_of(command)
        own_id, content_hash = new_id(), handles[0].content_hash
    else:
        handles = ()
        own_id, content_hash = held
    beside = Attachment(handles=handles, content_hash=content_hash)
    return queue_fact(
        work, body, effective_on=command.effective_on, beside=beside, fact_id=own_id
    ).id


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
