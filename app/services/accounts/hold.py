"""Holds: typed stops on an account, placed and released."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app.domain.account.holds import (
    MENTAL_HEALTH,
    STANDARD,
    Span,
    Stopped,
    breathing_space,
    kinds_stopping,
)
from app.domain.account.state import Held
from app.domain.contact.words import Purpose
from app.domain.errors import InvalidInput, NotFound
from app.domain.facts.accounts import Hold, HoldRelease
from app.domain.facts.fact import Fact
from app.domain.messages.lifecycle import GONE
from app.domain.refusals.accounts import HoldExists, HoldNotStanding
from app.domain.standing.classification import FRAUD
from app.domain.vocabulary import Act, HoldKind
from app.services.authority import refuse_act
from app.services.context import Context
from app.services.guards import refuse_closed
from app.services.reading import Reading, read_account
from app.services.work import Work, begin, begin_many, check_date, enter_fact, finish, read_ahead
from app.storage.messages import messages

_DAY = timedelta(days=1)


#: These keep money that comes; only a release puts it to use, so none ends by itself.
MONEY_KEPT = kinds_stopping(Stopped.MONEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHold:
    """A hold to be placed. `ends_on` None: until it is released."""

    kind: HoldKind
    starts_on: date
    reason: str
    ends_on: date | None = None
    variant: str | None = None
    treatment_ends_on: date | None = None
    contact_id: UUID | None = None


async def place_hold(ctx: Context, account_id: UUID, command: PlaceHold) -> Held:
    """Stop an account.

    Raises `OutsideAuthority`, `AccountClosed`, `HoldExists`, `NotFound`, `InvalidInput`.
    """
    variant = _variant(command)
    span = _span(command, variant)
    work = await begin(ctx, account_id)
    refuse_act(work, Act.placing(command.kind))
    refuse_closed(work)
    for hold in work.state.holds:
        if hold.kind is command.kind and _overlap(hold, span):
            raise HoldExists(hold=hold.kind, existing_hold_id=hold.id)
    latest = ctx.business_date
    if command.kind is HoldKind.BREATHING_SPACE:
        latest += _DAY  # it is entered in the register on the day before
    if span.starts_on > latest:
        raise InvalidInput.at("/starts_on", f"must not lie after {latest}")
    return await _place(work, command, span, variant)


async def place_by_rule(ctx: Context, commands: Sequence[tuple[UUID, PlaceHold]]) -> None:
    """Stop accounts because a rule says so, whatever whoever acts may place.

    From no earlier than its placement on. Not where collection has ended, and where a hold of the
    kind stands or stood since, or the contact placed one before; the first of one account counts.
    Raises what a replay refuses.
    """
    works = await begin_many(ctx, {account_id for account_id, _ in commands})
    asked = [
        (works[account_id], command, max(command.starts_on, works[account_id].placed_on))
        for account_id, command in commands
    ]
    await read_ahead(ctx, works, ((work.account.id, on) for work, _, on in asked))
    for work, command, starts_on in asked:
        span = Span(starts_on=starts_on, ends_on=None)
        answered = any(
            _overlap(hold, span) or hold.contact_id == command.contact_id
            for hold in work.state.holds
            if hold.kind is command.kind
        )
        if not answered and work.state.closed_on is None:
            await _enter(work, command, span, None)
    await finish(ctx, works.values())


async def _place(work: Work, command: PlaceHold, span: Span, variant: str | None) -> Held:
    fact = await _enter(work, command, span, variant)
    await finish(work.ctx, [work])
    return _held(work, fact)


async def _enter(work: Work, command: PlaceHold, span: Span, variant: str | None) -> Fact[Hold]:
    body = Hold(
        hold=command.kind,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        variant=variant,
        treatment_ends_on=command.treatment_ends_on,
        reason=command.reason,
        contact_id=command.contact_id,
    )
    on = min(span.starts_on, work.ctx.business_date)
    return await enter_fact(work, body, effective_on=on)


def _variant(command: PlaceHold) -> str | None:
    """Which breathing space, or whether a dispute is of fraud; no other hold has variants."""
    if command.kind is not HoldKind.BREATHING_SPACE:
        if command.treatment_ends_on is not None:
            raise InvalidInput.at("/treatment_ends_on", "only of a breathing space")
        if command.variant not in ((None, FRAUD) if command.kind is HoldKind.DISPUTE else (None,)):
            raise InvalidInput.at("/variant", "not of this kind of hold")
        return command.variant
    variant = command.variant or STANDARD
    if variant == FRAUD:
        raise InvalidInput.at("/variant", "only of a dispute")
    if command.treatment_ends_on is not None:
        if variant != MENTAL_HEALTH:
            raise InvalidInput.at("/treatment_ends_on", "only of a mental-health breathing space")
        if command.treatment_ends_on < command.starts_on:
            raise InvalidInput.at("/treatment_ends_on", "must not lie before starts_on")
    return variant


def _span(command: PlaceHold, variant: str | None) -> Span:
    """The days it stands. Those of a breathing space are the law's, not the caller's."""
    if variant is not None and command.kind is HoldKind.BREATHING_SPACE:
        if command.ends_on is not None:
            raise InvalidInput.at("/ends_on", "follows from the variant of a breathing space")
        return breathing_space(command.starts_on, variant, command.treatment_ends_on)
    if command.ends_on is not None and command.kind in MONEY_KEPT:
        detail = "not of a hold that keeps money: its release puts the money to use"
        raise InvalidInput.at("/ends_on", detail)
    if command.ends_on is not None and command.ends_on <= command.starts_on:
        raise InvalidInput.at("/ends_on", "must lie after starts_on")
    return Span(starts_on=command.starts_on, ends_on=command.ends_on)


async def release_hold(
    ctx: Context,
    account_id: UUID,
    hold_id: UUID,
    *,
    effective_on: date | None = None,
    treatment_ends_on: date | None = None,
    reason: str | None = None,
    message_id: UUID | None = None,
) -> Held:
    """End a hold, from that day on; a dispute's kept money is used.

    `message_id`: of the one that verified a dispute. With `treatment_ends_on` a mental-health
    breathing space gets its last day instead, thirty days later. Raises `OutsideAuthority`,
    `HoldNotStanding`, `NotFound`, `InvalidInput`.
    """
    work = await begin(ctx, account_id)
    hold = next((h for h in work.state.holds if h.id == hold_id), None)
    if hold is None:
        raise NotFound(resource="hold", key=str(hold_id))
    refuse_act(work, Act.releasing(hold.kind))
    if treatment_ends_on is not None and hold.variant != MENTAL_HEALTH:
        raise InvalidInput.at("/treatment_ends_on", "only of a mental-health breathing space")
    if treatment_ends_on is not None and treatment_ends_on < hold.starts_on:
        raise InvalidInput.at("/treatment_ends_on", "must not lie before the hold starts")
    if message_id is not None:
        await _check_verified(work, hold, message_id)
    if effective_on is None and treatment_ends_on is not None:
        effective_on = min(ctx.business_date, treatment_ends_on)
    on = check_date(work, effective_on)
    if not hold.stands(on):
        raise HoldNotStanding(hold_id=hold_id)
    body = HoldRelease(
        hold_id=hold_id, treatment_ends_on=treatment_ends_on, reason=reason, message_id=message_id
    )
    await enter_fact(work, body, effective_on=on)
    await finish(ctx, [work])
    return next(h for h in work.state.holds if h.id == hold_id)


async def _check_verified(work: Work, hold: Held, message_id: UUID) -> None:
    """Raises `InvalidInput` for a message that cannot have verified what was disputed."""
    if hold.kind is not HoldKind.DISPUTE:
        raise InvalidInput.at("/message_id", "only of a dispute")
    message = await messages.read(work.ctx.tx, message_id)
    verifies = (
        message is not None
        and message.account_id == work.account.id
        and message.purpose == Purpose.REQUIRED_NOTICE
        and message.status in GONE
    )
    if not verifies:
        limit = "should be a required notice about this account that was sent"
        raise InvalidInput.at("/message_id", limit)


async def holds_of(
    ctx: Context, account_id: UUID, *, as_of: date | None = None
) -> tuple[Reading, tuple[Held, ...]]:
    """Every hold there was by that day (default: the business date), oldest first."""
    reading = await read_account(ctx, account_id, as_of=as_of)
    return reading, reading.state.holds


def _held(work: Work, fact: Fact) -> Held:
    return next(h for h in work.state.holds if h.id == fact.id)


def _overlap(hold: Held, span: Span) -> bool:
    """Whether two holds would stand on one day."""
    begins_in_time = span.ends_on is None or hold.starts_on <= span.ends_on
    return begins_in_time and (hold.free_on is None or span.starts_on < hold.free_on)
