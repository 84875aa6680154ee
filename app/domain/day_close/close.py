"""The day close: what a day's opening changes on an account when nothing else happens.

One function judges, for commands, reads and the sweep alike, so no state depends on which of
them came first. A day is judged at its opening, on the facts effective before it: money
effective on or before due + grace keeps an installment, whatever hour it is entered, and money
of the first day after does not (docs/decisions, "a day is judged at its opening").
"""

from collections.abc import Iterator
from datetime import date

from app.domain.account import verdicts
from app.domain.account.fold import EarnedInterest
from app.domain.account.plan import Installment, Plan, PlanStatus, end_plan
from app.domain.account.promise import PromiseStatus
from app.domain.account.state import State, with_plan
from app.domain.account.verdicts import Verdict
from app.domain.day_close import clocks, settlements
from app.domain.day_close.classification import alert_days, judge_alerts
from app.domain.day_close.interest import earn_due, earning_days, overdue_unpaid
from app.domain.policy.book import PolicyBook
from app.domain.policy.model import Broken, Policy
from app.domain.schedule.dates import later
from app.domain.standing.lateness import (
    Stop,
    account_days,
    account_stops,
    counted_days,
    day_reaching,
    delinquent_days,
    is_missed,
    overdue_installments,
    stopped,
    stops_of,
)
from app.domain.standing.promises import judged as judged_promises
from app.domain.standing.promises import review_days
from app.domain.values import Value, replace


class Judged(Value, kw_only=True):
    """A state after judging, and what was judged on the way, in order."""

    state: State
    verdicts: tuple[Verdict, ...] = ()
    earned: tuple[EarnedInterest, ...] = ()


def close(state: State, policies: PolicyBook, *, through: date) -> Judged:
    """Judge the opening of every day after `state.judged_on` up to and including `through`.

    Only days on which something can change are looked at (`due_on`).
    """
    reached: list[Verdict] = []
    earned: list[EarnedInterest] = []
    while (on := due_on(state, policies)) is not None and on <= through:
        judged = judge(state, policies, on=on)
        reached += judged.verdicts
        earned += judged.earned
        state = judged.state
    if through > state.judged_on:
        state = replace(state, judged_on=through)
    return Judged(state=state, verdicts=tuple(reached), earned=tuple(earned))


def judge(state: State, policies: PolicyBook, *, on: date) -> Judged:
    """Judge one day's opening: interest, due, missed, broken, clocks, alerts, the bucket."""
    reached: list[Verdict] = []
    state, earned = earn_due(overdue_unpaid(state, on), on)
    if state.settlements:
        state, settled = settlements.opened(state, policies, on=on)
        reached += settled
    plan = state.live_plan
    if plan is not None:
        policy = policies.of(plan)
        stops = stops_of(state)
        reached += _falling_due(plan, on)
        plan, missed = _judge_missed(plan, policy, stops, on)
        reached += missed
        state = clocks.start(state, plan, policy, on=on)
        state, broken = _broken(state, plan, policies, stops, on)
        reached += broken
    state = clocks.fall_due(state, on=on)
    state, promises = judge_promises(state, on=on)
    reached += promises
    state, alerts = judge_alerts(state, on=on)
    reached += alerts
    state = replace(state, judged_on=on, latest_on=max(state.latest_on, on))
    rebucketed = rebucket(state, policies, on=on)
    state = rebucketed.state
    state = replace(state, next_review_on=next_review_on(state, policies))
    return Judged(state=state, verdicts=(*reached, *rebucketed.verdicts), earned=earned)


def judge_promises(state: State, *, on: date) -> tuple[State, list[Verdict]]:
    """Judge what was promised, on money up to that day; on a closed account, nothing."""
    if not state.promises or state.closed_on is not None:
        return state, []
    after = judged_promises(state.promises, on=on)
    reached = [
        verdicts.promise_judged(one, on=on)
        for was, one in zip(state.promises, after, strict=True)
        if one.status is not was.status and one.status is not PromiseStatus.OPEN
    ]
    return replace(state, promises=after), reached


def rebucket(
    state: State,
    policies: PolicyBook,
    *,
    on: date,
    by_payment: bool = False,
    told_on: date | None = None,
) -> Judged:
    """Put the account into the bucket of its days on that date.

    While the clock is stopped the bucket stands still, except that a payment re-judges it.
    `told_on`: the day of the verdict, where that is another.
    """
    stops = stops_of(state)
    plan = state.live_plan
    policy = policies.of(plan) if plan else policies.in_force(on)
    if stopped(stops, on) and not by_payment:
        return Judged(state=state)
    days = _bucket_days(state, plan, policy, stops, on)
    bucket = policy.bucket_of(days)
    if bucket == state.bucket:
        return Judged(state=state)
    verdict = verdicts.bucket_changed(
        state.bucket, bucket, delinquent_days=days, on=told_on or on, plan=plan
    )
    return Judged(state=replace(state, bucket=bucket), verdicts=(verdict,))


def due_on(state: State, policies: PolicyBook) -> date | None:
    """The day to judge next: the state's own, or an earlier one on which new rules take force.

    The second is not kept in the state, because a policy version saved later may move it.
    """
    own, other = state.next_review_on, policies.next_change_after(state.judged_on)
    if other is None or (own is not None and own <= other) or not _bucketed(state):
        return own
    return other


def _bucketed(state: State) -> bool:
    """Whether it is the account's own clock that puts it into a bucket, day by day."""
    if state.live_plan is not None or state.reported_since_on is None:
        return False
    return not stopped(stops_of(state), later(state.judged_on))


