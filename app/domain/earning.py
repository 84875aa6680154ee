"""Interest on a plan: what each period earns, on its due date, on the principal of its days.

Simple and daily, by the US Rule: unpaid interest bears none, money ahead pays principal and
never interest not yet earned. The level installment stays, so what is prepaid makes interest
fall and the last installment shrink; a hold that freezes interest makes its days bear none.
(RULES part I, "Interest on a plan".) Money of a day lowers the principal from that day on, so
whoever pays on time pays exactly the quoted schedule.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.copying import replace
from app.domain.delinquency import merged_stops
from app.domain.hold_table import Stopped, kinds_stopping
from app.domain.interest import PARTS_IN_YEAR, PER_YEAR, year_parts
from app.domain.money import BPS, Amounts, round_half_even
from app.domain.planned import PlanInterest
from app.domain.state import Installment, Plan, State, with_plan
from app.domain.terms import DayCount

#: Holds whose days bear no interest, for good.
FREEZING = kinds_stopping(Stopped.CHARGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """Interest that became owed on a day, on a plan's row."""

    plan_id: UUID
    installment_id: UUID
    on: date
    amount_minor: int


def opened(plan: Plan, on: date) -> Plan:
    """A plan whose interest begins on the day it opens, its future rows as they will fall."""
    if plan.interest is None:
        return plan
    return projected(replace(plan, bears_from_on=on, period_from_on=on))


def accrued(state: State, on: date) -> State:
    """The state with the live plan's interest counted up to, not including, that day."""
    plan = state.live_plan
    if plan is None or plan.interest is None or plan.bears_from_on is None:
        return state
    if on <= plan.bears_from_on:
        return state
    passed = sum(
        parts(plan.interest, start, end)
        for start, end in _bearing_days(state, plan.bears_from_on, on)
    )
    counted = replace(
        plan,
        bears_from_on=on,
        bearing=plan.bearing + plan.taken.total_minor * passed,
    )
    return with_plan(state, counted)


def earn_due(state: State, on: date) -> tuple[State, tuple[Earned, ...]]:
    """On a row's due date its period's interest is earned and joins the row.

    Of several rows due by then the first has all of it: the others' periods have no days.
    """
    plan = state.live_plan
    row = running(plan) if plan else None
    if plan is None or row is None or row.due_on > on:
        return state, ()
    state = accrued(state, on)
    plan, told, just = state.live_plan or plan, list[Earned](), set[UUID]()
    while row is not None and row.due_on <= on:
        minor = _earned_minor(plan, until=on)
        plan = _joined(plan, replace(row, earned_on=on), minor)
        plan = replace(plan, bearing=0, period_from_on=on)
        told.append(Earned(plan_id=plan.id, installment_id=row.id, on=on, amount_minor=minor))
        just.add(row.id)
        row = running(plan)
    earned = tuple(one for one in told if one.amount_minor)
    total = sum(one.amount_minor for one in earned)
    return _owing(state, projected(plan, just=just), total), earned


def earning_days(plan: Plan) -> Iterator[date]:
    """The days on which periods still to be earned end."""
    for row in plan.installments:
        if row.level_minor and row.earned_on is None:
            yield row.due_on


def earn_payoff(state: State, amount_minor: int, on: date) -> tuple[State, tuple[Earned, ...]]:
    """The payment that clears the principal first earns the interest to its day."""
    plan = state.live_plan
    if plan is None or plan.interest is None or not plan.taken:
        return state, ()
    row = running(plan)
    if row is None or amount_minor < sum(one.open_minor for one in plan.owing):
        return state, ()
    minor = _earned_minor(plan, until=max(on, row.due_on))
    if minor == 0:
        return state, ()
    plan = replace(_joined(plan, row, minor), bearing=0)
    told = Earned(plan_id=plan.id, installment_id=row.id, on=on, amount_minor=minor)
    return _owing(state, plan, minor), (told,)


def running(plan: Plan) -> Installment | None:
    """The row whose period is running."""
    if plan.interest is None:
        return None
    return next(
        (row for row in plan.installments if row.level_minor and row.earned_on is None), None
    )


def reprojected(state: State) -> State:
    """The live plan's future rows after whatever changed its principal."""
    plan = state.live_plan
    if plan is None or plan.interest is None:
        return state
    return with_plan(state, projected(plan))


def projected(plan: Plan, *, just: Collection[UUID] = ()) -> Plan:
    """The rows not yet earned (and those `just` earned): level amounts, the last the rest.

    Their principal cells sum to what the plan has still to collect beyond its earlier rows.
    """
    if plan.interest is None or plan.bears_from_on is None:
        return plan
    future = [row for row in plan.installments if row.level_minor and _open_ended(row, just)]
    if not future:
        return plan
    ids = {row.id for row in future}
    fixed = sum(
        row.due.principal_minor - row.paid.principal_minor
        for row in plan.installments
        if row.id not in ids and row.voided_on is None
    )
    shown = dict(_spread(plan, future, plan.taken.total_minor - fixed, just))
    rows = tuple(shown.get(row.id, row) for row in plan.installments)
    return replace(plan, installments=rows)


