"""What a closed day came to, what it moved, and where accounts stood at the ends of months.

Each row can be made again of facts, and so may be deleted. None of a person.
"""

# pyright: reportAssignmentType=false

from datetime import date
from uuid import UUID

from sqlmodel import SQLModel

from app.domain.overview.points import CURVES
from app.domain.reports.rolls import Cause
from app.storage.tables.columns import (
    Big,
    Currency,
    Day,
    Instant,
    Key,
    MaybeString,
    Minor,
    Number,
    String,
    Tenanted,
    of_tenant,
    one_of,
    stored,
)


class _Lasting(SQLModel):
    currency: Currency
    creditor: MaybeString
    product: String
    policy: String
    placement_batch: String


class _Components(SQLModel):
    principal_minor: Minor
    interest_minor: Minor
    fees_minor: Minor
    penalties_minor: Minor
    costs_minor: Minor


class _Stood(SQLModel):
    bucket: String
    status: String
    standing: MaybeString
    plan_kind: MaybeString
    assigned_to: MaybeString
    team: MaybeString


class _Standing(_Stood):
    accounts: int


class _Beside(SQLModel):
    unapplied_minor: Minor
    overdue_minor: Minor
    plans_minor: Minor
    promises_open: int
    promised_minor: Minor


class ReportDay(Tenanted, table=True):
    """A closed day whose sums are kept. `causes_since_on`: of latenesses that ended since then.

    `points_kept`: of cohorts, and until then which account was last; null: there are none of it.
    `making`: who makes it of facts; until it is null, the day is not kept.
    """

    __tablename__ = "report_day"
    __table_args__ = (of_tenant(), stored(rewritten=True))

    day_on: Day
    accounts: int
    causes_since_on: date | None
    points_kept: bool | None
    points_through: UUID | None
    making: UUID | None
    made_at: Instant


class RollupDay(_Beside, _Components, _Standing, _Lasting, Tenanted, table=True):
    """Who owed on a day, summed; several rows may be of one tuple, and add up."""

    __tablename__ = "rollup_day"
    __table_args__ = (stored(rewritten=False),)

    day_on: Day
    number: Number


class FlowDay(_Components, _Lasting, Tenanted, table=True):
    """What a day posted, by kind; `kind` null: everything booked by its end."""

    __tablename__ = "flow_day"
    __table_args__ = (stored(rewritten=False),)

    day_on: Day
    number: Number
    kind: MaybeString


class PositionMonth(_Beside, _Components, _Standing, _Lasting, Tenanted, table=True):
    """An account at the end of a month. `ended_by`: what ended a lateness in it."""

    __tablename__ = "position_month"
    __table_args__ = (one_of("ended_by", Cause), stored(rewritten=False))

    month_on: Day
    account_id: Key
    ended_by: MaybeString


class CohortPoint(_Stood, _Lasting, Tenanted, table=True):
    """What plans or accounts that began together came to by a month of theirs, booked by a day.

    `id` is made of all that it is not a sum of. `age`: a month, or of survival a day.
    """

    __tablename__ = "cohort_point"
    __table_args__ = (one_of("curve", CURVES), stored(rewritten=True))

    month_on: Day
    id: Key
    curve: String
    cohort: String
    age: int
    kind_of_plan: MaybeString
    accounts: Big
    accounts_of_kind: Big
    members: Big
    base_minor: Minor
    missed: Big
    broken: Big
    completed: Big
    paid_minor: Minor
    gross_minor: Minor
    returned_minor: Minor
    beside_minor: Minor
    written_down_minor: Minor
    #: What the ledger's rows said of the same figures when they were kept.
    ledger_base_minor: Minor
    ledger_paid_minor: Minor
    ledger_gross_minor: Minor
    ledger_returned_minor: Minor
    ledger_beside_minor: Minor
    ledger_written_down_minor: Minor


class AgeMonth(_Components, _Stood, _Lasting, Tenanted, table=True):
    """How old what accounts owe was at the end of a month. `id`: made of all that is no sum.

    `members`: all accounts there were; the other figures are of those that owe.
    """

    __tablename__ = "age_month"
    __table_args__ = (stored(rewritten=True),)

    month_on: Day
    id: Key
    band: String
    members: Big
    accounts: Big
    unapplied_minor: Minor
    overdue_minor: Minor
    plans_minor: Minor
    promises_open: Big
    promised_minor: Minor
    not_due_minor: Minor
    due_1_minor: Minor
    due_30_minor: Minor
    due_60_minor: Minor
    due_90_minor: Minor
    due_120_minor: Minor
    due_150_minor: Minor
    due_180_minor: Minor
