"""The events of a plan's own facts: opened, decided, ended, paused. None of them moves money."""

from app.domain.account.fold import Fold
from app.domain.entries.events import Event, EventType, event_of
from app.domain.facts.fact import Fact
from app.domain.facts.plans import (
    Pause,
    PlanApproved,
    PlanCancelled,
    PlanOpened,
    PlanProposed,
    PlanReinstated,
    PlanRejected,
    Resume,
)
from app.domain.facts.settlements import SettlementAccepted
from app.domain.vocabulary import PlanKind

Events = tuple[Event, ...]


def tell_opened(fact: Fact[PlanOpened] | Fact[SettlementAccepted], _before: Fold) -> Events:
    """The fact's id is the plan's."""
    return (created(fact), event_of(fact, EventType.PLAN_ACTIVATED, plan_id=fact.id))


def tell_proposed(fact: Fact[PlanProposed], _before: Fold) -> Events:
    return (created(fact),)


def created(fact: Fact[PlanOpened] | Fact[PlanProposed] | Fact[SettlementAccepted]) -> Event:
    """The event of a plan that is there from now on, open or waiting."""
    body = fact.body
    kind = PlanKind.SETTLEMENT if isinstance(body, SettlementAccepted) else body.plan
    data = {
        "kind": kind,
        "total_minor": body.amount_minor,
        "installment_count": len(body.installments),
    }
    return event_of(fact, EventType.PLAN_CREATED, data, plan_id=fact.id)


def tell_approved(fact: Fact[PlanApproved], _before: Fold) -> Events:
    kinds = (EventType.PLAN_APPROVED, EventType.PLAN_ACTIVATED)
    return tuple(event_of(fact, kind, plan_id=fact.body.plan_id) for kind in kinds)


def tell_rejected(fact: Fact[PlanRejected], _before: Fold) -> Events:
    return (event_of(fact, EventType.PLAN_REJECTED, plan_id=fact.body.plan_id),)


def tell_cancelled(fact: Fact[PlanCancelled], _before: Fold) -> Events:
    return (event_of(fact, EventType.PLAN_CANCELLED, plan_id=fact.body.plan_id),)


def tell_reinstated(fact: Fact[PlanReinstated], _before: Fold) -> Events:
    return (event_of(fact, EventType.PLAN_REINSTATED, plan_id=fact.body.plan_id),)


def tell_pause(fact: Fact[Pause], _before: Fold) -> Events:
    body = fact.body
    data = {"pause_id": fact.id, "starts_on": body.starts_on, "ends_on": body.ends_on}
    return (event_of(fact, EventType.PAUSE_SET, data, plan_id=body.plan_id),)


def tell_resume(fact: Fact[Resume], _before: Fold) -> Events:
    data = {"pause_id": fact.body.pause_id, "resumed_on": fact.effective_on}
    return (event_of(fact, EventType.PAUSE_RESUMED, data, plan_id=fact.body.plan_id),)
