"""Promises to pay: made, and read as they stand on a day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.account.promise import Promised, PromiseStatus
from app.domain.errors import InvalidInput, NotFound
from app.domain.facts.accounts import PromiseMade
from app.domain.policy.model import PromiseRules
from app.domain.refusals.accounts import PromisesOpen
from app.services.context import Context
from app.services.guards import refuse_closed
from app.services.reading import read_account
from app.services.work import Work, begin, check_date, enter_fact, finish


@dataclass(frozen=True, slots=True, kw_only=True)
class MakePromise:
    """An amount by a day. Grace and threshold None: the policy's of the day it is made."""

    amount_minor: int
    due_on: date
    grace_days: int | None = None
    threshold_bps: int | None = None
    effective_on: date | None = None


async def make_promise(ctx: Context, account_id: UUID, command: MakePromise) -> Promised:
    """Take a promise down. Raises `AccountClosed`, `PromisesOpen`, `NotFound`, `InvalidInput`."""
    return await _taken_down(ctx, await begin(ctx, account_id), command)


async def make_promise_once(
    ctx: Context, account_id: UUID, command: MakePromise
) -> tuple[Promised, bool]:
    """A promise, and whether it is new: one that says the same is not taken down again.

    Raises as `make_promise`.
    """
    work = await begin(ctx, account_id)
    for one in work.state.promises:
        if one.says(
            amount_minor=command.amount_minor,
            due_on=command.due_on,
            made_on=command.effective_on,
        ):
            return one, False
    return await _taken_down(ctx, work, command), True


async def _taken_down(ctx: Context, work: Work, command: MakePromise) -> Promised:
    refuse_closed(work)
    on = check_date(work, command.effective_on)
    if command.due_on < on:
        raise InvalidInput.at("/due_on", f"must not lie before the promise is made, {on}")
    rules = work.policies.in_force(on).promise
    _refuse_another(work, rules)
    grace, threshold = command.grace_days, command.threshold_bps
    body = PromiseMade(
        amount_minor=command.amount_minor,
        due_on=command.due_on,
        grace_days=rules.grace_days if grace is None else grace,
        threshold_bps=rules.threshold_bps if threshold is None else threshold,
    )
    fact = await enter_fact(work, body, effective_on=on)
    await finish(ctx, [work])
    return next(one for one in work.state.promises if one.id == fact.id)


def _refuse_another(work: Work, rules: PromiseRules) -> None:
    """The policy says how many may be open at once."""
    still = [one for one in work.state.promises if one.status is PromiseStatus.OPEN]
    if still and rules.max_open is not None and len(still) >= rules.max_open:
        raise PromisesOpen(existing_promise_id=still[-1].id, limit=rules.max_open)


async def promises_of(
    ctx: Context, account_id: UUID, *, as_of: date | None = None
) -> tuple[Promised, ...]:
    """Every promise made by that day, as it stood then, oldest first. Raises `NotFound`."""
    return (await read_account(ctx, account_id, as_of=as_of)).state.promises


async def promise_of(
    ctx: Context, account_id: UUID, promise_id: UUID, *, as_of: date | None = None
) -> Promised:
    """One promise as it stood on a day. Raises `NotFound`."""
    for one in await promises_of(ctx, account_id, as_of=as_of):
        if one.id == promise_id:
            return one
    raise NotFound(resource="promise", key=str(promise_id))
