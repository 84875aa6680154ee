"""Tolerance: a payment that leaves almost nothing of a plan completes it; the rest is waived."""

from datetime import date
from uuid import UUID

from app.domain.facts.accounts import Adjustment
from app.domain.facts.fact import Fact
from app.domain.facts.payments import Payment
from app.domain.money import Amounts, Component
from app.domain.refusals.accounts import WaivedMoreThanOwed
from app.domain.replay.money.tolerance import tolerable
from app.services.work import Work, enter_queued, queue_fact

REASON = "paid within tolerance"


async def tolerate(work: Work) -> None:
    """Waive what the payments just entered left open of the plan, where the policy allows it.

    It counts on the day of the last of them. Where something was charged only later, it counts
    on the latest day there is anything of.
    """
    plan = work.state.live_plan
    if plan is None:
        return
    rest = tolerable(work.state, plan, work.policies.of(plan))
    cause = _cause(work, plan.id) if rest else None
    if rest is None or cause is None:
        return
    try:
        await _waive(work, rest, cause, cause.effective_on)
    except WaivedMoreThanOwed:
        await _waive(work, rest, cause, max(cause.effective_on, work.state.latest_on))


def _cause(work: Work, plan_id: UUID) -> Fact | None:
    """The last of the payments just entered that paid on the plan."""
    paid = (
        fact
        for fact in work.draft.facts
        if isinstance(fact.body, Payment)
        and any(line.plan_id == plan_id for line in work.draft.splits.get(fact.id, ()))
    )
    return max(paid, key=lambda fact: (fact.effective_on, fact.sequence), default=None)


async def _waive(work: Work, rest: Amounts, cause: Fact, on: date) -> None:
    for component in Component:
        if rest[component]:
            body = Adjustment(
                component=component,
                amount_minor=rest[component],
                reason=REASON,
                because_of=cause.id,
            )
            queue_fact(work, body, effective_on=on)
    await enter_queued(work)
