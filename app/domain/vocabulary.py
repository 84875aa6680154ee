"""The closed lists of words that facts, policies and plans share."""

from enum import StrEnum

from app.domain.money import Component
from app.domain.values import Value

#: The bucket of an account that is not delinquent; no policy may name a bucket so.
CURRENT = "current"


class Role(StrEnum):
    """Who asks. Members stand in order of authority, least first."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """0 for the least authority. Compare ranks: the strings sort by alphabet."""
        return tuple(Role).index(self)


class Product(StrEnum):
    """What kind of debt an account holds; re-age rules may name those they are open to."""

    OPEN_END = "open_end"
    CLOSED_END = "closed_end"
    INVOICE = "invoice"
    MEDICAL = "medical"
    UTILITY = "utility"
    TAX = "tax"
    LEGAL = "legal"
    OTHER = "other"


class MissedMethod(StrEnum):
    AGGREGATE = "aggregate"
    NINETY_PERCENT = "ninety_percent"


class AllocationOrder(StrEnum):
    """Horizontal finishes an installment first; vertical finishes a component first."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


class FutureRule(StrEnum):
    """Where money goes that is ahead of its time."""

    NEXT = "next"
    LAST = "last"
    REAMORTIZE = "reamortize"


class ReAgeReturn(StrEnum):
    """What a returned qualifying payment does to the re-age it earned."""

    FLAG = "flag"
    UNDO = "undo"


class SettlementReturn(StrEnum):
    """What a returned payment does to the settlement it satisfied."""

    REOPEN = "reopen"
    VOID = "void"


class PolicyRef(Value, kw_only=True):
    name: str
    version: int


class ChargeKind(StrEnum):
    """What a charge is for; each lands in one component."""

    FEE = "fee"
    LATE_FEE = "late_fee"
    PENALTY = "penalty"
    INTEREST = "interest"
    COST = "cost"

    @property
    def component(self) -> Component:
        return _CHARGED_TO[self]


_CHARGED_TO = {
    ChargeKind.FEE: Component.FEES,
    ChargeKind.LATE_FEE: Component.FEES,
    ChargeKind.PENALTY: Component.PENALTIES,
    ChargeKind.INTEREST: Component.INTEREST,
    ChargeKind.COST: Component.COSTS,
}


class PaymentMethod(StrEnum):
    """How money came."""

    ACH = "ach"
    CARD = "card"
    CHECK = "check"
    CASH = "cash"
    WIRE = "wire"
    SEPA = "sepa"
    DIRECT_DEBIT = "direct_debit"
    OTHER = "other"


class PaymentKind(StrEnum):
    """Why money came; policies choose where each kind goes when it is ahead of schedule."""

    REPAYMENT = "repayment"
    GOODWILL = "goodwill"
    MERCHANT_REFUND = "merchant_refund"


class FundedBy(StrEnum):
    """Whose money it is; only the borrower's own qualifies for a re-age."""

    BORROWER = "borrower"
    INSTITUTION = "institution"


class HoldKind(StrEnum):
    """Why work on an account stands still."""

    DISPUTE = "dispute"
    BANKRUPTCY = "bankruptcy"
    BREATHING_SPACE = "breathing_space"
    DECEASED = "deceased"
    MILITARY = "military"
    HARDSHIP = "hardship"
    CEASE_COMMUNICATION = "cease_communication"


class Act(StrEnum):
    """What a policy may keep a role from doing, whatever the amount; holds by their kind."""

    REVERSE = "reverse"
    REVERSE_CHARGE = "reverse_charge"
    CHARGE_BACK = "charge_back"
    WIN_CHARGEBACK = "win_chargeback"
    ASSIGN_SUSPENSE = "assign_suspense"
    CANCEL_PLAN = "cancel_plan"
    REINSTATE_PLAN = "reinstate_plan"
    PAUSE_PLAN = "pause_plan"
    UNDO_CHANGE = "undo_change"
    PLACE_DISPUTE = "place:dispute"
    PLACE_BANKRUPTCY = "place:bankruptcy"
    PLACE_BREATHING_SPACE = "place:breathing_space"
    PLACE_DECEASED = "place:deceased"
    PLACE_MILITARY = "place:military"
    PLACE_HARDSHIP = "place:hardship"
    PLACE_CEASE_COMMUNICATION = "place:cease_communication"
    RELEASE_DISPUTE = "release:dispute"
    RELEASE_BANKRUPTCY = "release:bankruptcy"
    RELEASE_BREATHING_SPACE = "release:breathing_space"
    RELEASE_DECEASED = "release:deceased"
    RELEASE_MILITARY = "release:military"
    RELEASE_HARDSHIP = "release:hardship"
    RELEASE_CEASE_COMMUNICATION = "release:cease_communication"

    @classmethod
    def placing(cls, hold: HoldKind) -> "Act":
        return cls(f"place:{hold}")

    @classmethod
    def releasing(cls, hold: HoldKind) -> "Act":
        return cls(f"release:{hold}")


class Spending(StrEnum):
    """Acts that cost somebody money: a policy limits each by role, one act and a day's sum."""

    WAIVE = "waive"
    GOODWILL = "goodwill"
    CHARGE = "charge"
    REFUND = "refund"


class PlanKind(StrEnum):
    """An installment plan pays what it took over; a settlement pays an agreed part of it."""

    INSTALLMENT = "installment"
    SETTLEMENT = "settlement"


class InstallmentKind(StrEnum):
    """Where a row of a schedule comes from."""

    DOWN_PAYMENT = "down_payment"
    INSTALLMENT = "installment"
    CHARGE = "charge"
    CHARGEBACK = "chargeback"


class SettlementStatus(StrEnum):
    """Where a settlement stands in its life."""

    OFFERED = "offered"
    PENDING_APPROVAL = "pending_approval"
    ACCEPTED = "accepted"
    SATISFIED = "satisfied"
    VOID = "void"
    EXPIRED = "expired"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


#: Rows that were agreed; charges and chargebacks have rows of their own that no change moves.
AGREED = (InstallmentKind.INSTALLMENT, InstallmentKind.DOWN_PAYMENT)
