"""Changes of a plan's schedule, as facts: what moved, to which dates, and who asked why.

Dates are worked out when a change is made and stored here; the fold works the amounts out,
again in every replay. `number` is the revision of the plan that the change made: numbers count
every change ever made, so an undone one leaves a gap and no two share one.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from app.domain.facts.body import Happened
from app.domain.facts.kinds import FactKind
from app.domain.money import Remainder
from app.domain.schedule.agreed import AgreedInstallment, AgreedInterest
from app.domain.values import Value, field
from app.domain.vocabulary import PolicyRef


class ReAgeKind(StrEnum):
    """The workout kind is the extra one after a program was entered (65 FR 36903)."""

    STANDARD = "standard"
    WORKOUT = "workout"


class DueDate(Value, kw_only=True):
    """When a row is due: the step from the anchor, and the day to pay."""

    nominal_due_on: date
    due_on: date


class MovedRow(Value, kw_only=True):
    """An installment that keeps its id and gets another due date."""

    installment_id: UUID
    nominal_due_on: date
    due_on: date


class Override(Value, kw_only=True):
    """Reasons against a re-age that somebody overrode, with a second person's word."""

    failed: tuple[str, ...]
    reason: str
    approved_by: str


class ReAge(Happened, kw_only=True, tag=FactKind.RE_AGE.value):
    """The open principal of every row moves to new rows, due on these dates."""

    kind: ClassVar[Literal[FactKind.RE_AGE]] = FactKind.RE_AGE
    plan_id: UUID
    number: int
    re_age: ReAgeKind = ReAgeKind.STANDARD
    due: tuple[DueDate, ...]
    unit_minor: int = 1
    remainder: Remainder = Remainder.LAST
    reason: str
    override: Override | None = None


class AccountReAge(Happened, kw_only=True, tag=FactKind.ACCOUNT_RE_AGE.value):
    """The account is reported current again; no schedule moves, no other clock."""

    kind: ClassVar[Literal[FactKind.ACCOUNT_RE_AGE]] = FactKind.ACCOUNT_RE_AGE
    re_age: ReAgeKind = ReAgeKind.STANDARD
    reason: str
    override: Override | None = None


class Reamortization(Happened, kw_only=True, tag=FactKind.REAMORTIZATION.value):
    """The open principal due by the fact's day is spread over the rows due after it."""

    kind: ClassVar[Literal[FactKind.REAMORTIZATION]] = FactKind.REAMORTIZATION
    plan_id: UUID
    number: int
    unit_minor: int = 1
    remainder: Remainder = Remainder.LAST
    reason: str | None = None


class Reschedule(Happened, kw_only=True, tag=FactKind.RESCHEDULE.value):
    """Rows move to other dates; with `added` dates their open amounts are split anew over all."""

    kind: ClassVar[Literal[FactKind.RESCHEDULE]] = FactKind.RESCHEDULE
    plan_id: UUID
    number: int
    moved: tuple[MovedRow, ...]
    added: tuple[DueDate, ...] = ()
    unit_minor: int = 1
    remainder: Remainder = Remainder.LAST
    reason: str


class Deferral(Happened, kw_only=True, tag=FactKind.DEFERRAL.value):
    """One row is skipped: its open principal moves to a new row at the end."""

    kind: ClassVar[Literal[FactKind.DEFERRAL]] = FactKind.DEFERRAL
    plan_id: UUID
    number: int
    installment_id: UUID
    nominal_due_on: date
    due_on: date
    reason: str


class DueDayChange(Happened, kw_only=True, tag=FactKind.DUE_DAY_CHANGE.value):
    """Coming rows move to another day of the month. `days`: the two days of a semimonth."""

    kind: ClassVar[Literal[FactKind.DUE_DAY_CHANGE]] = FactKind.DUE_DAY_CHANGE
    plan_id: UUID
    number: int
    moved: tuple[MovedRow, ...]
    anchor_on: date  # what dates step from afterwards
    days: tuple[int, int] | None = None
    reason: str


class PaymentHoliday(Happened, kw_only=True, tag=FactKind.PAYMENT_HOLIDAY.value):
    """So many installments are skipped: each row moves by that many periods, amounts stay."""

    kind: ClassVar[Literal[FactKind.PAYMENT_HOLIDAY]] = FactKind.PAYMENT_HOLIDAY
    plan_id: UUID
    number: int
    installments: int
    moved: tuple[MovedRow, ...]
    reason: str


class StepDown(Happened, kw_only=True, tag=FactKind.STEP_DOWN.value):
    """Coming rows fall to an amount until a day; what they are short of moves behind that day.

    It is split over the rows due later. Where there are none it goes to new rows on the dates
    `added`, each up to `added_minor`, the last whatever is left.
    """

    kind: ClassVar[Literal[FactKind.STEP_DOWN]] = FactKind.STEP_DOWN
    plan_id: UUID
    number: int
    installment_minor: int
    until_on: date
    added: tuple[DueDate, ...] = ()
    added_minor: int = 0
    unit_minor: int = 1
    remainder: Remainder = Remainder.LAST
    reason: str


class Acceleration(Happened, kw_only=True, tag=FactKind.ACCELERATION.value):
    """Everything open is due at once: the plan ends broken, what is open is the account's."""

    kind: ClassVar[Literal[FactKind.ACCELERATION]] = FactKind.ACCELERATION
    plan_id: UUID
    number: int
    reason: str


class Rewrite(Happened, kw_only=True, tag=FactKind.REWRITE.value):
    """The open principal moves to the rows of a quote; its rate and its policy hold from then on.

    `anchor_on`: what dates step from afterwards. `renewal`: it was past its last due date.
    """

    kind: ClassVar[Literal[FactKind.REWRITE]] = FactKind.REWRITE
    plan_id: UUID
    number: int
    quote_id: UUID
    policy: PolicyRef
    installments: tuple[AgreedInstallment, ...]
    interest: AgreedInterest | None = None
    anchor_on: date
    renewal: bool = False
    reason: str


class RevisionUndo(Happened, kw_only=True, tag=FactKind.REVISION_UNDO.value):
    """The newest change of the schedule never happened. `undone`: what kind of change it was."""

    kind: ClassVar[Literal[FactKind.REVISION_UNDO]] = FactKind.REVISION_UNDO
    plan_id: UUID | None = None  # None: a re-age of the account
    undoes: UUID = field()  # else the property it stands for would be its default
    undone: FactKind
    reason: str | None = None


class Cycle(Happened, kw_only=True, tag=FactKind.CYCLE.value):
    """A billing cycle of an open-end account: what was asked for, and by when."""

    kind: ClassVar[Literal[FactKind.CYCLE]] = FactKind.CYCLE
    due_on: date
    minimum_due_minor: int


class Workout(Happened, kw_only=True, tag=FactKind.WORKOUT.value):
    """A workout or counseling program the borrower entered on the fact's day."""

    kind: ClassVar[Literal[FactKind.WORKOUT]] = FactKind.WORKOUT
    programme: str
    payment_minor: int


#: A change of a plan's schedule: one revision each.
Change = (
    ReAge
    | Reamortization
    | Reschedule
    | Deferral
    | DueDayChange
    | PaymentHoliday
    | StepDown
    | Acceleration
    | Rewrite
)
#: Every body of this file.
ChangeBody = Change | AccountReAge | RevisionUndo | Cycle | Workout
