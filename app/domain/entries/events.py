"""The events of Accord, by type. Every change appends at least one of these."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.domain.account.fold import Fold
from app.domain.facts.fact import Fact
from app.domain.values import Value
from app.domain.vocabulary import Role


class EventType(StrEnum):
    """Every type there is. What each carries is in docs/events.md."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_UPDATED = "account.updated"
    ACCOUNT_ASSIGNED = "account.assigned"
    ACCOUNT_PLACEMENT_CORRECTED = "account.placement_corrected"
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
    INTEREST_POSTED = "interest.posted"
    SUSPENSE_RECEIVED = "suspense.received"
    SUSPENSE_ASSIGNED = "suspense.assigned"
    SUSPENSE_REFUNDED = "suspense.refunded"
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
    PERSON_MERGED = "person.merged"
    PERSON_ERASED = "person.erased"
    PARTY_ADDED = "party.added"
    PARTY_ENDED = "party.ended"
    CONTACT_POINT_ADDED = "contact_point.added"
    CONTACT_POINT_CHANGED = "contact_point.changed"
    CONTACT_POINT_INVALIDATED = "contact_point.invalidated"
    CONSENT_GIVEN = "consent.given"
    CONSENT_REVOKED = "consent.revoked"
    LINK_CREATED = "link.created"
    LINK_VERIFIED = "link.verified"
    LINK_USED = "link.used"
    LINK_LOCKED = "link.locked"
    LINK_REVOKED = "link.revoked"
    RESTRICTION_PLACED = "restriction.placed"
    RESTRICTION_LIFTED = "restriction.lifted"
    CONTACT_RECORDED = "contact.recorded"
    CONTACT_CORRECTED = "contact.corrected"
    CONTACT_VOIDED = "contact.voided"
    CONTACT_JUDGED = "contact.judged"
    CONTACT_REFUSED = "contact.refused"
    CONTACT_OVERRIDDEN = "contact.overridden"
    MESSAGE_CREATED = "message.created"
    MESSAGE_SENT = "message.sent"
    MESSAGE_DELIVERED = "message.delivered"
    MESSAGE_UNDELIVERABLE = "message.undeliverable"
    MESSAGE_UNCERTAIN = "message.uncertain"
    MESSAGE_SUPPRESSED = "message.suppressed"
    MESSAGE_CANCELLED = "message.cancelled"
    MESSAGE_EXPIRED = "message.expired"
    VALIDATION_SENT = "validation.sent"
    VALIDATION_RESTARTED = "validation.restarted"
    VALIDATION_ENDED = "validation.ended"
    DISPUTE_RECEIVED = "dispute.received"
    WORK_CALLBACK_SET = "work.callback_set"
    WORK_COMPLETED = "work.completed"
    ESCALATION_OPENED = "escalation.opened"
    ESCALATION_CHANGED = "escalation.changed"
    ESCALATION_CLOSED = "escalation.closed"
    EVIDENCE_CREATED = "evidence.created"
    LEGAL_HOLD_PLACED = "legal_hold.placed"
    LEGAL_HOLD_RELEASED = "legal_hold.released"
    TARGET_SET = "target.set"
    REPORT_SCHEDULED = "report.scheduled"
    REPORT_DELIVERED = "report.delivered"
    REPORT_FAILED = "report.failed"
    IMPORT_PROPOSED = "import.proposed"
    IMPORT_REJECTED = "import.rejected"
    IMPORT_COMMITTED = "import.committed"


#: Of money that no account has, or none yet: each payment's are a chain.
OF_NO_ACCOUNT = frozenset(
    {EventType.SUSPENSE_RECEIVED, EventType.SUSPENSE_ASSIGNED, EventType.SUSPENSE_REFUNDED}
)


def account_of(kind: str, chain_id: UUID, tenant_id: UUID) -> UUID | None:
    """The account that the chain of such an event is; None: it is the tenant's, or a payment's."""
    return None if chain_id == tenant_id or kind in OF_NO_ACCOUNT else chain_id


class Event(Value, kw_only=True):
    """One thing to tell, not yet numbered. `key` is a verdict's natural key, else None.

    Whether it corrects an earlier event of that key is found where events are stored: then
    its `data` becomes {before, after}. `withdrawn`: it tells that the verdict no longer holds.
    `told_before`: of a verdict of no fold that may have been told, and is then corrected.
    `actor` to `reason`: of the act that it came of; none where a day alone brought it about.
    `…_after_minor`: what the account owes and what waits on it from here on, where that changed;
    the last event of a command, or of a day closed, has them.
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
    told_before: bool = False
    actor: str | None = None
    role: Role | None = None
    origin: str | None = None
    reason: str | None = None
    balance_after_minor: int | None = None
    unapplied_after_minor: int | None = None


def event_of(
    fact: Fact,
    kind: EventType,
    data: Mapping[str, object] | None = None,
    *,
    plan_id: UUID | None = None,
    payment_id: UUID | None = None,
    key: str | None = None,
) -> Event:
    """An event that tells a fact: ids, amounts and dates, and who did it, and why.

    `plan_id` and `payment_id`: which it is about. `key`: where it may be corrected later.
    """
    return Event(
        type=kind,
        business_date=fact.business_date,
        plan_id=plan_id,
        payment_id=payment_id,
        data={"effective_on": fact.effective_on, **(data or {})},
        key=key,
        actor=fact.actor,
        role=fact.role,
        origin=fact.origin,
        reason=fact.body.why,
    )


def told_by_verdicts(_fact: Fact, _before: Fold) -> tuple[Event, ...]:
    """Of a fact whose verdicts tell it, so that what they say is corrected, and an undo too."""
    return ()
