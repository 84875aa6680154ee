"""What pays a debt off on a day, when money came in between: three rules, exactly.

The US Rule (Story v. Livingston, 38 U.S. 359) pays interest first and lets unpaid interest
wait without bearing any; the actuarial rule lets it join the principal at each payment; the
Merchant's rule lets principal and every payment bear interest to the end. Plans here go by the
US Rule (`earning`); the others are for comparing with what somebody else computed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.domain.schedule.interest import accrued
from app.domain.schedule.terms import DayCount


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Money that came on a day, in minor units."""

    on: date
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Payoff:
    """What is owed on the day, in minor units, unrounded."""

    principal: Fraction
    unpaid_interest: Fraction

    @property
    def total(self) -> Fraction:
        return self.principal + self.unpaid_interest


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A debt that bears simple interest from a day on."""

    principal_minor: int
    annual_rate_bps: int
    day_count: DayCount
    starts_on: date

    def bears(self, principal: Fraction, start: date, end: date) -> Fraction:
        """What that much of it earns between two days."""
        return principal * accrued(1, self.annual_rate_bps, self.day_count, start, end)


def us_rule(loan: Loan, received: Iterable[Received], *, as_of: date) -> Payoff:
    """Interest is paid first; what a payment leaves of it waits and bears none itself."""
    return _paid_down(loan, received, as_of, compounding=False)


def actuarial(loan: Loan, received: Iterable[Received], *, as_of: date) -> Payoff:
    """Interest a payment does not cover joins the principal on that day and bears interest."""
    return _paid_down(loan, received, as_of, compounding=True)


def merchants_rule(loan: Loan, received: Iterable[Received], *, as_of: date) -> Payoff:
    """The principal bears interest to the end, and so does every payment, the other way."""
    interest = loan.bears(Fraction(loan.principal_minor), loan.starts_on, as_of)
    paid = Fraction(0)
    for one in received:
        paid += one.amount_minor
        interest -= loan.bears(Fraction(one.amount_minor), one.on, as_of)
    return Payoff(principal=loan.principal_minor - paid, unpaid_interest=interest)


def _paid_down(
    loan: Loan, received: Iterable[Received], as_of: date, *, compounding: bool
) -> Payoff:
    principal, unpaid = Fraction(loan.principal_minor), Fraction(0)
    since = loan.starts_on
    for one in sorted(received, key=lambda money: money.on):
        unpaid += loan.bears(principal, since, one.on)
        to_interest = min(unpaid, Fraction(one.amount_minor))
        unpaid -= to_interest
        principal -= one.amount_minor - to_interest
        since = one.on
        if compounding:
            principal, unpaid = principal + unpaid, Fraction(0)
    unpaid += loan.bears(principal, since, as_of)
    return Payoff(principal=principal, unpaid_interest=unpaid)
