"""Statuses: how an account, a plan and an installment stand on a day. Derived, never stored."""

from datetime import date
from enum import StrEnum

from app.domain.account.plan import Installment, Plan
from app.domain.account.state import State
from app.domain.policy.model import Policy
from app.domain.standing.lateness import (
    delinquent_days,
    is_missed,
    overdue_installments,
    stopped,
    stops_of,
)


class AccountStatus(StrEnum):
    """The first that holds, in this order."""

    CLOSED = "closed"
    SETTLED = "settled"
    PAID = "paid"
    CHARGED_OFF = "charged_off"
    OPEN = "open"


class Standing(StrEnum):
    """How an active plan is doing: the first that holds, in this order."""

    PAUSED = "paused"
    DELINQUENT = "delinquent"
    IN_GRACE = "in_grace"
    DUE = "due"
    CURRENT = "current"


class InstallmentStatus(StrEnum):
    """The first that holds, in this order."""

    VOID = "void"
    PAID = "paid"
    MISSED = "missed"
    OVERDUE = "overdue"
    DUE = "due"
    PARTIAL = "partial"
    UPCOMING = "upcoming"


def account_status(state: State) -> AccountStatus:
    """Whether there is anything to collect, and on what footing."""
    if state.closed_on is not None:
        return AccountStatus.CLOSED
    if not state.balance:
        return AccountStatus.SETTLED if state.settled_for_less else AccountStatus.PAID
    return AccountStatus.CHARGED_OFF if state.charged_off_on else AccountStatus.OPEN


def standing(state: State, plan: Plan, policy: Policy, *, on: date) -> Standing | None:
    """How a plan is doing on that day; None when it is not active."""
    if not plan.live:
        return None
    stops = stops_of(state)
    if stopped(stops, on):
        return Standing.PAUSED
    if delinquent_days(plan, policy, stops, on=on) > 0:
        return Standing.DELINQUENT
    if overdue_installments(plan, policy, on=on):
        return Standing.IN_GRACE
    if any(installment.due_on == on for installment in plan.owing):
        return Standing.DUE
    return Standing.CURRENT


def installment_status(
    state: State, plan: Plan, installment: Installment, policy: Policy, *, on: date
) -> InstallmentStatus:
    """How one installment of a plan stands on that day: the first that holds."""
    if installment.voided_on is not None:
        return InstallmentStatus.VOID
    if installment.open_minor == 0:
        return InstallmentStatus.PAID
    if plan.waiting or installment.due_on > on:
        begun = installment.paid.total_minor > 0
        return InstallmentStatus.PARTIAL if begun else InstallmentStatus.UPCOMING
    if installment.due_on == on:
        return InstallmentStatus.DUE
    last_due_on = plan.last_due_on
    missed = is_missed(installment, policy, stops_of(state), on=on, last_due_on=last_due_on)
    return InstallmentStatus.MISSED if missed else InstallmentStatus.OVERDUE
