"""What credit costs a year: the actuarial APR of Regulation Z, Appendix J, and when it matters.

Advances and payments are placed in unit-periods, whole ones and an odd part of one, and the
rate is found at which both sides are worth the same:
ΣA / [(1 + f·i)(1 + i)^t] = ΣP / [(1 + f·i)(1 + i)^t], and APR = i times the
unit-periods in a year.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from app.domain.schedule.dates import ALWAYS_THERE
from app.domain.schedule.interest import PER_YEAR
from app.domain.schedule.terms import Frequency, Unit
from app.domain.values import Value

_DAYS = {Unit.DAY: 1, Unit.WEEK: 7, Unit.SEMIMONTH: 15, Unit.MONTH: 30}
_YEAR_OF_MONTHS = 12

#: Fixed point: a rate or a factor of 1 is `_ONE`. Integers, so every machine agrees.
_BITS = 96
_ONE = 1 << _BITS
#: A step this small (2^-24) leaves, by Newton's quadratic convergence and for a thousand
#: unit-periods, less than 2^-38 of a unit-period's rate: far below the sixth decimal of a percent.
_CLOSE = 1 << 72
#: Below this rate a run's closed form would cancel too many digits: it is added up instead.
_TINY = 1 << 64
_MOST_ROUNDS = 200
#: More payments than this without a finance charge bring Regulation Z in (15 USC 1602(g)).
_FOUR = 4


class Flow(Value, kw_only=True):
    """Money that moves `periods` whole unit-periods and an `odd` part of one after the start.

    `count` says how many times: once, or again after each further unit-period.
    """

    amount_minor: int
    periods: int = 0
    odd: Fraction = Fraction(0)
    count: int = 1


# Placing dates (App. J (b)(4), (5)) ---------------------------------------------------------


def per_year(frequency: Frequency) -> Fraction:
    """How many of a frequency's periods make a year: 52, 26, 24, 12 and the like."""
    return Fraction(PER_YEAR[frequency.unit], frequency.every)


def unit_periods(
    start: date, end: date, frequency: Frequency, *, scheduled_day: int | None = None
) -> tuple[int, Fraction]:
    """The whole unit-periods counted back from `end`, and the odd days before them as a part.

    The unit-period is the frequency's period, a year at most. Months count as 30 odd days,
    semimonths as 15; a year's odd part is whole months where they fit, else days of 365.
    Where `end` is 28 February for payments scheduled on the 31st (`scheduled_day`), months are
    measured back to the 31st, or the last day.
    """
    if frequency.unit in (Unit.DAY, Unit.WEEK):
        return _whole_and_odd((end - start).days, frequency.every * _DAYS[frequency.unit])
    months = _months_back(start, end, scheduled_day)
    days = (back(end, months, scheduled_day) - start).days
    if frequency.unit is Unit.MONTH and frequency.every == _YEAR_OF_MONTHS:
        years, odd_months = divmod(months, _YEAR_OF_MONTHS)
        if not days:
            return years, Fraction(odd_months, _YEAR_OF_MONTHS)
        return years, Fraction((back(end, years * _YEAR_OF_MONTHS) - start).days, 365)
    return _whole_and_odd(30 * months + days, frequency.every * _DAYS[frequency.unit])


def single_payment(start: date, end: date) -> tuple[Fraction, int, Fraction]:
    """One advance, one payment: unit-periods in a year, whole ones, odd part ((b)(5)(v)-(vii)).

    Below a year the term itself is the unit-period: its months where they are whole, else days.
    """
    if end >= back(start, -_YEAR_OF_MONTHS):
        years, odd = unit_periods(start, end, Frequency(every=_YEAR_OF_MONTHS, unit=Unit.MONTH))
        return Fraction(1), years, odd
    months = _months_back(start, end)
    if months and back(end, months) == start:
        return Fraction(_YEAR_OF_MONTHS, months), 1, Fraction(0)
    return Fraction(365, (end - start).days), 1, Fraction(0)


def back(day: date, months: int, scheduled_day: int | None = None) -> date:
    """The same day (or the scheduled one) that many months before, clipped; after, if negative."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    wanted = scheduled_day or day.day
    if wanted > ALWAYS_THERE:
        wanted = min(wanted, monthrange(year, month + 1)[1])
    return date(year, month + 1, wanted)


def _months_back(start: date, end: date, scheduled_day: int | None = None) -> int:
    """The whole months between two dates, measured back from the later."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if back(end, months, scheduled_day) >= start else months - 1


def _whole_and_odd(days: int, span: int) -> tuple[int, Fraction]:
    whole, odd = divmod(days, span)
    return whole, Fraction(odd, span)


# The rate ---------------------------------------------------------------------------------


