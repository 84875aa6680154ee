"""The cure window: a settlement void by a miss comes back when what is overdue is paid in time.

Money that came since the void paid the account. Once, within the policy's days, it covers every
part due by then, it is allocated to the settlement's plan instead, as if paid on the day of the
cure; less than that stays at the account. (Issue 7; `cure_days` 0, the default, is no window.)
"""

from datetime import date, timedelta
from uuid import UUID

from app.domain.account import verdicts
from app.domain.account.claims import Claim
from app.domain.account.fold import Fold
from app.domain.account.lines import Line, lowered_by
from app.domain.account.plan import Plan, PlanStatus
from app.domain.account.settlement import Settlement
from app.domain.account.state import Lot, State, with_plan, with_settlement
from app.domain.account.verdicts import Verdict
from app.domain.day_close import clocks, settlements
from app.domain.facts.accounts import HoldRelease
from app.domain.facts.fact import Fact
from app.domain.facts.payments import Payment
from app.domain.policy.book import PolicyBook
from app.domain.policy.model import Policy
from app.domain.replay.money.allocation import pay_plan
from app.domain.replay.money.payments import ON_ACCOUNT, future_rule, note_paid_installments
from app.domain.replay.reinstatements import taken_over
from app.domain.values import Value, replace
from app.domain.vocabulary import SettlementStatus

#: Why a plan is live and a settlement accepted again.
CURED = "cured"


class _Since(Value, kw_only=True):
    """What one payment paid on the account since the void, and what of it lies unapplied."""

    payment_id: UUID
    lines: tuple[Line, ...]
    kept: tuple[Line, ...]  # where its payer directed it: that stays
    lots: tuple[Lot, ...]

    @property
    def amount_minor(self) -> int:
        return lowered_by(self.lines).total_minor + sum(lot.amount_minor for lot in self.lots)


def may_cure(state: State, fact: Fact) -> bool:
    """Whether it is money of a day on which money may restore a settlement."""
    return (
        bool(state.settlements)
        and isinstance(fact.body, Payment | HoldRelease)
        and any(_curable(one, fact.effective_on) for one in state.settlements)
    )


def cured(made: Fold, fact: Fact, policies: PolicyBook) -> Fold:
    """The fold after a payment, the settlement restored where it now may be."""
    state, on = made.state, fact.effective_on
    if not may_cure(state, fact):
        return made
    one = next(s for s in reversed(state.settlements) if _curable(s, on))
    plan = state.plan(one.plan_id) if one.plan_id else None
    if plan is None or state.one_plan is not None or state.closed_on is not None:
        return made
    since = tuple(_since(made, one))
    money = sum(each.amount_minor for each in since)
    overdue = sum(
        installment.due.total_minor - installment.paid.total_minor
        for installment in plan.installments
        if installment.due_on < on
    )
    if not money or money < overdue:
        return made
    return _restored(made, fact, policies, one, plan, since, overdue)


def _curable(settlement: Settlement, on: date) -> bool:
    until = settlement.curable_until_on
    return settlement.status is SettlementStatus.VOID and until is not None and on <= until


def _since(made: Fold, settlement: Settlement) -> list[_Since]:
    """The money that came since the void, but for what was charged back or refunded of it."""
    found: list[_Since] = []
    for payment_id, lines in made.splits.items():
        if settlement.voided_on is None or made.effective[payment_id] < settlement.voided_on:
            continue
        if payment_id in made.returned:
            continue
        mine = tuple(line for line in lines if line.plan_id is None and line.rule == ON_ACCOUNT)
        lots = tuple(lot for lot in made.state.unapplied if lot.payment_id == payment_id)
        kept = tuple(line for line in lines if line not in mine)
        found.append(_Since(payment_id=payment_id, lines=mine, kept=kept, lots=lots))
    return found


def _restored(  # noqa: PLR0917 - what was found, each by its name
    made: Fold,
    fact: Fact,
    policies: PolicyBook,
    settlement: Settlement,
    plan: Plan,
    since: tuple[_Since, ...],
    overdue_minor: int,
) -> Fold:
    on, policy = fact.effective_on, policies.of(plan)
    moved = {each.payment_id for each in since}
    back = lowered_by(line for each in since for line in each.lines)
    state = replace(
        made.state,
        balance=made.state.balance + back,
        unapplied=tuple(lot for lot in made.state.unapplied if lot.payment_id not in moved),
    )
    if state.contract_is_plan:
        claim = Claim(
            due_on=on - timedelta(days=1),
            since_on=on,
            amount_minor=back.total_minor,
            plan_id=plan.id,
        )
        state = replace(state, claims=state.claims.unpaid(claim, on=on))
    plan = replace(
        taken_over(state, plan, policy, on),
        status=PlanStatus.ACTIVE,
        status_reason=None,
        ended_on=None,
        missed_total=0,
        excused=(),
    )
    again = replace(
        settlement,
        status=SettlementStatus.ACCEPTED,
        voided_on=None,
        reason=None,
        curable_until_on=None,
    )
    before = with_settlement(with_plan(state, plan), again)
    before = clocks.reinstate_plan(before, plan, policy, on=on)
    state, splits = before, dict(made.splits)
    for each in since:
        state, splits[each.payment_id] = _poured(state, made, each, plan.id, policy, on)
    if state.contract_is_plan:  # what pays parts not due yet pays what is carried, too
        lines = (line for each in since for line in splits[each.payment_id])
        on_plan = sum(line.amount_minor for line in lines if line.plan_id == plan.id)
        ahead = max(0, on_plan - overdue_minor)
        state = clocks.pay(state, on_plan_minor=ahead, beside_minor=0, on=on)
    made = replace(made, splits=splits).with_state(state, *_verdicts_of_cure(again, plan, on))
    return note_paid_installments(made, before, fact, policies)


def _poured(  # noqa: PLR0917 - one payment, and where it goes
    state: State, made: Fold, each: _Since, plan_id: UUID, policy: Policy, on: date
) -> tuple[State, tuple[Line, ...]]:
    """One payment over the plan; what the plan does not need is unapplied."""
    plan = state.plan(plan_id)
    if plan is None:
        raise ValueError(f"no plan {plan_id}")
    body = made.payments[each.payment_id]
    rule = future_rule(policy, body)
    plan, lines, left = pay_plan(plan, each.amount_minor, on=on, policy=policy, future=rule)
    state = with_plan(replace(state, balance=state.balance - lowered_by(lines)), plan)
    if lines:
        days = timedelta(days=policy.settlement.clearing_days_of(body.method))
        state = settlements.contributed(
            state, plan_id, each.payment_id, clears_on=made.effective[each.payment_id] + days
        )
    if left:
        lot = each.lots[0] if each.lots else Lot(payment_id=each.payment_id, amount_minor=left)
        state = replace(state, unapplied=(*state.unapplied, replace(lot, amount_minor=left)))
    return state, (*each.kept, *lines)


def _verdicts_of_cure(settlement: Settlement, plan: Plan, on: date) -> tuple[Verdict, ...]:
    return (
        verdicts.reinstated(plan, on=on, reason=CURED),
        verdicts.reopened(settlement, on=on, reason=CURED),
    )
