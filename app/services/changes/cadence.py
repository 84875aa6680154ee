"""The cadence of a plan: the anchor and frequency in force, and the due dates that follow.

Due date k is the anchor plus k periods, whatever moved in between; the newest change that set
dates says what the anchor is.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from app.domain.account.plan import Installment
from app.domain.facts.changes import DueDate, DueDayChange, ReAge, Reschedule, Rewrite
from app.domain.schedule.dates import first_after
from app.domain.schedule.terms import Frequency, Unit
from app.domain.vocabulary import AGREED
from app.services.changes.change import Changing

_MONTHLY = Frequency(unit=Unit.MONTH)


def agreed_rows(changing: Changing) -> list[Installment]:
    """The plan's installments that hold something, by due date; no row of a charge."""
    rows = changing.plan.installments
    return [row for row in rows if row.kind in AGREED and row.voided_on is None]


def anchor_of(changing: Changing) -> date:
    """What dates step from: the newest change that set dates says it, else the terms."""
    for fact in reversed(changing.changes):
        match fact.body:
            case ReAge(due=due):
                return due[0].nominal_due_on
            case Reschedule(moved=moved):
                return moved[0].nominal_due_on
            case DueDayChange(anchor_on=anchor_on) | Rewrite(anchor_on=anchor_on):
                return anchor_on
            case _:
                continue
    if changing.terms.frequency is None:  # every date was written out
        return agreed_rows(changing)[-1].nominal_due_on
    return changing.terms.anchor_on or changing.plan.opened_on


def steps_after(changing: Changing, day: date) -> Iterator[date]:
    """The nominal dates of the plan's cadence later than a day, one by one.

    Where every date was written out, they are monthly. Past the last year there is, they are
    the days that follow.
    """
    frequency = changing.terms.frequency or _MONTHLY
    anchor_on, month_end = anchor_of(changing), changing.terms.month_end
    skipped = frequency.every - 1 if frequency.unit is Unit.SEMIMONTH else 0
    while True:
        for _ in range(1 + skipped):
            step = first_after(frequency, anchor_on=anchor_on, month_end=month_end, day=day)
            day = step or day + timedelta(days=1)
        yield day


def at_the_end(changing: Changing) -> Iterator[DueDate]:
    """The dates of the plan's cadence after its last installment, one by one."""
    last = max(row.nominal_due_on for row in agreed_rows(changing))
    return (changing.due(day) for day in steps_after(changing, last))
