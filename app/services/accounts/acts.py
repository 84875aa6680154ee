"""Who did it, in what role, when and why: read beside what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.services.context import Context
from app.services.guards import owner_of
from app.storage.accounts import acts
from app.storage.accounts.acts import StoredAct

Acts = Mapping[UUID, Sequence[StoredAct]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A thing, and who did what to it; all else is the thing's own."""

    thing: Any
    acts: Sequence[StoredAct]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the thing has
        return getattr(self.thing, name)


async def acts_of(ctx: Context, account_id: UUID, *, as_of: date | None = None) -> Acts:
    """Everything people did on an account by that day, by what they did it to, oldest first."""
    on = as_of or ctx.business_date
    return await acts.of_account(ctx.tx, account_id, known_on=ctx.business_date, as_of=on)


def recorded(thing: Any, known: Acts) -> Recorded:  # noqa: ANN401 - whatever has an id
    """The thing with what was done to it."""
    return Recorded(thing, known.get(thing.id, ()))


async def acts_of_plan(ctx: Context, plan_id: UUID, *, as_of: date | None = None) -> Acts:
    """`acts_of` the plan's account. Raises `NotFound`."""
    return await acts_of(ctx, await owner_of(ctx, "plan", plan_id), as_of=as_of)


async def acts_of_settlement(
    ctx: Context, settlement_id: UUID, *, as_of: date | None = None
) -> Acts:
    """`acts_of` the settlement's account. Raises `NotFound`."""
    return await acts_of(ctx, await owner_of(ctx, "settlement", settlement_id), as_of=as_of)