def _spread(
    plan: Plan, future: list[Installment], left: int, just: Collection[UUID]
) -> Iterator[tuple[UUID, Installment]]:
    if plan.interest is None or plan.bears_from_on is None:
        raise ValueError("a plan without interest has nothing to spread")
    bearing, principal = plan.bearing, plan.taken.total_minor
    since, period = plan.bears_from_on, plan.period_from_on or plan.bears_from_on
    for row in future:
        expected = 0
        interest = row.due.interest_minor
        if row.id not in just:
            bearing += principal * parts(plan.interest, min(since, row.due_on), row.due_on)
            expected = _rounded(plan.interest, bearing, period, row.due_on)
            interest += expected
            bearing, since, period = 0, max(since, row.due_on), row.due_on
        paid = row.paid.principal_minor
        rest = max(0, row.level_minor - interest - paid)
        open_minor = left if row is future[-1] else min(left, rest)
        left -= open_minor
        principal -= open_minor
        yield row.id, _shown(row, paid + open_minor, expected)


def _shown(row: Installment, principal_minor: int, expected: int) -> Installment:
    """A row with this principal; void while nothing is due on it at all."""
    due = row.due
    if due.principal_minor != principal_minor:
        due = replace(due, principal_minor=principal_minor)
    done = due == row.paid
    expected = 0 if done else expected
    satisfied_on = row.satisfied_on if done and due else None
    voided_on = None if due else row.due_on
    said = (row.due, row.expected_interest_minor, row.satisfied_on, row.voided_on)
    if said == (due, expected, satisfied_on, voided_on):
        return row  # as it mostly is: this is asked after every fact
    return replace(
        row,
        due=due,
        expected_interest_minor=expected,
        satisfied_on=satisfied_on,
        voided_on=voided_on,
    )


def _open_ended(row: Installment, just: Collection[UUID]) -> bool:
    return row.earned_on is None or row.id in just


def _earned_minor(plan: Plan, *, until: date) -> int:
    if plan.interest is None:
        return 0
    return _rounded(plan.interest, plan.bearing, plan.period_from_on or until, until)


def _rounded(interest: PlanInterest, bearing: int, start: date, end: date) -> int:
    """What principal times parts comes to in minor units, rounded half-even once."""
    numerator, denominator = rate_of(interest, start, end)
    return round_half_even(bearing * numerator, denominator)


def rate_of(interest: PlanInterest, start: date, end: date) -> tuple[int, int]:
    """What a unit of principal earns in one part of that period, as a ratio.

    Equal periods earn the year's share of the frequency over the days of the period.
    """
    if interest.day_count is DayCount.EQUAL_PERIODS:
        days = (end - start).days
        rate = interest.annual_rate_bps * interest.every
        return (rate, BPS * PER_YEAR[interest.unit] * days) if days > 0 else (0, 1)
    return interest.annual_rate_bps, BPS * PARTS_IN_YEAR[interest.day_count]


def parts(interest: PlanInterest, start: date, end: date) -> int:
    """The days between, in the parts of a year that `rate_of` speaks of."""
    if interest.day_count is DayCount.EQUAL_PERIODS:
        return (end - start).days
    return year_parts(interest.day_count, start, end)


def _bearing_days(state: State, start: date, end: date) -> Iterator[tuple[date, date]]:
    """The spans of [start, end) outside every hold that freezes interest."""
    cursor = start
    spans = (
        (hold.starts_on, hold.free_on)  # its last day bears none either
        for hold in state.holds
        if hold.kind in FREEZING
    )
    for stop in merged_stops(spans):
        if stop.starts_on >= end:
            break
        if stop.starts_on > cursor:
            yield cursor, stop.starts_on
        if stop.ends_on is None:
            return
        cursor = max(cursor, stop.ends_on)
    if cursor < end:
        yield cursor, end


def _joined(plan: Plan, row: Installment, minor: int) -> Plan:
    """Interest on a row: owed from now on, no longer expected."""
    fuller = replace(
        row,
        due=row.due + Amounts(interest_minor=minor),
        expected_interest_minor=0,
        satisfied_on=None if minor else row.satisfied_on,
        voided_on=None if minor else row.voided_on,
    )
    rows = tuple(fuller if one.id == row.id else one for one in plan.installments)
    return replace(plan, installments=rows)


def _owing(state: State, plan: Plan, minor: int) -> State:
    state = with_plan(state, plan)
    state = replace(state, balance=state.balance + Amounts(interest_minor=minor))
    if state.contract_is_plan:
        return state
    return replace(state, contract_due_minor=state.contract_due_minor + minor)
