"""What Accord tells the world, by type. Every change appends at least one of these."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.domain.facts.fact import Fact
from app.domain.values import Value


class EventType(StrEnum):
    """Every type of the contract (API.md, "Policies, sweeps, events")."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_UPDATED = "account.updated"
    ACCOUNT_CLOSED = "account.closed"
    ACCOUNT_NOT_JUDGED = "account.not_judged"
    CHARGE_ADDED = "charge.added"
    CHARGE_REVERSED = "charge.reversed"
    CHARGE_MOVED = "charge.moved"
    ADJUSTMENT_POSTED = "adjustment.posted"
    HOLD_PLACED = "hold.placed"
    HOLD_RELEASED = "hold.released"
    PAUSE_SET = "pause.set"
    PAUSE_RESUMED = "pause.resumed"
    QUOTE_CREATED = "quote.created"
    QUOTE_EXPIRED = "quote.expired"
    PLAN_CREATED = "plan.created"
    PLAN_APPROVED = "plan.approved"
    PLAN_REJECTED = "plan.rejected"
    PLAN_ACTIVATED = "plan.activated"
    PLAN_REVISED = "plan.revised"
    REVISION_PROPOSED = "revision.proposed"
    REVISION_APPROVED = "revision.approved"
    REVISION_REJECTED = "revision.rejected"
    PLAN_COMPLETED = "plan.completed"
    PLAN_BROKEN = "plan.broken"
    PLAN_CANCELLED = "plan.cancelled"
    PLAN_REINSTATED = "plan.reinstated"
    INSTALLMENT_DUE = "installment.due"
    INSTALLMENT_MISSED = "installment.missed"
    INSTALLMENT_CURED = "installment.cured"
    INSTALLMENT_PAID = "installment.paid"
    PAYMENT_POSTED = "payment.posted"
    PAYMENT_REVERSED = "payment.reversed"
    PAYMENT_CHARGED_BACK = "payment.charged_back"
    PAYMENT_REFUNDED = "payment.refunded"
    CYCLE_RECORDED = "cycle.recorded"
    WORKOUT_ENTERED = "workout.entered"
    RE_AGE_GRANTED = "re_age.granted"
    RE_AGE_UNDONE = "re_age.undone"
    RE_AGE_REFUSED = "re_age.refused"
    SETTLEMENT_OFFERED = "settlement.offered"
    SETTLEMENT_APPROVED = "settlement.approved"
    SETTLEMENT_ACCEPTED = "settlement.accepted"
    SETTLEMENT_DECLINED = "settlement.declined"
    SETTLEMENT_WITHDRAWN = "settlement.withdrawn"
    SETTLEMENT_EXPIRED = "settlement.expired"
    SETTLEMENT_SATISFIED = "settlement.satisfied"
    SETTLEMENT_REOPENED = "settlement.reopened"
    SETTLEMENT_VOIDED = "settlement.voided"
    PROMISE_MADE = "promise.made"
    PROMISE_KEPT = "promise.kept"
    PROMISE_PARTIAL = "promise.partial"
    PROMISE_BROKEN = "promise.broken"
    ACCOUNT_CHARGED_OFF = "account.charged_off"
    BUCKET_CHANGED = "account.bucket_changed"
    ACCOUNT_SUBSTANDARD = "account.substandard"
    ACCOUNT_CHARGE_OFF_DUE = "account.charge_off_due"


class Event(Value, kw_only=True):
    """One thing to tell, not yet numbered. `key` is a verdict's natural key, else None.

    Whether it corrects an earlier event of that key is found where events are stored: then
    its `data` becomes {before, after}. `withdrawn`: it tells that the verdict no longer holds.
    """

    type: EventType
    business_date: date
    plan_id: UUID | None = None
    payment_id: UUID | None = None
    data: Mapping[str, object]
    key: str | None = None
    before: Mapping[str, object] | None = None
    corrects: bool = False
    withdrawn: bool = False


def event_of(
    fact: Fact,
    kind: EventType,
    data: Mapping[str, object] | None = None,
    *,
    plan_id: UUID | None = None,
    payment_id: UUID | None = None,
    key: str | None = None,
) -> Event:
    """An event that tells a fact: ids, amounts and dates; never names or free text.

    `plan_id` and `payment_id`: which it is about. `key`: where it may be corrected later.
    """
    return Event(
        type=kind,
        business_date=fact.business_date,
        plan_id=plan_id,
        payment_id=payment_id,
        data={"effective_on": fact.effective_on, **(data or {})},
        key=key,
    )


def told_by_verdicts(_fact: Fact) -> tuple[Event, ...]:
    """Of a fact whose verdicts tell it, so that what they say is corrected, and an undo too."""
    return ()
