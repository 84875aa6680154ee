"""Can these terms be meant? Every malformed field at once, by name and limit."""

from collections.abc import Iterable, Iterator
from datetime import date

from app.domain.errors import FieldProblem
from app.domain.money import BPS, MAX_INSTALLMENTS, MAX_MINOR
from app.domain.schedule import icma
from app.domain.schedule.dates import LAST_YEAR, step_number
from app.domain.schedule.terms import DayCount, Frequency, Terms, Unit

#: 1,000 % a year. Not a policy (that is elsewhere): a slip of the keyboard.
MAX_RATE_BPS = 100_000
FIRST_YEAR = 1900

#: A period is a year at most (the longest unit-period of Regulation Z, App. J (b)(4)).
_BY_PERIODS = (DayCount.EQUAL_PERIODS, DayCount.ACTUAL_ACTUAL_ICMA)
_MAX_EVERY = {Unit.DAY: 366, Unit.WEEK: 52, Unit.MONTH: 12, Unit.SEMIMONTH: 24}


def problems_of(
    terms: Terms, *, opens_on: date, amount_minor: int, min_installment_minor: int = 0
) -> tuple[FieldProblem, ...]:
    """The fields that are malformed or contradict each other; none where terms can be meant.

    `amount_minor` is the resolved total: the terms' own, or the balance it defaults to.
    """
    found: list[FieldProblem] = [*_between("amount_minor", amount_minor, 1, MAX_MINOR)]
    if terms.installments is not None:
        found += _explicit(terms, amount_minor)
    else:
        found += _counts(terms, min_installment_minor)
        found += _money(terms, amount_minor)
        found += _down_payment(terms, amount_minor, opens_on)
        found += _frequency(terms)
        found += _step_ups(terms, min_installment_minor)
    found += _dates(terms)
    return tuple(found)


def _problem(field: str, detail: str) -> FieldProblem:
    return FieldProblem(pointer=f"/terms/{field}", detail=detail)


def _between(field: str, value: int | None, least: int, most: int) -> tuple[FieldProblem, ...]:
    if value is None or least <= value <= most:
        return ()
    return (_problem(field, f"from {least} to {most}, not {value}"),)


def _counts(terms: Terms, minimum: int) -> Iterator[FieldProblem]:
    if terms.installment_count is None and terms.installment_minor is None:
        yield _problem("installment_count", "required, or installment_minor, or installments")
    if terms.installment_count is not None and terms.installment_minor is not None:
        yield _problem("installment_minor", "not together with installment_count")
    yield from _between("installment_count", terms.installment_count, 1, MAX_INSTALLMENTS)
    yield from _between("installment_minor", terms.installment_minor, max(1, minimum), MAX_MINOR)


def _money(terms: Terms, amount_minor: int) -> Iterator[FieldProblem]:
    yield from _between("annual_rate_bps", terms.annual_rate_bps, 0, MAX_RATE_BPS)
    yield from _between("rounding_unit_minor", terms.rounding_unit_minor, 1, max(1, amount_minor))


def _down_payment(terms: Terms, amount_minor: int, opens_on: date) -> Iterator[FieldProblem]:
    if terms.down_payment_minor is not None and terms.down_payment_bps is not None:
        yield _problem("down_payment_bps", "not together with down_payment_minor")
    yield from _between("down_payment_minor", terms.down_payment_minor, 1, amount_minor - 1)
    yield from _between("down_payment_bps", terms.down_payment_bps, 1, BPS - 1)
    if terms.down_payment_on is None:
        return
    if not terms.has_down_payment:
        yield _problem("down_payment_on", "only with down_payment_minor or down_payment_bps")
    if terms.down_payment_on < opens_on:
        yield _problem("down_payment_on", f"on or after the opening day, {opens_on}")


