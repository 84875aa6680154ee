"""A schedule as agreed: what binds the debtor, whatever kind of fact agreed it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.schedule.terms import DayCount, Unit
from app.domain.values import Value
from app.domain.vocabulary import InstallmentKind


class AgreedInstallment(Value, kw_only=True):
    """One installment of a schedule as agreed; its id is the fact's plus its ordinal."""

    kind: InstallmentKind = InstallmentKind.INSTALLMENT
    nominal_due_on: date
    due_on: date
    principal_minor: int
    interest_minor: int = 0  # as quoted: earned only on its day, on what is owed then


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisedInstallment:
    """One installment as a revision of the schedule has it."""

    id: UUID
    kind: InstallmentKind = InstallmentKind.INSTALLMENT
    nominal_due_on: date
    due_on: date
    principal_minor: int


class AgreedInterest(Value, kw_only=True):
    """What a plan's principal bears; `every` and `unit` only speak for equal periods."""

    annual_rate_bps: int
    day_count: DayCount
    every: int = 1
    unit: Unit = Unit.MONTH
