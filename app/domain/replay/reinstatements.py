"""How a broken plan comes back: its open rows are live again, for what is still owed of them.

Money that came since the break paid the account; what it left of the plan is what the plan
takes over again, cells of charges first, then principal, cut from the last row on. Rows whose
grace ended meanwhile are missed from then on, `missed_total` restarts, and a cause that stands
now breaks the plan again only after a further miss.
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
from app.domain.replay.allocation import by_component
from app.domain.replay.payments import note_paid_rows
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
    return note_paid_rows(made.with_state(live, *missed), live, fact, policies)


def taken_over(state: State, plan: Plan, policy: Policy, on: date) -> Plan:
    """The plan with its open rows back, at most for what the account still owes."""
    rows = tuple(
        replace(row, voided_on=None) if row.due.total_minor > row.paid.total_minor else row
        for row in plan.installments
    )
    left = state.balance
    for cell in Component:
        if cell is Component.PRINCIPAL:
            continue
        kept = min(_open(rows, cell), left[cell])
        rows = _cut(rows, cell, _open(rows, cell) - kept, on)
        left -= Amounts.of(cell, kept)
    taken, principal = NOTHING, _open(rows, Component.PRINCIPAL)
    for component, minor in by_component(principal, left, policy.allocation.components):
        taken += Amounts.of(component, minor)
    rows = _cut(rows, Component.PRINCIPAL, principal - taken.total_minor, on)
    return replace(plan, installments=rows, taken=taken)


def _open(rows: Rows, cell: Component) -> int:
    return sum(row.due[cell] - row.paid[cell] for row in rows if row.voided_on is None)


def _cut(rows: Rows, cell: Component, minor: int, on: date) -> Rows:
    """The rows with that much less due in a cell, last row first; one emptied stays, void."""
    cut: list[Installment] = []
    for row in reversed(rows):
        take = 0 if row.voided_on else min(minor, row.due[cell] - row.paid[cell])
        minor -= take
        if take == 0:
            cut.append(row)
            continue
        due = row.due - Amounts.of(cell, take)
        settled = row.satisfied_on or (on if due == row.paid else None)
        cut.append(replace(row, due=due, satisfied_on=settled, voided_on=None if due else on))
    return tuple(reversed(cut))


def _interest_from(plan: Plan, on: date) -> Plan:
    """Days without the plan bore none; periods that ended meanwhile are over, nothing earned."""
    if plan.interest is None:
        return plan
    over = [r for r in plan.installments if r.level_minor and r.due_on <= on]
    rows = tuple(
        replace(row, earned_on=row.earned_on or row.due_on, expected_interest_minor=0)
        if row.level_minor and row.due_on <= on
        else row
        for row in plan.installments
    )
    began = max((row.due_on for row in over), default=plan.period_from_on)
    return replace(
        plan, installments=rows, bears_from_on=on, period_from_on=began, bearing=0, bearing_capped=0
    )


def _missed_meanwhile(
    state: State, plan: Plan, policy: Policy, on: date
) -> tuple[Plan, list[Verdict]]:
    """Rows whose grace ended while there was no plan are missed now; they are no further miss."""
    stops, last_due_on = stops_of(state), plan.last_due_on
    rows, told = list[Installment](), list[Verdict]()
    for row in plan.installments:
        late = row.missed_on is None and is_missed(
            row, policy, stops, on=on, last_due_on=last_due_on
        )
        rows.append(replace(row, missed_on=on) if late else row)
        if late:
            told.append(verdicts.missed(plan, row, on=on))
    return replace(plan, installments=tuple(rows)), told


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