def _frequency(terms: Terms) -> Iterator[FieldProblem]:
    frequency = terms.frequency
    if frequency is None:
        if terms.installment_count != 1 or terms.first_due_on is None:
            yield _problem("frequency", "required, except for one installment on first_due_on")
        elif terms.annual_rate_bps and terms.day_count in _BY_PERIODS:
            yield _problem("frequency", f"required with {terms.day_count}")
        return
    if terms.day_count is DayCount.ACTUAL_ACTUAL_ICMA and frequency.unit not in icma.UNITS:
        yield _problem(
            "day_count", f"{terms.day_count} only with installments every so many weeks or months"
        )
    problems = [
        *_between("frequency/every", frequency.every, 1, _MAX_EVERY[frequency.unit]),
        *_semimonth_days(frequency),
    ]
    yield from problems
    if not problems:
        yield from _first_step(terms, frequency)


def _semimonth_days(frequency: Frequency) -> Iterator[FieldProblem]:
    if frequency.unit is not Unit.SEMIMONTH:
        if frequency.days is not None:
            yield _problem("frequency/days", "only with the unit semimonth")
        return
    if frequency.days is None:
        yield _problem("frequency/days", "required with the unit semimonth, like [15, 31]")
        return
    first, second = frequency.days
    yield from _between("frequency/days/0", first, 1, 27)
    yield from _between("frequency/days/1", second, max(first, 1) + 1, 31)


def _first_step(terms: Terms, frequency: Frequency) -> Iterator[FieldProblem]:
    anchor_on, first_due_on = terms.anchor_on, terms.first_due_on
    if anchor_on is None or first_due_on is None or [*_dates(terms)]:
        return
    number = step_number(
        frequency, anchor_on=anchor_on, month_end=terms.month_end, first_due_on=first_due_on
    )
    if number is None:
        yield _problem("first_due_on", f"a whole number of periods from anchor_on, {anchor_on}")


def _step_ups(terms: Terms, minimum: int) -> Iterator[FieldProblem]:
    down = terms.has_down_payment
    least = 2 + down
    most = MAX_INSTALLMENTS if terms.installment_count is None else terms.installment_count
    for index, step in enumerate(terms.step_ups):
        where = f"step_ups/{index}"
        yield from _between(f"{where}/from_number", step.from_number, least, most + down)
        yield from _between(
            f"{where}/installment_minor", step.installment_minor, max(1, minimum), MAX_MINOR
        )
        least = max(least, step.from_number + 1)


def _dates(terms: Terms) -> Iterator[FieldProblem]:
    named: list[tuple[str, date | None]] = [
        ("anchor_on", terms.anchor_on),
        ("first_due_on", terms.first_due_on),
        ("down_payment_on", terms.down_payment_on),
    ]
    if terms.installments is not None:
        named += [(f"installments/{n}/due_on", i.due_on) for n, i in enumerate(terms.installments)]
    for field, day in named:
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield _problem(field, f"from {FIRST_YEAR}-01-01 to {LAST_YEAR}-12-31, not {day}")


#: Fields that an explicit schedule leaves at their defaults, since its installments say it all.
_DEFAULTS_BESIDE_INSTALLMENTS = {
    "down_payment_minor": None,
    "down_payment_bps": None,
    "down_payment_on": None,
    "installment_count": None,
    "installment_minor": None,
    "frequency": None,
    "anchor_on": None,
    "first_due_on": None,
    "annual_rate_bps": 0,
    "step_ups": (),
}


def _explicit(terms: Terms, amount_minor: int) -> Iterator[FieldProblem]:
    installments = terms.installments or ()
    for field, default in _DEFAULTS_BESIDE_INSTALLMENTS.items():
        if getattr(terms, field) != default:
            yield _problem(field, "not together with installments")
    if not 1 <= (count := len(installments)) <= MAX_INSTALLMENTS:
        yield _problem("installments", f"from 1 to {MAX_INSTALLMENTS} of them, not {count}")
    for index, installment in enumerate(installments):
        yield from _between(
            f"installments/{index}/amount_minor", installment.amount_minor, 1, MAX_MINOR
        )
    yield from _ascending(installment.due_on for installment in installments)
    total = sum(installment.amount_minor for installment in installments)
    if installments and total != amount_minor:
        yield _problem("installments", f"sum to {amount_minor}, not {total}")


def _ascending(days: Iterable[date]) -> Iterator[FieldProblem]:
    before: date | None = None
    for index, day in enumerate(days):
        if before is not None and day <= before:
            yield _problem(f"installments/{index}/due_on", f"later than the one before, {before}")
        before = day
