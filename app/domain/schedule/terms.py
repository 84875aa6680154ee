"""What two sides agree on: how much, how often, from when. The `terms` of the API.

Here are values only: `problems.py` finds what contradicts itself in them, and `build.py` works
out the schedule.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.money import Remainder

__all__ = [
    "BusinessDays",
    "Convention",
    "DayCount",
    "ExplicitInstallment",
    "Frequency",
    "MonthEnd",
    "Remainder",
    "StepUp",
    "Terms",
    "Unit",
]


class Unit(StrEnum):
    """The period a frequency counts in."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SEMIMONTH = "semimonth"


class Convention(StrEnum):
    """Where a due date goes that is no business day.

    ISDA's names and meanings; `modified_preceding` and `nearest` (of two as near the following
    one) are not ISDA's, and mean what QuantLib has them mean.
    """

    NONE = "none"
    FOLLOWING = "following"
    PRECEDING = "preceding"
    MODIFIED_FOLLOWING = "modified_following"
    MODIFIED_PRECEDING = "modified_preceding"
    NEAREST = "nearest"


class MonthEnd(StrEnum):
    """Where the anchor's day goes in a month that lacks it."""

    LAST_DAY = "last_day"
    FIRST_OF_NEXT = "first_of_next"


class DayCount(StrEnum):
    """How much of a year lies between two dates, as far as interest is concerned."""

    EQUAL_PERIODS = "equal_periods"
    ACTUAL_365 = "actual/365"
    ACTUAL_360 = "actual/360"
    THIRTY_360 = "30/360"
    THIRTY_E_360 = "30E/360"
    THIRTY_E_360_ISDA = "30E/360ISDA"
    THIRTY_360_US = "30/360US"
    ACTUAL_ACTUAL = "actual/actual"
    ACTUAL_ACTUAL_ICMA = "actual/actualICMA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """Every so many days, weeks, months, or on two days of each month (`days`)."""

    every: int = 1
    unit: Unit
    days: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessDays:
    """A calendar by name and the convention that moves due dates by it."""

    calendar: str
    convention: Convention = Convention.FOLLOWING


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUp:
    """From the installment with this number on, this amount."""

    from_number: int
    installment_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplicitInstallment:
    """One installment written out instead of generated."""

    due_on: date
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms as a client sends them; None and empty mean: not given.

    `remainder` speaks of the equal split of an amount over a count. A given installment
    leaves a smaller last one, and a level payment's last one absorbs what rounding left.
    """

    amount_minor: int | None = None
    down_payment_minor: int | None = None
    down_payment_bps: int | None = None
    down_payment_on: date | None = None
    installment_count: int | None = None
    installment_minor: int | None = None
    frequency: Frequency | None = None
    anchor_on: date | None = None
    first_due_on: date | None = None
    month_end: MonthEnd = MonthEnd.LAST_DAY
    business_days: BusinessDays | None = None
    rounding_unit_minor: int = 1
    remainder: Remainder = Remainder.LAST
    annual_rate_bps: int = 0
    day_count: DayCount = DayCount.ACTUAL_365
    step_ups: tuple[StepUp, ...] = ()
    installments: tuple[ExplicitInstallment, ...] | None = None

    @property
    def has_down_payment(self) -> bool:
        """Whether installment 1 is a down payment."""
        return self.down_payment_minor is not None or self.down_payment_bps is not None
