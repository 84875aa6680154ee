"""The clocks of an account: late by the contract, late as reported, and first delinquent.

The clock of a plan is derived on any day (`standing.lateness`); those of the account are kept in
its state, with the day they began. The contract's runs until what is past due by it is paid: no
plan, no hold and no re-age stops it. An account placed current takes its plan as the contract; what
stands overdue when such a plan ends stays past due at the account.
"""

from datetime import date, timedelta

from app.domain.account.claims import Claim, Claims
from app.domain.account.plan import Plan
from app.domain.account.state import State
from app.domain.policy.book import PolicyBook
from app.domain.policy.model import Policy
from app.domain.standing.lateness import overdue_installments
from app.domain.values import replace


def start(state: State, plan: Plan, policy: Policy, *, on: date) -> State:
    """Start the clocks at the plan's oldest overdue day, where they do not run yet."""
    late = overdue_installments(plan, policy, on=on)
    if not late:
        return state
    oldest = late[0].due_on
    since = state.contract_since_on or (oldest if state.contract_is_plan else None)
    if state.reported_since_on and state.first_delinquency_on and since == state.contract_since_on:
        return state  # they all run already
    return replace(
        state,
        reported_since_on=state.reported_since_on or oldest,
        contract_since_on=since,
        first_delinquency_on=state.first_delinquency_on or oldest,
    )


def fall_due(state: State, *, on: date) -> State:
    """Start the clocks, and hold them, at the oldest claim that is past due and open.

    What is known since to have been due earlier moves them back, never forward; only the date
    an account without a plan is reported late since goes on to the oldest that is still open.
    """
    late = state.claims.late(on)
    if not late:
        return state
    oldest = min(claim.since_on for claim in late)
    since = min(state.contract_since_on or oldest, oldest)
    first = min(state.first_delinquency_on or oldest, oldest)
    reported = _reported_since(state, late, oldest)
    now = (state.contract_since_on, state.first_delinquency_on, state.reported_since_on)
    if now == (since, first, reported):
        return state
    return replace(
        state,
        contract_since_on=since,
        first_delinquency_on=first,
        reported_since_on=reported,
    )


def _reported_since(state: State, late: tuple[Claim, ...], oldest: date) -> date | None:
    """The date an account is reported late since, by its open claims.

    Left out are claims a re-age relieved, and those of the live plan: the plan's own
    installments say when those are late.
    """
    live, since = state.live_plan, state.reported_since_on
    own = [
        claim.since_on
        for claim in late
        if not claim.relieved and (live is None or claim.plan_id != live.id)
    ]
    if not own:
        return since
    paid_off = live is None and since is not None and oldest > since
    return min(own) if since is None or paid_off else min(since, *own)


def report_anew(state: State, *, on: date) -> State:
    """Clear the date of a re-aged account: what is past due by then is reported late no more."""
    return replace(state, reported_since_on=None, claims=state.claims.relieved(on=on))


def end_plan(state: State, plan: Plan, policy: Policy, *, on: date) -> State:
    """Where the ending plan was the contract, turn what it leaves overdue into claims.

    What was paid ahead on it lowers the claims to come.
    """
    if not state.contract_is_plan:
        return state
    claims = state.claims.ahead_by(_ahead_minor(plan, on), on=on)
    for installment in overdue_installments(plan, policy, on=on):
        left = Claim(
            due_on=installment.due_on,
            since_on=installment.due_on,
            amount_minor=installment.open_minor,
            plan_id=plan.id,
        )
        claims = claims.with_claim(left, on=on)
    eve = on - timedelta(days=1)
    since = state.contract_since_on or eve
    carried = Claim(
        due_on=min(since, eve),
        since_on=since,
        amount_minor=state.contract_carried_minor,
        plan_id=plan.id,
        relieved=True,
    )
    claims = claims.with_claim(carried, on=on)
    return replace(state, claims=claims, contract_carried_minor=0)


def reinstate_plan(state: State, plan: Plan, policy: Policy, *, on: date) -> State:
    """Undo `end_plan`: what the plan had left past due is due on its installments again.

    What they do not hold is carried beside them.
    """
    if not state.contract_is_plan:
        return state
    installments = sum(
        installment.open_minor for installment in overdue_installments(plan, policy, on=on)
    )
    left = state.claims.open_of(plan.id)
    claims = state.claims.without(plan.id, on=on).ahead_by(-_ahead_minor(plan, on), on=on)
    carried = state.contract_carried_minor + max(0, left - installments)
    return replace(state, claims=claims, contract_carried_minor=carried)


def _ahead_minor(plan: Plan, on: date) -> int:
    """What was paid on installments that are not due before that day."""
    return sum(
        installment.paid.total_minor
        for installment in plan.installments
        if installment.due_on >= on
    )


def carry(state: State, before: Plan, after: Plan, policy: Policy, *, on: date) -> State:
    """What a change of the schedule moves ahead stays past due by the contract until paid."""
    if not state.contract_is_plan:
        return state
    was = sum(installment.open_minor for installment in overdue_installments(before, policy, on=on))
    left = sum(installment.open_minor for installment in overdue_installments(after, policy, on=on))
    return replace(state, contract_carried_minor=state.contract_carried_minor + was - left)


def pay(state: State, *, on_plan_minor: int, beside_minor: int, on: date) -> State:
    """A payment lowers what is past due by the contract.

    What was paid on the plan's installments counts here only where the plan is not itself the
    contract: else it is counted there.
    """
    paid = beside_minor + (0 if state.contract_is_plan else on_plan_minor)
    carried = max(0, state.contract_carried_minor - on_plan_minor)
    if not paid and carried == state.contract_carried_minor:
        return state
    claims = state.claims.paid(paid, on=on)
    return replace(state, claims=claims, contract_carried_minor=carried)


def close(state: State) -> State:
    """End the clocks of a closed account. `first_delinquency_on` stays: nothing was cured."""
    return replace(
        state,
        claims=Claims(),
        contract_carried_minor=0,
        contract_since_on=None,
        reported_since_on=None,
    )


def end_if_current(state: State, policies: PolicyBook, *, on: date) -> State:
    """End the clocks when the contract is current; a plan still overdue starts its own run."""
    plan = state.live_plan
    policy = policies.of(plan) if plan else None
    overdue = (
        policy is not None and plan is not None and bool(overdue_installments(plan, policy, on=on))
    )
    behind = state.claims.due_minor(on) + state.contract_carried_minor
    current = behind == 0 and not (state.contract_is_plan and overdue)
    if not current and state.balance:
        return state
    ended = replace(
        state,
        claims=state.claims if state.balance else Claims(),
        contract_carried_minor=0,
        contract_since_on=None,
        first_delinquency_on=None,
        reported_since_on=None,
    )
    if plan is None or policy is None:
        return ended
    return start(ended, plan, policy, on=on)
