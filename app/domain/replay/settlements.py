"""How a settlement's own facts change an account: offered, approved, accepted, ended."""

from app.domain.account import verdicts
from app.domain.account.fold import Fold
from app.domain.account.plan import Plan, PlanStatus, end_plan
from app.domain.account.settlement import Settlement
from app.domain.account.state import with_plan, with_settlement
from app.domain.day_close import clocks, settlements
from app.domain.day_close.settlements import RETURNED, SUPERSEDED
from app.domain.facts.fact import Fact
from app.domain.facts.plans import PlanOpened
from app.domain.facts.settlements import (
    SettlementAccepted,
    SettlementApproved,
    SettlementClosed,
    SettlementOffered,
    SettlementOutcome,
)
from app.domain.policy.book import PolicyBook
from app.domain.replay.cure import cured
from app.domain.replay.plans import open_as
from app.domain.values import replace
from app.domain.vocabulary import PlanKind, SettlementStatus


def offer(made: Fold, fact: Fact[SettlementOffered], _: PolicyBook) -> Fold:
    """An offer stands, or waits for approval; the one it counters stands no more."""
    body = fact.body
    state, on = made.state, fact.effective_on
    countered = state.settlement(body.supersedes) if body.supersedes else None
    if countered is not None and countered.open:
        ended = settlements.withdrawn(countered, on=on, reason=SUPERSEDED)
        state = with_settlement(state, ended)
    offered = Settlement(
        id=fact.id,
        status=SettlementStatus.PENDING_APPROVAL if body.waits else SettlementStatus.OFFERED,
        amount_minor=body.amount_minor,
        offered_on=on,
        expires_on=body.expires_on,
        policy=body.policy,
        supersedes=body.supersedes,
    )
    return made.with_state(replace(state, settlements=(*state.settlements, offered)))


def approve(made: Fold, fact: Fact[SettlementApproved], _: PolicyBook) -> Fold:
    """The waiting offer stands."""
    body = fact.body
    one = made.state.settlement(body.settlement_id)
    if one is None:
        raise ValueError(f"no settlement {body.settlement_id}")
    if one.status is not SettlementStatus.PENDING_APPROVAL:
        # A counter-offer entered since, for an earlier day, took its place.
        return made
    return made.with_state(
        with_settlement(made.state, replace(one, status=SettlementStatus.OFFERED))
    )


def accept(made: Fold, fact: Fact[SettlementAccepted], policies: PolicyBook) -> Fold:
    """A plan takes over the amount; whatever plan the account had ends with it."""
    body = fact.body
    one = made.state.settlement(body.settlement_id)
    if one is None or one.status is not SettlementStatus.OFFERED:
        raise ValueError(f"settlement {body.settlement_id} cannot be accepted")
    agreed = PlanOpened(
        plan=PlanKind.SETTLEMENT,
        amount_minor=body.amount_minor,
        policy=body.policy,
        installments=body.installments,
    )
    accepted = replace(
        one,
        status=SettlementStatus.ACCEPTED,
        plan_id=fact.id,
        accepted_on=fact.effective_on,
    )
    made = _without_plan(made, fact, policies)
    return open_as(made.with_state(with_settlement(made.state, accepted)), fact, agreed, policies)


def _without_plan(made: Fold, fact: Fact, policies: PolicyBook) -> Fold:
    """The account's one plan ended, superseded: a live one cancelled, a waiting one rejected."""
    plan, on = made.state.one_plan, fact.effective_on
    if plan is None:
        return made
    status, say = PlanStatus.REJECTED, verdicts.rejected
    state = made.state
    if plan.live:
        status, say = PlanStatus.CANCELLED, verdicts.cancelled
        state = clocks.end_plan(state, plan, policies.of(plan), on=on)
    state = with_plan(state, end_plan(plan, status, reason=SUPERSEDED, on=on))
    return made.with_state(state, say(plan, on=on, reason=SUPERSEDED))


def end(made: Fold, fact: Fact[SettlementClosed], policies: PolicyBook) -> Fold:
    """An open offer is declined or withdrawn; a settlement being paid is void.

    By what was entered since there may be nothing left to end: then nothing happens.
    """
    body = fact.body
    one, on = made.state.settlement(body.settlement_id), fact.effective_on
    if one is None:
        raise ValueError(f"no settlement {body.settlement_id}")
    if body.outcome is SettlementOutcome.VOID:
        plan = made.state.plan(one.plan_id) if one.plan_id else None
        return made if plan is None or not plan.live else _void(made, plan, fact, policies)
    if not one.open:
        return made
    status = SettlementStatus(body.outcome)
    ended = replace(one, status=status, closed_on=on, reason=body.reason)
    return made.with_state(with_settlement(made.state, ended))


def _void(made: Fold, plan: Plan, fact: Fact[SettlementClosed], policies: PolicyBook) -> Fold:
    """Its plan is broken; that makes the settlement void (`settlements.followed`)."""
    body = fact.body
    on = fact.effective_on
    state = clocks.end_plan(made.state, plan, policies.of(plan), on=on)
    ended = end_plan(plan, PlanStatus.BROKEN, reason=body.reason or RETURNED, on=on)
    verdict = verdicts.broken(plan, on=on, reason=RETURNED)
    return made.with_state(with_plan(state, ended), verdict)


def follow(made: Fold, fact: Fact, policies: PolicyBook) -> Fold:
    """The fold after a fact, its settlements as that fact left them."""
    if not made.state.settlements:
        return made
    made = cured(made, fact, policies)
    state, reached = settlements.followed(made.state, policies, on=fact.effective_on)
    return made.with_state(state, *reached)
