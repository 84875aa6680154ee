"""One transfer for several accounts: a payment a part, all or none, and returned together.

The parts are payments like any other, under `reference#1`, `reference#2` …; the transfer's own
reference names the first of them and what was said of the whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from uuid import UUID

from app.domain.errors import DomainError, InvalidInput, NotFound
from app.domain.money import MAX_MINOR, Component
from app.domain.refusals.payments import AlreadyReversed
from app.domain.vocabulary import PaymentMethod
from app.services.context import Context
from app.services.payments.command import PartOf, PostPayment
from app.services.payments.post import post_payments
from app.services.payments.read import PaymentView, view_payment
from app.services.payments.reverse import enter_reversal
from app.services.references import Claim, claim, made_before
from app.services.work import begin_many, finish
from app.storage.accounts import accounts
from app.storage.payments.payments import StoredPayment, read_many

#: Parts of one transfer.
MOST_PARTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one account gets of a transfer."""

    amount_minor: int
    account_id: UUID | None = None
    account_reference: str | None = None
    plan_id: UUID | None = None
    component: Component | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPayment:
    """A transfer received, and whose it is."""

    reference: str
    currency: str
    parts: tuple[Part, ...]
    effective_on: date | None = None
    method: PaymentMethod = PaymentMethod.OTHER
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseSplit:
    """Why the whole transfer never happened."""

    reason_code: str
    reference: str | None = None
    effective_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A transfer's payments, in the order of its parts, as they stand."""

    reference: str
    views: tuple[PaymentView, ...]
    repeated: bool = False


async def post_split(ctx: Context, command: SplitPayment) -> Split:
    """Post every part, or none. The same reference with the same content answers what stands.

    Raises `ReferenceTaken`, what `post_payment` raises for a part, and `InvalidInput` with the
    part's pointer.
    """
    whole = claim("split", command)
    if await _known(ctx, command, whole):
        return await _standing(ctx, command.reference, repeated=True)
    total = sum(part.amount_minor for part in command.parts)
    if total > MAX_MINOR:
        raise InvalidInput.at("/parts", f"should come to at most {MAX_MINOR}, not {total}")
    parts = [_payment(command, whole, n, part) for n, part in enumerate(command.parts, start=1)]
    posted = await post_payments(ctx, parts)
    for number, one in enumerate(posted):
        if isinstance(one, DomainError):
            raise _of_part(number, one)
    views = tuple(one for one in posted if isinstance(one, PaymentView))
    return Split(reference=command.reference, views=views)


async def reverse_split(ctx: Context, reference: str, command: ReverseSplit) -> Split:
    """Reverse every part that still stands, in one transaction.

    Raises `NotFound`, `AlreadyReversed` where none stands, and what `reverse_payment` raises.
    """
    parts = await _parts(ctx, reference)
    works = await begin_many(ctx, (part.account_id for part in parts))
    wanted = claim("reversal", command, reference)
    parts = await _parts(ctx, reference)  # as they stand under the locks
    if await made_before(ctx, wanted) is not None:
        return await _standing(ctx, reference, repeated=True)
    standing = [part for part in parts if part.status != "reversed"]
    if not standing:
        raise AlreadyReversed(resource="payment", payment_id=parts[0].id)
    for number, part in enumerate(standing):
        work = works[part.account_id]
        code, on = command.reason_code, command.effective_on
        await enter_reversal(work, part.id, code, wanted, on, claims=number == 0)
    await finish(ctx, works.values())
    return await _standing(ctx, reference)


async def _known(ctx: Context, command: SplitPayment, whole: Claim) -> bool:
    """Whether the same was posted before: asked under the locks of the accounts it names."""
    named = (part.account_reference for part in command.parts if part.account_reference)
    found = await accounts.resolve(ctx.tx, "account", named)
    owners = {account_id for account_id, _ in found.values()}
    owners |= {part.account_id for part in command.parts if part.account_id}
    await accounts.lock_many(ctx.tx, owners)
    return await made_before(ctx, whole) is not None


def _payment(command: SplitPayment, whole: Claim, number: int, part: Part) -> PostPayment:
    return PostPayment(
        part_of=PartOf(reference=command.reference, number=number, content_hash=whole.content_hash),
        reference=f"{command.reference}#{number}",
        currency=command.currency,
        effective_on=command.effective_on,
        method=command.method,
        metadata=command.metadata,
        **{f.name: getattr(part, f.name) for f in fields(part)},
    )


def _of_part(number: int, refusal: DomainError) -> DomainError:
    """A part's refusal; what is malformed is pointed at in the part."""
    if not isinstance(refusal, InvalidInput):
        return refusal
    (first, *_) = refusal.errors
    field_of_all = first.pointer in {"/effective_on", "/currency", "/method"}
    where = first.pointer if field_of_all else f"/parts/{number}{first.pointer}"
    return InvalidInput.at(where, first.detail)


async def _parts(ctx: Context, reference: str) -> Sequence[StoredPayment]:
    """A transfer's payments as stored, in the order of its parts. Raises `NotFound`."""
    if reference not in await accounts.resolve(ctx.tx, "split", [reference]):
        raise NotFound(resource="split payment", key=reference)
    names = [f"{reference}#{number}" for number in range(1, MOST_PARTS + 1)]
    places = await accounts.resolve(ctx.tx, "split", names)
    stored = {one.id: one for one in await read_many(ctx.tx, places.values())}
    return [stored[places[name][1]] for name in names if name in places]


async def _standing(ctx: Context, reference: str, *, repeated: bool = False) -> Split:
    views = [await view_payment(ctx, part.id) for part in await _parts(ctx, reference)]
    return Split(reference=reference, views=tuple(views), repeated=repeated)
