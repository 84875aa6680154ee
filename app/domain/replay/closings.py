"""How charge-offs and closures change an account: a date is set, and the rest is written off.

A closed account owes nothing. What a returned payment or a chargeback makes owed again is
written off on its own day, so the closure grows by replay and no rule takes it back.
"""

from app.domain.account import verdicts
from app.domain.account.fold import Fold, WrittenOff
from app.domain.account.plan import PlanStatus, end_plan
from app.domain.account.state import with_plan
from app.domain.day_close import clocks
from app.domain.facts.fact import Fact
from app.domain.money import NOTHING
from app.domain.policy.book import PolicyBook
from app.domain.values import replace

#: Why a plan ended that a fact entered later made live again on the day of the closure.
REASON = "account_closed"


def charge_off(made: Fold, fact: Fact, _: PolicyBook) -> Fold:
    """The debtor owes what he owed, a plan goes on, and no money moves."""
    on = fact.effective_on
    verdict = verdicts.charged_off(on=on, balance_minor=made.state.balance.total_minor)
    return made.with_state(replace(made.state, charged_off_on=on), verdict)


def close(made: Fold, fact: Fact, _: PolicyBook) -> Fold:
    """Collection ends. `write_off_closed`, after every fact from here on, does the rest."""
    on = fact.effective_on
    closed = verdicts.closed(on=on, written_off_minor=made.state.balance.total_minor)
    return made.with_state(replace(made.state, closed_on=on), closed)


def write_off_closed(made: Fold, fact: Fact) -> Fold:
    """What a fact leaves of a closed account: no plan, no balance, no clock.

    A plan that an earlier payment's return made live again is cancelled; what is owed is written
    off on the fact's day. `first_delinquency_on` stays: a loss is not a cure.
    """
    state = made.state
    if state.closed_on is None:
        return made
    going = [plan for plan in state.plans if plan.live or plan.waiting]
    for plan in going:
        ended = end_plan(plan, PlanStatus.CANCELLED, reason=REASON, on=fact.effective_on)
        state = with_plan(state, ended)
    owed = state.balance
    state = replace(clocks.close(state), balance=NOTHING, written_off=state.written_off + owed)
    reached = (verdicts.cancelled(plan, on=fact.effective_on, reason=REASON) for plan in going)
    made = made.with_state(state, *reached)
    if not owed:
        return made
    lost = WrittenOff(on=fact.effective_on, amounts=owed)
    return replace(made, written_off={**made.written_off, fact.id: lost})
