"""The re-ages there were, of plans and of accounts: listed, and taken back."""

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar
from uuid import UUID

from app.domain.errors import NotFound
from app.domain.facts.changes import AccountReAge, ReAge, RevisionUndo
from app.domain.facts.fact import Fact
from app.domain.refusals.changes import NotNewestReAge
from app.domain.replay.replay import in_force
from app.domain.vocabulary import Act
from app.services.authority import refuse_act
from app.services.changes.change import history
from app.services.changes.modify import undo_revision
from app.services.context import Context
from app.services.guards import known_account, owner_of, refuse_closed
from app.services.plans.read import PlanView
from app.services.reading import Reading, reading_after
from app.services.work import begin, enter_fact, finish
from app.storage import changes, reages
from app.storage.accounts import facts
from app.storage.reages import Flag

Made = TypeVar("Made", ReAge, AccountReAge)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted(Generic[Made]):
    """A re-age, the day it was taken back, and since when it stands on money that came back."""

    fact: Fact
    body: Made
    undone_on: date | None
    flag: Flag | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUndone:
    """An account after its re-age was taken back."""

    granted: Granted[AccountReAge]
    reading: Reading


async def re_ages_of(ctx: Context, plan_id: UUID) -> tuple[Granted[ReAge], ...]:
    """Every re-age of a plan, first one first. Raises `NotFound`."""
    account_id = await owner_of(ctx, "plan", plan_id)
    undone = {one.undoes: one.on for one in await changes.undoings(ctx.tx, account_id)}
    revisions = await changes.revisions(ctx.tx, account_id, plan_id)
    found = await facts.by_id(ctx.tx, (one.fact_id for one in revisions))
    flags = await reages.flags(ctx.tx, account_id=account_id)
    granted = (
        Granted(
            fact=fact,
            body=fact.body,
            undone_on=undone.get(fact.id),
            flag=flags.get(fact.id),
        )
        for fact in found.values()
        if isinstance(fact.body, ReAge)
    )
    return tuple(sorted(granted, key=lambda one: one.body.number))


async def undo_re_age(
    ctx: Context, plan_id: UUID, re_age_id: UUID, *, reason: str | None
) -> PlanView:
    """Undo the revision a re-age made. Raises as `undo_revision` does."""
    for one in await re_ages_of(ctx, plan_id):
        if one.fact.id == re_age_id:
            return await undo_revision(ctx, plan_id, one.body.number, reason=reason)
    raise NotFound(resource="re_age", key=str(re_age_id))


async def account_re_ages_of(ctx: Context, account_id: UUID) -> tuple[Granted[AccountReAge], ...]:
    """Every re-age of an account's own clock, first one first. Raises `NotFound`."""
    await known_account(ctx, account_id)
    entered = (await facts.history(ctx.tx, account_id)).facts
    undone = {one.undoes: one.on for one in await changes.undoings(ctx.tx, account_id)}
    flags = await reages.flags(ctx.tx, account_id=account_id)
    return tuple(
        Granted(fact=fact, body=fact.body, undone_on=undone.get(fact.id), flag=flags.get(fact.id))
        for fact in entered
        if isinstance(fact.body, AccountReAge)
    )


async def undo_account_re_age(
    ctx: Context, account_id: UUID, re_age_id: UUID, *, reason: str | None
) -> AccountUndone:
    """Take the newest re-age of an account's own clock back: as if it had never been.

    Raises `OutsideAuthority`, `NotNewestReAge`, `AccountClosed`, `NotFound`.
    """
    work = await begin(ctx, account_id)
    refuse_act(work, Act.UNDO_CHANGE)
    refuse_closed(work)
    entered = await history(work)
    if not any(f.id == re_age_id and isinstance(f.body, AccountReAge) for f in entered):
        raise NotFound(resource="re_age", key=str(re_age_id))
    counting = [fact for fact in in_force(entered) if isinstance(fact.body, AccountReAge)]
    if not counting or counting[-1].id != re_age_id:
        newest = counting[-1].id if counting else None
        raise NotNewestReAge(account_id=account_id, re_age_id=re_age_id, newest_re_age_id=newest)
    body = RevisionUndo(undoes=re_age_id, undone=counting[-1].kind, reason=reason)
    await enter_fact(work, body)
    await finish(ctx, [work])
    listed = await account_re_ages_of(ctx, account_id)
    granted = next(one for one in listed if one.fact.id == re_age_id)
    return AccountUndone(granted=granted, reading=reading_after(work))
