"""Every type of event, and what it carries: the one table that builders and readers are held to.

The document of the API shows the types as one union, told apart by `type`; docs/events.md is
written from here (`accord events`). What is told now has every field that is asked for here. What
was told by an earlier version keeps the fields it had.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, ConfigDict, Field, RootModel, create_model
from pydantic.config import JsonDict

from app.domain.account.verdicts import VerdictType
from app.domain.entries.events import EventType
from app.schemas.events import (
    accounts,
    contacts,
    escalations,
    links,
    messages,
    payments,
    persons,
    plans,
    reports,
    settlements,
    worklists,
)
from app.schemas.events.base import Data, EventBase

_CARRIES: Mapping[EventType, type[Data]] = {
    EventType.ACCOUNT_CREATED: accounts.AccountCreatedData,
    EventType.ACCOUNT_UPDATED: accounts.AccountUpdatedData,
    EventType.ACCOUNT_ASSIGNED: accounts.AccountAssignedData,
    EventType.ACCOUNT_PLACEMENT_CORRECTED: accounts.PlacementCorrectedData,
    EventType.ACCOUNT_CLOSED: accounts.AccountClosedData,
    EventType.ACCOUNT_CHARGED_OFF: accounts.AccountChargedOffData,
    EventType.ACCOUNT_NOT_JUDGED: accounts.AccountNotJudgedData,
    EventType.BUCKET_CHANGED: accounts.BucketChangedData,
    EventType.ACCOUNT_SUBSTANDARD: accounts.SubstandardData,
    EventType.ACCOUNT_CHARGE_OFF_DUE: accounts.ChargeOffDueData,
    EventType.CHARGE_ADDED: accounts.ChargeAddedData,
    EventType.CHARGE_REVERSED: accounts.ChargeReversedData,
    EventType.CHARGE_MOVED: accounts.ChargeMovedData,
    EventType.ADJUSTMENT_POSTED: accounts.AdjustmentPostedData,
    EventType.INTEREST_POSTED: accounts.InterestPostedData,
    EventType.HOLD_PLACED: accounts.HoldPlacedData,
    EventType.HOLD_RELEASED: accounts.HoldReleasedData,
    EventType.PROMISE_MADE: accounts.PromiseMadeData,
    EventType.PROMISE_KEPT: accounts.PromiseJudgedData,
    EventType.PROMISE_PARTIAL: accounts.PromiseJudgedData,
    EventType.PROMISE_BROKEN: accounts.PromiseJudgedData,
    EventType.CYCLE_RECORDED: accounts.CycleRecordedData,
    EventType.WORKOUT_ENTERED: accounts.WorkoutEnteredData,
    EventType.PAYMENT_POSTED: payments.PaymentPostedData,
    EventType.PAYMENT_REVERSED: payments.PaymentReversedData,
    EventType.PAYMENT_CHARGED_BACK: payments.PaymentChargedBackData,
    EventType.PAYMENT_REFUNDED: payments.PaymentRefundedData,
    EventType.SUSPENSE_RECEIVED: payments.SuspenseReceivedData,
    EventType.SUSPENSE_ASSIGNED: payments.SuspenseAssignedData,
    EventType.SUSPENSE_REFUNDED: payments.SuspenseRefundedData,
    EventType.QUOTE_CREATED: plans.QuoteCreatedData,
    EventType.QUOTE_EXPIRED: plans.QuoteExpiredData,
    EventType.PLAN_CREATED: plans.PlanCreatedData,
    EventType.PLAN_APPROVED: plans.PlanActedData,
    EventType.PLAN_ACTIVATED: plans.PlanActedData,
    EventType.PLAN_REJECTED: plans.PlanEndedData,
    EventType.PLAN_CANCELLED: plans.PlanEndedData,
    EventType.PLAN_REINSTATED: plans.PlanEndedData,
    EventType.PLAN_COMPLETED: plans.PlanCompletedData,
    EventType.PLAN_BROKEN: plans.PlanBrokenData,
    EventType.PLAN_REVISED: plans.PlanRevisedData,
    EventType.REVISION_PROPOSED: plans.RevisionDecidedData,
    EventType.REVISION_APPROVED: plans.RevisionDecidedData,
    EventType.REVISION_REJECTED: plans.RevisionDecidedData,
    EventType.INSTALLMENT_DUE: plans.InstallmentDueData,
    EventType.INSTALLMENT_MISSED: plans.InstallmentMissedData,
    EventType.INSTALLMENT_CURED: plans.InstallmentCuredData,
    EventType.INSTALLMENT_PAID: plans.InstallmentPaidData,
    EventType.PAUSE_SET: plans.PauseSetData,
    EventType.PAUSE_RESUMED: plans.PauseResumedData,
    EventType.RE_AGE_GRANTED: plans.ReAgeGrantedData,
    EventType.RE_AGE_UNDONE: plans.ReAgeUndoneData,
    EventType.RE_AGE_REFUSED: plans.ReAgeRefusedData,
    EventType.SETTLEMENT_OFFERED: settlements.SettlementOfferedData,
    EventType.SETTLEMENT_APPROVED: settlements.SettlementDecidedData,
    EventType.SETTLEMENT_ACCEPTED: settlements.SettlementAcceptedData,
    EventType.SETTLEMENT_DECLINED: settlements.SettlementDecidedData,
    EventType.SETTLEMENT_WITHDRAWN: settlements.SettlementWithdrawnData,
    EventType.SETTLEMENT_EXPIRED: settlements.SettlementExpiredData,
    EventType.SETTLEMENT_SATISFIED: settlements.SettlementSatisfiedData,
    EventType.SETTLEMENT_REOPENED: settlements.SettlementUnsettledData,
    EventType.SETTLEMENT_VOIDED: settlements.SettlementUnsettledData,
    EventType.PERSON_MERGED: persons.PersonMergedData,
    EventType.PERSON_ERASED: persons.PersonErasedData,
    EventType.PARTY_ADDED: persons.PartyAddedData,
    EventType.PARTY_ENDED: persons.PartyEndedData,
    EventType.CONTACT_POINT_ADDED: persons.ContactPointAddedData,
    EventType.CONTACT_POINT_CHANGED: persons.ContactPointChangedData,
    EventType.CONTACT_POINT_INVALIDATED: persons.ContactPointInvalidatedData,
    EventType.CONSENT_GIVEN: persons.ConsentGivenData,
    EventType.CONSENT_REVOKED: persons.ConsentRevokedData,
    EventType.RESTRICTION_PLACED: persons.RestrictionPlacedData,
    EventType.RESTRICTION_LIFTED: persons.RestrictionLiftedData,
    EventType.CONTACT_RECORDED: contacts.ContactRecordedData,
    EventType.CONTACT_CORRECTED: contacts.ContactCorrectedData,
    EventType.CONTACT_VOIDED: contacts.ContactVoidedData,
    EventType.CONTACT_JUDGED: contacts.ContactJudgedData,
    EventType.CONTACT_REFUSED: contacts.ContactRefusedData,
    EventType.CONTACT_OVERRIDDEN: contacts.ContactOverriddenData,
    EventType.VALIDATION_SENT: contacts.ValidationSentData,
    EventType.VALIDATION_ENDED: contacts.ValidationEndedData,
    EventType.DISPUTE_RECEIVED: contacts.DisputeReceivedData,
    EventType.VALIDATION_RESTARTED: contacts.ValidationRestartedData,
    EventType.MESSAGE_CREATED: messages.MessageCreatedData,
    EventType.MESSAGE_SENT: messages.MessageSentData,
    EventType.MESSAGE_DELIVERED: messages.MessageDeliveredData,
    EventType.MESSAGE_UNDELIVERABLE: messages.MessageUndeliverableData,
    EventType.MESSAGE_UNCERTAIN: messages.MessageUncertainData,
    EventType.MESSAGE_SUPPRESSED: messages.MessageSuppressedData,
    EventType.MESSAGE_CANCELLED: messages.MessageCancelledData,
    EventType.MESSAGE_EXPIRED: messages.MessageExpiredData,
    EventType.EVIDENCE_CREATED: persons.EvidenceCreatedData,
    EventType.LINK_CREATED: links.LinkCreatedData,
    EventType.LINK_VERIFIED: links.LinkVerifiedData,
    EventType.LINK_USED: links.LinkUsedData,
    EventType.LINK_LOCKED: links.LinkLockedData,
    EventType.LINK_REVOKED: links.LinkRevokedData,
    EventType.ESCALATION_OPENED: escalations.EscalationOpenedData,
    EventType.ESCALATION_CHANGED: escalations.EscalationChangedData,
    EventType.ESCALATION_CLOSED: escalations.EscalationClosedData,
    EventType.WORK_CALLBACK_SET: worklists.CallbackSetData,
    EventType.WORK_COMPLETED: worklists.WorkCompletedData,
    EventType.LEGAL_HOLD_PLACED: persons.LegalHoldData,
    EventType.LEGAL_HOLD_RELEASED: persons.LegalHoldReleasedData,
    EventType.TARGET_SET: reports.TargetSetData,
    EventType.REPORT_SCHEDULED: reports.ReportScheduledData,
    EventType.REPORT_DELIVERED: reports.ReportDeliveredData,
    EventType.REPORT_FAILED: reports.ReportFailedData,
    EventType.IMPORT_PROPOSED: reports.ImportProposedData,
    EventType.IMPORT_REJECTED: reports.ImportRejectedData,
    EventType.IMPORT_COMMITTED: reports.ImportCommittedData,
}
#: What can be withdrawn or changed by a correction.
_CORRIGIBLE = {
    *map(str, VerdictType), EventType.RE_AGE_GRANTED, EventType.CONTACT_JUDGED,
    EventType.DISPUTE_RECEIVED,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind:
    """One type: its model, what its `data` is, and whether it may come as a correction."""

    of: EventType
    model: type[BaseModel]
    data: type[Data]
    corrigible: bool


def _only(of: EventType) -> Any:  # noqa: ANN401 - a type made at runtime
    return Literal[of.value]


def _kind(of: EventType, data: type[Data]) -> EventKind:
    name = "".join(part.capitalize() for part in of.value.replace(".", "_").split("_"))
    corrigible = of.value in _CORRIGIBLE
    carried: Any = Union[data, correction_of(data)] if corrigible else data  # noqa: UP007 - at runtime
    model = create_model(
        f"{name}Event",
        __base__=EventBase,
        __doc__=data.__doc__,
        type=(_only(of), ...),
        data=(carried, ...),
    )
    return EventKind(of=of, model=model, data=data, corrigible=corrigible)


_corrections: dict[type[Data], type[Data]] = {}


def correction_of(data: type[Data]) -> type[Data]:
    """The `data` of an event that `corrects`: what was said before, and what is true now."""
    if data not in _corrections:
        maybe: Any = data | None
        _corrections[data] = create_model(
            data.__name__.removesuffix("Data") + "Correction",
            __base__=Data,
            __doc__="What was said before (null: it was withdrawn), and what is true now (null: "
            "no longer so).",
            before=(maybe, ...),
            after=(maybe, ...),
        )
    return _corrections[data]


EXAMPLE: JsonDict = {
    "id": "evt_01h455vb4pex5vsknk084sn02q",
    "type": "payment.posted",
    "occurred_at": "2026-03-15T10:12:00Z",
    "business_date": "2026-03-15",
    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
    "plan_id": None,
    "payment_id": "pay_01h455vb4pex5vsknk084sn02q",
    "sequence": 7,
    "data": {
        "effective_on": "2026-03-15",
        "reference": "BANK-2026-03-15-0007",
        "amount_minor": 12000,
        "method": "ach",
        "kind": "repayment",
    },
    "corrects": None,
    "actor": "agent-17",
    "role": "agent",
    "origin": None,
    "reason": None,
    "balance_after_minor": 108000,
    "unapplied_after_minor": 0,
}
#: In the order of the types.
KINDS: Mapping[EventType, EventKind] = {of: _kind(of, _CARRIES[of]) for of in EventType}
_UNION: Any = Annotated[
    Union[tuple(kind.model for kind in KINDS.values())],  # noqa: UP007 - made at runtime
    Field(discriminator="type"),
]
#: An event as the document of the API shows it.
_Told: Any = RootModel.__class_getitem__(_UNION)
EventDocument: Any = create_model(
    "EventRead",
    __base__=_Told,
    __doc__="One event, by its `type`. Apply an account's events in order of `sequence`; skip ids "
    "you have seen.",
)


class _Timeline(BaseModel):
    """What a page of a timeline shows itself by."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"data": [EXAMPLE], "next_cursor": None}]}
    )


TimelinePage: type[BaseModel] = create_model(
    "TimelinePage",
    __base__=_Timeline,
    __doc__="One page of an account's events, in order of `sequence`; `next_cursor` null on the "
    "last.",
    data=(list[EventDocument], ...),
    next_cursor=(str | None, ...),
)