def annual_rate(
    advances: Iterable[Flow],
    payments: Iterable[Flow],
    unit_periods_per_year: Fraction,
    *,
    near: Fraction = Fraction(1, 10),
) -> Fraction:
    """The APR as a fraction of one (0.0969 for 9.69 %), right far past the sixth decimal.

    Where nothing is charged it is 0. `near` is where to start looking; it changes the time
    taken, not the answer. Raises `ValueError` where less comes back than was lent: no rate of
    finance charge describes that.
    """
    start = (near.numerator, near.denominator)
    return Fraction(*annual_ratio(advances, payments, unit_periods_per_year, near=start))


def annual_ratio(
    advances: Iterable[Flow],
    payments: Iterable[Flow],
    unit_periods_per_year: Fraction,
    *,
    near: tuple[int, int],
) -> tuple[int, int]:
    """`annual_rate` as it is found: not in lowest terms, which it takes as long to find."""
    lent, repaid = tuple(advances), tuple(payments)
    charge = sum([p.amount_minor * p.count for p in repaid])
    charge -= sum([a.amount_minor * a.count for a in lent])
    if charge < 0:
        raise ValueError("payments fall short of the advances")
    if not charge:
        return 0, 1
    runs = [*[_fixed(flow, 1) for flow in repaid], *[_fixed(flow, -1) for flow in lent]]
    periods, years = unit_periods_per_year.numerator, unit_periods_per_year.denominator
    root = _root(runs, near[0] * years * _ONE // (near[1] * periods))
    return root * periods, _ONE * years


#: (first whole unit-period, odd part in fixed point, signed amount, how many)
_Run = tuple[int, int, int, int]


def _fixed(flow: Flow, sign: int) -> _Run:
    odd = flow.odd.numerator * _ONE // flow.odd.denominator if flow.odd else 0
    return flow.periods, odd, sign * flow.amount_minor, flow.count


def _root(runs: Sequence[_Run], rate: int) -> int:
    """Newton's method from `rate`, kept inside the bracket of the root; per unit-period."""
    low, high = 0, 0  # high: 0 until the root is known to lie below something
    for _ in range(_MOST_ROUNDS):
        worth, slope = _worth(runs, rate)
        low, high = (rate, high) if worth > 0 else (low, rate)
        better = rate - (worth << _BITS) // slope if slope else low
        if abs(better - rate) < _CLOSE:
            return better
        if better <= low or (high and better >= high):
            better = (low + high) // 2 if high else 2 * rate + 1
        rate = better
    raise ValueError("no rate found")


def _worth(runs: Sequence[_Run], rate: int) -> tuple[int, int]:
    """What the runs are worth at a rate, and how fast that changes with it."""
    discount = (_ONE << _BITS) // (_ONE + rate)
    worth = slope = 0
    for periods, odd, amount, count in runs:
        if not periods and count == 1:  # today's money is worth what it is
            factor, payments, later = _ONE, _ONE, 0
        else:
            factor = discount if periods == 1 else _power(discount, periods)
            payments, later = _annuity(discount, rate, count)
        # Each payment's worth, weighed with the periods it lies ahead: what the slope sums.
        weighed = factor * (periods * payments + later) >> _BITS
        value = factor * payments >> _BITS
        if odd:
            simple = (_ONE << _BITS) // (_ONE + (odd * rate >> _BITS))
            value = value * simple >> _BITS
            weighed = (weighed * simple >> _BITS) * discount + value * (odd * simple >> _BITS)
        else:
            weighed *= discount
        worth += amount * value
        slope -= amount * weighed >> _BITS
    return worth, slope


def _annuity(discount: int, rate: int, count: int) -> tuple[int, int]:
    """Σ v^k and Σ k·v^k for k from 0 to count - 1, v the discount of one period."""
    if count == 1:
        return _ONE, 0
    if rate < _TINY:
        factor, payments, later = _ONE, 0, 0
        for k in range(count):
            payments, later = payments + factor, later + k * factor
            factor = factor * discount >> _BITS
        return payments, later
    last = _power(discount, count)
    lost = _ONE - discount
    payments = ((_ONE - last) << _BITS) // lost
    later = (((discount * payments >> _BITS) - count * last) << _BITS) // lost
    return payments, later


def _power(base: int, exponent: int) -> int:
    """`base` to a whole power, by squaring."""
    result = _ONE
    while exponent:
        if exponent & 1:
            result = result * base >> _BITS
        base = base * base >> _BITS
        exponent >>= 1
    return result


# When it matters --------------------------------------------------------------------------


def regulation_z(
    *,
    installments: int,
    finance_charge: bool,
    workout_of_covered_debt: bool = False,
    rate_increased: bool = False,
    new_money: bool = False,
) -> bool:
    """Does a plan call for a Regulation Z review? A flag for a person, not legal advice.

    Yes for more than four installments or any finance charge (15 USC 1602(g)). Not for a
    change of a debt already covered because of its default or delinquency, unless the rate
    rises or more than the unpaid balance is financed (12 CFR 1026.20(a)(4)).
    """
    if workout_of_covered_debt:
        return rate_increased or new_money
    return installments > _FOUR or finance_charge
