"""How a pause changes a plan: its days do not count, so lateness and its bucket stay."""

from datetime import timedelta

from app.domain.account.fold import Fold
from app.domain.account.plan import Paused, Plan
from app.domain.account.state import with_plan
from app.domain.day_close.close import rebucket
from app.domain.facts.accounts import Hold
from app.domain.facts.fact import Fact
from app.domain.facts.plans import Pause, Resume
from app.domain.policy.book import PolicyBook
from app.domain.standing.lateness import stopped, stops_of
from app.domain.values import replace

_DAY = timedelta(days=1)


def pause(made: Fold, fact: Fact[Pause], policies: PolicyBook) -> Fold:
    body = fact.body
    plan = made.state.plan(body.plan_id)
    if plan is None or not plan.live:
        # It ended by what was entered since: there is nothing left to pause.
        return made
    paused = Paused(id=fact.id, starts_on=body.starts_on, ends_on=body.ends_on, reason=body.reason)
    pauses = tuple(sorted((*plan.pauses, paused), key=lambda one: one.starts_on))
    after = made.with_state(with_plan(made.state, replace(plan, pauses=pauses)))
    return freeze(made, after, fact, policies)


def resume(made: Fold, fact: Fact[Resume], _: PolicyBook) -> Fold:
    body = fact.body
    plan = made.state.plan(body.plan_id)
    if plan is None:
        return made
    return made.with_state(with_plan(made.state, _resumed(plan, body, fact)))


def _resumed(plan: Plan, body: Resume, fact: Fact) -> Plan:
    pauses = tuple(
        replace(one, resumed_on=fact.effective_on) if one.id == body.pause_id else one
        for one in plan.pauses
    )
    return replace(plan, pauses=pauses)


def freeze(before: Fold, after: Fold, fact: Fact, policies: PolicyBook) -> Fold:
    """The bucket of the day before a stop began, where it begins on its fact's own day.

    That day's opening was judged before the stop was known. Money of the day itself, which
    re-judges while the clock stands still, keeps what it found.
    """
    on = fact.effective_on
    body = fact.body
    began = isinstance(body, Pause | Hold) and body.starts_on == on
    state = after.state
    if not began or stopped(stops_of(before.state), on) or not stopped(stops_of(state), on):
        return after
    if on in {state.moved_on, state.placed_on}:
        return after
    judged = rebucket(before.state, policies, on=on - _DAY, told_on=on)
    return after.with_state(replace(state, bucket=judged.state.bucket), *judged.verdicts)
