"""The events of a settlement's own facts. What it comes to by itself, verdicts tell."""

from app.domain.account.fold import Fold
from app.domain.day_close.settlements import SUPERSEDED
from app.domain.entries.events import Event, EventType, event_of
from app.domain.entries.plans import tell_opened
from app.domain.facts.fact import Fact
from app.domain.facts.settlements import (
    SettlementAccepted,
    SettlementApproved,
    SettlementClosed,
    SettlementOffered,
    SettlementOutcome,
)

Events = tuple[Event, ...]

#: How the reason begins for which an offer that waited for approval was withdrawn.
NOT_APPROVED = "not_approved"


def tell_offered(fact: Fact[SettlementOffered], _before: Fold) -> Events:
    """The offer, and before it the end of the one it counters."""
    body = fact.body
    data = {
        "settlement_id": fact.id,
        "amount_minor": body.amount_minor,
        "installment_count": len(body.installments),
        "expires_on": body.expires_on,
        "waits": body.waits,
    }
    offered = event_of(fact, EventType.SETTLEMENT_OFFERED, data)
    if body.supersedes is None:
        return (offered,)
    countered = {
        "settlement_id": body.supersedes,
        "reason": SUPERSEDED,
        "superseded_by_settlement_id": fact.id,
    }
    return (event_of(fact, EventType.SETTLEMENT_WITHDRAWN, countered), offered)


def tell_approved(fact: Fact[SettlementApproved], _before: Fold) -> Events:
    data = {"settlement_id": fact.body.settlement_id}
    return (event_of(fact, EventType.SETTLEMENT_APPROVED, data),)


def tell_accepted(fact: Fact[SettlementAccepted], before: Fold) -> Events:
    """Accepted, and with it a plan: the fact's id is the plan's."""
    data = {"settlement_id": fact.body.settlement_id, "amount_minor": fact.body.amount_minor}
    accepted = event_of(fact, EventType.SETTLEMENT_ACCEPTED, data, plan_id=fact.id)
    return (accepted, *tell_opened(fact, before))


def tell_closed(fact: Fact[SettlementClosed], _before: Fold) -> Events:
    body = fact.body
    data: dict[str, object] = {"settlement_id": body.settlement_id}
    if body.reason is not None and body.reason.startswith(NOT_APPROVED):
        data["reason"] = NOT_APPROVED
    match body.outcome:
        case SettlementOutcome.DECLINED:
            return (event_of(fact, EventType.SETTLEMENT_DECLINED, data),)
        case SettlementOutcome.WITHDRAWN:
            return (event_of(fact, EventType.SETTLEMENT_WITHDRAWN, data),)
        case SettlementOutcome.VOID:
            return ()  # told by a verdict, and only where there was something to end
