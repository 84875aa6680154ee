"""What an account's facts add up to: the fold's answer, complete enough to go on from.

A `State` holds everything the next fact needs and nothing that grows with history, so the
database can keep it as one value a row and a posting never reads the past. What past payments
paid in detail is not here: `replay.fold` tells it beside the state.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.domain.calendar import later
from app.domain.claims import NO_CLAIMS, Claims
from app.domain.copying import replace
from app.domain.facts import ChargeKind, HoldKind, PaymentKind, PlanKind
from app.domain.hold_table import STANDARD, Span, midway_review
from app.domain.money import NOTHING, Amounts, Component
from app.domain.planned import PlanInterest
from app.domain.policy import CURRENT, FutureRule, PolicyRef, Product
from app.domain.promises import Promised
from app.domain.schedule import InstallmentKind
from app.domain.settlement_state import Settlement


class PlanStatus(StrEnum):
    """Where a plan stands in its life; `standing` says how an active one is doing."""

    PENDING_APPROVAL = "pending_approval"
    ACTIVE = "active"
    COMPLETED = "completed"
    BROKEN = "broken"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installment:
    """One row of a plan: what is due by component, what was paid on it, and when."""

    id: UUID
    kind: InstallmentKind = InstallmentKind.INSTALLMENT
    nominal_due_on: date
    due_on: date
    due: Amounts
    paid: Amounts = NOTHING
    paid_in_advance_minor: int = 0
    paid_late_minor: int = 0
    satisfied_on: date | None = None
    missed_on: date | None = None  # the day it was first judged missed
    voided_on: date | None = None
    relieved_on: date | None = None  # the re-age since which it neither ages, misses nor breaks
    level_minor: int = 0  # with interest: what the row is to come to, principal and interest
    expected_interest_minor: int = 0  # not earned yet, so not owed yet
    earned_on: date | None = None  # the day its period's interest was earned

    @property
    def amount_minor(self) -> int:
        return self.due.total_minor

    @property
    def open_minor(self) -> int:
        """What is still owed on this row; nothing once it is void."""
        return 0 if self.voided_on else self.due.total_minor - self.paid.total_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """A pause of a plan, ended early where it was resumed."""

    id: UUID
    starts_on: date
    ends_on: date
    resumed_on: date | None = None
    reason: str = ""

    @property
    def until_on(self) -> date:
        """Its last day, still frozen; days before it do not count."""
        return self.resumed_on or self.ends_on


class _Remembering:
    """Where a plan keeps what it is asked for again and again; it never changes."""

    __slots__ = ("_aging", "_last_due_on", "_owing", "_paid_minor", "_total_minor")
    _aging: tuple[Installment, ...]
    _owing: tuple[Installment, ...]
    _last_due_on: date
    _paid_minor: int
    _total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(_Remembering):
    """A plan as of the state's day. `taken` is what it took over and still has not collected."""

    id: UUID
    kind: PlanKind = PlanKind.INSTALLMENT
    opened_on: date
    policy: PolicyRef
    taken: Amounts
    installments: tuple[Installment, ...]  # by due date, then as made
    status: PlanStatus = PlanStatus.ACTIVE
    status_reason: str | None = None
    ended_on: date | None = None
    missed_total: int = 0
    pauses: tuple[Paused, ...] = ()  # by start
    excused: tuple[str, ...] = ()  # causes that stood when it was reinstated
    revision: int = 1
    terms_by: UUID | None = None  # the rewrite whose terms hold; None: those it opened with
    interest: PlanInterest | None = None
    bears_from_on: date | None = None  # interest is counted up to, not including, this day
    period_from_on: date | None = None  # where the running period began
    bearing: int = 0  # principal times parts of a year, in the running period
    bearing_capped: int = 0  # the same of the days on which a hold caps the rate

    @property
    def live(self) -> bool:
        return self.status is PlanStatus.ACTIVE

    @property
    def settles(self) -> bool:
        """Whether it pays a settlement: less than the whole, and the rest is forgiven."""
        return self.kind is PlanKind.SETTLEMENT

    @property
    def waiting(self) -> bool:
        """Whether it still needs somebody's approval; it counts as the account's one plan."""
        return self.status is PlanStatus.PENDING_APPROVAL

    @property
    def total_minor(self) -> int:
        try:
            return self._total_minor
        except AttributeError:
            minor = sum([row.due.total_minor for row in self.installments])
            object.__setattr__(self, "_total_minor", minor)
            return minor

    @property
    def expected_interest_minor(self) -> int:
        """Interest of periods to come, as it will fall if everything is paid on its day."""
        return sum(row.expected_interest_minor for row in self.installments)

    @property
    def paid_minor(self) -> int:
        try:
            return self._paid_minor
        except AttributeError:
            minor = sum([row.paid.total_minor for row in self.installments])
            object.__setattr__(self, "_paid_minor", minor)
            return minor

    @property
    def owing(self) -> tuple[Installment, ...]:
        """The rows with something open, oldest first."""
        try:
            return self._owing
        except AttributeError:
            rows = tuple(
                [
                    row
                    for row in self.installments
                    if row.voided_on is None and row.due.total_minor > row.paid.total_minor
                ]
            )
            object.__setattr__(self, "_owing", rows)
            return rows

    @property
    def last_due_on(self) -> date:
        """When its last row is due; void rows only count where there are no others."""
        try:
            return self._last_due_on
        except AttributeError:
            rows = [row for row in self.installments if row.voided_on is None]
            last = (rows or self.installments)[-1].due_on
            object.__setattr__(self, "_last_due_on", last)
            return last

    @property
    def aging(self) -> tuple[Installment, ...]:
        """Those of them that can be late: not what a re-age left behind."""
        try:
            return self._aging
        except AttributeError:
            rows = tuple([row for row in self.owing if row.relieved_on is None])
            object.__setattr__(self, "_aging", rows)
            return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A hold on the account; over from the day it was released, else after `ends_on`."""

    id: UUID
    kind: HoldKind
    starts_on: date
    ends_on: date | None = None
    released_on: date | None = None
    reason: str = ""
    variant: str | None = None
    treatment_ends_on: date | None = None

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Money of one payment that found nothing to pay: unapplied, not lost."""

    payment_id: UUID
    amount_minor: int
    kind: PaymentKind = PaymentKind.REPAYMENT
    future: FutureRule | None = None
    component: Component | None = None


#: The shape of a state as this version folds it.
SHAPE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """An account after its facts up to `judged_on`, that day's opening judged."""

    placed_on: date = date.min
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
    def contract_due_minor(self) -> int:
        """What is past due by the contract on the state's day, whatever plan there is."""
        return self.claims.due_minor(self.judged_on)

    @property
    def unapplied_minor(self) -> int:
        return sum(lot.amount_minor for lot in self.unapplied)

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


def end_plan(plan: Plan, status: PlanStatus, *, reason: str | None, on: date) -> Plan:
    """A plan that takes no more money: its open rows are void, what is open is the account's.

    What its periods to come would have earned is expected of nobody any more.
    """
    rows = tuple(
        replace(
            row,
            voided_on=on if row.open_minor > 0 else row.voided_on,
            expected_interest_minor=0,
        )
        if row.open_minor > 0 or row.expected_interest_minor
        else row
        for row in plan.installments
    )
    return replace(plan, status=status, status_reason=reason, ended_on=on, installments=rows)
