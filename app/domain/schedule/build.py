"""What terms come to: every installment with its dates and cells, to the minor unit.

Dates step from the anchor alone and amounts sum to the total, always. With a rate,
payments are level and the last absorbs what rounding left; interest is simple and daily, earned on
each due date.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby, tee
from itertools import count as numbers

from app.domain.errors import InvalidInput
from app.domain.money import (
    BPS,
    MAX_MINOR,
    round_half_even,
    share,
    split,
    split_by,
)
from app.domain.schedule import amounts, apr
from app.domain.schedule import problems as terms_problems
from app.domain.schedule.dates import Holidays, adjust, first_after, nominal_dates, steps
from app.domain.schedule.interest import Cells
from app.domain.schedule.terms import Convention, Frequency, MonthEnd, Terms, Unit
from app.domain.values import Value
from app.domain.vocabulary import InstallmentKind

__all__ = [
    "InstallmentKind",
    "Schedule",
    "ScheduledInstallment",
    "build",
    "nominal",
    "nominal_dates",
    "split",
    "split_by",
]


class ScheduledInstallment(Value, kw_only=True):
    """One installment. `nominal_due_on` steps from the anchor, `due_on` is the day to pay."""

    number: int
    kind: InstallmentKind
    nominal_due_on: date
    due_on: date
    amount_minor: int
    principal_minor: int
    interest_minor: int


class Schedule(Value, kw_only=True):
    """The installments and what they come to; `total_minor` includes the finance charge."""

    total_minor: int
    finance_charge_minor: int
    apr_bps: int
    last_due_on: date
    installments: tuple[ScheduledInstallment, ...]


def build(
    terms: Terms,
    *,
    opens_on: date,
    amount_minor: int,
    holidays: Holidays,
    min_installment_minor: int = 0,
) -> Schedule:
    """The schedule of a plan that takes over `amount_minor` on the day it opens.

    `amount_minor` is the terms' own amount or the balance it defaults to; the principal cells
    sum to it. Raises `InvalidInput` with a pointer into `/terms` for every malformed field at
    once, else for the first thing that cannot be worked out of them. A first due date before
    the opening day is refused only where interest would run backwards.
    """
    problems = terms_problems.problems_of(
        terms,
        opens_on=opens_on,
        amount_minor=amount_minor,
        min_installment_minor=min_installment_minor,
    )
    if problems:
        raise InvalidInput(errors=problems)
    convention = terms.business_days.convention if terms.business_days else Convention.NONE
    days = _Days(convention=convention, holidays=holidays)
    if terms.installments is not None:
        return _explicit(terms, days)
    return _generated(terms, days, opens_on, amount_minor, min_installment_minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Days:
    """How nominal dates become due dates."""

    convention: Convention
    holidays: Holidays

    def due(self, nominal: date) -> date:
        return adjust(nominal, self.convention, self.holidays)

    def due_from(self, nominal: date, opens_on: date) -> date:
        """The same for a down payment: never moved to before the plan opens."""
        due = self.due(nominal)
        return due if due >= opens_on else adjust(nominal, Convention.FOLLOWING, self.holidays)


# Explicit ---------------------------------------------------------------------------------


def _explicit(terms: Terms, days: _Days) -> Schedule:
    installments = terms.installments or ()
    dates = ((installment.due_on, days.due(installment.due_on)) for installment in installments)
    cells = ((installment.amount_minor, 0) for installment in installments)
    return _schedule(_installments(1, dates, cells), apr_bps=0)


# Generated --------------------------------------------------------------------------------


def _generated(
    terms: Terms, days: _Days, opens_on: date, amount_minor: int, minimum: int
) -> Schedule:
    down = _down_payment(terms, days, opens_on, amount_minor)
    starts_on = down[0].due_on if down else opens_on
    nominal_on = nominal(terms, opens_on=opens_on)
    nominal_days, dates = tee((day, days.due(day)) for day in nominal_on)
    cells = amounts.cells(
        terms,
        principal_minor=amount_minor - sum(installment.principal_minor for installment in down),
        minimum_minor=minimum,
        dates=chain((starts_on,), (due_on for _, due_on in nominal_days)),
    )
    installments = _installments(1 + len(down), dates, cells)
    if len(installments) < len(cells):
        raise InvalidInput.at("/terms/frequency", amounts.TOO_LATE)
    _refuse_disorder(terms, opens_on, down, installments[0])
    return _schedule(
        (*down, *installments),
        apr_bps=_apr_bps(terms, opens_on, amount_minor, (*down, *installments)),
    )


def nominal(terms: Terms, *, opens_on: date) -> Iterator[date]:
    """The nominal due dates that terms generate, without end but the last year's.

    They step from `anchor_on`, else `first_due_on`, else the opening day; where nobody named
    the first, it is the first step after the opening day.
    """
    frequency, first = terms.frequency, terms.first_due_on
    if frequency is None:
        return iter(() if first is None else (first,))
    anchor = _anchor(terms, opens_on)
    if first is None:
        first = first_after(frequency, anchor_on=anchor, month_end=terms.month_end, day=opens_on)
    if first is None:
        return iter(())
    return steps(frequency, anchor_on=anchor, month_end=terms.month_end, first_due_on=first)


def _anchor(terms: Terms, opens_on: date) -> date:
    return terms.anchor_on or terms.first_due_on or opens_on


def _down_payment(
    terms: Terms, days: _Days, opens_on: date, amount_minor: int
) -> tuple[ScheduledInstallment, ...]:
    """Installment 1, where there is one: interest to its day first, then principal."""
    amount, field = terms.down_payment_minor, "/terms/down_payment_minor"
    if terms.down_payment_bps is not None:
        field = "/terms/down_payment_bps"
        amount = share(amount_minor, terms.down_payment_bps, unit_minor=terms.rounding_unit_minor)
        if not 0 < amount < amount_minor:
            raise InvalidInput.at(field, f"rounds to {amount}")
    if amount is None:
        return ()
    nominal_on = terms.down_payment_on or opens_on
    due_on = days.due_from(nominal_on, opens_on)
    exact = amount_minor * amounts.earned_before(terms, opens_on, due_on)
    earned = round_half_even(exact.numerator, exact.denominator)
    if earned >= amount:
        raise InvalidInput.at(field, f"more than its interest, {earned}")
    installment = ScheduledInstallment(
        number=1,
        kind=InstallmentKind.DOWN_PAYMENT,
        nominal_due_on=nominal_on,
        due_on=due_on,
        amount_minor=amount,
        principal_minor=amount - earned,
        interest_minor=earned,
    )
    return (installment,)


def _refuse_disorder(
    terms: Terms,
    opens_on: date,
    down: Sequence[ScheduledInstallment],
    first: ScheduledInstallment,
) -> None:
    for installment in down:
        if installment.nominal_due_on > first.nominal_due_on or installment.due_on > first.due_on:
            raise InvalidInput.at(
                "/terms/down_payment_on", f"on or before the first installment, {first.due_on}"
            )
    if terms.annual_rate_bps and first.nominal_due_on < opens_on:
        raise InvalidInput.at(
            "/terms/first_due_on", f"with interest, on or after the opening day, {opens_on}"
        )


# Installments -------------------------------------------------------------------------------------


def _installments(
    number: int, dates: Iterable[tuple[date, date]], cells: Iterable[Cells]
) -> tuple[ScheduledInstallment, ...]:
    """Numbered installments from dates (nominal, due) and cells, as many as there are of both."""
    numbered = zip(cells, dates, numbers(number), strict=False)
    made = [
        ScheduledInstallment(
            number=n,
            kind=InstallmentKind.INSTALLMENT,
            nominal_due_on=nominal_on,
            due_on=due_on,
            amount_minor=principal + earned,
            principal_minor=principal,
            interest_minor=earned,
        )
        for (principal, earned), (nominal_on, due_on), n in numbered
    ]
    return tuple(made)


def _schedule(installments: tuple[ScheduledInstallment, ...], *, apr_bps: int) -> Schedule:
    total = sum([installment.amount_minor for installment in installments])
    if total > MAX_MINOR:
        raise InvalidInput.at("/terms/amount_minor", f"with interest at most {MAX_MINOR}")
    return Schedule(
        total_minor=total,
        finance_charge_minor=sum([installment.interest_minor for installment in installments]),
        apr_bps=apr_bps,
        last_due_on=installments[-1].due_on,
        installments=installments,
    )


def _apr_bps(
    terms: Terms, opens_on: date, amount_minor: int, installments: Sequence[ScheduledInstallment]
) -> int:
    """By nominal dates: that a day was no business day is disregarded (12 CFR 1026.17(c)(3))."""
    if not any(installment.interest_minor for installment in installments):
        return 0
    if len(installments) == 1:
        in_year, whole, odd = apr.single_payment(opens_on, installments[0].nominal_due_on)
        payments = [apr.Flow(amount_minor=installments[0].amount_minor, periods=whole, odd=odd)]
    else:
        frequency = terms.frequency or amounts.ONCE
        in_year = apr.per_year(frequency)
        monthly = frequency.unit is Unit.MONTH and terms.month_end is MonthEnd.LAST_DAY
        scheduled_day = _anchor(terms, opens_on).day if monthly else None
        payments = _payments(opens_on, frequency, scheduled_day, installments)
    rate, one = apr.annual_ratio(
        [apr.Flow(amount_minor=amount_minor)],
        payments,
        in_year,
        near=(terms.annual_rate_bps, BPS),
    )
    return round_half_even(rate * BPS, one)


def _payments(
    opens_on: date,
    frequency: Frequency,
    scheduled_day: int | None,
    installments: Sequence[ScheduledInstallment],
) -> list[apr.Flow]:
    """The odd days lie before the first installment; from there on the periods are whole."""
    down = 1 if installments[0].kind is InstallmentKind.DOWN_PAYMENT else 0
    regular = installments[down:]
    first, odd = apr.unit_periods(
        opens_on, regular[0].nominal_due_on, frequency, scheduled_day=scheduled_day
    )
    flows, ahead = list[apr.Flow](), first
    for amount_minor, same in groupby([installment.amount_minor for installment in regular]):
        count = len(list(same))
        flows.append(apr.Flow(amount_minor=amount_minor, periods=ahead, odd=odd, count=count))
        ahead += count
    for installment in installments[:down]:
        whole, part = apr.unit_periods(opens_on, installment.nominal_due_on, frequency)
        flows.append(apr.Flow(amount_minor=installment.amount_minor, periods=whole, odd=part))
    return flows
