"""Plans listed: by account, by how they stand on the business date, by what is due when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.account.plan import Plan, PlanStatus
from app.domain.standing.status import Standing, standing
from app.domain.values import replace
from app.services.context import Context
from app.services.judging import Judged, judge_behind
from app.services.plans.read import PlanView
from app.services.reading import Reading, readings_of
from app.storage import changes
from app.storage.accounts.narrowing import narrowed
from app.storage.plans import lists as plans
from app.storage.plans.lists import PlanListed


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansWanted:
    """What a list of plans is asked for; None asks for any."""

    account_id: UUID | None = None
    status: PlanStatus | None = None
    standing: Standing | None = None
    due_from: date | None = None
    due_to: date | None = None

    @property
    def by_day(self) -> bool:
        """Whether the days that pass change what belongs to the list."""
        return (self.status, self.standing, self.due_from, self.due_to) != (None,) * 4

    def takes(self, plan: Plan, reading: Reading) -> bool:
        """Whether a plan belongs to it, as its account was judged."""
        if self.status not in {None, plan.status}:
            return False
        if self.standing is not None:
            policy = reading.policies.of(plan)
            if standing(reading.state, plan, policy, on=reading.as_of) is not self.standing:
                return False
        if self.due_from is None and self.due_to is None:
            return True
        since, until = self.due_from or date.min, self.due_to or date.max
        return any(
            since <= row.due_on <= until and row.satisfied_on is None and row.voided_on is None
            for row in plan.installments
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansFound:
    """A page of plans; of a list by what changes with the days, how far those are judged."""

    views: tuple[PlanView, ...]
    judged: Judged
    last: UUID | None  # the last plan looked at, where more follow


async def find_plans(
    ctx: Context, wanted: PlansWanted, *, after: UUID | None, limit: int
) -> PlansFound:
    """A page of plans by id, as they stand on the business date.

    In a few statements, whatever is asked for and however many there are.
    """
    judged = Judged(readings={}, through_on=ctx.business_date)
    if wanted.by_day:
        judged = await judge_behind(ctx, narrowed(account_id=wanted.account_id))
    named = {
        account_id: [one.id for one in reading.state.plans if wanted.takes(one, reading)]
        for account_id, reading in judged.readings.items()
    }
    found = await plans.find(
        ctx.tx,
        account_id=wanted.account_id,
        status=wanted.status,
        standing=wanted.standing,
        judged=named,
        due_from=wanted.due_from,
        due_to=wanted.due_to,
        after=after,
        limit=limit + 1,
    )
    last = found[limit - 1].plan.id if len(found) > limit else None
    found = found[:limit]
    others = {one.account.id: one.account for one in found if one.account.id not in judged.readings}
    read = {one.account.id: one for one in await readings_of(ctx, tuple(others.values()))}
    views = await _views(ctx, found, {**judged.readings, **read})
    shown = tuple(one for one in views if wanted.takes(one.plan, one.reading))
    return PlansFound(views=shown, judged=judged, last=last)


async def _views(
    ctx: Context, found: Sequence[PlanListed], readings: Mapping[UUID, Reading]
) -> tuple[PlanView, ...]:
    shown = list[tuple[PlanListed, Plan, Reading]]()
    for one in found:
        reading = readings[one.account.id]
        plan = reading.state.plan(one.plan.id)
        if plan is not None:  # else hidden by a sandbox clock moved back
            shown.append((one, plan, reading))
    rewritten = [(one.account.id, plan.terms_by) for one, plan, _ in shown if plan.terms_by]
    terms = await changes.revisions_by(ctx.tx, rewritten)
    views = list[PlanView]()
    for one, plan, reading in shown:
        agreed = one.plan
        if plan.terms_by is not None:
            by = terms[plan.terms_by]
            agreed = replace(agreed, terms=by.terms, quote_id=by.schedule.quote_id)
        views.append(PlanView(stored=agreed, plan=plan, reading=reading, metadata=one.metadata))
    return tuple(views)
