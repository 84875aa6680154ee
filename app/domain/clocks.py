"""The account's own clocks: the contract's, the reported one, and the first delinquency.

The plan's clock is derived on any day (`delinquency`); these are written when they begin and
end. The contract's runs until what is past due by it is paid: no plan, no hold and no re-age
stops it. An account placed current takes its plan as the contract; what stands overdue when
such a plan ends stays past due at the account. (RULES part I, "Days", Clocks.)
"""

from datetime import date

from app.domain.copying import replace
from app.domain.delinquency import overdue_rows
from app.domain.policy import Policy, PolicyBook
from app.domain.state import Plan, State


def start(state: State, plan: Plan, policy: Policy, *, on: date) -> State:
    """Start the clocks at the plan's oldest overdue day, where they do not run yet."""
    late = overdue_rows(plan, policy, on=on)
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


def end_plan(state: State, plan: Plan, policy: Policy, *, on: date) -> State:
    """What a plan that ends now leaves past due where it was the contract."""
    if not state.contract_is_plan:
        return state
    left = sum(row.open_minor for row in overdue_rows(plan, policy, on=on))
    left += state.contract_carried_minor
    due = state.contract_due_minor + left
    return replace(state, contract_due_minor=due, contract_carried_minor=0)


def reinstate_plan(state: State, plan: Plan, policy: Policy, *, on: date) -> State:
    """What such a plan had left past due is its rows' again; what they do not hold is carried."""
    if not state.contract_is_plan:
        return state
    rows = sum(row.open_minor for row in overdue_rows(plan, policy, on=on))
    carried = state.contract_carried_minor + max(0, state.contract_due_minor - rows)
    return replace(state, contract_due_minor=0, contract_carried_minor=carried)


def carry(state: State, before: Plan, after: Plan, policy: Policy, *, on: date) -> State:
    """What a change of the schedule moves ahead stays past due by the contract until paid."""
    if not state.contract_is_plan:
        return state
    was = sum(row.open_minor for row in overdue_rows(before, policy, on=on))
    left = sum(row.open_minor for row in overdue_rows(after, policy, on=on))
    return replace(state, contract_carried_minor=state.contract_carried_minor + was - left)


def pay(state: State, *, on_plan_minor: int, beside_minor: int) -> State:
    """Money lowers what is past due by the contract: on the plan's rows only where it is not it."""
    paid = beside_minor + (0 if state.contract_is_plan else on_plan_minor)
    carried = max(0, state.contract_carried_minor - on_plan_minor)
    due = max(0, state.contract_due_minor - paid)
    if (due, carried) == (state.contract_due_minor, state.contract_carried_minor):
        return state
    return replace(state, contract_due_minor=due, contract_carried_minor=carried)


def close(state: State) -> State:
    """End the clocks of a closed account. `first_delinquency_on` stays: nothing was cured."""
    return replace(
        state,
        contract_due_minor=0,
        contract_carried_minor=0,
        contract_since_on=None,
        reported_since_on=None,
    )


def settle(state: State, policies: PolicyBook, *, on: date) -> State:
    """End the clocks when the contract is current; a plan still overdue starts its own run."""
    plan = state.live_plan
    policy = policies.of(plan) if plan else None
    overdue = policy is not None and plan is not None and bool(overdue_rows(plan, policy, on=on))
    behind = state.contract_due_minor + state.contract_carried_minor
    current = behind == 0 and not (state.contract_is_plan and overdue)
    if not current and state.balance:
        return state
    ended = replace(
        state,
        contract_due_minor=0,
        contract_carried_minor=0,
        contract_since_on=None,
        first_delinquency_on=None,
        reported_since_on=None,
    )
    if plan is None or policy is None:
        return ended
    return start(ended, plan, policy, on=on)
