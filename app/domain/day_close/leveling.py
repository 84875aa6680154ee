"""Level installments worked out anew when the schedule of a plan with interest changes.

Principal moves between installments as on any plan. Those that take part in a change are leveled
anew: the same amount is added to each, such that nothing is left after the last one if all are
paid on their days. Those that only get another day keep their level, and the last installment
absorbs the interest of the moved days. No change earns interest: what is owed stays the same, and
so does what the running period has borne (docs/decisions, "a changed plan is leveled anew").
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from app.domain.account.plan import Installment, Plan
from app.domain.account.state import Held
from app.domain.day_close.interest import projected, running
from app.domain.day_close.principal_days import (
    Borne,
    borne,
    borne_so_far,
    period_of,
    regular_periods,
)
from app.domain.money import round_down, round_half_even
from app.domain.schedule import icma
from app.domain.schedule.terms import DayCount
from app.domain.values import replace

#: Day counts that go by the periods of a plan.
_BY_PERIODS = (DayCount.EQUAL_PERIODS, DayCount.ACTUAL_ACTUAL_ICMA)
#: An installment's level before the same amount is added to each; by the installment's id.
Bases = Mapping[UUID, int]


def after_change(
    before: Plan,
    after: Plan,
    bases: Bases | None,
    *,
    unit_minor: int,
    on: date,
    holds: Sequence[Held],
) -> Plan:
    """A plan whose installments a change has moved, with its periods and levels worked out anew.

    `bases`: the installments to level anew, each with the amount to start from. None: those that
    are new or hold other principal than before, starting from that principal. A plan without
    interest stays as it is.
    """
    if after.interest is None:
        return after
    was = {installment.id: installment for installment in before.installments}
    if bases is None:
        bases = dict(_by_shape(was, after.installments))
    installments = tuple(
        _placed(was.get(installment.id), installment, bases.get(installment.id), on)
        for installment in after.installments
    )
    plan = _running(before, replace(after, installments=installments), on)
    days = _days_of(plan)
    if days != _days_of(before)[: len(days)]:
        plan = by_days(before, plan)
    solved = {
        installment.id: bases[installment.id]
        for installment in _future(plan)
        if installment.id in bases
    }
    return _leveled(plan, solved, unit_minor, holds) if solved else projected(plan, holds)


def ended(installment: Installment) -> Installment:
    """The installment as one that earns no more: what is due on it stays, and nothing joins it."""
    return replace(installment, level_minor=0, expected_interest_minor=0)


def _by_shape(
    was: Mapping[UUID, Installment], installments: Iterable[Installment]
) -> Iterator[tuple[UUID, int]]:
    for installment in installments:
        old = was.get(installment.id)
        fixed = old is not None and (not old.level_minor or old.earned_on is not None)
        if fixed or installment.voided_on is not None:
            continue
        if old is None or old.due.principal_minor != installment.due.principal_minor:
            yield installment.id, installment.due.principal_minor


def _placed(
    was: Installment | None, installment: Installment, base: int | None, on: date
) -> Installment:
    """An installment with a level where its day ends a period, and without one where it does not.

    One that moves on from its own due day, which earned it today, is earned again on the new.
    """
    if installment.earned_on is not None and installment.level_minor and installment.due_on > on:
        installment = replace(installment, earned_on=None)
    if installment.earned_on is not None:
        return installment
    if installment.voided_on is not None or (
        was is not None and _open(was) and not _open(installment)
    ):
        return ended(installment)
    if base is not None:
        return replace(installment, level_minor=max(1, base))
    return installment


def _open(installment: Installment) -> int:
    return (
        0
        if installment.voided_on
        else installment.due.principal_minor - installment.paid.principal_minor
    )


def _running(before: Plan, after: Plan, on: date) -> Plan:
    """The running period goes on. Where none ran, one begins now: the days before bear nothing."""
    if _future(before):
        return after
    return replace(after, bears_from_on=on, period_from_on=on, bearing=0, bearing_capped=0)


def _days_of(plan: Plan) -> tuple[date, ...]:
    return tuple(installment.due_on for installment in _future(plan))


def _future(plan: Plan) -> tuple[Installment, ...]:
    """The installments whose periods are still to be earned, oldest first."""
    return tuple(
        installment
        for installment in plan.installments
        if installment.level_minor and installment.earned_on is None
    )


def by_days(before: Plan, after: Plan) -> Plan:
    """Moved periods are no longer equal: from the running one on, interest goes by actual days.

    What the running period has borne so far is converted to days. Where several regular periods
    measured it (ICMA), each of its days counts the same.
    """
    interest = after.interest
    if interest is None or interest.day_count not in _BY_PERIODS:
        return after
    after = replace(after, interest=replace(interest, day_count=DayCount.ACTUAL_365))
    installment = running(before)
    if (
        interest.day_count is DayCount.EQUAL_PERIODS
        or installment is None
        or not (after.bearing or after.bearing_capped)
    ):
        return after
    periods = regular_periods(before, interest, *period_of(before, installment.due_on))
    whole = icma.scale(periods) * len(periods)
    days = sum((end - start).days for start, end in periods)
    return replace(
        after,
        bearing=round_half_even(after.bearing * days, whole),
        bearing_capped=round_half_even(after.bearing_capped * days, whole),
    )


# --- Solving ------------------------------------------------------------------------------------


def _leveled(plan: Plan, bases: Bases, unit_minor: int, holds: Sequence[Held]) -> Plan:
    """The plan with the same amount added to each of these levels; the last takes the rest.

    The amount is rounded half-even to the unit; down where the last installment would otherwise
    fall below the unit; and to the minor unit where either leaves too little on it.
    """
    numerator, denominator = _exact(plan, bases, holds)
    found = plan
    for unit in dict.fromkeys((unit_minor, 1)):
        for rounding in (round_half_even, round_down):
            more = rounding(numerator, denominator, unit_minor=unit)
            found = projected(_with_levels(plan, bases, more), holds)
            if _ends_well(found, unit):
                return found
    return found


def _with_levels(plan: Plan, bases: Bases, more_minor: int) -> Plan:
    installments = tuple(
        replace(installment, level_minor=max(1, bases[installment.id] + more_minor))
        if installment.id in bases
        else installment
        for installment in plan.installments
    )
    return replace(plan, installments=installments)


def _ends_well(plan: Plan, unit_minor: int) -> bool:
    """Whether the last installment still has principal to collect, and is worth asking for."""
    installments = _future(plan)
    asked = installments[-1].due.total_minor - installments[-1].paid.total_minor
    least = 1 if len(installments) == 1 else unit_minor
    return _open(installments[-1]) > 0 and asked + installments[-1].expected_interest_minor >= least


def _exact(plan: Plan, bases: Bases, holds: Sequence[Held]) -> tuple[int, int]:
    """What to add to each base so that nothing is left after the last installment, as a ratio.

    Interest is linear in principal, so what is left at the end is `start - share * more`, both
    over a common scale; nothing is rounded on the way.
    """
    if plan.interest is None or plan.bears_from_on is None:
        raise ValueError("a plan without interest has nothing to level")
    installments = _future(plan)
    start, share, scale = plan.taken.total_minor, 0, 1
    principal_days, since, period = borne_so_far(plan), plan.bears_from_on, plan.period_from_on
    for installment in installments:
        days = borne(plan, holds, min(since, installment.due_on), installment.due_on)
        earns, over = days.at(plan, period or since, installment.due_on)
        so_far, _ = principal_days.at(plan, period or since, installment.due_on)
        grows = over + earns
        base = bases.get(installment.id, installment.level_minor)
        lowers = base - installment.due.interest_minor - installment.paid.principal_minor
        start = start * grows + (so_far - lowers * over) * scale
        share = share * grows + (over * scale if installment.id in bases else 0)
        scale *= over
        principal_days, since, period = Borne(), max(since, installment.due_on), installment.due_on
    return start - _elsewhere(plan, installments) * scale, share


def _elsewhere(plan: Plan, installments: tuple[Installment, ...]) -> int:
    """The principal on installments whose days end no period: not for the others to collect."""
    ids = {installment.id for installment in installments}
    return sum(_open(installment) for installment in plan.installments if installment.id not in ids)
