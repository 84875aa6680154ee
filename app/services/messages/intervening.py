"""What forbids messages suppresses them in its own transaction: holds, restrictions, closures.

Those on their way are named and go: nobody can take them back. Lifting what forbade them revives
none. A reason of time or number suppresses nothing: it ends, and the claim asks again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from app.domain.account.state import Held
from app.domain.contact.gate.reasons import has_no_end
from app.domain.contact.words import Channel, Purpose
from app.domain.messages.lifecycle import NO_LONGER_TRUE, Forbidden, MessageStatus
from app.domain.persons.facts import PersonFact, Restricted, Revoked
from app.services.accounts import close as closings
from app.services.accounts import hold as holds
from app.services.accounts.hold import PlaceHold
from app.services.accounts.read import AccountView
from app.services.contacts.facts import Facts, facts_of
from app.services.contacts.gate import judge
from app.services.context import Context
from app.services.messages.choosing import Way
from app.services.messages.moving import move
from app.services.messages.truth import is_still_true
from app.services.persons import consents
from app.services.persons.consents import Words
from app.services.persons.points import known_point
from app.storage.accounts import accounts
from app.storage.messages import messages
from app.storage.messages.messages import StoredMessage
from app.storage.persons import persons

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervened:
    """Messages that will not go any more, and those that are going, or may have gone."""

    messages_suppressed: tuple[UUID, ...] = ()
    messages_in_flight: tuple[UUID, ...] = ()


async def place_hold(ctx: Context, account_id: UUID, command: PlaceHold) -> tuple[Held, Intervened]:
    """Stop an account, and the messages about it that the hold forbids. Raises as `holds` does."""
    held = await holds.place_hold(ctx, account_id, command)
    return held, await of_account(ctx, account_id)


async def close(
    ctx: Context, account_id: UUID, *, reason: str, effective_on: date | None
) -> AccountView:
    """End collection; nothing more is sent about it. Raises as `closings` does."""
    view = await closings.close(ctx, account_id, reason=reason, effective_on=effective_on)
    await of_account(ctx, account_id)
    return view


async def restrict(ctx: Context, person_id: UUID, body: Restricted) -> PersonFact:
    """Place a restriction, and suppress what it forbids. Raises as `consents` does."""
    return await _with_accounts(ctx, person_id, lambda: consents.restrict(ctx, person_id, body))


async def revoke(
    ctx: Context, point_id: UUID, body: Revoked, words: Words | None = None
) -> PersonFact:
    """Take back what was allowed, and suppress what goes on it. Raises as `consents` does."""
    point = await known_point(ctx, point_id)
    said = words or Words()
    return await _with_accounts(
        ctx, point.person_id, lambda: consents.revoke(ctx, point_id, body, said)
    )


async def _with_accounts(ctx: Context, person_id: UUID, act: Callable[[], Awaitable[_T]]) -> _T:
    """Do it, with the accounts of what waits locked first: accounts, then the person, always."""
    person = await persons.read(ctx.tx, person_id)
    about = await messages.accounts_waiting(ctx.tx, person_id if person is None else person.id)
    if about:
        await accounts.lock_many(ctx.tx, about)
    done = await act()
    for account_id in about:
        await of_account(ctx, account_id)
    return done


async def of_account(ctx: Context, account_id: UUID) -> Intervened:
    """Suppress what waits about a locked account and is forbidden as the books stand now."""
    suppressed: list[UUID] = []
    gone: list[UUID] = []
    found: dict[UUID, Facts] = {}
    for message in await messages.waiting(ctx.tx, account_id):
        if message.person_id not in found:
            found[message.person_id] = await facts_of(
                ctx, account_id, message.person_id, ctx.instant
            )
        code = await _forbids(ctx, found[message.person_id], message)
        if code is None:
            continue
        forbidden = Forbidden(at=ctx.instant, code=code)
        moved = await move(ctx, message, "forbidden", forbidden, {"code": code})
        if moved.status == MessageStatus.SUPPRESSED.value:
            suppressed.append(moved.id)
        elif moved.status == MessageStatus.UNCERTAIN.value:
            gone.append(moved.id)
    flying = await messages.in_flight(ctx.tx, account_id=account_id)
    return Intervened(messages_suppressed=tuple(suppressed), messages_in_flight=(*flying, *gone))


async def _forbids(ctx: Context, found: Facts, message: StoredMessage) -> str | None:
    """The first code, by code, that no time takes away; None: it may go when its time comes."""
    if not await is_still_true(ctx, found, message):
        return NO_LONGER_TRUE
    at = max(ctx.instant, message.not_before_at or ctx.instant)
    way = Way(
        purpose=Purpose(message.purpose),
        automatic=message.automatic,
        in_reply_to=message.in_reply_to,
    )
    point = next((one for one in found.points if one.point.id == message.point_id), None)
    asked = way.asked(Channel(message.channel), at)
    reasons = judge(found, asked, point).decision.reasons
    return next((str(one.code) for one in reasons if has_no_end(one)), None)
