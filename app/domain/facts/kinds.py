"""Every kind of fact there is. Stored by value: a name here never changes."""

from enum import StrEnum


class FactKind(StrEnum):
    """What happened, in a word. Each is registered in `replay.kinds`, with all it does."""

    PLACEMENT = "placement"
    PLACEMENT_CORRECTION = "placement_correction"
    CHARGE = "charge"
    CHARGE_REVERSAL = "charge_reversal"
    ADJUSTMENT = "adjustment"
    CYCLE = "cycle"
    WORKOUT = "workout"
    CHARGE_OFF = "charge_off"
    CHARGE_OFF_UNDO = "charge_off_undo"
    CLOSURE = "closure"
    CLOSURE_UNDO = "closure_undo"
    HOLD = "hold"
    HOLD_RELEASE = "hold_release"
    PROMISE = "promise"
    PAYMENT = "payment"
    REVERSAL = "reversal"
    CHARGEBACK = "chargeback"
    CHARGEBACK_REVERSAL = "chargeback_reversal"
    REFUND = "refund"
    PLAN_PROPOSED = "plan_proposed"
    PLAN_APPROVED = "plan_approved"
    PLAN_REJECTED = "plan_rejected"
    PLAN_OPENED = "plan_opened"
    PLAN_CANCELLED = "plan_cancelled"
    PLAN_REINSTATED = "plan_reinstated"
    PAUSE = "pause"
    RESUME = "resume"
    RE_AGE = "re_age"
    ACCOUNT_RE_AGE = "account_re_age"
    REAMORTIZATION = "reamortization"
    RESCHEDULE = "reschedule"
    DEFERRAL = "deferral"
    DUE_DAY_CHANGE = "due_day_change"
    PAYMENT_HOLIDAY = "payment_holiday"
    STEP_DOWN = "step_down"
    ACCELERATION = "acceleration"
    REWRITE = "rewrite"
    REVISION_UNDO = "revision_undo"
    SETTLEMENT_OFFERED = "settlement_offered"
    SETTLEMENT_APPROVED = "settlement_approved"
    SETTLEMENT_ACCEPTED = "settlement_accepted"
    SETTLEMENT_CLOSED = "settlement_closed"


#: Of a plan, and of the account alone.
RE_AGES = (FactKind.RE_AGE, FactKind.ACCOUNT_RE_AGE)
