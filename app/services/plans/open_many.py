"""Opening several plans in one transaction, written in one statement."""

from collections.abc import Sequence

from app.domain.errors import DomainError, NotFound
from app.services.context import Context
from app.services.plans.open import OpenPlan, enter_plan, note_plan
from app.services.plans.read import PlanView
from app.services.work import begin_many, finish, read_ahead
from app.storage.accounts import accounts


async def open_plans(
    ctx: Context, commands: Sequence[OpenPlan]
) -> tuple[PlanView | DomainError, ...]:
    """Open several, in the order given; one refused keeps none from it.

    Nothing is written of those refused.
    """
    works = await begin_many(ctx, (command.account_id for command in commands))
    references = (c.reference for c in commands if c.reference is not None)
    taken = await accounts.resolve(ctx.tx, "plan", references)
    await read_ahead(ctx, works, ((c.account_id, c.effective_on) for c in commands))
    results: list[PlanView | DomainError] = []
    for command in commands:
        work = works.get(command.account_id)
        try:
            if work is None:
                raise NotFound(resource="account", key=str(command.account_id))
            view = await enter_plan(work, command, taken)
        except DomainError as refusal:
            results.append(refusal)
        else:
            results.append(view)
            if command.reference is not None:
                taken[command.reference] = (command.account_id, view.plan.id)
    await finish(ctx, works.values())
    for command, result in zip(commands, results, strict=True):
        if isinstance(result, PlanView):
            await note_plan(ctx, command, result.plan.id)
    return tuple(results)
