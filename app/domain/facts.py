"""What can happen to an account. Facts are appended, in order of entry, and never changed.

A fact's id is the id of the thing it makes: a payment's fact is the payment, a charge's the
charge, a plan's opening the plan. `FactKind` names every kind there is; a kind without a body
here is not built yet, and `replay.apply` refuses it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID

from app.domain.changes import (
    Acceleration,
    AccountReAge,
    Cycle,
    Deferral,
    DueDayChange,
    PaymentHoliday,
    ReAge,
    Reamortization,
    Reschedule,
    RevisionUndo,
    Rewrite,
    StepDown,
    Workout,
)
from app.domain.closing import ChargedOff, ChargeOffUndone, Closed, ClosureUndone
from app.domain.fact_kinds import FactKind
from app.domain.forbearance import Pause, PlanReinstated, PromiseMade, Resume
from app.domain.money import NOTHING, Amounts, Component
from app.domain.planned import PlanInterest, PlannedInstallment
from app.domain.policy import FutureRule, PolicyRef, Product
from app.domain.settling import (
    SettlementAccepted,
    SettlementApproved,
    SettlementClosed,
    SettlementOffered,
)


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


class PlanKind(StrEnum):
    """An installment plan pays what it took over; a settlement pays an agreed part of it."""

    INSTALLMENT = "installment"
    SETTLEMENT = "settlement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The account is placed with its balance. `past_due_minor` None: all of it is past due.

    `product` None: placed before it was said here; its charge-off clock is then the shorter one.
    """

    kind: Literal[FactKind.PLACEMENT] = FactKind.PLACEMENT
    balance: Amounts = NOTHING
    past_due_minor: int | None = None
    delinquent_since_on: date | None = None
    charged_off_on: date | None = None
    product: Product | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """An amount joins the debt, and the plan's schedule when `plan_id` names one."""

    kind: Literal[FactKind.CHARGE] = FactKind.CHARGE
    charge: ChargeKind
    amount_minor: int
    due_on: date
    plan_id: UUID | None = None
    for_installment: UUID | None = None
    reference: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeReversal:
    """As if never charged."""

    kind: Literal[FactKind.CHARGE_REVERSAL] = FactKind.CHARGE_REVERSAL
    charge_id: UUID
    reason: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A waiver or correction: lowers what is due of one component.

    `because_of`: the payment that left so little; the adjustment stands and falls with it.
    """

    kind: Literal[FactKind.ADJUSTMENT] = FactKind.ADJUSTMENT
    component: Component
    amount_minor: int
    reason: str
    charge_id: UUID | None = None
    reference: str | None = None
    because_of: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A typed stop on the account, from `starts_on` to `ends_on` (None: until released)."""

    kind: Literal[FactKind.HOLD] = FactKind.HOLD
    hold: HoldKind
    starts_on: date
    ends_on: date | None = None
    variant: str | None = None
    treatment_ends_on: date | None = None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRelease:
    """The hold ends on the fact's effective date, or some days after a treatment's end."""

    kind: Literal[FactKind.HOLD_RELEASE] = FactKind.HOLD_RELEASE
    hold_id: UUID
    treatment_ends_on: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money received. `future` None: the policy's rule for the kind."""

    kind: Literal[FactKind.PAYMENT] = FactKind.PAYMENT
    amount_minor: int
    reference: str
    method: PaymentMethod = PaymentMethod.OTHER
    payment: PaymentKind = PaymentKind.REPAYMENT
    funded_by: FundedBy = FundedBy.BORROWER
    future: FutureRule | None = None
    component: Component | None = None
    plan_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """The payment never happened: returned, or posted in error."""

    kind: Literal[FactKind.REVERSAL] = FactKind.REVERSAL
    payment_id: UUID
    reason_code: str
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chargeback:
    """The money was there, and the payer's bank took it back on the fact's day."""

    kind: Literal[FactKind.CHARGEBACK] = FactKind.CHARGEBACK
    payment_id: UUID
    amount_minor: int
    reason_code: str
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackReversal:
    """The chargeback was won: it never happened."""

    kind: Literal[FactKind.CHARGEBACK_REVERSAL] = FactKind.CHARGEBACK_REVERSAL
    chargeback_id: UUID
    reason: str | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Unapplied money of a payment, given back."""

    kind: Literal[FactKind.REFUND] = FactKind.REFUND
    payment_id: UUID
    amount_minor: int
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOpened:
    """A plan takes over `amount_minor` of the balance and binds the debtor to a schedule.

    `terms` is what was agreed, as sent, for showing; the schedule in `installments` is what
    binds, so a later change of the engine moves no agreed date.
    """

    kind: Literal[FactKind.PLAN_OPENED] = FactKind.PLAN_OPENED
    plan: PlanKind = PlanKind.INSTALLMENT
    amount_minor: int
    policy: PolicyRef
    installments: tuple[PlannedInstallment, ...]
    interest: PlanInterest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProposed:
    """A plan outside its author's authority: it waits, takes over nothing and no money."""

    kind: Literal[FactKind.PLAN_PROPOSED] = FactKind.PLAN_PROPOSED
    plan: PlanKind = PlanKind.INSTALLMENT
    amount_minor: int
    policy: PolicyRef
    installments: tuple[PlannedInstallment, ...]
    interest: PlanInterest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanApproved:
    """Somebody else, who may, approved the waiting plan: it opens on the fact's date."""

    kind: Literal[FactKind.PLAN_APPROVED] = FactKind.PLAN_APPROVED
    plan_id: UUID
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRejected:
    """The waiting plan will not be."""

    kind: Literal[FactKind.PLAN_REJECTED] = FactKind.PLAN_REJECTED
    plan_id: UUID
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCancelled:
    """The plan ends by decision; what is open is owed at the account."""

    kind: Literal[FactKind.PLAN_CANCELLED] = FactKind.PLAN_CANCELLED
    plan_id: UUID
    reason: str


Body = (
    Placement
    | Charge
    | ChargeReversal
    | Adjustment
    | Hold
    | HoldRelease
    | Payment
    | Reversal
    | Chargeback
    | ChargebackReversal
    | Refund
    | PlanProposed
    | PlanApproved
    | PlanRejected
    | PlanOpened
    | PlanCancelled
    | PlanReinstated
    | Pause
    | Resume
    | PromiseMade
    | ReAge
    | AccountReAge
    | Reamortization
    | Reschedule
    | Deferral
    | DueDayChange
    | PaymentHoliday
    | StepDown
    | Acceleration
    | Rewrite
    | RevisionUndo
    | Cycle
    | Workout
    | ChargedOff
    | ChargeOffUndone
    | Closed
    | ClosureUndone
    | SettlementOffered
    | SettlementApproved
    | SettlementAccepted
    | SettlementClosed
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that happened: what (`body`), when it counts, and when it was entered."""

    id: UUID
    sequence: int  # order of entry within the account, from 1
    effective_on: date
    business_date: date  # the tenant's day on which it was entered
    body: Body
    actor: str | None = None

    @property
    def kind(self) -> FactKind:
        return self.body.kind


def installment_id(fact_id: UUID, ordinal: int) -> UUID:
    """The id of the `ordinal`-th installment (from 1) that a fact made.

    Derived, not drawn, so that it survives every replay: the fact's id plus the ordinal.
    """
    return UUID(int=fact_id.int + ordinal)
