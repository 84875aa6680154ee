"""What the level installments of a plan that bears interest become when its schedule changes.

Money moves between rows as on any plan. The rows that take part in a change are leveled anew:
each by the same amount, such that the plan, paid on its days, ends with the last row at
nothing. Rows that only get another day keep their level, and the last absorbs what the days
bear. No change earns anything: what is owed is the same after it, and so is what the running
period has borne (docs/decisions, "a changed plan is leveled anew").
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from app.domain.account.plan import Installment, Plan
from app.domain.account.state import Held
from app.domain.day_close.interest import Borne, borne, borne_so_far, by_days, projected
from app.domain.money import round_down, round_half_even

#: A row's level before the same amount is added to each; by the row's id.
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
    """A plan whose rows a change has moved, its periods and levels in order again.

    `bases`: the rows that are leveled anew; None: those that are new or hold other principal,
    in the shape of that principal. A plan without interest is as it was.
    """
    if after.interest is None:
        return after
    was = {row.id: row for row in before.installments}
    if bases is None:
        bases = dict(_by_shape(was, after.installments))
    rows = tuple(_placed(was.get(row.id), row, bases.get(row.id), on) for row in after.installments)
    plan = _running(before, replace(after, installments=rows), on)
    days = _days_of(plan)
    if days != _days_of(before)[: len(days)]:
        plan = by_days(before, plan)
    solved = {row.id: bases[row.id] for row in _future(plan) if row.id in bases}
    return _leveled(plan, solved, unit_minor, holds) if solved else projected(plan, holds)


def ended(row: Installment) -> Installment:
    """The row as one whose day ends no period: what is on it stays, nothing more will be."""
    return replace(row, level_minor=0, expected_interest_minor=0)


def _by_shape(
    was: Mapping[UUID, Installment], rows: Iterable[Installment]
) -> Iterator[tuple[UUID, int]]:
    for row in rows:
        old = was.get(row.id)
        fixed = old is not None and (not old.level_minor or old.earned_on is not None)
        if fixed or row.voided_on is not None:
            continue
        if old is None or old.due.principal_minor != row.due.principal_minor:
            yield row.id, row.due.principal_minor


def _placed(was: Installment | None, row: Installment, base: int | None, on: date) -> Installment:
    """A row with a level where its day ends a period, and without one where it does not.

    One that moves on from its own due day, which earned it today, is earned again on the new.
    """
    if row.earned_on is not None and row.level_minor and row.due_on > on:
        row = replace(row, earned_on=None)
    if row.earned_on is not None:
        return row
    if row.voided_on is not None or (was is not None and _open(was) and not _open(row)):
        return ended(row)
    if base is not None:
        return replace(row, level_minor=max(1, base))
    return row


def _open(row: Installment) -> int:
    return 0 if row.voided_on else row.due.principal_minor - row.paid.principal_minor


def _running(before: Plan, after: Plan, on: date) -> Plan:
    """The running period goes on; where none ran, one begins: days between bear nothing."""
    if _future(before):
        return after
    return replace(after, bears_from_on=on, period_from_on=on, bearing=0, bearing_capped=0)


def _days_of(plan: Plan) -> tuple[date, ...]:
    return tuple(row.due_on for row in _future(plan))


def _future(plan: Plan) -> tuple[Installment, ...]:
    """The rows whose periods are still to be earned, oldest first."""
    return tuple(row for row in plan.installments if row.level_minor and row.earned_on is None)


# --- Solving ------------------------------------------------------------------------------------


def _leveled(plan: Plan, bases: Bases, unit_minor: int, holds: Sequence[Held]) -> Plan:
    """The plan with the same amount added to each of these levels, the last row the rest.

    Rounded half-even to the unit, or down where the last row would else fall below it; to the
    minor unit where both leave it too little.
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
    rows = tuple(
        replace(row, level_minor=max(1, bases[row.id] + more_minor)) if row.id in bases else row
        for row in plan.installments
    )
    return replace(plan, installments=rows)


def _ends_well(plan: Plan, unit_minor: int) -> bool:
    """Whether the last row still has principal to collect, and is worth asking for."""
    rows = _future(plan)
    asked = rows[-1].due.total_minor - rows[-1].paid.total_minor
    least = 1 if len(rows) == 1 else unit_minor
    return _open(rows[-1]) > 0 and asked + rows[-1].expected_interest_minor >= least


def _exact(plan: Plan, bases: Bases, holds: Sequence[Held]) -> tuple[int, int]:
    """What to add to each base so that nothing is left after the last row, as a ratio.

    Interest is linear in principal, so what is left at the end is `start - share * more`, both
    over a common scale; nothing is rounded on the way.
    """
    if plan.interest is None or plan.bears_from_on is None:
        raise ValueError("a plan without interest has nothing to level")
    rows = _future(plan)
    start, share, scale = plan.taken.total_minor, 0, 1
    bearing, since, period = borne_so_far(plan), plan.bears_from_on, plan.period_from_on
    for row in rows:
        days = borne(plan, holds, min(since, row.due_on), row.due_on)
        earns, over = days.at(plan, period or since, row.due_on)
        so_far, _ = bearing.at(plan, period or since, row.due_on)
        grows = over + earns
        base = bases.get(row.id, row.level_minor)
        lowers = base - row.due.interest_minor - row.paid.principal_minor
        start = start * grows + (so_far - lowers * over) * scale
        share = share * grows + (over * scale if row.id in bases else 0)
        scale *= over
        bearing, since, period = Borne(), max(since, row.due_on), row.due_on
    return start - _elsewhere(plan, rows) * scale, share


def _elsewhere(plan: Plan, rows: tuple[Installment, ...]) -> int:
    """The principal on rows whose days end no period: not for the others to collect."""
    ids = {row.id for row in rows}
    return sum(_open(row) for row in plan.installments if row.id not in ids)
