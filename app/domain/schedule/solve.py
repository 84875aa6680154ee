"""Any two of amount, count, installment and end date, and the terms that follow from them."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import chain, islice, takewhile

from app.domain.errors import FieldProblem, InvalidInput
from app.domain.money import BPS, MAX_INSTALLMENTS, MAX_MINOR, round_half_even, share
from app.domain.schedule import amounts
from app.domain.schedule import problems as terms_problems
from app.domain.schedule.build import nominal
from app.domain.schedule.dates import LAST_YEAR, Holidays, adjust
from app.domain.schedule.interest import present_value
from app.domain.schedule.terms import Convention, Terms
from app.domain.values import replace


def solve(
    terms: Terms, *, opens_on: date, holidays: Holidays, last_due_on: date | None = None
) -> Terms:
    """Complete terms, ready for `build`, from the two of four that are given.

    `terms` carry the amount, the count and the installment where they are known;
    `last_due_on` is the day by which the last must be due. An amount is found as what the
    payments are worth on the opening day, down payment included. Raises `InvalidInput` where
    another number than two is given, or the two that say the same: a count and an end date.
    """
    _two_of_four(terms, last_due_on)
    _well_formed(terms, opens_on)
    count = terms.installment_count
    if last_due_on is not None:
        count = _count_until(terms, opens_on, holidays, last_due_on)
    if terms.amount_minor is not None:
        return replace(terms, installment_count=count)
    return _with_amount(terms, opens_on, holidays, count or 1)


def _two_of_four(terms: Terms, last_due_on: date | None) -> None:
    given = [
        terms.amount_minor is not None,
        terms.installment_minor is not None,
        terms.installment_count is not None or last_due_on is not None,
    ]
    both = terms.installment_count is not None and last_due_on is not None
    if sum(given) != len(given) - 1 or both or terms.installments is not None:
        raise InvalidInput.at(
            "/terms",
            "two of amount_minor, installment_minor, and installment_count or last_due_on",
        )


def _well_formed(terms: Terms, opens_on: date) -> None:
    """What is given is checked as in any terms; what is sought stands at its limit meanwhile."""
    whole = replace(
        terms,
        installment_count=terms.installment_count or MAX_INSTALLMENTS,
        installment_minor=None,
    )
    amount = MAX_MINOR if terms.amount_minor is None else terms.amount_minor
    problems = terms_problems.problems_of(whole, opens_on=opens_on, amount_minor=amount)
    if terms.installment_minor is not None and not 1 <= terms.installment_minor <= MAX_MINOR:
        detail = f"from 1 to {MAX_MINOR}, not {terms.installment_minor}"
        problems += (FieldProblem(pointer="/terms/installment_minor", detail=detail),)
    if problems:
        raise InvalidInput(errors=problems)


def _due_dates(terms: Terms, opens_on: date, holidays: Holidays) -> Iterator[date]:
    convention = terms.business_days.convention if terms.business_days else Convention.NONE
    return (adjust(day, convention, holidays) for day in nominal(terms, opens_on=opens_on))


def _count_until(terms: Terms, opens_on: date, holidays: Holidays, last_due_on: date) -> int:
    due = _due_dates(terms, opens_on, holidays)
    in_time = takewhile(lambda day: day <= last_due_on, due)
    count = sum(1 for _ in islice(in_time, MAX_INSTALLMENTS + 1))
    if last_due_on.year > LAST_YEAR or not 1 <= count <= MAX_INSTALLMENTS:
        first = next(_due_dates(terms, opens_on, holidays), opens_on)
        raise InvalidInput.at(
            "/last_due_on",
            f"from the first due date, {first}, to the {MAX_INSTALLMENTS}th, "
            f"and no later than {LAST_YEAR}-12-31",
        )
    return count


def _with_amount(terms: Terms, opens_on: date, holidays: Holidays, count: int) -> Terms:
    payments = tuple(islice(amounts.ladder(terms, terms.installment_minor or 0), count))
    if not terms.annual_rate_bps:
        total = _with_down_payment(terms, sum(payments))
        return replace(terms, installment_count=None, amount_minor=_sound(total))
    starts_on = terms.down_payment_on or opens_on if terms.has_down_payment else opens_on
    dates = chain((starts_on,), _due_dates(terms, opens_on, holidays))
    worth = present_value(payments, amounts.rates(terms, count, dates))
    total = _before_down_payment(terms, opens_on, starts_on, worth)
    return replace(
        terms, installment_count=count, installment_minor=None, amount_minor=_sound(total)
    )


def _with_down_payment(terms: Terms, rest: int) -> int:
    """The total whose down payment leaves exactly `rest`, where rounding allows it."""
    bps, unit = terms.down_payment_bps, terms.rounding_unit_minor
    if bps is None:
        return rest + (terms.down_payment_minor or 0)
    near = round_half_even(rest * bps, BPS - bps, unit_minor=unit)
    downs = (near, near - unit, near + unit)
    exact = (d for d in downs if share(rest + d, bps, unit_minor=unit) == d)
    return rest + next(exact, near)


def _before_down_payment(terms: Terms, opens_on: date, starts_on: date, worth: Fraction) -> int:
    """The amount that, with its interest to the down payment and less that, comes to `worth`."""
    earned = amounts.earned_before(terms, opens_on, starts_on)
    part = Fraction(terms.down_payment_bps or 0, BPS)
    total = (worth + (terms.down_payment_minor or 0)) / (1 + earned - part)
    return round_half_even(total.numerator, total.denominator)


def _sound(total: int) -> int:
    if not 1 <= total <= MAX_MINOR:
        raise InvalidInput.at("/terms/amount_minor", f"comes to {total}; at most {MAX_MINOR}")
    return total
