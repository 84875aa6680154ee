"""Holds: typed stops on an account, placed and released."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.errors import InvalidInput, NotFound
from app.domain.facts import Fact, Hold, HoldKind, HoldRelease
from app.domain.refusals import HoldExists, HoldNotStanding, NotBuilt
from app.domain.state import Held
from app.services.context import Context
from app.services.entering import Work, begin, enter_fact, finish
from app.services.reading import Reading, read_account
from app.storage import accounts

#: What is built so far; the others are named by the contract.
BUILT = (HoldKind.DISPUTE,)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHold:
    """A hold to be placed. `ends_on` None: until it is released."""

    kind: HoldKind
    starts_on: date
    reason: str
    ends_on: date | None = None


async def place_hold(ctx: Context, account_id: UUID, command: PlaceHold) -> Held:
    """Stop an account. Raises `HoldExists`, `NotBuilt`, `NotFound`, `InvalidInput`."""
    if command.kind not in BUILT:
        raise NotBuilt(what=f"The {command.kind} hold")
    if command.ends_on is not None and command.ends_on <= command.starts_on:
        raise InvalidInput.at("/ends_on", "must lie after starts_on")
    work = await begin(ctx, account_id)
    for hold in work.state.holds:
        if hold.kind is command.kind and _overlap(hold, command):
            raise HoldExists(hold=hold.kind, existing_hold_id=hold.id)
    if command.starts_on > ctx.business_date:
        limit = f"must not lie after the business date {ctx.business_date}"
        raise InvalidInput.at("/starts_on", limit)
    body = Hold(
        hold=command.kind,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        reason=command.reason,
    )
    fact = await enter_fact(work, body, effective_on=command.starts_on)
    await finish(ctx, [work])
    return _held(work, fact)


async def release_hold(
    ctx: Context, account_id: UUID, hold_id: UUID, *, effective_on: date | None = None
) -> Held:
    """End a hold; money kept unapplied is used. Raises `HoldNotStanding`, `NotFound`."""
    work = await begin(ctx, account_id)
    hold = next((h for h in work.state.holds if h.id == hold_id), None)
    if hold is None:
        raise NotFound(resource="hold", key=str(hold_id))
    on = effective_on or ctx.business_date
    if not hold.stands(on):
        raise HoldNotStanding(hold_id=hold_id)
    await enter_fact(work, HoldRelease(hold_id=hold_id), effective_on=on)
    await finish(ctx, [work])
    return next(h for h in work.state.holds if h.id == hold_id)


async def holds_of(
    ctx: Context, account_id: UUID, *, as_of: date | None = None
) -> tuple[Reading, tuple[Held, ...]]:
    """Every hold there was by that day (default: the business date), oldest first."""
    reading = await read_account(ctx, account_id, as_of=as_of)
    return reading, reading.state.holds


async def account_of_hold(ctx: Context, hold_id: UUID) -> UUID | None:
    """The account a hold is on."""
    return await accounts.owner_of(ctx.tx, hold_id, "hold")


def _held(work: Work, fact: Fact) -> Held:
    return next(h for h in work.state.holds if h.id == fact.id)


def _overlap(hold: Held, command: PlaceHold) -> bool:
    """Whether two holds would stand on one day."""
    until = hold.released_on or hold.ends_on
    starts_before_end = command.ends_on is None or hold.starts_on < command.ends_on
    return starts_before_end and (until is None or command.starts_on < until)
