"""How a settlement moves by itself: expired, satisfied and the rest forgiven, void, reopened.

The rest is forgiven exactly while the settlement is satisfied. A settlement follows its plan, so
money that comes back reopens it, by whatever way it comes.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from uuid import UUID

from app.domain.account import verdicts
from app.domain.account.claims import Claim
from app.domain.account.plan import Installment, Plan, PlanStatus, end_plan
from app.domain.account.settlement import Settlement
from app.domain.account.state import State, with_plan, with_settlement
from app.domain.account.verdicts import Verdict, VerdictType
from app.domain.day_close import clocks
from app.domain.money import NOTHING, Amounts, Component
from app.domain.policy.book import PolicyBook
from app.domain.values import replace
from app.domain.vocabulary import SettlementStatus

#: Why an open offer, or another plan, ends: something took its place.
SUPERSEDED = "superseded"
#: Why one ends that the account's closure ended.
ACCOUNT_CLOSED = "account_closed"
#: Why a settlement ends that a returned payment reopened, where the policy has it void.
RETURNED = "returned"
#: Reasons of our own, which events may carry. What somebody wrote in free text is not passed on.
_OUR_REASONS = frozenset({"missed", "accelerated", ACCOUNT_CLOSED, SUPERSEDED, RETURNED})

StateAndVerdicts = tuple[State, tuple[Verdict, ...]]


def opened(state: State, policies: PolicyBook, *, on: date) -> StateAndVerdicts:
    """What a day's opening does to settlements: offers expire, money on them has cleared."""
    reached: list[Verdict] = []
    for one in state.settlements:
        if one.open and one.lapses_on <= on:
            ended = replace(one, status=SettlementStatus.EXPIRED, closed_on=on)
            state = with_settlement(state, ended)
            reached.append(verdicts.offer_expired(one, on=on))
    state, followed_on = followed(state, policies, on=on)
    return state, (*reached, *followed_on)


def followed(state: State, policies: PolicyBook, *, on: date) -> StateAndVerdicts:
    """Bring settlements in line with their plans: void if one ended, satisfied if one is paid."""
    reached: list[Verdict] = []
    for one in state.settlements:
        plan = state.plan(one.plan_id) if one.plan_id else None
        if one.open and state.closed_on is not None:
            state = with_settlement(state, withdrawn(one, on=on, reason=ACCOUNT_CLOSED))
            reached.append(verdicts.offer_withdrawn(one, on=on, reason=ACCOUNT_CLOSED))
        elif plan is not None:
            state, its = _followed(state, one, plan, policies, on)
            reached += its
    return state, tuple(reached)


def _followed(
    state: State, settlement: Settlement, plan: Plan, policies: PolicyBook, on: date
) -> StateAndVerdicts:
    status, reached = settlement.status, list[Verdict]()
    if plan.live and status is not SettlementStatus.ACCEPTED:
        state, settlement = _reopened(state, settlement, on)
        again = status is SettlementStatus.SATISFIED
        why = "payment_returned" if again else "plan_reinstated"
        reached.append(verdicts.reopened(settlement, on=on, reason=why))
    elif not plan.live and status is SettlementStatus.ACCEPTED:
        return _voided(state, settlement, plan, policies, on)
    if not plan.live:
        return state, ()
    tolerance = policies.pinned(plan.policy).settlement.tolerance_minor
    open_minor = sum(installment.open_minor for installment in plan.owing)
    if open_minor:
        if open_minor > tolerance or settlement.paid_by is None:
            return state, tuple(reached)
        plan, paid = _drop_rest(plan, on)
        state = with_plan(state, plan)
        reached += paid
    if settlement.clears_on is not None and settlement.clears_on > on:
        return state, tuple(reached)
    state, satisfied = _satisfied(state, settlement, plan, on)
    return clocks.end_if_current(state, policies, on=on), (*reached, *satisfied)


def review_days(settlements: Iterable[Settlement]) -> Iterator[date]:
    """The days on which a settlement can change by itself, its plan's own days apart."""
    for one in settlements:
        if one.open:
            yield one.lapses_on
        elif one.status is SettlementStatus.ACCEPTED and one.clears_on is not None:
            yield one.clears_on


# --- Satisfied ----------------------------------------------------------------------------------


def contributed(state: State, plan_id: UUID, payment_id: UUID, *, clears_on: date) -> State:
    """Note money paid on a settlement's plan, and the day by which it and all before it clears."""
    one = state.settlement_of(plan_id)
    if one is None:
        raise ValueError(f"plan {plan_id} pays no settlement")
    cleared = max(one.clears_on or clears_on, clears_on)
    return with_settlement(state, replace(one, clears_on=cleared, paid_by=payment_id))


def _satisfied(state: State, settlement: Settlement, plan: Plan, on: date) -> StateAndVerdicts:
    """The whole rest of the balance is forgiven, by component; the plan is complete."""
    forgiven = state.balance
    state = with_plan(state, end_plan(plan, PlanStatus.COMPLETED, reason=None, on=on))
    satisfied = replace(
        settlement, status=SettlementStatus.SATISFIED, satisfied_on=on, forgiven=forgiven
    )
    state = with_settlement(replace(state, balance=NOTHING), satisfied)
    return state, (verdicts.completed(plan, on=on), verdicts.satisfied(satisfied, on=on))


