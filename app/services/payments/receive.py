"""Suspense: money that fits no account is kept, never refused into nothing and never guessed.

A payment is taken in as `post` takes it; when its account is unknown, closed or kept in
another currency and it was sent with `unmatched: "suspense"`, it is put here under its own
reference. It is the same payment all its life: assigned, it is posted to its account under
the id and the reference it has had from the first day. Suspense belongs to no account, so no
event tells of it before the `payment.posted` of its account; `GET /v1/suspense` does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.errors import DomainError, InvalidInput, NotFound
from app.domain.money import Component
from app.domain.refusals.commands import ClockBehindFacts, ReferenceTaken
from app.domain.refusals.payments import AccountClosed, CurrencyMismatch, SuspenseEnded
from app.domain.values import replace
from app.domain.vocabulary import Act, FundedBy, FutureRule, PaymentKind, PaymentMethod, Spending
from app.services.authority import refuse_act, spending_of_none
from app.services.context import Context
from app.services.payments.post import (
    PaymentView,
    PostPayment,
    enter_payment,
    post_payment,
    post_payments,
    view_payment,
)
from app.services.work import begin, finish
from app.storage.accounts import accounts, persons
from app.storage.accounts.persons import Note
from app.storage.ids import new_id
from app.storage.payments import suspense
from app.storage.payments.suspense import NOWHERE, StoredEnd, StoredSuspense

__all__ = ["StoredEnd", "StoredSuspense", "SuspenseView"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspenseView:
    """Money in suspense, or once there. `repeated`: it was sent before."""

    item: StoredSuspense
    repeated: bool = False


Received = PaymentView | SuspenseView


async def receive_payment(ctx: Context, command: PostPayment) -> Received:
    """Post a payment or, where it fits no account and may wait, keep it.

    Raises as `post_payment` does.
    """
    try:
        return await post_payment(ctx, command)
    except DomainError as refusal:
        known = await _known(ctx, [command])
        if command.reference in known:
            return await _again(ctx, command, known[command.reference])
        why = _unmatched(command, refusal)
        if why is None:
            raise
    kept = await suspense.put(ctx.tx, ctx.tenant_id, _item(ctx, command, why))
    if kept is not None:
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
    return tuple(results)


async def view(ctx: Context, payment_id: UUID) -> Received:
    """A payment by its id, wherever it is: on an account, or in suspense. Raises `NotFound`."""
    try:
        return await view_payment(ctx, payment_id)
    except NotFound:
        item = (await suspense.read_many(ctx.tx, [payment_id])).get(payment_id)
        if item is None or item.business_date > ctx.business_date:
            raise
        return SuspenseView(item=_as_known(ctx, item))


async def read_item(ctx: Context, item_id: UUID) -> StoredSuspense:
    """An item, whatever became of it. Raises `NotFound`."""
    item = (await suspense.read_many(ctx.tx, [item_id])).get(item_id)
    if item is None or item.business_date > ctx.business_date:
        raise NotFound(resource="payment", key=str(item_id))
    return _as_known(ctx, item)


async def find_items(
    ctx: Context, *, status: str | None, reference: str | None, after: UUID | None, limit: int
) -> tuple[StoredSuspense, ...]:
    """A page of items by id."""
    found = await suspense.find(
        ctx.tx,
        status=status,
        reference=reference,
        known_on=ctx.business_date,
        after=after,
        limit=limit,
    )
    return tuple(_as_known(ctx, item) for item in found)


async def assign(
    ctx: Context,
    item_id: UUID,
    *,
    account_id: UUID | None,
    account_reference: str | None,
    effective_on: date | None,
) -> PaymentView:
    """Post an item to its account, as the payment it always was, on its own day unless told.

    Raises `OutsideAuthority`, `SuspenseEnded`, `NotFound`, `CurrencyMismatch`, `AccountClosed`,
    `ClockBehindFacts`.
    """
    if account_id is None:
        found = await accounts.resolve(ctx.tx, "account", [account_reference or ""])
        if account_reference not in found:
            raise NotFound(resource="account", key=account_reference or "")
        account_id = found[account_reference][0]
    work = await begin(ctx, account_id)  # the account's lock comes first, as everywhere
    refuse_act(work, Act.ASSIGN_SUSPENSE)
    item = await _waiting(ctx, item_id)
    command = replace(_command(item), account_id=account_id)
    if effective_on is not None:
        command = replace(command, effective_on=effective_on)
    await enter_payment(work, command, held=(item.id, item.content_hash))
    await finish(ctx, [work])
    if item.metadata:
        note = {item.id: Note(metadata=item.metadata)}
        await persons.annotate(ctx.tx, ctx.tenant_id, account_id, note)
    on = command.effective_on or ctx.business_date
    await _end(ctx, item, kind="assigned", own_id=item.id, account_id=account_id, on=on)
    return await view_payment(ctx, item.id)


async def refund(ctx: Context, item_id: UUID, *, reference: str | None) -> SuspenseView:
    """Say that an item was given back, whole; said again by the same reference, it stands.

    Raises `OutsideAuthority`, `SuspenseEnded`, `ReferenceTaken`.
    """
    try:
        item = await _waiting(ctx, item_id)
    except SuspenseEnded:
        ended = await read_item(ctx, item_id)
        end = ended.end
        if end and end.kind == "refunded" and reference and end.reference == reference:
            return SuspenseView(item=ended, repeated=True)
        raise
    own_id = new_id()
    if reference is not None and not await suspense.claim_refund(
        ctx.tx, ctx.tenant_id, reference, own_id
    ):
        raise ReferenceTaken(resource="refund", reference=reference)
    on, currency = ctx.business_date, item.currency
    async with spending_of_none(ctx, Spending.REFUND, item.amount_minor, currency=currency):
        await _end(ctx, item, kind="refunded", own_id=own_id, on=on, reference=reference)
    return SuspenseView(item=await read_item(ctx, item_id))


# What is kept, and what it says ------------------------------------------------------------


async def _waiting(ctx: Context, item_id: UUID) -> StoredSuspense:
    """The item, locked and still waiting."""
    item = await suspense.lock(ctx.tx, item_id)
    if item is None:
        raise NotFound(resource="payment", key=str(item_id))
    latest = item.end.business_date if item.end else item.business_date
    if latest > ctx.business_date:
        raise ClockBehindFacts(business_date=ctx.business_date, latest_business_date=latest)
    if item.end is not None:
        raise SuspenseEnded(
            payment_id=item.id, suspense_status=item.status, account_id=item.end.account_id
        )
    return item


async def _end(
    ctx: Context,
    item: StoredSuspense,
    *,
    kind: str,
    own_id: UUID,
    on: date,
    account_id: UUID | None = None,
    reference: str | None = None,
) -> None:
    ended = StoredEnd(
        suspense_id=item.id,
        id=own_id,
        kind=kind,
        account_id=account_id,
        effective_on=on,
        business_date=ctx.business_date,
        reference=reference,
        actor=ctx.actor,
        key_id=ctx.key_id,
    )
    await suspense.end(ctx.tx, ctx.tenant_id, ended)


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
    return SuspenseView(item=_as_known(ctx, item), repeated=True)


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
        metadata=command.metadata,
    )


def _command(item: StoredSuspense) -> PostPayment:
    """The payment as it was sent. What it named on another account is not asked for again."""
    return PostPayment(
        reference=item.reference,
        amount_minor=item.amount_minor,
        currency=item.currency,
        effective_on=item.effective_on,
        method=PaymentMethod(item.method),
        kind=PaymentKind(item.kind),
        future=FutureRule(item.future) if item.future else None,
        component=Component(item.component) if item.component else None,
        funded_by=FundedBy(item.funded_by),
        metadata=item.metadata,
    )


def _as_known(ctx: Context, item: StoredSuspense) -> StoredSuspense:
    """The item as of the business date: on a clock moved back, what came later is hidden."""
    if item.end is not None and item.end.business_date > ctx.business_date:
        return replace(item, end=None)
    return item
