"""How money changes an account: spent on the plan, then the rest; kept when nothing needs it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.allocation import Line, by_component, pay_plan, rest_of
from app.domain.delinquency import overdue_rows
from app.domain.facts import Fact, HoldKind, Payment, PaymentKind
from app.domain.folding import Fold
from app.domain.money import Amounts, Component
from app.domain.policy import FutureRule, Policy, PolicyBook
from app.domain.review import Verdict, VerdictType, end_plan, with_plan
from app.domain.state import Installment, Lot, Plan, PlanStatus, State

#: Holds under which money is kept unapplied until release (RULES part I, "Holds").
MONEY_KEPT = (HoldKind.DISPUTE, HoldKind.BANKRUPTCY)


def pay(made: Fold, fact: Fact, policies: PolicyBook) -> Fold:
    body: Payment = fact.body  # type: ignore[assignment]
    made = replace(made, effective={**made.effective, fact.id: fact.effective_on})
    if made.state.held(fact.effective_on, *MONEY_KEPT):
        lot = Lot(payment_id=fact.id, amount_minor=body.amount_minor)
        kept = replace(made.state, unapplied=(*made.state.unapplied, lot))
        return made.paid(fact.id, ()).then(kept)
    return _pour(made, fact, policies, fact.id, body)


def _pour(made: Fold, fact: Fact, policies: PolicyBook, payment_id: UUID, body: Payment) -> Fold:
    """Spend a payment: the plan's rows, then the rest of the account, then unapplied."""
    on = fact.effective_on
    before = made.state
    plan = before.live_plan
    policy = policies.pinned(plan.policy) if plan else policies.in_force(on)
    order = policy.allocation.components
    left, lines = body.amount_minor, list[Line]()
    if body.component is not None:
        directed = _pay_rest(before, left, (body.component,), "directed_by_payer")
        lines += directed
        left -= sum(line.amount_minor for line in directed)
    state = _lowered(before, lines)
    if plan is not None and left > 0:
        rule = body.future or _future_rule(policy, body.payment)
        plan, on_plan, left = pay_plan(plan, left, on=on, policy=policy, future=rule)
        lines += on_plan
        state = with_plan(_lowered(state, on_plan), plan)
    if left > 0:
        on_rest = _pay_rest(state, left, order, "account_by_component")
        lines += on_rest
        state = _lowered(state, on_rest)
        left -= sum(line.amount_minor for line in on_rest)
    if left > 0:
        lot = Lot(payment_id=payment_id, amount_minor=left)
        state = replace(state, unapplied=(*state.unapplied, lot))
    applied = sum(line.amount_minor for line in lines)
    state = replace(state, contract_due_minor=max(0, state.contract_due_minor - applied))
    return settle_plan(made.paid(payment_id, lines).then(state), before, fact, policies)


def _future_rule(policy: Policy, kind: PaymentKind) -> FutureRule:
    rules = policy.allocation.future
    match kind:
        case PaymentKind.REPAYMENT:
            return rules.repayment
        case PaymentKind.GOODWILL:
            return rules.goodwill
        case PaymentKind.MERCHANT_REFUND:
            return rules.merchant_refund


def _pay_rest(
    state: State, amount_minor: int, order: tuple[Component, ...], rule: str
) -> tuple[Line, ...]:
    """Lines over what no live plan has on its rows."""
    rest = rest_of(state.balance, state.live_plan)
    return tuple(
        Line(component=component, amount_minor=minor, rule=rule)
        for component, minor in by_component(amount_minor, rest, order)
    )


def _lowered(state: State, lines: Iterable[Line]) -> State:
    balance = state.balance
    for line in lines:
        balance -= Amounts.of(line.component, line.amount_minor)
    return replace(state, balance=balance)


def use_unapplied(made: Fold, fact: Fact, policies: PolicyBook) -> Fold:
    """Put unapplied money to use on this fact's day, oldest first, while anything is owed."""
    lots = made.state.unapplied
    if not lots or not made.state.balance or made.state.held(fact.effective_on, *MONEY_KEPT):
        return made
    made = made.then(replace(made.state, unapplied=()))
    for lot in lots:
        money = Payment(amount_minor=lot.amount_minor, reference="")
        made = _pour(made, fact, policies, lot.payment_id, money)
    return made


def settle_plan(made: Fold, before: State, fact: Fact, policies: PolicyBook) -> Fold:
    """What a change of open amounts means: rows paid and cured, a plan completed, clocks ended."""
    on, verdicts = fact.effective_on, list[Verdict]()
    plan = made.state.live_plan
    state = made.state
    if plan is not None:
        old = before.plan(plan.id)
        for row in plan.installments:
            verdicts += _paid_verdicts(plan, old, row, fact)
        if not plan.owing:
            plan = end_plan(plan, PlanStatus.COMPLETED, reason=None, on=on)
            state = with_plan(state, plan)
            verdicts.append(
                Verdict(type=VerdictType.PLAN_COMPLETED, subject=plan.id, on=on, plan_id=plan.id)
            )
    return made.then(_cured(state, policies, on), *verdicts)


def _paid_verdicts(plan: Plan, old: Plan | None, row: Installment, fact: Fact) -> Iterable[Verdict]:
    was = next((r for r in old.installments if r.id == row.id), None) if old else None
    if row.satisfied_on is None or (was is not None and was.satisfied_on is not None):
        return
    common: dict[str, Any] = {"subject": row.id, "on": fact.effective_on, "plan_id": plan.id}
    if row.voided_on is None:
        yield Verdict(
            type=VerdictType.INSTALLMENT_PAID, data={"paid_minor": row.paid.total_minor}, **common
        )
    if row.missed_on is not None:
        yield Verdict(
            type=VerdictType.INSTALLMENT_CURED,
            data={"missed_on": row.missed_on.isoformat(), "by": fact.kind.value},
            **common,
        )


def _cured(state: State, policies: PolicyBook, on: date) -> State:
    """End the clocks that have nothing to count any more."""
    plan = state.live_plan
    if plan is not None and state.contract_is_plan:
        current = not overdue_rows(plan, policies.pinned(plan.policy), on=on)
    else:
        current = state.contract_due_minor == 0
    if not current and state.balance:
        return state
    return replace(
        state,
        contract_due_minor=state.contract_due_minor if state.balance else 0,
        contract_since_on=None,
        first_delinquency_on=None,
        reported_since_on=None,
    )
