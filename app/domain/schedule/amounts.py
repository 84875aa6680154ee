"""How much each installment takes: an equal split, a level payment, or a ladder of given ones.

The cells of the installments after a down payment. Principal sums to the amount, always; with
a rate, interest comes first and the last installment absorbs what rounding left.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import accumulate, chain, islice, repeat, tee
from itertools import count as count_from

from app.domain.errors import InvalidInput
from app.domain.money import BPS, MAX_INSTALLMENTS, round_half_even, split, split_by
from app.domain.schedule import icma, interest
from app.domain.schedule.dates import LAST_YEAR
from app.domain.schedule.interest import Cells, PeriodRates
from app.domain.schedule.terms import DayCount, Frequency, Terms, Unit

TOO_LATE = f"no due date after {LAST_YEAR}-12-31"

#: What one installment on a day of its own counts as, where nobody named a frequency.
ONCE = Frequency(every=1, unit=Unit.MONTH)


def cells(
    terms: Terms, *, principal_minor: int, minimum_minor: int, dates: Iterable[date]
) -> Sequence[Cells]:
    """The principal and interest of each installment, oldest first.

    `dates` begin with the day interest starts and go on with the due dates; only interest asks
    for them. Raises `InvalidInput` where no such installments exist, naming the limit.
    """
    if not terms.annual_rate_bps:
        return [(amount, 0) for amount in _interest_free(terms, principal_minor, minimum_minor)]
    if terms.installment_count is None:
        return _until_paid(terms, principal_minor, dates)
    return _level(
        terms, principal_minor, rates(terms, terms.installment_count, dates), minimum_minor
    )


def rates(terms: Terms, count: int, dates: Iterable[date]) -> PeriodRates:
    """What the first `count` periods between the dates earn, by the terms' rate and day count."""
    days = tuple(islice(dates, count + 1))
    if len(days) <= count:
        raise InvalidInput.at("/terms/frequency", TOO_LATE)
    numerators, denominator = _interest_numerators(terms, days, matures_on=days[-1])
    return PeriodRates(numerators=tuple(numerators), denominator=denominator)


def ladder(terms: Terms, first_minor: int) -> Iterator[int]:
    """The amount of each installment after the down payment, as the steps raise it; no end."""
    steps_up = {step.from_number: step.installment_minor for step in terms.step_ups}
    amount = first_minor
    for number in count_from(2 if terms.has_down_payment else 1):
        amount = steps_up.get(number, amount)
        yield amount


def _until_paid(terms: Terms, principal: int, dates: Iterable[date]) -> Sequence[Cells]:
    """Installments until the principal is paid.

    30E/360 ISDA counts the last one's days otherwise: so they are worked out once to find
    which is the last, and once more with its date.
    """
    first, again = tee(dates)
    found = _by_payment(terms, principal, *_interest_numerators(terms, first))
    if terms.day_count is not DayCount.THIRTY_E_360_ISDA:
        return found
    days = tuple(islice(again, len(found) + 1))
    return _by_payment(terms, principal, *_interest_numerators(terms, days, matures_on=days[-1]))


def _interest_numerators(
    terms: Terms, dates: Iterable[date], *, matures_on: date | None = None
) -> tuple[Iterator[int], int]:
    frequency = terms.frequency or ONCE
    if terms.day_count is DayCount.ACTUAL_ACTUAL_ICMA:
        return _by_regular_periods(terms, frequency, _not_falling(dates))
    return (
        interest.period_numerators(
            terms.annual_rate_bps,
            terms.day_count,
            frequency,
            _not_falling(dates),
            matures_on=matures_on,
        ),
        interest.period_denominator(terms.day_count, frequency),
    )


def _by_regular_periods(
    terms: Terms, frequency: Frequency, dates: Iterator[date]
) -> tuple[Iterator[int], int]:
    """Every period is a regular one but the first, which regular ones before its end measure."""
    starts_on = next(dates, date.min)
    first_on = next(dates, starts_on)
    rate = terms.annual_rate_bps * frequency.every
    periods = icma.regular(starts_on, first_on, every=frequency.every, unit=frequency.unit)
    each = icma.scale(periods)
    first = icma.parts(periods, starts_on, first_on)
    later = (rate * each for _ in dates)
    return chain((rate * first,), later), BPS * interest.PER_YEAR[frequency.unit] * each


def earned_before(terms: Terms, start: date, end: date) -> Fraction:
    """What a unit of principal earns before the installments begin: up to a down payment."""
    if terms.day_count is DayCount.EQUAL_PERIODS:
        return Fraction(0)
    numerators, denominator = _interest_numerators(terms, (start, end))
    return Fraction(next(numerators, 0), denominator)


def _not_falling(dates: Iterable[date]) -> Iterator[date]:
    """A convention may move the first due date to before the day interest starts: no days."""
    return accumulate(dates, max)


def _interest_free(terms: Terms, principal: int, minimum: int) -> Sequence[int]:
    if terms.installment_count is None:
        if terms.step_ups:
            return [paid for paid, _ in _by_payment(terms, principal, repeat(0), 1)]
        return split_by(principal, terms.installment_minor or principal)
    then = _stepped(terms)
    return (
        *split(
            _left_before(principal, then),
            terms.installment_count - len(then),
            unit_minor=terms.rounding_unit_minor,
            remainder=terms.remainder,
            minimum_minor=minimum,
        ),
        *then,
    )


def _level(terms: Terms, principal: int, rates: PeriodRates, minimum: int) -> Sequence[Cells]:
    cells = interest.level_cells(
        principal,
        rates,
        then=_stepped(terms),
        unit_minor=terms.rounding_unit_minor,
        minimum_minor=minimum,
    )
    if cells is None:
        least = max(terms.rounding_unit_minor, minimum)
        raise InvalidInput.at(
            "/terms/step_ups" if terms.step_ups else "/terms/installment_count",
            f"a level installment and a last one of at least {least}",
        )
    return cells


def _by_payment(
    terms: Terms, principal: int, numerators: Iterator[int], denominator: int
) -> Sequence[Cells]:
    """Installments of the given amount, or ladder of amounts, until the principal is paid."""
    interest_numerators, kept = tee(islice(numerators, MAX_INSTALLMENTS))
    paying, paid = tee(ladder(terms, terms.installment_minor or 0))
    found = [*interest.cells_by_payment(principal, paying, interest_numerators, denominator)]
    left = principal - sum(lowered for lowered, _ in found)
    if not left:
        return found
    if not found:
        raise InvalidInput.at("/terms/frequency", TOO_LATE)
    last_earned = round_half_even(left * deque(kept, maxlen=1).pop(), denominator)
    detail = f"would need more than {MAX_INSTALLMENTS} installments; {TOO_LATE}"
    if next(islice(paid, len(found) - 1, None)) <= last_earned:
        detail = f"never amortizes: more than a period's interest, {last_earned}"
    raise InvalidInput.at("/terms/installment_minor", detail)


def _stepped(terms: Terms) -> tuple[int, ...]:
    """What the installments from the first step on pay; those before share the rest."""
    if not terms.step_ups:
        return ()
    before = terms.step_ups[0].from_number - (2 if terms.has_down_payment else 1)
    return tuple(islice(ladder(terms, 0), before, terms.installment_count))


def _left_before(principal: int, then: Sequence[int]) -> int:
    left = principal - sum(then)
    if left < 1:
        raise InvalidInput.at("/terms/step_ups", f"sum to less than {principal}, not {sum(then)}")
    return left
