"""How a plan's own facts change an account: the plan opens, waits, or ends."""

from datetime import date

from app.domain.account import verdicts
from app.domain.account.fold import Fold
from app.domain.account.plan import Installment, Plan, PlanStatus, end_plan
from app.domain.account.state import with_plan
from app.domain.account.verdicts import Verdict
from app.domain.day_close import clocks, interest
from app.domain.facts.fact import Fact, installment_id
from app.domain.facts.plans import (
    PlanApproved,
    PlanCancelled,
    PlanOpened,
    PlanProposed,
    PlanRejected,
)
from app.domain.money import NOTHING, Amounts
from app.domain.policy.book import PolicyBook
from app.domain.replay.money.allocation import by_component
from app.domain.replay.money.payments import note_paid_installments
from app.domain.values import replace


def propose_plan(made: Fold, fact: Fact[PlanProposed], _: PolicyBook) -> Fold:
    """A plan that waits for approval: it takes over nothing yet."""
    body = fact.body
    waiting = _agreed(fact, body, PlanStatus.PENDING_APPROVAL)
    return made.with_state(replace(made.state, plans=(*made.state.plans, waiting)))


def approve_plan(made: Fold, fact: Fact[PlanApproved], policies: PolicyBook) -> Fold:
    """The waiting plan opens on the day of its approval."""
    body = fact.body
    waiting = made.state.plan(body.plan_id)
    if waiting is None or not waiting.waiting:
        raise ValueError(f"plan {body.plan_id} does not wait for approval")
    return _open(made, replace(waiting, opened_on=fact.effective_on), fact, policies)


def reject_plan(made: Fold, fact: Fact[PlanRejected], _: PolicyBook) -> Fold:
    """The waiting plan ends before it began."""
    body = fact.body
    waiting = made.state.plan(body.plan_id)
    if waiting is None or not waiting.waiting:
        raise ValueError(f"plan {body.plan_id} does not wait for approval")
    ended = end_plan(waiting, PlanStatus.REJECTED, reason=body.reason, on=fact.effective_on)
    return made.with_state(with_plan(made.state, ended))


def open_plan(made: Fold, fact: Fact[PlanOpened], policies: PolicyBook) -> Fold:
    """A plan within its author's authority opens at once."""
    body = fact.body
    return open_as(made, fact, body, policies)


def open_as(made: Fold, fact: Fact, agreed: PlanOpened, policies: PolicyBook) -> Fold:
    """A plan as agreed opens by a fact, whose id is the plan's."""
    return _open(made, _agreed(fact, agreed, PlanStatus.ACTIVE), fact, policies)


def _agreed(fact: Fact, body: PlanOpened | PlanProposed, status: PlanStatus) -> Plan:
    """The plan as it was agreed, whatever the account owes by then."""
    installments = (
        Installment(
            id=installment_id(fact.id, ordinal),
            kind=installment.kind,
            nominal_due_on=installment.nominal_due_on,
            due_on=installment.due_on,
            due=Amounts(principal_minor=installment.principal_minor),
            level_minor=installment.principal_minor + installment.interest_minor
            if body.interest
            else 0,
            expected_interest_minor=installment.interest_minor,
        )
        for ordinal, installment in enumerate(body.installments, start=1)
    )
    return Plan(
        id=fact.id,
        kind=body.plan,
        opened_on=fact.effective_on,
        policy=body.policy,
        taken=NOTHING,
        installments=tuple(sorted(installments, key=lambda installment: installment.due_on)),
        status=status,
        interest=body.interest,
    )


def _open(made: Fold, plan: Plan, fact: Fact, policies: PolicyBook) -> Fold:
    """The plan takes over up to its amount, in the policy's component order."""
    state, on = made.state, fact.effective_on
    superseded: tuple[Verdict, ...] = ()
    if (old := state.live_plan) is not None:
        # It had completed when this plan opened; money reversed since says it had not.
        state = clocks.end_plan(state, old, policies.of(old), on=on)
        old = end_plan(old, PlanStatus.BROKEN, reason="superseded", on=on)
        state = with_plan(state, old)
        superseded = (verdicts.broken(old, on=on, reason="superseded"),)
    order = policies.of(plan).allocation.components
    taken = NOTHING
    for component, minor in by_component(plan.total_minor, state.balance, order):
        taken += Amounts.of(component, minor)
    installments = _shrunk(plan.installments, plan.total_minor - taken.total_minor, on)
    plan = replace(plan, taken=taken, installments=installments, status=PlanStatus.ACTIVE)
    others = (one for one in state.plans if one.id != plan.id)
    plan = interest.opened(plan, on, state.holds)
    opened, earned = interest.earn_due(replace(state, plans=(*others, plan)), on)
    plan = opened.live_plan or plan
    due_today = (
        verdicts.due(plan, installment, on=on)
        for installment in plan.owing
        if installment.due_on == on
    )
    made = made.with_state(opened, *superseded, *due_today).earn(*earned)
    return note_paid_installments(made, state, fact, policies)


def _shrunk(
    installments: tuple[Installment, ...], excess_minor: int, on: date
) -> tuple[Installment, ...]:
    """The installments, lowered from the last on, where earlier money entered since left less.

    An installment emptied so stays, void.
    """
    shrunk: list[Installment] = []
    for installment in reversed(installments):
        cut = min(excess_minor, installment.due.principal_minor)
        excess_minor -= cut
        due = installment.due - Amounts(principal_minor=cut)
        emptied = on if cut and not due else None
        shrunk.append(replace(installment, due=due, satisfied_on=emptied, voided_on=emptied))
    return tuple(reversed(shrunk))


def cancel_plan(made: Fold, fact: Fact[PlanCancelled], policies: PolicyBook) -> Fold:
    body = fact.body
    plan = made.state.plan(body.plan_id)
    if plan is None or not plan.live:
        # It completed or broke by what was entered since: there is nothing left to cancel.
        return made
    on = fact.effective_on
    state = clocks.end_plan(made.state, plan, policies.of(plan), on=on)
    ended = end_plan(plan, PlanStatus.CANCELLED, reason=body.reason, on=on)
    return made.with_state(with_plan(state, ended))
