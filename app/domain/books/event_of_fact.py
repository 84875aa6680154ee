"""What the books tell the world: the events of a fact, and of verdicts that came or changed.

Events hold ids, amounts and dates; never names or free text.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from app.domain.account.verdicts import Verdict
from app.domain.books import event_of_change, event_of_settlement
from app.domain.books.events import Event, EventType
from app.domain.copying import replace
from app.domain.facts.accounts import (
    Adjustment,
    Charge,
    ChargedOff,
    ChargeOffUndone,
    ChargeReversal,
    Closed,
    ClosureUndone,
    Hold,
    HoldRelease,
    Placement,
    PromiseMade,
)
from app.domain.facts.fact import Fact
from app.domain.facts.payments import Chargeback, ChargebackReversal, Payment, Refund, Reversal
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
from app.domain.replay.fold import Fold


def events_of(fact: Fact) -> Iterator[Event]:
    """The events that tell a fact itself."""
    plan_id, payment_id = _about(fact)
    for kind, tell in _tellings_of(fact):
        yield Event(
            type=kind,
            business_date=fact.business_date,
            plan_id=plan_id,
            payment_id=payment_id,
            data={"effective_on": fact.effective_on, **tell(fact)},
            key=event_of_change.key(kind, fact),
        )


def _tellings_of(fact: Fact) -> tuple[event_of_change.Telling, ...]:
    settled = event_of_settlement.of(fact)
    if settled is not None:
        return settled
    return event_of_change.of(fact) or _TELLINGS[type(fact.body)]


def _about(fact: Fact) -> tuple[UUID | None, UUID | None]:
    """The plan and the payment a fact is about."""
    body = fact.body
    plan_id = getattr(body, "plan_id", None)
    payment_id = getattr(body, "payment_id", None) or getattr(body, "because_of", None)
    if isinstance(body, Payment):
        payment_id = fact.id
    if isinstance(body, PlanOpened | PlanProposed | SettlementAccepted):
        plan_id = fact.id
    return plan_id, payment_id


def _placement(fact: Fact[Placement]) -> dict[str, object]:
    body = fact.body
    return {"total_minor": body.balance.total_minor}


def _charge(fact: Fact[Charge]) -> dict[str, object]:
    body = fact.body
    return {"charge_id": fact.id, "kind": body.charge, "amount_minor": body.amount_minor}


def _charge_reversal(fact: Fact[ChargeReversal]) -> dict[str, object]:
    body = fact.body
    return {"charge_id": body.charge_id}


def _adjustment(fact: Fact[Adjustment]) -> dict[str, object]:
    body = fact.body
    return {
        "adjustment_id": fact.id,
        "component": body.component,
        "amount_minor": body.amount_minor,
    }


def _hold(fact: Fact[Hold]) -> dict[str, object]:
    body = fact.body
    return {"hold_id": fact.id, "kind": body.hold, "starts_on": body.starts_on}


def _release(fact: Fact[HoldRelease]) -> dict[str, object]:
    body = fact.body
    return {"hold_id": body.hold_id}


def _payment(fact: Fact[Payment]) -> dict[str, object]:
    body = fact.body
    return {"amount_minor": body.amount_minor, "method": body.method, "kind": body.payment}


def _reversal(fact: Fact[Reversal]) -> dict[str, object]:
    body = fact.body
    return {"reversal_id": fact.id, "reason_code": body.reason_code}


def _chargeback(fact: Fact[Chargeback]) -> dict[str, object]:
    body = fact.body
    return {
        "chargeback_id": fact.id,
        "amount_minor": body.amount_minor,
        "reason_code": body.reason_code,
    }


def _chargeback_won(fact: Fact[ChargebackReversal]) -> dict[str, object]:
    body = fact.body
    return {"chargeback_id": body.chargeback_id, "won": True}


def _refund(fact: Fact[Refund]) -> dict[str, object]:
    body = fact.body
    return {"refund_id": fact.id, "amount_minor": body.amount_minor}


def _plan_opened(fact: Fact[PlanOpened | PlanProposed]) -> dict[str, object]:
    body = fact.body
    return {"total_minor": body.amount_minor, "installment_count": len(body.installments)}


def _pause(fact: Fact[Pause]) -> dict[str, object]:
    body = fact.body
    return {"pause_id": fact.id, "starts_on": body.starts_on, "ends_on": body.ends_on}


def _resume(fact: Fact[Resume]) -> dict[str, object]:
    body = fact.body
    return {"pause_id": body.pause_id, "resumed_on": fact.effective_on}


def _promise(fact: Fact[PromiseMade]) -> dict[str, object]:
    body = fact.body
    return {"promise_id": fact.id, "amount_minor": body.amount_minor, "due_on": body.due_on}


def _nothing_more(_fact: Fact) -> dict[str, object]:
    return {}


_TELLINGS: Mapping[type, tuple[tuple[EventType, Callable[[Fact[Any]], dict[str, object]]], ...]] = {
    Placement: ((EventType.ACCOUNT_CREATED, _placement),),
    Charge: ((EventType.CHARGE_ADDED, _charge),),
    ChargeReversal: ((EventType.CHARGE_REVERSED, _charge_reversal),),
    Adjustment: ((EventType.ADJUSTMENT_POSTED, _adjustment),),
    Hold: ((EventType.HOLD_PLACED, _hold),),
    HoldRelease: ((EventType.HOLD_RELEASED, _release),),
    Payment: ((EventType.PAYMENT_POSTED, _payment),),
    Reversal: ((EventType.PAYMENT_REVERSED, _reversal),),
    Chargeback: ((EventType.PAYMENT_CHARGED_BACK, _chargeback),),
    ChargebackReversal: ((EventType.PAYMENT_CHARGED_BACK, _chargeback_won),),
    Refund: ((EventType.PAYMENT_REFUNDED, _refund),),
    PlanOpened: (
        (EventType.PLAN_CREATED, _plan_opened),
        (EventType.PLAN_ACTIVATED, _nothing_more),
    ),
    PlanProposed: ((EventType.PLAN_CREATED, _plan_opened),),
    PlanApproved: (
        (EventType.PLAN_APPROVED, _nothing_more),
        (EventType.PLAN_ACTIVATED, _nothing_more),
    ),
    PlanRejected: ((EventType.PLAN_REJECTED, _nothing_more),),
    PlanCancelled: ((EventType.PLAN_CANCELLED, _nothing_more),),
    Pause: ((EventType.PAUSE_SET, _pause),),
    Resume: ((EventType.PAUSE_RESUMED, _resume),),
    PlanReinstated: ((EventType.PLAN_REINSTATED, _nothing_more),),
    PromiseMade: ((EventType.PROMISE_MADE, _promise),),
    # Told by verdicts of the fold, so that what was written off is corrected, and an undo too.
    ChargedOff: (),
    ChargeOffUndone: (),
    Closed: (),
    ClosureUndone: (),
}


def event_of_verdict(verdict: Verdict) -> Event:
    """The event that tells a verdict for the first time."""
    return Event(
        type=EventType(verdict.type),
        business_date=verdict.on,
        plan_id=verdict.plan_id,
        payment_id=verdict.payment_id,
        data=_data(verdict),
        key=verdict.key,
    )


def _data(verdict: Verdict) -> Mapping[str, object]:
    if verdict.type.startswith("promise."):
        return {"promise_id": verdict.subject, **verdict.data}
    if verdict.type.startswith("settlement."):
        return {"settlement_id": verdict.subject, **verdict.data}
    if verdict.type.startswith("charge."):
        return {"charge_id": verdict.subject, **verdict.data}
    if verdict.subject is not None and verdict.subject != verdict.plan_id:
        return {"installment_id": verdict.subject, **verdict.data}
    return dict(verdict.data)


def verdict_events(before: Fold, after: Fold) -> Iterator[Event]:
    """New verdicts, and corrections of those that changed or fell away, by day judged."""
    was = {verdict.key: verdict for verdict in before.verdicts}
    now = {verdict.key: verdict for verdict in after.verdicts}
    changed = [
        replace(event_of_verdict(verdict), before=_data(was[key]), corrects=True)
        if key in was
        else event_of_verdict(verdict)
        for key, verdict in now.items()
        if key not in was or was[key].data != verdict.data
    ]
    changed += [
        replace(event_of_verdict(verdict), before=_data(verdict), corrects=True, withdrawn=True)
        for key, verdict in was.items()
        if key not in now
    ]
    yield from sorted(changed, key=lambda event: event.business_date)
