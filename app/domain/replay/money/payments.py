"""How money changes an account: it pays the plan, then the rest; what is left is unapplied cash."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from app.domain.account import verdicts
from app.domain.account.fold import Fold
from app.domain.account.holds import Stopped, kinds_stopping
from app.domain.account.lines import Line, lowered_by
from app.domain.account.plan import Installment, Plan, PlanStatus, end_plan
from app.domain.account.state import Lot, State, with_plan
from app.domain.account.verdicts import Verdict
from app.domain.day_close import clocks
from app.domain.day_close.interest import earn_payoff
from app.domain.day_close.settlements import contributed
from app.domain.facts.fact import Fact
from app.domain.facts.payments import Payment
from app.domain.money import Component
from app.domain.policy.book import PolicyBook
from app.domain.policy.model import Policy
from app.domain.replay.money.allocation import by_component, pay_plan, rest_of
from app.domain.values import replace
from app.domain.vocabulary import FutureRule, PaymentKind

#: Holds under which money is kept unapplied until release.
MONEY_KEPT = kinds_stopping(Stopped.MONEY)
#: The rule of money that pays what no live plan has on its installments.
ON_ACCOUNT = "account_by_component"


def pay(made: Fold, fact: Fact[Payment], policies: PolicyBook) -> Fold:
    body = fact.body
    made = replace(
        made,
        effective={**made.effective, fact.id: fact.effective_on},
        payments={**made.payments, fact.id: body},
    )
    if made.state.held(fact.effective_on, *MONEY_KEPT):
        lot = _lot(fact.id, body, body.amount_minor)
        kept = replace(made.state, unapplied=(*made.state.unapplied, lot))
        return made.paid(fact.id, (), kept)
    return _pour(made, fact, policies, fact.id, body)


def _pour(made: Fold, fact: Fact, policies: PolicyBook, payment_id: UUID, body: Payment) -> Fold:
    """Spend a payment: the plan's installments, then the rest of the account, then unapplied."""
    on = fact.effective_on
    before = made.state
    plan = before.live_plan
    policy = policies.of(plan) if plan else policies.in_force(on)
    order = policy.allocation.components
    left, lines = body.amount_minor, list[Line]()
    if body.component is not None:
        directed = _pay_rest(before, left, (body.component,), "directed_by_payer")
        lines += directed
        left -= sum(line.amount_minor for line in directed)
    state = _lowered(before, lines)
    if plan is not None and left > 0:
        state, earned = earn_payoff(state, left, on)
        made, plan = made.earn(*earned), state.live_plan or plan
        rule = future_rule(policy, body)
        plan, on_plan, left = pay_plan(plan, left, on=on, policy=policy, future=rule)
        lines += on_plan
        state = with_plan(state, plan, balance=state.balance - lowered_by(on_plan))
        state = _contributed(made, state, on_plan, payment_id, body, policy)
    if left > 0 and (plan is None or not plan.settles):  # a settlement asks for no more
        on_rest = _pay_rest(state, left, order, ON_ACCOUNT)
        lines += on_rest
        state = _lowered(state, on_rest)
        left -= sum(line.amount_minor for line in on_rest)
    if left > 0:
        state = replace(state, unapplied=(*state.unapplied, _lot(payment_id, body, left)))
    on_plan_minor = sum(line.amount_minor for line in lines if line.plan_id is not None)
    beside = sum(line.amount_minor for line in lines) - on_plan_minor
    state = clocks.pay(state, on_plan_minor=on_plan_minor, beside_minor=beside, on=on)
    return note_paid_installments(made.paid(payment_id, lines, state), before, fact, policies)


def _contributed(  # noqa: PLR0917 - one payment, and what it paid
    made: Fold,
    state: State,
    on_plan: tuple[Line, ...],
    payment_id: UUID,
    body: Payment,
    policy: Policy,
) -> State:
    """Money on a settlement's plan: it counts once it has cleared."""
    plan = state.live_plan
    if plan is None or not plan.settles or not on_plan:
        return state
    days = timedelta(days=policy.settlement.clearing_days_of(body.method))
    return contributed(state, plan.id, payment_id, clears_on=made.effective[payment_id] + days)


def _lot(payment_id: UUID, body: Payment, minor: int) -> Lot:
    """Money kept with what its payer said of it, for when it is put to use."""
    return Lot(
        payment_id=payment_id,
        amount_minor=minor,
        kind=body.payment,
        future=body.future,
        component=body.component,
    )


def future_rule(policy: Policy, body: Payment) -> FutureRule:
    """How a payment pays what is not due yet: as its payer said, else by its kind."""
    if body.future is not None:
        return body.future
    rules = policy.allocation.future
    match body.payment:
        case PaymentKind.REPAYMENT:
            return rules.repayment
        case PaymentKind.GOODWILL:
            return rules.goodwill
        case PaymentKind.MERCHANT_REFUND:
            return rules.merchant_refund


def _pay_rest(
    state: State, amount_minor: int, order: tuple[Component, ...], rule: str
) -> tuple[Line, ...]:
    """Lines over what no live plan has on its installments."""
    rest = rest_of(state.balance, state.live_plan)
    return tuple(
        Line(component=component, amount_minor=minor, rule=rule)
        for component, minor in by_component(amount_minor, rest, order)
    )


def _lowered(state: State, lines: Iterable[Line]) -> State:
    lowered = lowered_by(lines)
    return replace(state, balance=state.balance - lowered) if lowered else state


def use_unapplied(made: Fold, fact: Fact, policies: PolicyBook) -> Fold:
    """Put unapplied money to use on this fact's day, oldest first, while anything is owed."""
    lots = made.state.unapplied
    if not lots or not made.state.balance or made.state.held(fact.effective_on, *MONEY_KEPT):
        return made
    made = made.with_state(replace(made.state, unapplied=()))
    for lot in lots:
        money = Payment(
            amount_minor=lot.amount_minor,
            reference="",
            method=made.payments[lot.payment_id].method,
            payment=lot.kind,
            future=lot.future,
            component=lot.component,
        )
        made = _pour(made, fact, policies, lot.payment_id, money)
    return made


def note_paid_installments(made: Fold, before: State, fact: Fact, policies: PolicyBook) -> Fold:
    """What follows from open amounts: installments paid, cured; a plan completed; clocks ended."""
    on, reached = fact.effective_on, list[Verdict]()
    plan = made.state.live_plan
    state = made.state
    if plan is not None:
        old = before.plan(plan.id)
        paid = (
            {
                installment.id
                for installment in old.installments
                if installment.satisfied_on is not None
            }
            if old
            else ()
        )
        for installment in plan.installments:
            if installment.satisfied_on is not None and installment.id not in paid:
                reached += _paid_verdicts(plan, installment, fact)
        if not plan.owing and not plan.settles:  # a settlement's plan: see `day_close.settlements`
            plan = end_plan(plan, PlanStatus.COMPLETED, reason=None, on=on)
            state = replace(with_plan(state, plan), contract_carried_minor=0)
            reached.append(verdicts.completed(plan, on=on))
    return made.with_state(clocks.end_if_current(state, policies, on=on), *reached)


def _paid_verdicts(plan: Plan, installment: Installment, fact: Fact) -> Iterable[Verdict]:
    on = fact.effective_on
    if installment.voided_on is None:
        yield verdicts.paid(plan, installment, on=on)
    if installment.missed_on is not None and installment.relieved_on is None:
        yield verdicts.cured(
            plan, installment, missed_on=installment.missed_on, on=on, by=fact.kind
        )
