"""Interest on a plan: what each period earns, on its due date, on the principal of its days.

Simple and daily, by the US Rule: unpaid interest bears none, money ahead pays principal and
never interest not yet earned. The level installment stays, so what is prepaid makes interest
fall and the last installment shrink; a hold that freezes interest makes its days bear none, and
military service caps the rate of its own (50 USC 3937).
(RULES part I, "Interest on a plan".) Money of a day lowers the principal from that day on, so
whoever pays on time pays exactly the quoted schedule.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app.domain.account.claims import Claim
from app.domain.account.fold import EarnedInterest
from app.domain.account.holds import MILITARY_RATE_BPS, Stopped, kinds_stopping
from app.domain.account.plan import Installment, Plan
from app.domain.account.state import Held, State, with_plan
from app.domain.copying import replace
from app.domain.money import BPS, Amounts, Component, round_half_even
from app.domain.schedule import icma
from app.domain.schedule.agreed import AgreedInterest
from app.domain.schedule.interest import PARTS_IN_YEAR, PER_YEAR, year_parts
from app.domain.schedule.terms import DayCount
from app.domain.standing.lateness import Stop, holds_as_stops, merged_stops
from app.domain.vocabulary import HoldKind, InstallmentKind

#: Holds whose days bear no interest, for good.
FREEZING = kinds_stopping(Stopped.CHARGES)
#: Holds on whose days no more than `MILITARY_RATE_BPS` is borne, the rest forgiven for good.
CAPPING = (HoldKind.MILITARY,)


#: Day counts that go by the periods of a plan.
_BY_PERIODS = (DayCount.EQUAL_PERIODS, DayCount.ACTUAL_ACTUAL_ICMA)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Borne:
    """Parts of a year, those at the agreed rate and those at the capped one."""

    full: int = 0
    capped: int = 0

    def of(self, principal_minor: int) -> "Borne":
        return Borne(full=self.full * principal_minor, capped=self.capped * principal_minor)

    def __add__(self, other: "Borne") -> "Borne":
        return Borne(full=self.full + other.full, capped=self.capped + other.capped)

    def at(self, plan: Plan, start: date, end: date) -> tuple[int, int]:
        """What it comes to at the plan's rates in a period, as a ratio."""
        if plan.interest is None:
            return 0, 1
        each, over = rate_of(plan, plan.interest, start, end)
        rate = plan.interest.annual_rate_bps
        return (self.full * rate + self.capped * min(rate, MILITARY_RATE_BPS)) * each, over


def opened(plan: Plan, on: date, holds: Sequence[Held]) -> Plan:
    """A plan whose interest begins on the day it opens, its future rows as they will fall."""
    if plan.interest is None:
        return plan
    return projected(replace(plan, bears_from_on=on, period_from_on=on), holds)


def accrued(state: State, on: date) -> State:
    """The state with the live plan's interest counted up to, not including, that day."""
    plan = state.live_plan
    if plan is None or plan.interest is None or plan.bears_from_on is None:
        return state
    if on <= plan.bears_from_on:
        return state
    more = borne(plan, state.holds, plan.bears_from_on, on).of(plan.taken.total_minor)
    counted = replace(
        plan,
        bears_from_on=on,
        bearing=plan.bearing + more.full,
        bearing_capped=plan.bearing_capped + more.capped,
    )
    return with_plan(state, counted)


def earn_due(state: State, on: date) -> tuple[State, tuple[EarnedInterest, ...]]:
    """On a row's due date its period's interest is earned and joins the row.

    Of several rows due by then the first has all of it: the others' periods have no days.
    """
    plan = state.live_plan
    row = running(plan) if plan else None
    if plan is None or row is None or row.due_on > on:
        return state, ()
    state = accrued(state, on)
    plan, told, just = state.live_plan or plan, list[EarnedInterest](), set[UUID]()
    while row is not None and row.due_on <= on:
        minor = _earned_minor(plan, until=on)
        plan = _joined(plan, replace(row, earned_on=on), minor)
        plan = replace(plan, bearing=0, bearing_capped=0, period_from_on=on)
        told.append(
            EarnedInterest(plan_id=plan.id, installment_id=row.id, on=on, amount_minor=minor)
        )
        just.add(row.id)
        row = running(plan)
    earned = tuple(one for one in told if one.amount_minor)
    total = sum(one.amount_minor for one in earned)
    return _owing(state, projected(plan, state.holds, just=just), total, on), earned


