"""What an account's facts add up to, complete enough for the next fact to go on from.

A `State` holds everything the next fact needs and nothing that grows with history, so the
database can keep it as one value a row and a posting never reads the past. What past payments
paid in detail is not here: `fold` tells it beside the state.
"""

from datetime import date
from uuid import UUID

from app.domain.account.claims import NO_CLAIMS, Claims
from app.domain.account.holds import STANDARD, Span, midway_review
from app.domain.account.plan import Plan, PlanStatus
from app.domain.account.promise import Promised
from app.domain.account.settlement import Settlement
from app.domain.money import NOTHING, Amounts, Component
from app.domain.schedule.dates import later
from app.domain.values import Value, replace
from app.domain.vocabulary import (
    CURRENT,
    ChargeKind,
    FutureRule,
    HoldKind,
    PaymentKind,
    Product,
)


class Charged(Value, kw_only=True):
    """A charge that stands, with what was waived of it since."""

    id: UUID
    kind: ChargeKind
    amount_minor: int
    waived_minor: int = 0
    plan_id: UUID | None = None
    installment_id: UUID | None = None
    for_installment: UUID | None = None

    @property
    def component(self) -> Component:
        return self.kind.component


class Held(Value, kw_only=True):
    """A hold on the account; over from the day it was released, else after `ends_on`."""

    id: UUID
    kind: HoldKind
    starts_on: date
    ends_on: date | None = None
    released_on: date | None = None
    reason: str = ""
    variant: str | None = None
    treatment_ends_on: date | None = None
    contact_id: UUID | None = None
    message_id: UUID | None = None

    @property
    def free_on(self) -> date | None:
        """The first day after it: that of its release, or the one after its last."""
        if self.released_on is not None or self.ends_on is None:
            return self.released_on
        return later(self.ends_on)

    @property
    def midway_review(self) -> Span | None:
        """When a debt adviser looks at it again; only of a standard breathing space."""
        reviewed = self.kind is HoldKind.BREATHING_SPACE and self.variant == STANDARD
        return midway_review(self.starts_on) if reviewed else None

    def stands(self, on: date) -> bool:
        """Whether it is in force on that day. The day of a release is free again."""
        if on < self.starts_on or (self.released_on is not None and on >= self.released_on):
            return False
        return self.ends_on is None or on <= self.ends_on


class Lot(Value, kw_only=True):
    """Money of one payment that found nothing to pay: unapplied, not lost."""

    payment_id: UUID
    amount_minor: int
    kind: PaymentKind = PaymentKind.REPAYMENT
    future: FutureRule | None = None
    component: Component | None = None


#: The shape of a state as this version folds it.
SHAPE = 2


class State(Value, kw_only=True):
    """An account after its facts up to `judged_on`, that day's opening judged."""

    placed_on: date = date.min
    batch: str | None = None  # what it was placed with; None: nobody said
    balance: Amounts = NOTHING
    unapplied: tuple[Lot, ...] = ()
    plans: tuple[Plan, ...] = ()
    holds: tuple[Held, ...] = ()
    promises: tuple[Promised, ...] = ()
    settlements: tuple[Settlement, ...] = ()  # as offered
    charges: tuple[Charged, ...] = ()
    claims: Claims = NO_CLAIMS  # what the contract asks for, whatever plan there is
    contract_is_plan: bool = False  # placed current: its plan is the contract
    contract_carried_minor: int = 0  # past due by a plan that is the contract, moved ahead since
    contract_since_on: date | None = None
    first_delinquency_on: date | None = None
    reported_since_on: date | None = None
    charged_off_on: date | None = None
    closed_on: date | None = None
    written_off: Amounts = NOTHING  # by the closure, and of what came back after it
    product: Product | None = None  # None: placed before it was said
    substandard_for_on: date | None = None  # the late run that was told to be substandard
    charge_off_for_on: date | None = None  # what ran out when a charge-off was last told due
    bucket: str = CURRENT
    judged_on: date = date.min
    next_review_on: date | None = None  # the earliest day a verdict can change by itself
    moved_on: date | None = None  # the latest day money came or was charged back
    latest_on: date = date.min  # the latest day that left a trace: a fact's, or a judged one
    told: tuple[str, ...] = ()  # the keys of the verdicts of the latest day that has any
    sequence: int = 0  # of the last fact entered
    shape: int = 1  # of what is kept; a stored state of another shape is folded anew

    @property
    def placement_batch(self) -> str:
        """What reports call what it was placed with: the name that was said, else the month."""
        return self.batch or f"{self.placed_on:%Y-%m}"

    @property
    def contract_due_minor(self) -> int:
        """What is past due by the contract on the state's day, whatever plan there is."""
        return self.claims.due_minor(self.judged_on)

    @property
    def unapplied_minor(self) -> int:
        return sum([lot.amount_minor for lot in self.unapplied])

    @property
    def live_plan(self) -> Plan | None:
        """The one plan that takes money, if there is one."""
        for plan in self.plans:  # no generator: every fact asks this a dozen times
            if plan.status is PlanStatus.ACTIVE:
                return plan
        return None

    @property
    def one_plan(self) -> Plan | None:
        """The live plan, or the one that waits for approval: there is one at most."""
        return next((plan for plan in self.plans if plan.live or plan.waiting), None)

    def plan(self, plan_id: UUID) -> Plan | None:
        """The plan of that id, live or ended."""
        return next((plan for plan in self.plans if plan.id == plan_id), None)

    def settlement(self, settlement_id: UUID) -> Settlement | None:
        """The settlement of that id, whatever became of it."""
        return next((one for one in self.settlements if one.id == settlement_id), None)

    def settlement_of(self, plan_id: UUID) -> Settlement | None:
        """The settlement that a plan pays."""
        return next((one for one in self.settlements if one.plan_id == plan_id), None)

    @property
    def settled_for_less(self) -> bool:
        """Whether a settlement forgave part of what was owed; its status alone does not say."""
        return any(one.forgave for one in self.settlements)

    def held(self, on: date, *kinds: HoldKind) -> bool:
        """Whether a hold of one of these kinds stands on that day."""
        return any(hold.kind in kinds and hold.stands(on) for hold in self.holds)


def with_plan(state: State, plan: Plan, *, balance: Amounts | None = None) -> State:
    """The state with this version of one of its plans, and with this balance, if one is given."""
    if balance is None and any(plan is one for one in state.plans):
        return state
    plans = tuple([plan if one.id == plan.id else one for one in state.plans])
    return replace(state, plans=plans, balance=state.balance if balance is None else balance)


def with_settlement(state: State, settlement: Settlement) -> State:
    """The state with this version of one of its settlements."""
    return replace(
        state,
        settlements=tuple(settlement if s.id == settlement.id else s for s in state.settlements),
    )
