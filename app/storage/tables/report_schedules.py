"""Reports made by the calendar, and each bringing of one to somebody.

A schedule's row is its claim: whoever makes the next one holds it. A delivery's key is the
schedule, the day it was due on and the recipient, so that none is made twice.
"""

# pyright: reportAssignmentType=false

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from app.domain.vocabulary import Role
from app.storage.tables.columns import (
    Instant,
    Json,
    Key,
    MaybeInstant,
    MaybeString,
    Signed,
    String,
    Tenanted,
    not_negative,
    one_of,
    positive,
)

EVERY = ("day", "week", "month")
DELIVERY_STATUSES = (
    "making", "pending", "sending", "delivered", "failed", "uncertain",
)  # fmt: skip
Integers = Annotated[list[int], Field(sa_type=ARRAY(Integer))]
Documents = Annotated[list[Any], Field(sa_type=JSONB)]


class ReportSchedule(Signed, Tenanted, table=True):
    """Which report, of which period, on which days, for whom. `due_at` null: never."""

    __tablename__ = "report_schedule"
    __table_args__ = (
        one_of("every", EVERY),
        one_of("role", Role),
        *positive("version"),
        *not_negative("max_wait_hours"),
        Index(None, "tenant_id", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )

    id: Key
    name: String
    report: String
    parameters: Json
    period: String
    at: String
    every: String
    on_days: Integers
    business_days: String
    calendar: MaybeString
    form: String
    recipients: Documents
    max_wait_hours: int
    attach: bool
    active: bool
    due_on: date | None
    due_at: MaybeInstant
    version: int
    created_at: Instant
    changed_at: Instant
    deleted_at: MaybeInstant


class ReportDelivery(Tenanted, table=True):
    """One report to one recipient. `next_at` null: nothing more is done about it."""

    __tablename__ = "report_delivery"
    __table_args__ = (
        UniqueConstraint("tenant_id", "schedule_id", "due_on", "recipient"),
        one_of("status", DELIVERY_STATUSES),
        *not_negative("recipient", "tries"),
        ForeignKeyConstraint(
            ["tenant_id", "schedule_id"], ["report_schedule.tenant_id", "report_schedule.id"]
        ),
        Index(None, "tenant_id", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    )

    id: Key
    schedule_id: UUID
    due_on: date
    recipient: int
    kind: String
    address: String
    from_on: date
    to_on: date
    known_on: date
    run_id: UUID | None
    status: String
    problem: MaybeString
    tries: int
    next_at: MaybeInstant
    created_at: Instant
    finished_at: MaybeInstant
