"""Interest in fractions, as the textbooks have it: slow, exact, and not how Accord works it out."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from app.domain.schedule.interest import PARTS_IN_YEAR, PeriodRates, year_parts
from app.domain.schedule.terms import DayCount


def year_fraction(
    day_count: DayCount, start: date, end: date, *, matures_on: date | None = None
) -> Fraction:
    """A span of days in years, exactly."""
    parts = year_parts(day_count, start, end, matures_on=matures_on)
    return Fraction(parts, PARTS_IN_YEAR[day_count])


def level_payment(
    principal_minor: int, rates: PeriodRates, *, then: Sequence[int] = ()
) -> Fraction:
    """The payment that brings the principal to zero, the last periods paying what `then` says.

    By what a minor unit of each period is worth today: the principal less the given ones' worth,
    shared by the worth of the others.
    """
    worth, today = list[Fraction](), Fraction(1)
    for numerator in rates.numerators:
        today /= 1 + Fraction(numerator, rates.denominator)
        worth.append(today)
    level_count = len(worth) - len(then)
    given = sum(paid * of for paid, of in zip(then, worth[level_count:], strict=True))
    return (principal_minor - given) / sum(worth[:level_count])
