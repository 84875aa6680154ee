"""Changes of a plan's schedule short of a re-age: re-amortized, rescheduled, deferred, undone.

Those that hardship calls for are in `relieve`, new terms in `rewrite`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.account.plan import Installment, Plan, PlanStatus
from app.domain.errors import InvalidInput, NotFound
from app.domain.facts.changes import (
    Deferral,
    DueDate,
    MovedRow,
    Reamortization,
    Reschedule,
    RevisionUndo,
)
from app.domain.refusals.changes import NothingToMove, NotNewestChange
from app.domain.refusals.plans import PlanNotLive
from app.domain.replay.installments import coming, movable
from app.domain.replay.relief import ACCELERATED
from app.domain.replay.replay import changes_of, in_force
from app.domain.schedule.dates import nominal_dates
from app.domain.values import replace
from app.domain.vocabulary import AGREED, Act
from app.services.authority import refuse_act
from app.services.changes.cadence import at_the_end
from app.services.changes.change import (
    Changed,
    ChangePlan,
    Changing,
    carry_out,
    history,
    once_a_day,
    take_up,
    view_after,
    within_limits,
)
from app.services.context import Context
from app.services.guards import locked_plan
from app.services.plans.read import PlanView
from app.services.work import enter_fact, finish


@dataclass(frozen=True, slots=True, kw_only=True)
class ReschedulePlan:
    """Which installment moves where, and into how many more the rest is split."""

    from_due_on: date
    to_due_on: date
    extra_installments: int = 0
    reason: str
    effective_on: date | None = None
    as_sent: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferInstallment:
    """Which installment is skipped, by id or by number."""

    installment_id: UUID | None = None
    number: int | None = None
    reason: str
    effective_on: date | None = None
    as_sent: Mapping[str, Any]


async def re_amortize(
    ctx: Context,
    plan_id: UUID,
    *,
    reason: str | None,
    effective_on: date | None = None,
    preview: bool = False,
) -> Changed:
    """Spread what is due by the day over the installments after it; dates and count stay.

    Raises `NothingToMove`, `ChangedToday`, `ChangeLimitReached`, and as `take_up`.
    """
    asked = ChangePlan(reason=reason)
    changing = await take_up(ctx, plan_id, effective_on, asked=asked)
    once_a_day(changing, Reamortization, "re-amortization")
    plan, on = changing.plan, changing.on
    if not coming(plan, on):
        raise NothingToMove(plan_id=plan_id, reason=f"no installment is due after {on}")
    if not movable(row for row in plan.installments if row.due_on <= on):
        raise NothingToMove(plan_id=plan_id, reason=f"nothing is open that was due by {on}")
    within_limits(changing, Reamortization)
    body = Reamortization(
        plan_id=plan_id,
        number=changing.number,
        unit_minor=changing.terms.rounding_unit_minor,
        remainder=changing.terms.remainder,
        reason=reason,
    )
    return await carry_out(changing, body, {"reason": reason}, preview=preview)


async def reschedule(
    ctx: Context, plan_id: UUID, asked: ReschedulePlan, *, preview: bool = False
) -> Changed:
    """Move an installment, the later ones keeping the cadence from its new date.

    Raises `NothingToMove`, `ChangeLimitReached`, `InvalidInput`, and as `take_up`.
    """
    changing = await take_up(ctx, plan_id, asked.effective_on, asked=asked)
    if asked.from_due_on < changing.on:
        raise InvalidInput.at("/from_due_on", f"must not lie before the change, {changing.on}")
    if asked.to_due_on < changing.on:
        raise InvalidInput.at("/to_due_on", f"must not lie before the change, {changing.on}")
    rows = [
        row
        for row in changing.plan.installments
        if row.kind in AGREED and row.voided_on is None and row.due_on >= asked.from_due_on
    ]
    if not rows or rows[0].due_on != asked.from_due_on:
        raise InvalidInput.at("/from_due_on", "is no installment's due date")
    dates = _moved_to(changing, rows, asked)
    moved = tuple(
        MovedRow(installment_id=row.id, nominal_due_on=to.nominal_due_on, due_on=to.due_on)
        for row, to in zip(rows, dates, strict=False)
    )
    same = all(row.due_on == to.due_on for row, to in zip(rows, dates, strict=False))
    if same and not asked.extra_installments:
        raise NothingToMove(plan_id=plan_id, reason="every installment is due on that date already")
    within_limits(changing, Reschedule)
    body = Reschedule(
        plan_id=plan_id,
        number=changing.number,
        moved=moved,
        added=dates[len(rows) :],
        unit_minor=changing.terms.rounding_unit_minor,
        remainder=changing.terms.remainder,
        reason=asked.reason,
    )
    return await carry_out(changing, body, asked.as_sent, preview=preview)


def _moved_to(
    changing: Changing, rows: list[Installment], asked: ReschedulePlan
) -> tuple[DueDate, ...]:
    """The new dates, stepped from the first one's; an explicit schedule moves as one."""
    frequency = changing.terms.frequency
    count = len(rows) + asked.extra_installments
    if frequency is None and asked.extra_installments:
        raise InvalidInput.at("/extra_installments", "the plan's terms name no frequency")
    if frequency is None:
        apart = asked.to_due_on - asked.from_due_on
        return tuple(changing.due(row.nominal_due_on + apart) for row in rows)
    nominal = nominal_dates(
        frequency,
        anchor_on=asked.to_due_on,
        month_end=changing.terms.month_end,
        first_due_on=asked.to_due_on,
        count=count,
    )
    if len(nominal) < count or (nominal and nominal[0] != asked.to_due_on):
        raise InvalidInput.at("/to_due_on", "the plan's cadence gives no such dates")
    return tuple(changing.due(day) for day in nominal)


