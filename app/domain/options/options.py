"""Given what a person can pay, what may I offer? Up to five ranked options, or what would help.

soonest    as much as the person can pay each time: the debt is over first
lowest     the lowest installment the caller's limits allow
best_fit   equal installments of 80-90 % of what the person can pay, ending on a round count
step_up    three rungs of rising installments, the last at what the person can pay
settlement the fewest such payments the caller may take for the whole (`options.settlement`)

No option has a payment above what can be paid, or passes a limit of the caller's role; how small
and how long they are has a limit for everybody (`options.keeping`). Each sums to the balance, but
for the settlement, and bears no interest. The shares and the buffer are the house's choice [I],
not a rule of law.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from app.domain.agreement.authority import proposed
from app.domain.currencies import exponent
from app.domain.errors import FieldProblem, InvalidInput
from app.domain.money import BPS, MAX_MINOR, round_down
from app.domain.options.affordability import (
    Capacity,
    HouseholdStandards,
    LocalExpense,
    allowable,
    cap_per_period,
    capacity,
)
from app.domain.options.fitting import Ask, Option, OptionName, ceil_div, least_minor, soonest
from app.domain.options.nearest import MONTHLY, Change, ChangeKind, nearest
from app.domain.options.settlement import Grants, settlement_option
from app.domain.policy.model import TermLimitsByRole
from app.domain.schedule import problems as terms_problems
from app.domain.schedule.dates import Holidays
from app.domain.schedule.interest import PER_YEAR
from app.domain.schedule.terms import BusinessDays, Frequency, StepUp, Terms
from app.domain.values import replace
from app.domain.vocabulary import Role

__all__ = [
    "Budget",
    "Change",
    "ChangeKind",
    "Grants",
    "Option",
    "OptionName",
    "Options",
    "month_of",
    "plan_options",
    "proposed",
]

#: Of a month's surplus, what is left to the person where nobody says otherwise.
BUFFER_BPS = 1_000
#: A best fit takes this much of what can be paid: room for a bad week, not twice the time.
BEST_FIT_BPS = (8_000, 9_000)
#: Rungs of a step-up, as shares of what can be paid; the gentlest start that is allowed wins.
LADDERS_BPS = ((5_000, 7_500, 10_000), (6_000, 8_000, 10_000), (8_000, 9_000, 10_000))
#: Parts of a year a plan may end on, the roundest last.
_YEAR_PARTS = (4, 2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A household's month. Local expenses are those a regional standard caps."""

    income_minor: int
    essential_expenses_minor: int
    other_debt_payments_minor: int = 0
    household_size: int | None = None  # one, where standards are held against it all the same
    local: tuple[LocalExpense, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The offers, the earliest end first; where no plan is among them, the changes nearest to one.

    `affordable_minor` is what counted, a period: the lower of stated and derived. `capacity`
    is what the budget, where there was one, leaves in a month.
    """

    affordable_minor: int
    capacity: Capacity | None
    options: tuple[Option, ...]
    nearest: tuple[Change, ...]


def plan_options(
    *,
    balance_minor: int,
    affordable_minor: int | None,
    frequency: Frequency,
    first_due_on: date,
    opens_on: date,
    limits: TermLimitsByRole,
    role: Role,
    holidays: Holidays,
    business_days: BusinessDays | None = None,
    currency: str | None = None,
    budget: Budget | None = None,
    standards: HouseholdStandards | None = None,
    buffer_bps: int = BUFFER_BPS,
    grants: Grants | None = None,
) -> Options:
    """What this role may offer a person who can pay so much each period, from a first due date.

    With a currency, best fits and rungs are whole units of it. `InvalidInput` points into the
    request: neither an amount nor a budget, a first date before opening, a frequency that
    cannot be meant. A balance of nothing is a bug: there is nothing to offer.
    """
    if not 1 <= balance_minor <= MAX_MINOR:
        raise ValueError(f"nothing to plan for a balance of {balance_minor}")
    problems = (
        *_malformed_dates(frequency, first_due_on, opens_on),
        *_malformed_money(affordable_minor, budget),
    )
    if problems:
        raise InvalidInput(errors=problems)
    month = None if budget is None else month_of(budget, standards, buffer_bps=buffer_bps)
    caps = [] if affordable_minor is None else [affordable_minor]
    if month is not None:
        cap = cap_per_period(month.max_installment_minor, given=MONTHLY, wanted=frequency)
        caps.append(cap)
    ask = Ask(
        balance_minor=balance_minor,
        affordable_minor=min(caps),
        frequency=frequency,
        first_due_on=first_due_on,
        opens_on=opens_on,
        limits=limits,
        role=role,
        holidays=holidays,
        business_days=business_days,
        whole_minor=1 if currency is None else 10 ** exponent(currency),
    )
    options = _ranked(_offers(ask, grants))
    return Options(
        affordable_minor=ask.affordable_minor,
        capacity=month,
        options=options,
        nearest=() if any(one.forgives_minor == 0 for one in options) else nearest(ask),
    )


def month_of(
    budget: Budget, standards: HouseholdStandards | None = None, *, buffer_bps: int = BUFFER_BPS
) -> Capacity:
    """What a budget leaves in a month: income less expenses and other debts, less the buffer.

    Expenses count as stated, yet never below the household's standard with the local expenses
    (the lesser of actual and standard each): nobody is asked to live on less.
    """
    expenses = budget.essential_expenses_minor
    if standards is not None:
        size = 1 if budget.household_size is None else budget.household_size
        least = allowable(standards, household_size=size, local=budget.local)
        expenses = max(expenses, least)
    return capacity(
        income_minor=budget.income_minor,
        outgoings_minor=expenses + budget.other_debt_payments_minor,
        buffer_bps=buffer_bps,
    )


# What was asked ---------------------------------------------------------------------------


def _malformed_dates(
    frequency: Frequency, first_due_on: date, opens_on: date
) -> Iterator[FieldProblem]:
    asked = Terms(installment_minor=1, frequency=frequency, first_due_on=first_due_on)
    for each in terms_problems.problems_of(asked, opens_on=opens_on, amount_minor=1):
        yield FieldProblem(pointer=each.pointer.removeprefix("/terms"), detail=each.detail)
    if first_due_on < opens_on:
        detail = f"on or after the opening day, {opens_on}"
        yield FieldProblem(pointer="/first_due_on", detail=detail)


def _malformed_money(affordable_minor: int | None, budget: Budget | None) -> Iterator[FieldProblem]:
    if budget is None and affordable_minor is None:
        yield FieldProblem(pointer="/affordable_minor", detail="required, or a budget")
    sums = {"/affordable_minor": affordable_minor or 0}
    if budget is not None:
        sums |= {
            "/budget/income_minor": budget.income_minor,
            "/budget/essential_expenses_minor": budget.essential_expenses_minor,
            "/budget/other_debt_payments_minor": budget.other_debt_payments_minor,
        }
        if budget.household_size is not None and budget.household_size < 1:
            yield FieldProblem(pointer="/budget/household_size", detail="at least 1")
    for pointer, minor in sums.items():
        if not 0 <= minor <= MAX_MINOR:
            detail = f"from 0 to {MAX_MINOR}, not {minor}"
            yield FieldProblem(pointer=pointer, detail=detail)


# What is offered --------------------------------------------------------------------------


def _offers(ask: Ask, grants: Grants | None) -> Iterator[Option]:
    if grants is not None:
        settled = settlement_option(ask, grants)
        if settled is not None:
            yield settled
    first, least = soonest(ask), least_minor(ask)
    if first is None or least is None:
        return
    yield first
    yield ask.option(OptionName.LOWEST, ask.terms(least))
    fitting = _best_fit_minor(ask, least)
    if fitting is not None:
        yield ask.option(OptionName.BEST_FIT, ask.terms(fitting))
    rising = next((option for option in _ladders(ask) if not option.breaches), None)
    if rising is not None:
        yield rising


def _ranked(offers: Iterable[Option]) -> tuple[Option, ...]:
    """Each schedule once, by the day the debt is over; none that passes a limit of the role."""
    once: dict[object, Option] = {}
    for offer in offers:
        if not offer.breaches:
            once.setdefault(offer.schedule.installments, offer)
    in_order = sorted(once.values(), key=lambda offer: offer.schedule.last_due_on)
    return tuple(replace(offer, rank=rank) for rank, offer in enumerate(in_order, start=1))


def _best_fit_minor(ask: Ask, least: int) -> int | None:
    """The installment of the best fit, at least the lowest allowed.

    Of the equal installments within the band, rounded up to whole units, one whose payments end
    with a year, else half, else a quarter of one; of those the highest. Where none lies in the
    band, the highest below it.
    """
    low, high = (round_down(ask.affordable_minor * bps, BPS) for bps in BEST_FIT_BPS)
    if high < max(least, 1):
        return None
    fewest = ceil_div(ask.balance_minor, high)
    most = ceil_div(ask.balance_minor, max(low, least))
    equal = {_equal(ask, count) for count in range(fewest, most + 1)}
    in_band = [each for each in equal if max(low, least) <= each <= high]
    if in_band:
        return max(in_band, key=lambda each: (_roundness(ask.count(each), ask.frequency), each))
    below = (_equal(ask, fewest), ceil_div(ask.balance_minor, fewest))
    return next((each for each in below if least <= each <= high), None)


def _equal(ask: Ask, count: int) -> int:
    units = ceil_div(ask.balance_minor, count * ask.unit_minor)
    return min(ask.balance_minor, units * ask.unit_minor)


def _roundness(count: int, frequency: Frequency) -> int:
    """3 where so many payments end with a year, 2 with half of one, 1 with a quarter, else 0."""
    in_year, odd = divmod(PER_YEAR[frequency.unit], frequency.every)
    if odd:
        return 0
    parts = (in_year // part if in_year % part == 0 else 0 for part in _YEAR_PARTS)
    return max(
        (rank for rank, part in enumerate(parts, start=1) if part and count % part == 0), default=0
    )


def _ladders(ask: Ask) -> Iterator[Option]:
    """Ladders whose first two rungs last a third of the way each, the gentlest start first.

    None where the balance is less than one payment on each rung.
    """
    for shares in LADDERS_BPS:
        low, middle, high = (
            round_down(ask.affordable_minor * bps, BPS, unit_minor=ask.unit_minor) for bps in shares
        )
        if not 0 < low < middle < high:
            continue
        down = ask.down_minor(low)
        left, before = ask.balance_minor - down, int(down > 0)
        each = left // (low + middle + high)
        count = 2 * each + ceil_div(left - each * (low + middle), high)
        if each < 1 or before + count > len(ask.due_on):
            continue
        steps = (
            StepUp(from_number=before + each + 1, installment_minor=middle),
            StepUp(from_number=before + 2 * each + 1, installment_minor=high),
        )
        yield ask.option(OptionName.STEP_UP, ask.terms(low, steps))
