"""What a person can pay: surplus, the cap on an installment, and fair shares among creditors.

Household standards are data with a source, passed in; nothing here knows a figure of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.errors import InvalidInput
from app.domain.money import BPS, apportion, round_down
from app.domain.schedule.interest import PER_YEAR
from app.domain.schedule.terms import Frequency


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdStandards:
    """What a household is allowed for living, by its size, a month."""

    by_size_minor: tuple[int, ...]
    each_additional_minor: int
    source: str

    def allowed_minor(self, household_size: int) -> int:
        """The standard for a household of one and up."""
        if household_size < 1:
            raise InvalidInput.at("/budget/household_size", "at least 1")
        listed = self.by_size_minor[:household_size][-1]
        return listed + max(0, household_size - len(self.by_size_minor)) * (
            self.each_additional_minor
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalExpense:
    """An expense judged by the region's standard: the lesser of the two is allowed."""

    actual_minor: int
    standard_minor: int

    @property
    def allowed_minor(self) -> int:
        return min(self.actual_minor, self.standard_minor)


def allowable(
    standards: HouseholdStandards,
    *,
    household_size: int,
    local: Sequence[LocalExpense] = (),
    other_necessary_minor: int = 0,
) -> int:
    """Monthly living expenses nobody is asked to go below.

    The household standard counts in full whatever is spent, local ones at the lesser of actual
    and standard, other necessary expenses as they are (Internal Revenue Service practice).
    """
    return (
        standards.allowed_minor(household_size)
        + sum(expense.allowed_minor for expense in local)
        + other_necessary_minor
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What is left in a month, and how much of it an installment may take."""

    surplus_minor: int
    max_installment_minor: int


def capacity(*, income_minor: int, outgoings_minor: int, buffer_bps: int = 0) -> Capacity:
    """A month's surplus, which may be negative, and the cap: the surplus less the buffer.

    The cap rounds down and is never negative: nobody is asked for the buffer's last cent.
    """
    surplus = income_minor - outgoings_minor
    cap = round_down(max(0, surplus) * (BPS - buffer_bps), BPS)
    return Capacity(surplus_minor=surplus, max_installment_minor=cap)


def cap_per_period(amount_minor: int, *, given: Frequency, wanted: Frequency) -> int:
    """What can be afforded a period of one frequency as a period of another.

    By the year: 52, 26, 24, 12, never four weeks a month; rounded down, so a year takes no more.
    """
    in_year, over = _yearly(given)
    wanted_in_year, wanted_over = _yearly(wanted)
    return round_down(amount_minor * in_year * wanted_over, over * wanted_in_year)


def _yearly(frequency: Frequency) -> tuple[int, int]:
    return PER_YEAR[frequency.unit], frequency.every


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """One of several debts that share what is available. Priority ones are served first."""

    balance_minor: int
    priority: bool = False


def pro_rata(
    available_minor: int, debts: Sequence[Debt], *, minimum_minor: int = 0
) -> tuple[int, ...]:
    """What each debt gets of the money available, in the debts' order; the sum is exact.

    Priority debts come first, up to what they are owed. The rest goes by balance, by largest
    remainder; a share below the minimum (or the debt, if less) is raised to it and the others
    share what is left. Where not even minimums fit, there are none. A share may exceed its debt
    only where the money exceeds them all. Balances are positive.
    """
    first = [d.balance_minor if d.priority else 0 for d in debts]
    last = [0 if d.priority else d.balance_minor for d in debts]
    if not any(first) or not any(last):
        return _shares(available_minor, first if any(first) else last, minimum_minor)
    urgent = min(available_minor, sum(first))
    pairs = zip(
        _shares(urgent, first, minimum_minor),
        _shares(available_minor - urgent, last, minimum_minor),
        strict=True,
    )
    return tuple(a + b for a, b in pairs)


def _shares(available: int, balances: Sequence[int], minimum: int) -> tuple[int, ...]:
    shares = apportion(available, balances)
    floors = [min(minimum, balance) for balance in balances]
    if sum(floors) > available:
        return shares
    raised: set[int] = set()
    while low := {n for n, share in enumerate(shares) if share < floors[n]} - raised:
        raised |= low
        others = [0 if n in raised else balance for n, balance in enumerate(balances)]
        left = available - sum(floors[n] for n in raised)
        spread = apportion(left, others) if any(others) else (0,) * len(others)
        shares = tuple(floors[n] if n in raised else part for n, part in enumerate(spread))
    return shares
