"""May whoever asks do this alone? The key's role against what the policies say of it.

Acts on an account are judged by its policy in force on the business date; what has no account,
and the choice of a policy for one, by the tenant's `default`. Sums of a day are counted where a
policy limits them, under the account's lock and that of a row of the key and the actor.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from app.domain.agreement.acts import check_act, check_choice, check_spending, day_exceeded
from app.domain.agreement.four_eyes import Hand, folded_actor, same_hand
from app.domain.errors import DomainError
from app.domain.policy.model import AuthorityByRole
from app.domain.refusals.commands import SameActor
from app.domain.vocabulary import Act, Spending
from app.services.context import Context
from app.services.policy_books import book_of
from app.services.work import Work
from app.storage import spending as sums
from app.storage.spending import Purse

#: What rules where no account does.
_DEFAULT = "default"
#: Whoever acts without a key.
_NO_KEY = UUID(int=0)


def refuse_act(work: Work, act: Act) -> None:
    """Refuse what the account's policy does not let the role do. Raises `OutsideAuthority`."""
    check_act(act, _authority(work), work.ctx.role)


async def refuse_choice(ctx: Context, policy: str) -> None:
    """Refuse a policy for an account that the role may not choose. Raises `OutsideAuthority`."""
    check_choice(policy, await default_authority(ctx), ctx.role)


@asynccontextmanager
async def spending(work: Work, kind: Spending, amount_minor: int) -> AsyncIterator[None]:
    """What is entered within costs that much. Raises `OutsideAuthority`.

    Refused within, nothing of it is counted: others of the same batch may still be.
    """
    async with _counted(
        work.ctx, _authority(work), kind, amount_minor, currency=work.account.currency
    ):
        yield


@asynccontextmanager
async def spending_of_none(
    ctx: Context, kind: Spending, amount_minor: int, *, currency: str
) -> AsyncIterator[None]:
    """The same of money that belongs to no account."""
    async with _counted(ctx, await default_authority(ctx), kind, amount_minor, currency=currency):
        yield


@asynccontextmanager
async def _counted(
    ctx: Context, authority: AuthorityByRole, kind: Spending, amount_minor: int, *, currency: str
) -> AsyncIterator[None]:
    check_spending(kind, amount_minor, authority, ctx.role)
    limit = authority.of(ctx.role).day_limit_of(kind)
    if limit is None:
        yield
        return
    purse = Purse(
        tenant_id=ctx.tenant_id,
        business_date=ctx.business_date,
        key_id=ctx.key_id or _NO_KEY,
        actor=folded_actor(ctx.actor),
        spending=kind,
        currency=currency,
    )
    fits = amount_minor <= limit
    if not fits or not await sums.add(ctx.tx, purse, amount_minor, limit_minor=limit):
        spent = await sums.sum_of(ctx.tx, purse)
        raise day_exceeded(kind, amount_minor, spent, authority, ctx.role)
    try:
        yield
    except DomainError:
        await sums.take_back(ctx.tx, purse, amount_minor)
        raise


def _authority(work: Work) -> AuthorityByRole:
    return work.policies.in_force(work.ctx.business_date).authority


async def default_authority(ctx: Context) -> AuthorityByRole:
    """What the tenant's `default` says of roles: where no account's own policy does."""
    book = await book_of(ctx, _DEFAULT, None)
    return book.in_force(ctx.business_date).authority


def refuse_same_hand(
    ctx: Context,
    proposer: Hand,
    *,
    plan_id: UUID | None = None,
    settlement_id: UUID | None = None,
) -> None:
    """Refuse to decide on what may be one's own proposal. Raises `SameActor`."""
    decider = Hand(key_id=ctx.key_id, actor=ctx.actor)
    why = same_hand(proposer, decider, ctx.role)
    if why is not None:
        raise SameActor(plan_id=plan_id, settlement_id=settlement_id, actor=ctx.actor, why=why)