async def defer(
    ctx: Context, plan_id: UUID, asked: DeferInstallment, *, preview: bool = False
) -> Changed:
    """Skip an installment not yet overdue; it is appended at the end.

    Raises `NotFound`, `NothingToMove`, `ChangeLimitReached`, and as `take_up`.
    """
    changing = await take_up(ctx, plan_id, asked.effective_on, asked=asked)
    row = _named(changing.plan, asked)
    changing.asked = replace(asked, installment_id=row.id, number=None)  # a number may move on
    if row.due_on < changing.on or row.kind not in AGREED:
        reason = f"only an installment due on or after {changing.on} can be skipped"
        raise NothingToMove(plan_id=plan_id, reason=reason)
    if not movable((row,)):
        raise NothingToMove(plan_id=plan_id, reason="nothing is open on that installment")
    within_limits(changing, Deferral)
    end = next(at_the_end(changing))
    body = Deferral(
        plan_id=plan_id,
        number=changing.number,
        installment_id=row.id,
        nominal_due_on=end.nominal_due_on,
        due_on=end.due_on,
        reason=asked.reason,
    )
    return await carry_out(changing, body, asked.as_sent, preview=preview)


def _named(plan: Plan, asked: DeferInstallment) -> Installment:
    if (asked.installment_id is None) == (asked.number is None):
        raise InvalidInput.at("/installment_id", "give it or the number, one of the two")
    for number, row in enumerate(plan.installments, start=1):
        if row.id == asked.installment_id or number == asked.number:
            return row
    raise NotFound(resource="installment", key=str(asked.installment_id or asked.number))


# --- Undoing ------------------------------------------------------------------------------------


async def undo_revision(
    ctx: Context, plan_id: UUID, number: int, *, reason: str | None = None
) -> PlanView:
    """Take the newest change in force back: the plan is as if it had never been made.

    Raises `OutsideAuthority`, `NotNewestChange`, `PlanNotLive`, `NotFound`. Later payments do not
    stand in the way.
    """
    work, plan, stored = await locked_plan(ctx, plan_id)
    refuse_act(work, Act.UNDO_CHANGE)
    entered = await history(work)
    named = [f for f in changes_of(entered, plan_id) if f.body.number == number]
    if not named:
        raise NotFound(resource="revision", key=str(number))
    if not _changeable(plan, work.state.one_plan):
        raise PlanNotLive(plan_id=plan_id, plan_status=plan.status)
    counting = changes_of(in_force(entered), plan_id)
    if not counting or counting[-1].id != named[0].id:
        newest = counting[-1].body.number if counting else 1
        raise NotNewestChange(plan_id=plan_id, revision=number, newest_revision=newest)
    undone = named[0]
    body = RevisionUndo(plan_id=plan_id, undoes=undone.id, undone=undone.kind, reason=reason)
    await enter_fact(work, body)
    await finish(ctx, [work])
    return await view_after(work, stored)


def _changeable(plan: Plan, other: Plan | None) -> bool:
    """A live plan, or one paid off or accelerated while the account took up no other since."""
    accelerated = plan.status is PlanStatus.BROKEN and plan.status_reason == ACCELERATED
    ended = plan.status is PlanStatus.COMPLETED or accelerated
    return plan.live or (ended and other is None)
