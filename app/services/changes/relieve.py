"""Relief on a plan: another due day, a payment holiday, lower installments for a while."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.account.plan import Installment
from app.domain.agreement.authority import check_installment
from app.domain.agreement.change_limits import at_most
from app.domain.errors import InvalidInput
from app.domain.facts.changes import DueDate, DueDayChange, MovedRow, PaymentHoliday, StepDown
from app.domain.refusals.changes import NothingToMove
from app.domain.replay.installments import coming
from app.domain.replay.relief import lowered
from app.domain.schedule import due_days
from app.domain.schedule.terms import Frequency, Unit
from app.domain.values import replace
from app.services.changes.cadence import agreed_rows, anchor_of, at_the_end, steps_after
from app.services.changes.change import (
    Changed,
    Changing,
    carry_out,
    once_a_day,
    take_up,
    within_limits,
)
from app.services.context import Context
from app.services.plans.terms import frequency_as_sent

#: No change adds more installments.
_MOST_ADDED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDueDay:
    """The day of the month, or the two days of a semimonth, from an installment on."""

    days: tuple[int, ...]
    from_due_on: date | None = None
    reason: str
    effective_on: date | None = None
    as_sent: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeHoliday:
    """From which installment on, and for how many of them or until which day."""

    from_due_on: date
    installments: int | None = None
    until_on: date | None = None
    reason: str
    effective_on: date | None = None
    as_sent: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerInstallments:
    """What installments fall to, and until which day."""

    installment_minor: int
    until_on: date
    reason: str
    effective_on: date | None = None
    as_sent: Mapping[str, Any]


async def change_due_day(
    ctx: Context, plan_id: UUID, asked: ChangeDueDay, *, preview: bool = False
) -> Changed:
    """Move the coming installments to another day of their month.

    None becomes due by the day of the change, or before the installments that stay; where that
    would be so, all move a month on. Raises `NothingToMove`, `ChangedToday`,
    `ChangeLimitReached`, `InvalidInput`, and as `take_up`.
    """
    changing = await take_up(ctx, plan_id, asked.effective_on, asked=asked)
    once_a_day(changing, DueDayChange, "change of due day")
    frequency = _of_months(changing, asked.days)
    rows = _from(changing, asked.from_due_on)
    stay = [row.due_on for row in agreed_rows(changing) if row.due_on < rows[0].due_on]
    month_end, anchor_on = changing.terms.month_end, anchor_of(changing)
    stand = [
        due_days.slot_of(row.nominal_due_on, frequency, anchor_on=anchor_on, month_end=month_end)
        for row in rows
    ]
    slots = due_days.ahead(
        stand,
        asked.days,
        month_end=month_end,
        after_on=max([changing.on, *stay]),
        due=lambda day: changing.due(day).due_on,
    )
    dates = [changing.due(due_days.date_in(slot, asked.days, month_end)) for slot in slots]
    if all(row.due_on == to.due_on for row, to in zip(rows, dates, strict=True)):
        raise NothingToMove(plan_id=plan_id, reason="every installment is due on that day already")
    within_limits(changing, DueDayChange)
    one = len(asked.days) == 1
    body = DueDayChange(
        plan_id=plan_id,
        number=changing.number,
        moved=_moved(rows, dates),
        anchor_on=due_days.anchor_in(slots[0], asked.days[0], frequency.every)
        if one
        else dates[0].nominal_due_on,
        days=None if one else (asked.days[0], asked.days[1]),
        reason=asked.reason,
    )
    said = asked.as_sent if one else {**asked.as_sent, "frequency": _as_sent(frequency, asked)}
    return await carry_out(changing, body, said, preview=preview)


def _of_months(changing: Changing, days: tuple[int, ...]) -> Frequency:
    """The plan's frequency, where it has as many days a month as are asked for."""
    frequency = changing.terms.frequency
    field = "/day" if len(days) == 1 else "/days"
    if frequency is None or frequency.unit not in {Unit.MONTH, Unit.SEMIMONTH}:
        raise InvalidInput.at(field, "the plan's installments have no day of the month")
    if (frequency.unit is Unit.MONTH) != (len(days) == 1):
        count = "one day" if frequency.unit is Unit.MONTH else "two days"
        raise InvalidInput.at(field, f"the plan's installments have {count} of the month")
    return frequency


def _as_sent(frequency: Frequency, asked: ChangeDueDay) -> Mapping[str, Any]:
    """What dates go by from now on: the next change reads it off the terms of this one."""
    return frequency_as_sent(replace(frequency, days=(asked.days[0], asked.days[1])))


async def take_holiday(
    ctx: Context, plan_id: UUID, asked: TakeHoliday, *, preview: bool = False
) -> Changed:
    """Skip installments: that one and all later ones move by so many periods, amounts stay.

    Raises `NothingToMove`, `ChangedToday`, `ChangeLimitReached`, `InvalidInput`, and as
    `take_up`.
    """
    changing = await take_up(ctx, plan_id, asked.effective_on, asked=asked)
    once_a_day(changing, PaymentHoliday, "payment holiday")
    if changing.terms.frequency is None:
        raise InvalidInput.at("/from_due_on", "the plan's terms name no frequency to move by")
    rows = _from(changing, asked.from_due_on)
    skipped = _skipped(rows, asked)
    dates = _periods_on(changing, rows, skipped)
    within_limits(changing, PaymentHoliday)
    rule = "max_holiday_installments"
    limit = changing.policy.modification.max_holiday_installments
    changing.refusals += at_most(rule, skipped, limit)
    body = PaymentHoliday(
        plan_id=plan_id,
        number=changing.number,
        installments=skipped,
        moved=_moved(rows, dates),
        reason=asked.reason,
    )
    return await carry_out(changing, body, asked.as_sent, preview=preview)