def next_review_on(state: State, policies: PolicyBook) -> date | None:
    """The earliest day after `judged_on` on which any verdict can change by itself.

    By the rules in force on `judged_on`; `due_on` looks for rules that take force later.
    """
    plan = state.live_plan
    stops = stops_of(state)
    if plan is None:
        days = _account_days(state, policies, stops)
    else:
        days = _plan_days(plan, policies.of(plan), stops, state.judged_on)
    ends = (later(stop.ends_on) for stop in stops if stop.ends_on is not None)
    promises = state.promises if state.closed_on is None else ()
    others = (*ends, *state.claims.days(), *review_days(promises), *alert_days(state))
    if state.settlements:
        others = (*others, *settlements.review_days(state.settlements))
    return min((day for day in (*days, *others) if day > state.judged_on), default=None)


def _bucket_days(
    state: State, plan: Plan | None, policy: Policy, stops: tuple[Stop, ...], on: date
) -> int:
    if plan is not None:
        return delinquent_days(plan, policy, stops, on=on)
    return account_days(state, on=on)


def _falling_due(plan: Plan, on: date) -> Iterator[Verdict]:
    for installment in plan.owing:
        if installment.due_on == on:
            yield verdicts.due(plan, installment, on=on)


def _judge_missed(
    plan: Plan, policy: Policy, stops: tuple[Stop, ...], on: date
) -> tuple[Plan, list[Verdict]]:
    installments, reached = list[Installment](), list[Verdict]()
    last_due_on = plan.last_due_on
    for installment in plan.installments:
        overdue = installment.missed_on is None and installment.due_on < on
        if overdue and is_missed(installment, policy, stops, on=on, last_due_on=last_due_on):
            reached.append(verdicts.missed(plan, installment, on=on))
            installment = replace(installment, missed_on=on)  # noqa: PLW2901 - the installment as judged
        installments.append(installment)
    if not reached:
        return plan, []
    after = replace(
        plan, installments=tuple(installments), missed_total=plan.missed_total + len(reached)
    )
    return after, reached


def _broken(
    state: State, plan: Plan, policies: PolicyBook, stops: tuple[Stop, ...], on: date
) -> tuple[State, list[Verdict]]:
    """The state with the plan as judged; one that breaks takes its settlement with it."""
    if stopped(stops, on):  # no plan breaks while the clock stands still
        return with_plan(state, plan), []
    policy = policies.of(plan)
    judged, reached = _judge_broken(plan, policy, stops, on)
    if reached:
        state = clocks.end_plan(state, plan, policy, on=on)
    state = with_plan(state, judged)
    if reached and plan.settles:
        state, void = settlements.followed(state, policies, on=on)
        reached += void
    return state, reached


def _judge_broken(
    plan: Plan, policy: Policy, stops: tuple[Stop, ...], on: date
) -> tuple[Plan, list[Verdict]]:
    """Break the plan when what the policy counts has reached its figure."""
    rules: Broken = policy.broken
    last_due_on = plan.last_due_on
    still = sum(
        is_missed(installment, policy, stops, on=on, last_due_on=last_due_on)
        for installment in plan.owing
    )
    counts = (
        ("max_missed", plan.missed_total, rules.max_missed),
        ("max_consecutive_missed", still, rules.max_consecutive_missed),
        (
            "max_delinquent_days",
            delinquent_days(plan, policy, stops, on=on),
            rules.max_delinquent_days,
        ),
    )
    for rule, actual, limit in counts:
        if rule in plan.excused and plan.missed_total == 0:
            continue  # it stood when the plan was reinstated, and nothing was missed since
        if limit is not None and actual >= limit:
            verdict = verdicts.broken(
                plan, on=on, reason="missed", rule=rule, limit=limit, actual=actual
            )
            return end_plan(plan, PlanStatus.BROKEN, reason="missed", on=on), [verdict]
    return plan, []


def _installment_days(
    installment: Installment, policy: Policy, stops: tuple[Stop, ...]
) -> Iterator[date]:
    yield installment.due_on
    yield later(installment.due_on)
    if installment.missed_on is None:
        missed = day_reaching(stops, start=installment.due_on, days=policy.grace_days + 1)
        if missed is not None:
            yield missed


def _plan_days(
    plan: Plan, policy: Policy, stops: tuple[Stop, ...], judged_on: date
) -> Iterator[date]:
    """Every day on which the plan's verdicts can change: due, overdue, missed, bucket, broken."""
    yield from earning_days(plan)
    for installment in plan.aging:
        yield from _installment_days(installment, policy, stops)
        if installment.due_on > judged_on:
            break  # installments are in order of their due dates: later ones have later days
    yield later(plan.last_due_on)  # from here on a threshold helps no more
    late = overdue_installments(plan, policy, on=later(judged_on))
    if not late:
        return
    oldest = late[0].due_on
    days = counted_days(stops, start=oldest, end=max(judged_on, oldest)) - policy.grace_days
    figures = (policy.next_bucket_from(days), policy.broken.max_delinquent_days)
    for figure in figures:
        if figure is not None:
            day = day_reaching(stops, start=oldest, days=policy.grace_days + figure)
            if day is not None:
                yield day


def _account_days(state: State, policies: PolicyBook, stops: tuple[Stop, ...]) -> Iterator[date]:
    """The day the bucket of an account without a plan changes next."""
    since = state.reported_since_on
    if since is None or stopped(stops, later(state.judged_on)):
        return
    days = account_days(state, on=state.judged_on)
    figure = policies.in_force(state.judged_on).next_bucket_from(days)
    if figure is not None:
        day = day_reaching(account_stops(state), start=since, days=figure)
        if day is not None:
            yield day
