"""Verdicts: what became true of an account on a day, told once and corrected by its key.

A verdict is made by the function named for what it says, so that all who judge the same say the
same of it.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.domain.account.plan import Installment, Plan
from app.domain.account.promise import Promised
from app.domain.account.settlement import Settlement
from app.domain.facts.kinds import FactKind
from app.domain.values import Value, field
from app.domain.vocabulary import HoldKind


class VerdictType(StrEnum):
    """What can be judged; each is the type of the event that tells it."""

    INSTALLMENT_DUE = "installment.due"
    INSTALLMENT_MISSED = "installment.missed"
    INSTALLMENT_CURED = "installment.cured"
    INSTALLMENT_PAID = "installment.paid"
    PLAN_COMPLETED = "plan.completed"
    PLAN_BROKEN = "plan.broken"
    PLAN_REINSTATED = "plan.reinstated"
    PLAN_CANCELLED = "plan.cancelled"
    PLAN_REJECTED = "plan.rejected"
    SETTLEMENT_WITHDRAWN = "settlement.withdrawn"
    SETTLEMENT_EXPIRED = "settlement.expired"
    SETTLEMENT_SATISFIED = "settlement.satisfied"
    SETTLEMENT_REOPENED = "settlement.reopened"
    SETTLEMENT_VOIDED = "settlement.voided"
    PROMISE_KEPT = "promise.kept"
    PROMISE_PARTIAL = "promise.partial"
    PROMISE_BROKEN = "promise.broken"
    BUCKET_CHANGED = "account.bucket_changed"
    SUBSTANDARD = "account.substandard"
    CHARGE_OFF_DUE = "account.charge_off_due"
    CHARGED_OFF = "account.charged_off"
    CLOSED = "account.closed"
    CHARGE_BARRED = "charge.reversed"
    CHARGE_MOVED = "charge.moved"


class Verdict(Value, kw_only=True):
    """Something judged true on a day. Its natural key is type, subject, day, n."""

    type: VerdictType
    subject: UUID | None  # installment or plan; None: the account
    on: date
    plan_id: UUID | None = None
    payment_id: UUID | None = None
    data: Mapping[str, str | int] = field(default_factory=dict)
    n: int = 0  # tells apart several of one type, subject and day; given by the fold

    @property
    def key(self) -> str:
        """The natural key: the same verdict has the same key in every replay."""
        return f"{self.type}:{self.subject or ''}:{self.on}:{self.n}"


# --- Installments -------------------------------------------------------------------------------


def due(plan: Plan, installment: Installment, *, on: date) -> Verdict:
    """An installment is due today, for what is open of it."""
    return _of_installment(
        VerdictType.INSTALLMENT_DUE, plan, installment, on, due_minor=installment.open_minor
    )


def missed(plan: Plan, installment: Installment, *, on: date) -> Verdict:
    """Its grace is over, and it is short by what is open of it."""
    return _of_installment(
        VerdictType.INSTALLMENT_MISSED,
        plan,
        installment,
        on,
        due_on=installment.due_on.isoformat(),
        short_minor=installment.open_minor,
    )


def cured(
    plan: Plan, installment: Installment, *, missed_on: date, on: date, by: FactKind
) -> Verdict:
    """It was missed and no longer counts as missed, by this kind of fact."""
    return _of_installment(
        VerdictType.INSTALLMENT_CURED,
        plan,
        installment,
        on,
        missed_on=missed_on.isoformat(),
        by=by.value,
    )


def paid(plan: Plan, installment: Installment, *, on: date) -> Verdict:
    """Nothing is open of it any more."""
    return _of_installment(
        VerdictType.INSTALLMENT_PAID, plan, installment, on, paid_minor=installment.paid.total_minor
    )


def _of_installment(
    kind: VerdictType, plan: Plan, installment: Installment, on: date, **data: str | int
) -> Verdict:
    return Verdict(type=kind, subject=installment.id, on=on, plan_id=plan.id, data=data)


# --- Plans --------------------------------------------------------------------------------------


def completed(plan: Plan, *, on: date) -> Verdict:
    """All of the plan is paid."""
    return _of_plan(VerdictType.PLAN_COMPLETED, plan, on)


def broken(plan: Plan, *, on: date, reason: str, **figures: str | int) -> Verdict:
    """The plan ended unpaid. `figures`: of the rule that broke it, where one did."""
    return _of_plan(VerdictType.PLAN_BROKEN, plan, on, reason=reason, **figures)


def cancelled(plan: Plan, *, on: date, reason: str) -> Verdict:
    """A live plan ended because of something else that happened."""
    return _of_plan(VerdictType.PLAN_CANCELLED, plan, on, reason=reason)


def rejected(plan: Plan, *, on: date, reason: str) -> Verdict:
    """A plan that waited for approval ended because of something else that happened."""
    return _of_plan(VerdictType.PLAN_REJECTED, plan, on, reason=reason)


def reinstated(plan: Plan, *, on: date, reason: str) -> Verdict:
    """An ended plan is live again."""
    return _of_plan(VerdictType.PLAN_REINSTATED, plan, on, reason=reason)


def _of_plan(kind: VerdictType, plan: Plan, on: date, **data: str | int) -> Verdict:
    return Verdict(type=kind, subject=plan.id, on=on, plan_id=plan.id, data=data)


# --- Settlements and promises -------------------------------------------------------------------


def offer_expired(settlement: Settlement, *, on: date) -> Verdict:
    """An open offer lapsed."""
    return _of_settlement(VerdictType.SETTLEMENT_EXPIRED, settlement, on)


def offer_withdrawn(settlement: Settlement, *, on: date, reason: str) -> Verdict:
    """An open offer ended because of something else that happened."""
    return _of_settlement(VerdictType.SETTLEMENT_WITHDRAWN, settlement, on, reason=reason)


def satisfied(settlement: Settlement, *, on: date) -> Verdict:
    """It is paid, and the rest of what was owed is forgiven."""
    return Verdict(
        type=VerdictType.SETTLEMENT_SATISFIED,
        subject=settlement.id,
        on=on,
        plan_id=settlement.plan_id,
        payment_id=settlement.paid_by,
        data={
            "amount_minor": settlement.amount_minor,
            "forgiven_minor": settlement.forgiven.total_minor,
        },
    )


def reopened(settlement: Settlement, *, on: date, reason: str) -> Verdict:
    """It is being paid again: nothing stands forgiven."""
    return _of_settlement(VerdictType.SETTLEMENT_REOPENED, settlement, on, reason=reason)


def voided(settlement: Settlement, *, on: date, reason: str) -> Verdict:
    """It came to nothing: the whole rest is owed."""
    return _of_settlement(VerdictType.SETTLEMENT_VOIDED, settlement, on, reason=reason)


def _of_settlement(
    kind: VerdictType, settlement: Settlement, on: date, **data: str | int
) -> Verdict:
    return Verdict(type=kind, subject=settlement.id, on=on, plan_id=settlement.plan_id, data=data)


def promise_judged(promise: Promised, *, on: date) -> Verdict:
    """A promise that is open no longer: kept, kept in part, or broken."""
    return Verdict(
        type=VerdictType(f"promise.{promise.status}"),
        subject=promise.id,
        on=on,
        data={"amount_minor": promise.amount_minor, "received_minor": promise.received_minor},
    )


# --- The account --------------------------------------------------------------------------------


def bucket_changed(
    was: str, now: str, *, delinquent_days: int, on: date, plan: Plan | None
) -> Verdict:
    """The account is in another bucket than before."""
    return Verdict(
        type=VerdictType.BUCKET_CHANGED,
        subject=None,
        on=on,
        plan_id=plan.id if plan else None,
        data={"from": was, "to": now, "delinquent_days": delinquent_days},
    )


def substandard(*, on: date, since_on: date) -> Verdict:
    """The account is late for as long as makes it substandard."""
    return _of_account(
        VerdictType.SUBSTANDARD,
        on,
        reported_since_on=since_on.isoformat(),
        past_due_days=(on - since_on).days,
    )


def charge_off_due(*, on: date, due_on: date, loss_on: date, driver: str) -> Verdict:
    """The account is to be charged off, and `driver` is what ran out."""
    return _of_account(
        VerdictType.CHARGE_OFF_DUE,
        on,
        charge_off_due_on=due_on.isoformat(),
        loss_on=loss_on.isoformat(),
        driver=driver,
    )


def charged_off(*, on: date, balance_minor: int) -> Verdict:
    """The debt is booked as a loss, at this balance."""
    return _of_account(VerdictType.CHARGED_OFF, on, balance_minor=balance_minor)


def closed(*, on: date, written_off_minor: int) -> Verdict:
    """Collection has ended, and this much is written off."""
    return _of_account(VerdictType.CLOSED, on, written_off_minor=written_off_minor)


def _of_account(kind: VerdictType, on: date, **data: str | int) -> Verdict:
    return Verdict(type=kind, subject=None, on=on, data=data)


def charge_barred(charge_id: UUID, *, on: date, plan_id: UUID | None, by: HoldKind) -> Verdict:
    """A charge that counts while a hold forbids it: it never was."""
    return Verdict(
        type=VerdictType.CHARGE_BARRED,
        subject=charge_id,
        on=on,
        plan_id=plan_id,
        data={"by": by.value},
    )


def charge_moved(charge_id: UUID, *, on: date, plan_id: UUID) -> Verdict:
    """A charge accepted onto a plan that, as is known since, had ended: it is the account's."""
    return Verdict(
        type=VerdictType.CHARGE_MOVED,
        subject=charge_id,
        on=on,
        plan_id=plan_id,
        data={"to": "account"},
    )
