"""A schedule as agreed: the rows that bind, whatever kind of fact binds the debtor to them."""

from dataclasses import dataclass
from datetime import date

from app.domain.schedule.terms import DayCount, Unit
from app.domain.vocabulary import InstallmentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedInstallment:
    """One row of a schedule as agreed; its id is the fact's plus its ordinal."""

    kind: InstallmentKind = InstallmentKind.INSTALLMENT
    nominal_due_on: date
    due_on: date
    principal_minor: int
    interest_minor: int = 0  # as quoted: earned only on its day, on what is owed then


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedInterest:
    """What a plan's principal bears; `every` and `unit` only speak for equal periods."""

    annual_rate_bps: int
    day_count: DayCount
    every: int = 1
    unit: Unit = Unit.MONTH
