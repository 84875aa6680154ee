"""Money in suspense: read, assigned to the account it is for, or given back."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.errors import NotFound
from app.domain.money import Component
from app.domain.refusals.commands import ClockBehindFacts, ReferenceTaken
from app.domain.refusals.payments import SuspenseEnded
from app.domain.values import replace
from app.domain.vocabulary import Act, FundedBy, FutureRule, PaymentKind, PaymentMethod, Spending
from app.services.authority import refuse_act, spending_of_none
from app.services.context import Context
from app.services.payments.post import PostPayment, enter_payment
from app.services.payments.read import PaymentView, view_payment
from app.services.payments.suspense_events import tell_ended
from app.services.work import begin, finish
from app.storage.accounts import accounts, persons
from app.storage.accounts.persons import Note
from app.storage.ids import new_id
from app.storage.payments import suspense
from app.storage.payments.suspense import StoredEnd, StoredSuspense

__all__ = [
    "StoredEnd",
    "StoredSuspense",
    "SuspenseView",
    "as_known",
    "assign",
    "find_items",
    "read_item",
    "refund",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspenseView:
    """Money in suspense, or once there. `repeated`: it was sent before."""

    item: StoredSuspense
    repeated: bool = False


async def read_item(ctx: Context, item_id: UUID) -> StoredSuspense:
    """An item, whatever became of it. Raises `NotFound`."""
    item = (await suspense.read_many(ctx.tx, [item_id])).get(item_id)
    if item is None or item.business_date > ctx.business_date:
        raise NotFound(resource="payment", key=str(item_id))
    return as_known(ctx, item)


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
    return tuple(as_known(ctx, item) for item in found)


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
        role=ctx.role,
        origin=ctx.origin,
    )
    await suspense.end(ctx.tx, ctx.tenant_id, ended)
    await tell_ended(ctx, item, ended)


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


def as_known(ctx: Context, item: StoredSuspense) -> StoredSuspense:
    """The item as of the business date: on a clock moved back, what came later is hidden."""
    if item.end is not None and item.end.business_date > ctx.business_date:
        return replace(item, end=None)
    return item
