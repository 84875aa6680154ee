"""What can be judged of an account, and what was: true on a day, told once, corrected by key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
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
