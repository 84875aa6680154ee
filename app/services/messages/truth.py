"""Does what a message says still hold? Asked when a notice is made, and when a worker takes it."""

from datetime import date
from typing import Final
from uuid import UUID

from app.domain.account.plan import Plan, PlanStatus
from app.domain.account.promise import PromiseStatus
from app.domain.account.state import State
from app.domain.messages.arising import WITHDRAWN, revision_id
from app.domain.messages.notices import (
    OF_INSTALLMENTS,
    OF_VALIDATION,
    Installment,
    NoticeRule,
    When,
    still_true,
)
from app.domain.vocabulary import SettlementStatus
from app.services.contacts.facts import Facts
from app.services.context import Context
from app.storage.messages.messages import StoredMessage
from app.storage.payments import payments

#: Said of what was: an account that was closed since changes nothing about it.
_OF_THE_PAST: Final = frozenset({When.PAYMENT_POSTED, When.SETTLEMENT_SATISFIED})
_UNDONE: Final = frozenset({"reversed", "charged_back"})


async def is_still_true(ctx: Context, found: Facts, message: StoredMessage) -> bool:
    """Of a notice: what it is about stands as it said. Of any other: the account is open."""
    state, arises = found.reading.state, _arises(message)
    if _withdraws(message):
        return True
    if state.closed_on is not None and arises not in _OF_THE_PAST:
        return False
    if arises is None or message.subject_id is None or message.about_on is None:
        return True
    if arises in OF_INSTALLMENTS:
        return _of_installment(found, message, arises, message.about_on)
    if arises is When.PAYMENT_POSTED:
        payment = await payments.read(ctx.tx, message.account_id, message.subject_id)
        return payment is not None and payment.status not in _UNDONE
    sent_before = arises in OF_VALIDATION and found.was_sent_notice
    return not sent_before and stands(state, arises, message.subject_id, message.about_on)


def stands(state: State, when: When, subject_id: UUID, about_on: date) -> bool:
    """Whether what happened to a plan, promise or settlement is so; of any other subject: yes."""
    match when:
        case When.PLAN_CHANGED:
            return plan_of_revision(state, subject_id) is not None
        case When.PLAN_AGREED | When.PLAN_BROKEN:
            plan = state.plan(subject_id)
            return plan is not None and not plan.settles and _plan_stands(plan, when, about_on)
        case When.PROMISE_BROKEN | When.BEFORE_PROMISE:
            wanted = PromiseStatus.BROKEN if when is When.PROMISE_BROKEN else PromiseStatus.OPEN
            promise = next((one for one in state.promises if one.id == subject_id), None)
            return promise is not None and promise.status is wanted
        case When.EACH_MONTH | When.FIRST_COMMUNICATION | When.PLACED:
            return bool(state.balance)
        case _ if when in _STATUSES:
            settlement = state.settlement(subject_id)
            return settlement is not None and settlement.status is _STATUSES[when]
        case _:
            return True


def _plan_stands(plan: Plan, when: When, about_on: date) -> bool:
    """A plan that a settlement is paid by has letters of its own, and never comes here."""
    if when is When.PLAN_AGREED:
        return plan.live and plan.revision == 1
    return plan.status is PlanStatus.BROKEN and plan.ended_on == about_on


_STATUSES: Final = {
    When.BEFORE_EXPIRY: SettlementStatus.OFFERED,
    When.SETTLEMENT_OFFERED: SettlementStatus.OFFERED,
    When.SETTLEMENT_ACCEPTED: SettlementStatus.ACCEPTED,
    When.SETTLEMENT_SATISFIED: SettlementStatus.SATISFIED,
}


def plan_of_revision(state: State, subject_id: UUID) -> Plan | None:
    """The live plan whose schedule in force that is."""
    live = (one for one in state.plans if one.live)
    return next((one for one in live if revision_id(one.id, one.revision) == subject_id), None)


def _withdraws(message: StoredMessage) -> bool:
    return message.notice is not None and message.notice.endswith(WITHDRAWN)


def _arises(message: StoredMessage) -> When | None:
    """From what a notice arose; those of before it was kept, of an installment."""
    if message.arises is not None:
        return When(message.arises)
    return When.BEFORE_DUE if message.subject == "installment" else None


def _of_installment(found: Facts, message: StoredMessage, when: When, about_on: date) -> bool:
    plan, on = found.reading.state.live_plan, found.reading.as_of
    if plan is None or any(one.starts_on <= on <= one.until_on for one in plan.pauses):
        return False
    one = next((one for one in plan.installments if one.id == message.subject_id), None)
    if one is None:
        return False
    row = Installment(
        id=str(one.id), due_on=one.due_on, outstanding_minor=one.open_minor,
        missed_on=one.missed_on,
    )  # fmt: skip
    if message.arises is None and about_on != one.due_on:
        when = When.AFTER_MISSED
    rule = NoticeRule(key=message.notice or "", when=when, days=0)
    return still_true(rule, row, about_on, reminds=plan.live)
