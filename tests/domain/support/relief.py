"""Deeds of a random life that hardship calls for, as the service would enter them."""

from datetime import timedelta

from app.domain.facts.changes import (
    Acceleration,
    DueDate,
    DueDayChange,
    MovedRow,
    PaymentHoliday,
    Rewrite,
    StepDown,
)
from app.domain.replay.installments import coming, movable
from app.domain.replay.relief import lowered
from app.domain.schedule.agreed import AgreedInstallment
from tests.factories import fact_id

#: Those that leave the plan live.
RELIEF = ["change_due_day", "take_holiday", "step_down", "rewrite"]


class Relief:
    """For a `ChangingLife`, which knows the plan to change, its number and further dates."""

    def change_due_day(self, step):
        if (plan := self.plan_to_change) and (rows := coming(plan, self.today)):
            later = timedelta(days=step.which % 25)
            moved = _later(rows[step.which % len(rows) :], later)
            anchor_on = moved[0].nominal_due_on
            self.enter(DueDayChange(**self.of(plan), moved=moved, anchor_on=anchor_on))

    def take_holiday(self, step):
        if (plan := self.plan_to_change) and (rows := coming(plan, self.today)):
            skipped = step.which % 3 + 1
            moved = _later(rows[step.which % len(rows) :], timedelta(days=30 * skipped))
            self.enter(PaymentHoliday(**self.of(plan), installments=skipped, moved=moved))

    def step_down(self, step):
        plan, until_on = self.plan_to_change, self.today + timedelta(days=1 + step.which % 120)
        minor = max(1, step.minor // 2)
        low = plan and lowered(plan, on=self.today, until_on=until_on, to_minor=minor)
        if low:
            later = any(row.due_on > until_on for row in coming(plan, self.today))
            first = plan.installments[-1].due_on + timedelta(days=30)
            added = () if later else self.dates(first, step.which % 4 + 1)
            self.enter(
                StepDown(
                    **self.of(plan),
                    installment_minor=minor,
                    until_on=until_on,
                    added=added,
                    added_minor=step.minor if added else 0,
                )
            )

    def rewrite(self, step):
        if plan := self.plan_to_change:
            total, count = movable(plan.installments), step.which % 4 + 1
            parts = [total // count] * (count - 1)
            parts.append(total - sum(parts))
            days = self.dates(self.today + timedelta(days=step.which % 40), count)
            rows = tuple(map(_planned, days, parts))
            self.enter(
                Rewrite(
                    **self.of(plan),
                    quote_id=fact_id(1000 + len(self.facts)),
                    policy=plan.policy,
                    installments=rows,
                    anchor_on=rows[0].nominal_due_on,
                )
            )

    def accelerate(self, step):
        if plan := self.plan_to_change:
            self.enter(Acceleration(**self.of(plan)))

    def of(self, plan):
        return {"plan_id": plan.id, "number": self.number(plan), "reason": "x"}


def _later(rows, by):
    return tuple(
        MovedRow(installment_id=r.id, nominal_due_on=r.due_on + by, due_on=r.due_on + by)
        for r in rows
    )


def _planned(due: DueDate, minor: int) -> AgreedInstallment:
    return AgreedInstallment(
        nominal_due_on=due.nominal_due_on, due_on=due.due_on, principal_minor=minor
    )
