"""How a broken plan is reinstated: its open installments are live again, for what is still owed.

Money that came since the break paid the account. The plan takes over again what that left of it:
cells of charges first, then principal, cut from the last installment on. Installments whose grace
ended meanwhile are missed from then on, `missed_total` restarts, and a cause that stands now
breaks the plan again only after a further miss.
"""

from datetime import date

from app.domain.account import verdicts
from app.domain.account.fold import Fold
from app.domain.account.plan import Installment, Plan, PlanStatus
from app.domain.account.state import State, with_plan
from app.domain.account.verdicts import Verdict
from app.domain.day_close import clocks
from app.domain.facts.fact import Fact
from app.domain.facts.plans import PlanReinstated
from app.domain.money import NOTHING, Amounts, Component
from app.domain.policy.book import PolicyBook
from app.domain.policy.model import Policy
from app.domain.replay.money.allocation import by_component
from app.domain.replay.money.payments import note_paid_installments
from app.domain.standing.lateness import delinquent_days, is_missed, stops_of
from app.domain.values import replace

Rows = tuple[Installment, ...]


def reinstate(made: Fold, fact: Fact[PlanReinstated], policies: PolicyBook) -> Fold:
    body = fact.body
    state, on = made.state, fact.effective_on
    plan = state.plan(body.plan_id)
    if plan is None or plan.status is not PlanStatus.BROKEN or state.one_plan is not None:
        # What was entered since took the break away, or gave the account another plan.
        return made
    policy = policies.of(plan)
    plan = _interest_from(taken_over(state, plan, policy, on), on)
    plan = replace(
        plan, status=PlanStatus.ACTIVE, status_reason=None, ended_on=None, missed_total=0
    )
    live = with_plan(state, plan)
    plan, missed = _missed_meanwhile(live, plan, policy, on)
    plan = replace(plan, excused=_standing_causes(live, plan, policy, on))
    live = clocks.reinstate_plan(with_plan(live, plan), plan, policy, on=on)
    return note_paid_installments(made.with_state(live, *missed), live, fact, policies)


def taken_over(state: State, plan: Plan, policy: Policy, on: date) -> Plan:
    """The plan with its open installments back, at most for what the account still owes."""
    installments = tuple(
        replace(installment, voided_on=None)
        if installment.due.total_minor > installment.paid.total_minor
        else installment
        for installment in plan.installments
    )
    left = state.balance
    for cell in Component:
        if cell is Component.PRINCIPAL:
            continue
        kept = min(_open(installments, cell), left[cell])
        installments = _cut(installments, cell, _open(installments, cell) - kept, on)
        left -= Amounts.of(cell, kept)
    taken, principal = NOTHING, _open(installments, Component.PRINCIPAL)
    for component, minor in by_component(principal, left, policy.allocation.components):
        taken += Amounts.of(component, minor)
    installments = _cut(installments, Component.PRINCIPAL, principal - taken.total_minor, on)
    return replace(plan, installments=installments, taken=taken)


def _open(installments: Rows, cell: Component) -> int:
    return sum(
        installment.due[cell] - installment.paid[cell]
        for installment in installments
        if installment.voided_on is None
    )


def _cut(installments: Rows, cell: Component, minor: int, on: date) -> Rows:
    """The installments with that much less due in a cell, last first; one emptied stays, void."""
    cut: list[Installment] = []
    for installment in reversed(installments):
        take = (
            0
            if installment.voided_on
            else min(minor, installment.due[cell] - installment.paid[cell])
        )
        minor -= take
        if take == 0:
            cut.append(installment)
            continue
        due = installment.due - Amounts.of(cell, take)
        settled = installment.satisfied_on or (on if due == installment.paid else None)
        cut.append(
            replace(installment, due=due, satisfied_on=settled, voided_on=None if due else on)
        )
    return tuple(reversed(cut))


def _interest_from(plan: Plan, on: date) -> Plan:
    """Days without the plan bore none; periods that ended meanwhile are over, nothing earned."""
    if plan.interest is None:
        return plan
    over = [r for r in plan.installments if r.level_minor and r.due_on <= on]
    installments = tuple(
        replace(
            installment,
            earned_on=installment.earned_on or installment.due_on,
            expected_interest_minor=0,
        )
        if installment.level_minor and installment.due_on <= on
        else installment
        for installment in plan.installments
    )
    began = max((installment.due_on for installment in over), default=plan.period_from_on)
    return replace(
        plan,
        installments=installments,
        bears_from_on=on,
        period_from_on=began,
        bearing=0,
        bearing_capped=0,
    )


def _missed_meanwhile(
    state: State, plan: Plan, policy: Policy, on: date
) -> tuple[Plan, list[Verdict]]:
    """Installments whose grace ended without a plan are missed now, and are no further miss."""
    stops, last_due_on = stops_of(state), plan.last_due_on
    installments, reached = list[Installment](), list[Verdict]()
    for installment in plan.installments:
        late = installment.missed_on is None and is_missed(
            installment, policy, stops, on=on, last_due_on=last_due_on
        )
        installments.append(replace(installment, missed_on=on) if late else installment)
        if late:
            reached.append(verdicts.missed(plan, installment, on=on))
    return replace(plan, installments=tuple(installments)), reached


def _standing_causes(state: State, plan: Plan, policy: Policy, on: date) -> tuple[str, ...]:
    """What would break the plan at once; excused until a further miss."""
    stops, last_due_on = stops_of(state), plan.last_due_on
    missed = sum(is_missed(r, policy, stops, on=on, last_due_on=last_due_on) for r in plan.aging)
    days = delinquent_days(plan, policy, stops, on=on)
    counts = (
        ("max_consecutive_missed", missed, policy.broken.max_consecutive_missed),
        ("max_delinquent_days", days, policy.broken.max_delinquent_days),
    )
    return tuple(rule for rule, actual, limit in counts if limit is not None and actual >= limit)
