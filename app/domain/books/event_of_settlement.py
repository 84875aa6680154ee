"""The events of a settlement's own facts; what it comes to by itself, verdicts tell."""

from collections.abc import Mapping

from app.domain.books.event_of_change import Telling
from app.domain.books.events import EventType
from app.domain.day_close.settlements import SUPERSEDED
from app.domain.facts.fact import Fact
from app.domain.facts.settlements import (
    SettlementAccepted,
    SettlementApproved,
    SettlementClosed,
    SettlementOffered,
    SettlementOutcome,
)

#: How the reason begins for which an offer that waited for approval was withdrawn.
NOT_APPROVED = "not_approved"


def _offered(fact: Fact[SettlementOffered]) -> dict[str, object]:
    body = fact.body
    return {
        "settlement_id": fact.id,
        "amount_minor": body.amount_minor,
        "installment_count": len(body.installments),
        "expires_on": body.expires_on,
        "waits": body.waits,
    }


def _countered(fact: Fact[SettlementOffered]) -> dict[str, object]:
    body = fact.body
    return {"settlement_id": body.supersedes, "reason": SUPERSEDED, "superseded_by": fact.id}


def _approved(fact: Fact[SettlementApproved]) -> dict[str, object]:
    body = fact.body
    return {"settlement_id": body.settlement_id}


def _accepted(fact: Fact[SettlementAccepted]) -> dict[str, object]:
    body = fact.body
    return {"settlement_id": body.settlement_id, "amount_minor": body.amount_minor}


def _plan(fact: Fact[SettlementAccepted]) -> dict[str, object]:
    body = fact.body
    return {"total_minor": body.amount_minor, "installment_count": len(body.installments)}


def _ended(fact: Fact[SettlementClosed]) -> dict[str, object]:
    body = fact.body
    refused = body.reason is not None and body.reason.startswith(NOT_APPROVED)
    said = {"reason": NOT_APPROVED} if refused else {}
    return {"settlement_id": body.settlement_id, **said}


def _nothing_more(_fact: Fact) -> dict[str, object]:
    return {}


_OFFERED: Telling = (EventType.SETTLEMENT_OFFERED, _offered)
_TELLINGS: Mapping[type, tuple[Telling, ...]] = {
    SettlementApproved: ((EventType.SETTLEMENT_APPROVED, _approved),),
    SettlementAccepted: (
        (EventType.SETTLEMENT_ACCEPTED, _accepted),
        (EventType.PLAN_CREATED, _plan),
        (EventType.PLAN_ACTIVATED, _nothing_more),
    ),
}
_ENDED: Mapping[SettlementOutcome, tuple[Telling, ...]] = {
    SettlementOutcome.DECLINED: ((EventType.SETTLEMENT_DECLINED, _ended),),
    SettlementOutcome.WITHDRAWN: ((EventType.SETTLEMENT_WITHDRAWN, _ended),),
    SettlementOutcome.VOID: (),  # told by a verdict, and only where there was something to end
}


def of(fact: Fact) -> tuple[Telling, ...] | None:
    """What tells this fact; None where it is none of a settlement's."""
    body = fact.body
    if isinstance(body, SettlementClosed):
        return _ENDED[body.outcome]
    if isinstance(body, SettlementOffered):
        if body.supersedes is None:
            return (_OFFERED,)
        return ((EventType.SETTLEMENT_WITHDRAWN, _countered), _OFFERED)
    return _TELLINGS.get(type(body))
