"""The re-ages there were: listed, and taken back."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.changes import ReAge
from app.domain.errors import NotFound
from app.domain.facts import Fact
from app.services.changing import Changed
from app.services.context import Context
from app.services.modifications import undo_revision
from app.services.plans import PLANS
from app.storage import accounts, facts, plans


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A re-age of a plan, and the day it was taken back, if it was."""

    fact: Fact
    body: ReAge
    undone_on: date | None


async def re_ages_of(ctx: Context, plan_id: UUID) -> tuple[Granted, ...]:
    """Every re-age of a plan, first one first. Raises `NotFound`."""
    account_id = await accounts.owner_of(ctx.tx, plan_id, *PLANS)
    if account_id is None:
        raise NotFound(resource="plan", key=str(plan_id))
    undone = {one.undoes: one.on for one in await plans.undoings(ctx.tx, account_id)}
    revisions = await plans.revisions(ctx.tx, account_id, plan_id)
    found = await facts.by_id(ctx.tx, (one.fact_id for one in revisions))
    granted = (
        Granted(fact=fact, body=fact.body, undone_on=undone.get(fact.id))
        for fact in found.values()
        if isinstance(fact.body, ReAge)
    )
    return tuple(sorted(granted, key=lambda one: one.body.number))


async def undo_re_age(
    ctx: Context, plan_id: UUID, re_age_id: UUID, *, reason: str | None
) -> Changed:
    """Undo the revision a re-age made. Raises as `undo_revision` does."""
    for one in await re_ages_of(ctx, plan_id):
        if one.fact.id == re_age_id:
            return await undo_revision(ctx, plan_id, one.body.number, reason=reason)
    raise NotFound(resource="re-age", key=str(re_age_id))