def _drop_rest(plan: Plan, on: date) -> tuple[Plan, tuple[Verdict, ...]]:
    """Drop what little the plan has open; the account owes it until it is forgiven."""
    installments, reached = list[Installment](), list[Verdict]()
    for installment in plan.installments:
        if installment.open_minor == 0:
            installments.append(installment)
            continue
        nothing = None if installment.paid else on
        installments.append(
            replace(installment, due=installment.paid, satisfied_on=on, voided_on=nothing)
        )
        if installment.paid:
            reached.append(verdicts.paid(plan, installment, on=on))
    return replace(plan, installments=tuple(installments), taken=NOTHING), tuple(reached)


# --- Void, withdrawn, reopened ------------------------------------------------------------------


def withdrawn(settlement: Settlement, *, on: date, reason: str | None) -> Settlement:
    """An open offer that is none any more."""
    return replace(settlement, status=SettlementStatus.WITHDRAWN, closed_on=on, reason=reason)


def _voided(
    state: State, settlement: Settlement, plan: Plan, policies: PolicyBook, on: date
) -> StateAndVerdicts:
    """Its plan ended unpaid: what was paid stays paid, the rest is owed. After a miss curable."""
    missed = plan.status is PlanStatus.BROKEN and plan.status_reason == "missed"
    days = policies.pinned(plan.policy).settlement.cure_days if missed else 0
    void = replace(
        settlement,
        status=SettlementStatus.VOID,
        voided_on=on,
        reason=plan.status_reason,
        curable_until_on=on + timedelta(days=days) if days else None,
    )
    why = plan.status_reason if plan.status_reason in _OUR_REASONS else "cancelled"
    return with_settlement(state, void), (verdicts.voided(void, on=on, reason=why),)


def _reopened(state: State, settlement: Settlement, on: date) -> tuple[State, Settlement]:
    """Set a settlement to being paid again: what was forgiven is owed, by the contract too."""
    back = settlement.forgiven
    again = replace(
        settlement,
        status=SettlementStatus.ACCEPTED,
        satisfied_on=None,
        voided_on=None,
        reason=None,
        curable_until_on=None,
        forgiven=NOTHING,
    )
    state = replace(with_settlement(state, again), balance=state.balance + back)
    if back and not state.contract_is_plan:
        claim = Claim(due_on=on, since_on=on, amount_minor=back.total_minor)
        state = replace(state, claims=state.claims.with_claim(claim, on=on))
    return state, again


def lost(state: State, plan_id: UUID, *, on: date) -> StateAndVerdicts:
    """Void a satisfied settlement whose money came back and whose plan cannot be paid again.

    The account pays another plan, and this one is broken, superseded; or it is closed, and this
    one is cancelled with it. What was forgiven is owed at the account.
    """
    one, plan = state.settlement_of(plan_id), state.plan(plan_id)
    if one is None or plan is None or one.status is not SettlementStatus.SATISFIED:
        return state, ()
    status, reason = PlanStatus.BROKEN, SUPERSEDED
    if state.closed_on is not None:
        status, reason = PlanStatus.CANCELLED, ACCOUNT_CLOSED
    state, one = _reopened(state, one, on)
    plan = replace(plan, status=status, status_reason=reason, ended_on=on)
    void = replace(one, status=SettlementStatus.VOID, voided_on=on, reason=reason)
    state = with_settlement(with_plan(state, plan), void)
    say = verdicts.broken if status is PlanStatus.BROKEN else verdicts.cancelled
    return state, (say(plan, on=on, reason=reason), verdicts.voided(void, on=on, reason=reason))


def owed_again(state: State, component: Component, minor: int) -> State:
    """Take back what was forgiven of a component, so that an adjustment finds what it lowers.

    It happens in a replay: the adjustment was entered while the settlement was still being paid;
    money entered later, but effective earlier, satisfied it before the adjustment counts. Then
    less is forgiven, and what is owed stays the same.
    """
    short = minor - state.balance[component]
    for one in state.settlements:
        take = Amounts.of(component, min(short, one.forgiven[component]))
        if take.total_minor > 0:
            short -= take.total_minor
            state = with_settlement(state, replace(one, forgiven=one.forgiven - take))
            state = replace(state, balance=state.balance + take)
    return state


def told_anew(reached: tuple[Verdict, ...], state: State) -> tuple[Verdict, ...]:
    """The verdicts, where the newest satisfaction of each settlement says what is forgiven now."""
    forgiven = {one.id: one.forgiven.total_minor for one in state.settlements if one.satisfied_on}
    anew = list(reached)
    for place in range(len(anew) - 1, -1, -1):
        verdict = anew[place]
        if verdict.type is VerdictType.SETTLEMENT_SATISFIED and verdict.subject in forgiven:
            minor = forgiven.pop(verdict.subject)
            anew[place] = replace(verdict, data={**verdict.data, "forgiven_minor": minor})
    return tuple(anew)