def overdue_unpaid(state: State, on: date) -> State:
    """The day after a due date: what was not paid on it bears on, and is expected to."""
    plan = state.live_plan
    if plan is None or plan.interest is None:
        return state
    eve = on - _DAY
    short = any(row.due_on == eve and row.open_minor for row in plan.installments)
    return with_plan(state, projected(plan, state.holds)) if short else state


def earning_days(plan: Plan) -> Iterator[date]:
    """The days on which periods still to be earned end."""
    for row in plan.installments:
        if row.level_minor and row.earned_on is None:
            yield row.due_on


def earn_payoff(
    state: State, amount_minor: int, on: date
) -> tuple[State, tuple[EarnedInterest, ...]]:
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
    plan = replace(_joined(plan, row, minor), bearing=0, bearing_capped=0)
    told = EarnedInterest(plan_id=plan.id, installment_id=row.id, on=on, amount_minor=minor)
    return _owing(state, plan, minor, on), (told,)


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
    return with_plan(state, projected(plan, state.holds))


def projected(plan: Plan, holds: Sequence[Held], *, just: Collection[UUID] = ()) -> Plan:
    """The rows not yet earned (and those `just` earned): level amounts, the last the rest.

    Their principal cells sum to what the plan has still to collect beyond its earlier rows. What
    they will bear is foretold as if each were paid on its day and what is overdue never, under
    the holds that are known.
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
    shown = dict(_spread(plan, holds, future, plan.taken.total_minor - fixed, just))
    rows = tuple(shown.get(row.id, row) for row in plan.installments)
    return replace(plan, installments=rows)


def _spread(
    plan: Plan,
    holds: Sequence[Held],
    future: list[Installment],
    left: int,
    just: Collection[UUID],
) -> Iterator[tuple[UUID, Installment]]:
    if plan.interest is None or plan.bears_from_on is None:
        raise ValueError("a plan without interest has nothing to spread")
    bearing, principal = borne_so_far(plan), plan.taken.total_minor
    since, period = plan.bears_from_on, plan.period_from_on or plan.bears_from_on
    for row in future:
        expected = 0
        interest = row.due.interest_minor
        if row.id not in just:
            days = borne(plan, holds, min(since, row.due_on), row.due_on)
            bearing += days.of(principal)
            expected = round_half_even(*bearing.at(plan, period, row.due_on))
            interest += expected
            bearing, since, period = Borne(), max(since, row.due_on), row.due_on
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
    return round_half_even(*borne_so_far(plan).at(plan, plan.period_from_on or until, until))


def borne_so_far(plan: Plan) -> Borne:
    """Principal times parts of a year, in the running period."""
    return Borne(full=plan.bearing, capped=plan.bearing_capped)


def rate_of(plan: Plan, interest: AgreedInterest, start: date, end: date) -> tuple[int, int]:
    """What a unit of principal earns in one part of that period by a basis point, as a ratio.

    Equal periods, and ICMA's regular ones, earn the year's share of the frequency over the days
    of the period.
    """
    match interest.day_count:
        case DayCount.EQUAL_PERIODS:
            each = (end - start).days
        case DayCount.ACTUAL_ACTUAL_ICMA:
            each = icma.scale(_regular(plan, interest, start, end)) if start < end else 0
        case _:
            return 1, BPS * PARTS_IN_YEAR[interest.day_count]
    return (interest.every, BPS * PER_YEAR[interest.unit] * each) if each > 0 else (0, 1)


def parts(plan: Plan, start: date, end: date) -> int:
    """The days between, all of one period, in the parts of a year that `rate_of` speaks of."""
    if plan.interest is None or plan.interest.day_count is DayCount.EQUAL_PERIODS:
        return (end - start).days
    match plan.interest.day_count:
        case DayCount.ACTUAL_ACTUAL_ICMA:
            periods = _regular(plan, plan.interest, *_period_of(plan, end))
            return icma.parts(periods, start, end)
        case DayCount.THIRTY_E_360_ISDA:
            ends = (row.due_on for row in plan.installments if row.level_minor)
            matures_on = max(ends, default=None)
            return year_parts(DayCount.THIRTY_E_360_ISDA, start, end, matures_on=matures_on)
        case day_count:
            return year_parts(day_count, start, end)


def by_days(before: Plan, after: Plan) -> Plan:
    """Periods that were moved are equal no more: from the running one on, days are counted.

    What the running one has borne is told in days too; a day of a period that several regular
    ones measured counts for as much as any other of it.
    """
    interest = after.interest
    if interest is None or interest.day_count not in _BY_PERIODS:
        return after
    after = replace(after, interest=replace(interest, day_count=DayCount.ACTUAL_365))
    row = running(before)
    if (
        interest.day_count is DayCount.EQUAL_PERIODS
        or row is None
        or not (after.bearing or after.bearing_capped)
    ):
        return after
    periods = _regular(before, interest, *_period_of(before, row.due_on))
    whole = icma.scale(periods) * len(periods)
    days = sum((end - start).days for start, end in periods)
    return replace(
        after,
        bearing=round_half_even(after.bearing * days, whole),
        bearing_capped=round_half_even(after.bearing_capped * days, whole),
    )


def _regular(plan: Plan, interest: AgreedInterest, start: date, end: date) -> icma.Periods:
    """From due date to due date a period is regular; before the first, others measure it."""
    for row in plan.installments:
        if row.due_on == start and row.level_minor and row.kind is not InstallmentKind.DOWN_PAYMENT:
            return ((start, end),)
    return icma.regular(start, end, every=interest.every, unit=interest.unit)


def _period_of(plan: Plan, end: date) -> tuple[date, date]:
    """The period, running or to come, in which the days before `end` lie."""
    start = plan.period_from_on or plan.opened_on
    for row in plan.installments:
        if row.level_minor and row.earned_on is None:
            if row.due_on >= end:
                return start, row.due_on
            start = max(start, row.due_on)
    return start, max(start, end)


def borne(plan: Plan, holds: Sequence[Held], start: date, end: date) -> Borne:
    """The parts of [start, end) that bear interest: none of a freezing hold's days."""
    if not holds:
        return Borne(full=parts(plan, start, end))
    frozen = merged_stops(holds_as_stops(holds, FREEZING))
    capping = merged_stops(holds_as_stops(holds, CAPPING))
    total = Borne()
    for since, until, freezes in _cut(start, end, frozen):
        for first, last, caps in () if freezes else _cut(since, until, capping):
            some = parts(plan, first, last)
            total += Borne(capped=some) if caps else Borne(full=some)
    return total


def _cut(start: date, end: date, stops: Iterable[Stop]) -> Iterator[tuple[date, date, bool]]:
    """The spans of [start, end), each wholly inside the stops or wholly outside; which."""
    cursor = start
    for stop in stops:
        if stop.starts_on >= end:
            break
        if stop.starts_on > cursor:
            yield cursor, stop.starts_on, False
            cursor = stop.starts_on
        until = end if stop.free_on is None else min(stop.free_on, end)
        if until > cursor:
            yield cursor, until, True
            cursor = until
    if cursor < end:
        yield cursor, end, False


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


def _owing(state: State, plan: Plan, minor: int, on: date) -> State:
    state = with_plan(state, plan)
    state = replace(state, balance=state.balance + Amounts(interest_minor=minor))
    if state.contract_is_plan:
        return state
    claim = Claim(
        due_on=on,
        since_on=on,
        amount_minor=minor,
        components=(Component.INTEREST,),
        plan_id=plan.id,
    )
    return replace(state, claims=state.claims.with_claim(claim, on=on))
