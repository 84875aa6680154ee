"""A plan, as its facts add up: its installments, its pauses, and where it is in its life."""

from datetime import date
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from app.domain.money import NOTHING, Amounts
from app.domain.schedule.agreed import AgreedInterest
from app.domain.values import Value, replace
from app.domain.vocabulary import (
    InstallmentKind,
    PlanKind,
    PolicyRef,
)


class PlanStatus(StrEnum):
    """Where a plan stands in its life; `standing` says how an active one is doing."""

    PENDING_APPROVAL = "pending_approval"
    ACTIVE = "active"
    COMPLETED = "completed"
    BROKEN = "broken"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class Installment(Value, kw_only=True):
    """One installment of a plan: what is due by component, what was paid on it, and when."""

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
    level_minor: int = (
        0  # with interest: what the installment is to come to, principal and interest
    )
    expected_interest_minor: int = 0  # not earned yet, so not owed yet
    earned_on: date | None = None  # the day its period's interest was earned

    @property
    def amount_minor(self) -> int:
        return self.due.total_minor

    @property
    def open_minor(self) -> int:
        """What is still owed on this installment; nothing once it is void."""
        return 0 if self.voided_on else self.due.total_minor - self.paid.total_minor


class Paused(Value, kw_only=True):
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


class Plan(Value, kw_only=True, gc=True, dict=True):
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
    interest: AgreedInterest | None = None
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

    @cached_property
    def total_minor(self) -> int:
        return self._summed()[0]

    @property
    def expected_interest_minor(self) -> int:
        """Interest of periods to come, as it will fall if everything is paid on its day."""
        return sum(installment.expected_interest_minor for installment in self.installments)

    @cached_property
    def paid_minor(self) -> int:
        return self._summed()[1]

    @cached_property
    def owing(self) -> tuple[Installment, ...]:
        """The installments with something open, oldest first."""
        return self._summed()[2]

    def _summed(self) -> tuple[int, int, tuple[Installment, ...]]:
        """The three above, all remembered: who asks for one of a plan soon asks for the others."""
        total_minor = paid_minor = 0
        owing: list[Installment] = []
        for installment in self.installments:
            due, paid = installment.due.total_minor, 0
            if installment.paid is not NOTHING:
                paid = installment.paid.total_minor
            total_minor += due
            paid_minor += paid
            if due > paid and installment.voided_on is None:
                owing.append(installment)
        found = total_minor, paid_minor, tuple(owing)
        self.__dict__.update(zip(("total_minor", "paid_minor", "owing"), found, strict=True))
        return found

    @cached_property
    def last_due_on(self) -> date:
        """When its last installment is due; void ones only count where there are no others."""
        installments = [
            installment for installment in self.installments if installment.voided_on is None
        ]
        return (installments or self.installments)[-1].due_on

    @cached_property
    def aging(self) -> tuple[Installment, ...]:
        """Those of them that can be late: not what a re-age left behind."""
        return tuple([installment for installment in self.owing if installment.relieved_on is None])


def end_plan(plan: Plan, status: PlanStatus, *, reason: str | None, on: date) -> Plan:
    """A plan that takes no more money: what is open is void there, and the account's.

    What its periods to come would have earned is expected of nobody any more.
    """
    installments = tuple(
        replace(
            installment,
            voided_on=on if installment.open_minor > 0 else installment.voided_on,
            expected_interest_minor=0,
        )
        if installment.open_minor > 0 or installment.expected_interest_minor
        else installment
        for installment in plan.installments
    )
    return replace(
        plan, status=status, status_reason=reason, ended_on=on, installments=installments
    )
