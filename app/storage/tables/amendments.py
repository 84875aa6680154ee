"""Changes of a plan that wait for approval, and what was decided.

Of neither row anything changes but that an amendment is `decided`: so those that wait are found
without reading the others.
"""

# pyright: reportAssignmentType=false

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text

from app.domain.vocabulary import Role
from app.storage.tables.columns import (
    Entered,
    Json,
    Key,
    MaybeString,
    Now,
    Owned,
    String,
    one_of,
    within_account,
)

AMENDMENT_ENDS = ("approved", "rejected")


class Amendment(Entered, Owned, table=True):
    """A change as it was asked for; its id is the change's fact's, if it becomes one."""

    __tablename__ = "amendment"
    __table_args__ = (
        CheckConstraint("number > 1", name="number"),
        one_of("role", Role),
        within_account("plan", "plan_id"),
        Index(None, "tenant_id", "account_id", "plan_id", "number", unique=True),
        Index("ix_amendment_waiting", "tenant_id", "id", postgresql_where=text("NOT decided")),
    )

    id: Key
    plan_id: UUID
    number: int
    cause: String
    asked: Json
    terms: Json
    schedule: Json
    refusals: Json
    created_at: Now
    decided: bool


class AmendmentEnd(Owned, table=True):
    """What was decided, and by whom. The key lets it be decided once."""

    __tablename__ = "amendment_end"
    __table_args__ = (
        one_of("outcome", AMENDMENT_ENDS),
        one_of("role", Role),
        within_account("amendment", "amendment_id"),
    )

    amendment_id: Key
    outcome: String
    role: String
    actor: String
    key_id: UUID | None
    reason: MaybeString
    business_date: date
    created_at: Now