def _skipped(rows: list[Installment], asked: TakeHoliday) -> int:
    """How many installments the holiday skips."""
    if (asked.installments is None) == (asked.until_on is None):
        raise InvalidInput.at("/installments", "give it or until_on, one of the two")
    if asked.until_on is None:
        return asked.installments or 0
    skipped = sum(row.due_on <= asked.until_on for row in rows)
    if not skipped:
        raise InvalidInput.at("/until_on", f"must not lie before from_due_on, {rows[0].due_on}")
    return skipped


def _periods_on(changing: Changing, rows: list[Installment], periods: int) -> list[DueDate]:
    """Where rows fall so many periods later."""
    last, beyond = max(row.nominal_due_on for row in rows), 0
    steps = list[date]()
    for step in steps_after(changing, rows[0].nominal_due_on):
        steps.append(step)
        beyond += step > last
        if beyond == periods:
            break
    return [
        changing.due(steps[bisect_right(steps, row.nominal_due_on) + periods - 1]) for row in rows
    ]


async def step_down(
    ctx: Context, plan_id: UUID, asked: LowerInstallments, *, preview: bool = False
) -> Changed:
    """Lower the coming installments until a day; what they are short of moves behind it.

    It is split over the installments due after that day; where there are none, it goes to new
    ones at the end, each as high as the highest that was lowered. Raises `NothingToMove`,
    `ChangedToday`, `ChangeLimitReached`, `InvalidInput`, and as `take_up`.
    """
    changing = await take_up(ctx, plan_id, asked.effective_on, asked=asked)
    once_a_day(changing, StepDown, "step-down")
    plan, on, until_on = changing.plan, changing.on, asked.until_on
    if until_on <= on:
        raise InvalidInput.at("/until_on", f"must lie after the change, {on}")
    low = lowered(plan, on=on, until_on=until_on, to_minor=asked.installment_minor)
    if not low:
        reason = f"no installment due after {on} and until {until_on} is above that amount"
        raise NothingToMove(plan_id=plan_id, reason=reason)
    within_limits(changing, StepDown)
    changing.refusals += check_installment(
        asked.installment_minor,
        total_minor=sum(row.due.principal_minor for row in plan.installments),
        limits=changing.policy.terms,
        role=changing.work.ctx.role,
    )
    added, added_minor = tuple[DueDate, ...](), 0
    if not any(row.due_on > until_on for row in coming(plan, on)):
        usual = (r.level_minor or r.due.principal_minor for r in plan.installments if r.id in low)
        added_minor = max(usual)
        added = tuple(_further(changing, asked, sum(low.values()), added_minor))
    body = StepDown(
        plan_id=plan_id,
        number=changing.number,
        installment_minor=asked.installment_minor,
        until_on=until_on,
        added=added,
        added_minor=added_minor,
        unit_minor=changing.terms.rounding_unit_minor,
        remainder=changing.terms.remainder,
        reason=asked.reason,
    )
    return await carry_out(changing, body, asked.as_sent, preview=preview)


def _further(
    changing: Changing, asked: LowerInstallments, short: int, usual_minor: int
) -> Iterator[DueDate]:
    """The dates of as many more installments as take what the lowered ones are short of."""
    for number, due in enumerate(at_the_end(changing)):
        if short <= 0:
            return
        if number == _MOST_ADDED:
            problem = f"would leave more than {_MOST_ADDED} installments to add"
            raise InvalidInput.at("/installment_minor", problem)
        short -= asked.installment_minor if due.due_on <= asked.until_on else usual_minor
        yield due


# --- Which rows, where to -----------------------------------------------------------------------


def _from(changing: Changing, from_due_on: date | None) -> list[Installment]:
    """The agreed rows from a due date on (None: all still to come). It must be one to come."""
    ahead = [row for row in agreed_rows(changing) if row.due_on > changing.on]
    if from_due_on is not None:
        ahead = [row for row in ahead if row.due_on >= from_due_on]
        if not ahead or ahead[0].due_on != from_due_on:
            problem = f"is no due date of an installment due after {changing.on}"
            raise InvalidInput.at("/from_due_on", problem)
    if not ahead:
        reason = f"no installment is due after {changing.on}"
        raise NothingToMove(plan_id=changing.plan.id, reason=reason)
    return ahead


def _moved(rows: Sequence[Installment], dates: Sequence[DueDate]) -> tuple[MovedRow, ...]:
    return tuple(
        MovedRow(installment_id=row.id, nominal_due_on=to.nominal_due_on, due_on=to.due_on)
        for row, to in zip(rows, dates, strict=True)
    )
