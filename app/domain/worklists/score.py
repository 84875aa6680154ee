"""Why an account is worked, in points: the score is the sum of its explanation and no more.

Points are whole; days are calendar days.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

from app.domain.values import Value

PER_AMOUNT_MINOR = 100_00
AMOUNT_CAP = 100
_SOON_DAYS, _PER_DAY_SOONER = 4, 25
_QUIET_DAYS = 30
#: A quote, which lives for days, is worked in its last three.
QUOTE_DAYS = 3


class WorkReason(StrEnum):
    """Why an account stands on a worklist."""

    REPLY_TO_READ = "reply_to_read"
    PROMISE_BROKEN = "promise_broken"
    FIRST_PAYMENT_DEFAULT = "first_payment_default"
    PLAN_BROKEN = "plan_broken"
    VALIDATION_DUE = "validation_due"
    INSTALLMENT_MISSED = "installment_missed"
    SETTLEMENT_EXPIRING = "settlement_expiring"
    QUOTE_EXPIRING = "quote_expiring"
    BAD_POINT = "bad_point"
    PLAN_ENDING = "plan_ending"
    NO_CONTACT = "no_contact"
    APPROVAL_WAITING = "approval_waiting"
    ESCALATED = "escalated"
    UNCERTAIN_MESSAGE = "uncertain_message"
    UNKNOWN_SENDER = "unknown_sender"
    CALLBACK = "callback"


OVERDUE_AMOUNT = "overdue_amount"
_REPLACES_THE_MISS = frozenset({WorkReason.FIRST_PAYMENT_DEFAULT, WorkReason.PLAN_BROKEN})
_EXPIRING = frozenset({WorkReason.SETTLEMENT_EXPIRING, WorkReason.QUOTE_EXPIRING})


class Weight(Value, kw_only=True):
    """What a reason is worth: `base`, and `per_day` for each day since, up to `cap_days`."""

    base: int
    per_day: int = 0
    cap_days: int = 0


DEFAULT_WEIGHTS: Mapping[WorkReason, Weight] = {
    WorkReason.REPLY_TO_READ: Weight(base=700, per_day=50, cap_days=4),
    WorkReason.PROMISE_BROKEN: Weight(base=500, per_day=10, cap_days=20),
    WorkReason.FIRST_PAYMENT_DEFAULT: Weight(base=450, per_day=5, cap_days=30),
    WorkReason.PLAN_BROKEN: Weight(base=400, per_day=5, cap_days=30),
    WorkReason.VALIDATION_DUE: Weight(base=350),
    WorkReason.INSTALLMENT_MISSED: Weight(base=300, per_day=5, cap_days=30),
    WorkReason.SETTLEMENT_EXPIRING: Weight(base=250),
    WorkReason.QUOTE_EXPIRING: Weight(base=200),
    WorkReason.BAD_POINT: Weight(base=150),
    WorkReason.PLAN_ENDING: Weight(base=100),
    WorkReason.NO_CONTACT: Weight(base=50, per_day=1, cap_days=60),
}
_NO_WEIGHT = Weight(base=0)


class Standing(Value, kw_only=True):
    """One reason that stands. `on`: since when; of what expires, its last day."""

    reason: WorkReason
    on: date


class Points(Value, kw_only=True):
    """A part of the explanation. `on` is None for the overdue amount."""

    code: str
    points: int
    on: date | None = None


def because(
    standing: Sequence[Standing],
    *,
    overdue_minor: int,
    today: date,
    weights: Mapping[WorkReason, Weight] = DEFAULT_WEIGHTS,
    per_amount_minor: int = PER_AMOUNT_MINOR,
    amount_cap: int = AMOUNT_CAP,
) -> tuple[Points, ...]:
    """The explanation: each reason with its points, most first; what is overdue last.

    A broken plan and a first payment missed replace the miss that made them; all others add up.
    """
    found = {one.reason for one in standing}
    replaced = {WorkReason.INSTALLMENT_MISSED} if found & _REPLACES_THE_MISS else set()
    told = [
        Points(code=one.reason, points=points_of(one, today, weights), on=one.on)
        for one in standing
        if one.reason not in replaced
    ]
    told.sort(key=lambda one: (-one.points, one.code))
    amount = min(overdue_minor // per_amount_minor, amount_cap)
    if amount > 0:
        told.append(Points(code=OVERDUE_AMOUNT, points=amount))
    return tuple(told)


def score(explanation: Sequence[Points]) -> int:
    """The sum of the explanation."""
    return sum(one.points for one in explanation)


def points_of(one: Standing, today: date, weights: Mapping[WorkReason, Weight]) -> int:
    """What a reason that stands is worth today."""
    weight = weights.get(one.reason, _NO_WEIGHT)
    if one.reason in _EXPIRING:
        days_left = (one.on - today).days
        return weight.base + _PER_DAY_SOONER * max(0, _SOON_DAYS - max(0, days_left))
    days = max(0, (today - one.on).days)
    if one.reason is WorkReason.NO_CONTACT:
        days = max(0, days - _QUIET_DAYS)
    return weight.base + weight.per_day * min(days, weight.cap_days)
