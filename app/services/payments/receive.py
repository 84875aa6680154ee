"""Payments received: posted to their account, or kept in suspense where they fit none.

Money is never refused into nothing and never guessed. When its account is unknown, closed or
kept in another currency and it was sent with `unmatched: "suspense"`, a payment waits in
suspense under its own reference. It is the same payment all its life: assigned, it is posted
to its account under the id and the reference it has had from the first day. Suspense belongs
to no account, and so do the events that tell of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from app.domain.errors import DomainError, InvalidInput, NotFound
from app.domain.refusals.commands import ReferenceTaken
from app.domain.refusals.payments import AccountClosed, CurrencyMismatch
from app.domain.values import replace
from app.services.context import Context
from app.services.payments.post import PostPayment, post_payment, post_payments
from app.services.payments.read import PaymentView, view_payment
from app.services.payments.suspense import SuspenseView, as_known
from app.services.payments.suspense_events import tell_received
from app.storage.accounts import accounts
from app.storage.ids import new_id
from app.storage.payments import suspense
from app.storage.payments.suspense import NOWHERE, StoredSuspense

Received = PaymentView | SuspenseView


async def receive_payment(ctx: Context, command: PostPayment, *, last: bool = False) -> Received:
    """Post a payment or, where it fits no account and may wait, keep it.

    `last`, and what is raised, as of `post_payment`.
    """
    try:
        return await post_payment(ctx, command, last=last)
    except DomainError as refusal:
        known = await _known(ctx, [command])
        if command.reference in known:
            return await _again(ctx, command, known[command.reference])
        why = _unmatched(command, refusal)
        if why is None:
            raise
    kept = await suspense.put(ctx.tx, ctx.tenant_id, _item(ctx, command, why))
    if kept is not None:
        await tell_received(ctx, [kept])
        return SuspenseView(item=kept)
    known = await _known(ctx, [command])
    if command.reference in known:
        return await _again(ctx, command, known[command.reference])
    raise await _taken(ctx, command.reference)


async def receive_payments(
    ctx: Context, commands: Sequence[PostPayment]
) -> tuple[Received | DomainError, ...]:
    """`receive_payment` for several, one refused keeping none from it; a result each, in order.

    What can be posted is posted first: a reference that is both, in one batch, is the posted one.
    """
    results: list[Received | DomainError] = list(await post_payments(ctx, commands))
    posted = {one.payment.reference for one in results if isinstance(one, PaymentView)}
    refused = [n for n, one in enumerate(results) if isinstance(one, DomainError)]
    known = await _known(ctx, [commands[n] for n in refused])
    kept: dict[str, StoredSuspense] = {}
    for n in sorted(refused, key=lambda n: commands[n].reference):  # two batches claim in one order
        command, refusal = commands[n], results[n]
        if command.reference in known:
            results[n] = await _or_refusal(ctx, command, known[command.reference])
        elif isinstance(refusal, DomainError) and (why := _unmatched(command, refusal)):
            results[n] = await _keep(ctx, command, why, kept, posted)
    await tell_received(ctx, kept.values())
    return tuple(results)


async def view(ctx: Context, payment_id: UUID) -> Received:
    """A payment by its id, wherever it is: on an account, or in suspense. Raises `NotFound`."""
    try:
        return await view_payment(ctx, payment_id)
    except NotFound:
        item = (await suspense.read_many(ctx.tx, [payment_id])).get(payment_id)
        if item is None or item.business_date > ctx.business_date:
            raise
        return SuspenseView(item=as_known(ctx, item))


# --- What is kept, and what it says -----------------------------------------------------------


async def _known(ctx: Context, commands: Iterable[PostPayment]) -> Mapping[str, StoredSuspense]:
    """The items that have these references, by reference."""
    taken = await accounts.resolve(ctx.tx, "payment", (c.reference for c in commands))
    held = {key: own_id for key, (owner, own_id) in taken.items() if owner == NOWHERE}
    found = await suspense.read_many(ctx.tx, held.values())
    return {key: found[own_id] for key, own_id in held.items()}


async def _again(ctx: Context, command: PostPayment, item: StoredSuspense) -> Received:
    """A reference that money in suspense has: the same payment as it stands, or a refusal."""
    if item.content_hash != command.content_hash:
        raise _reference_taken(command.reference, item.id)
    if item.status == "assigned":
        return replace(await view_payment(ctx, item.id), repeated=True)
    return SuspenseView(item=as_known(ctx, item), repeated=True)


async def _or_refusal(
    ctx: Context, command: PostPayment, item: StoredSuspense
) -> Received | DomainError:
    try:
        return await _again(ctx, command, item)
    except DomainError as refusal:
        return refusal


async def _keep(
    ctx: Context,
    command: PostPayment,
    why: str,
    kept: dict[str, StoredSuspense],
    posted: set[str],
) -> Received | DomainError:
    """Put one of many aside; `kept` and `posted` are its batch's references so far."""
    if command.reference in kept:
        return await _or_refusal(ctx, command, kept[command.reference])
    try:
        item = _item(ctx, command, why)
    except InvalidInput as refusal:
        return refusal
    put = None
    if command.reference not in posted:
        put = await suspense.put(ctx.tx, ctx.tenant_id, item)
    if put is None:  # somebody else's, posted or kept in the meantime
        known = await _known(ctx, [command])
        if command.reference in known:
            return await _or_refusal(ctx, command, known[command.reference])
        return await _taken(ctx, command.reference)
    kept[command.reference] = put
    return SuspenseView(item=put)


async def _taken(ctx: Context, reference: str) -> ReferenceTaken:
    known = await accounts.resolve(ctx.tx, "payment", [reference])
    return _reference_taken(reference, known[reference][1])


def _reference_taken(reference: str, payment_id: UUID) -> ReferenceTaken:
    return ReferenceTaken(resource="payment", reference=reference, existing_payment_id=payment_id)


def _unmatched(command: PostPayment, refusal: DomainError) -> str | None:
    """Why this payment fits no account and may wait; None: it is refused for good reason."""
    if command.unmatched != "suspense":
        return None
    match refusal:
        case NotFound(resource="account"):
            return "unknown_account"
        case CurrencyMismatch():
            return "other_currency"
        case AccountClosed():
            return "closed_account"
        case _:
            return None


def _item(ctx: Context, command: PostPayment, why: str) -> StoredSuspense:
    on = command.effective_on or ctx.business_date
    if on > ctx.business_date:
        raise InvalidInput.at(
            "/effective_on", f"must not lie after the business date {ctx.business_date}"
        )
    return StoredSuspense(
        id=new_id(),
        reference=command.reference,
        account_reference=command.account_reference,
        named_account_id=command.account_id,
        why=why,
        amount_minor=command.amount_minor,
        currency=command.currency,
        effective_on=on,
        method=command.method,
        kind=command.kind,
        future=command.future,
        component=command.component,
        named_plan_id=command.plan_id,
        funded_by=command.funded_by,
        content_hash=command.content_hash,
        business_date=ctx.business_date,
        actor=ctx.actor,
        key_id=ctx.key_id,
        role=ctx.role,
        origin=ctx.origin,
        metadata=command.metadata,
    )
