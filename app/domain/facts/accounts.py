"""Bodies of facts about an account: placed, charged, adjusted, held; charged off and closed.

A charge-off is an act of accounting: the debtor owes what he owed. A closure ends collection:
what is still owed is written off. Each can be taken back, as if it had never been.
"""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from app.domain.facts.body import Happened
from app.domain.facts.kinds import FactKind
from app.domain.money import NOTHING, Amounts, Component
from app.domain.values import Value, replace
from app.domain.vocabulary import (
    ChargeKind,
    HoldKind,
    Product,
)


class ChargedOff(Happened, kw_only=True, tag=FactKind.CHARGE_OFF.value):
    """The creditor books the debt as a loss from that day; payments go on."""

    kind: ClassVar[Literal[FactKind.CHARGE_OFF]] = FactKind.CHARGE_OFF
    reason: str


class ChargeOffUndone(Happened, kw_only=True, tag=FactKind.CHARGE_OFF_UNDO.value):
    """As if never charged off."""

    kind: ClassVar[Literal[FactKind.CHARGE_OFF_UNDO]] = FactKind.CHARGE_OFF_UNDO
    charge_off_id: UUID
    reason: str | None = None

    @property
    def undoes(self) -> UUID:
        return self.charge_off_id


class Closed(Happened, kw_only=True, tag=FactKind.CLOSURE.value):
    """Collection ends on that day; what is owed then, and what comes back later, is written off."""

    kind: ClassVar[Literal[FactKind.CLOSURE]] = FactKind.CLOSURE
    reason: str


class ClosureUndone(Happened, kw_only=True, tag=FactKind.CLOSURE_UNDO.value):
    """As if never closed."""

    kind: ClassVar[Literal[FactKind.CLOSURE_UNDO]] = FactKind.CLOSURE_UNDO
    closure_id: UUID
    reason: str | None = None

    @property
    def undoes(self) -> UUID:
        return self.closure_id


class Placement(Happened, kw_only=True, tag=FactKind.PLACEMENT.value):
    """The account is placed with its balance. `past_due_minor` None: all of it is past due.

    `product` None: placed before it was said here; its charge-off clock is then the shorter one.
    """

    kind: ClassVar[Literal[FactKind.PLACEMENT]] = FactKind.PLACEMENT
    balance: Amounts = NOTHING
    past_due_minor: int | None = None
    delinquent_since_on: date | None = None
    charged_off_on: date | None = None
    product: Product | None = None
    reference: str | None = None  # its own, and its currency, as its event tells them
    currency: str | None = None
    batch: str | None = None  # what it was placed with, by name


class Placed(Value, kw_only=True):
    """What a placement says that may turn out to have been wrong. `past_due_minor` None: all."""

    opened_on: date
    product: Product
    balance: Amounts = NOTHING
    past_due_minor: int | None = None
    delinquent_since_on: date | None = None
    validation_ends_on: date | None = None

    @property
    def owed_late_minor(self) -> int:
        """What of it is past due."""
        whole = self.balance.total_minor
        return whole if self.past_due_minor is None else self.past_due_minor


class PlacementCorrected(Happened, kw_only=True, tag=FactKind.PLACEMENT_CORRECTION.value):
    """The account was placed otherwise than was said. The placement itself stays as it was said."""

    kind: ClassVar[Literal[FactKind.PLACEMENT_CORRECTION]] = FactKind.PLACEMENT_CORRECTION
    placement_id: UUID
    was: Placed
    now: Placed
    reason: str

    @property
    def corrects(self) -> UUID:
        return self.placement_id

    def corrected(self, placement: Placement) -> Placement:
        """The placement as it counts."""
        return replace(
            placement,
            balance=self.now.balance,
            past_due_minor=self.now.past_due_minor,
            delinquent_since_on=self.now.delinquent_since_on,
            product=self.now.product,
        )


class Charge(Happened, kw_only=True, tag=FactKind.CHARGE.value):
    """An amount joins the debt, and the plan's schedule when `plan_id` names one."""

    kind: ClassVar[Literal[FactKind.CHARGE]] = FactKind.CHARGE
    charge: ChargeKind
    amount_minor: int
    due_on: date
    plan_id: UUID | None = None
    for_installment: UUID | None = None
    reference: str | None = None
    reason: str | None = None


class ChargeReversal(Happened, kw_only=True, tag=FactKind.CHARGE_REVERSAL.value):
    """As if never charged."""

    kind: ClassVar[Literal[FactKind.CHARGE_REVERSAL]] = FactKind.CHARGE_REVERSAL
    charge_id: UUID
    reason: str | None = None
    reference: str | None = None

    @property
    def undoes(self) -> UUID:
        return self.charge_id


class Adjustment(Happened, kw_only=True, tag=FactKind.ADJUSTMENT.value):
    """A waiver or correction: lowers what is due of one component.

    `because_of`: the payment that left so little; the adjustment stands and falls with it.
    """

    kind: ClassVar[Literal[FactKind.ADJUSTMENT]] = FactKind.ADJUSTMENT
    component: Component
    amount_minor: int
    reason: str
    charge_id: UUID | None = None
    reference: str | None = None
    because_of: UUID | None = None

    @property
    def falls_with(self) -> UUID | None:
        return self.because_of


class Hold(Happened, kw_only=True, tag=FactKind.HOLD.value):
    """A typed stop on the account, from `starts_on` to `ends_on` (None: until released)."""

    kind: ClassVar[Literal[FactKind.HOLD]] = FactKind.HOLD
    hold: HoldKind
    starts_on: date
    ends_on: date | None = None
    variant: str | None = None
    treatment_ends_on: date | None = None
    reason: str
    contact_id: UUID | None = None  # by which it was placed, where a contact brought it


class HoldRelease(Happened, kw_only=True, tag=FactKind.HOLD_RELEASE.value):
    """The hold ends on the fact's effective date, or some days after a treatment's end."""

    kind: ClassVar[Literal[FactKind.HOLD_RELEASE]] = FactKind.HOLD_RELEASE
    hold_id: UUID
    treatment_ends_on: date | None = None
    reason: str | None = None
    message_id: UUID | None = None  # the message that verified what was disputed


class PromiseMade(Happened, kw_only=True, tag=FactKind.PROMISE.value):
    """The debtor promises an amount by a day. Grace and threshold as they were agreed."""

    kind: ClassVar[Literal[FactKind.PROMISE]] = FactKind.PROMISE
    amount_minor: int
    due_on: date
    grace_days: int
    threshold_bps: int


#: Every body of this file.
AccountBody = (
    Placement
    | PlacementCorrected
    | Charge
    | ChargeReversal
    | Adjustment
    | Hold
    | HoldRelease
    | PromiseMade
    | ChargedOff
    | ChargeOffUndone
    | Closed
    | ClosureUndone
)
