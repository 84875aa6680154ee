"""Plans, the schedules they went through, and the installments as they stand.

What a plan's or an installment's row keeps to is asked before it is written (`books/rules.py`).
"""

# pyright: reportAssignmentType=false

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text

from app.domain.vocabulary import Role
from app.storage.tables.columns import (
    Currency,
    Instant,
    Json,
    Key,
    MaybeJson,
    MaybeMinor,
    MaybeString,
    Minor,
    Now,
    Number,
    Owned,
    String,
    of_account,
    one_of,
    positive,
    stored,
    within_account,
)


class Plan(Owned, table=True):
    """An agreement. Its id is that of the fact that opened it."""

    __tablename__ = "plan"
    __table_args__ = (
        within_account("fact", "id"),
        ForeignKeyConstraint(
            ["tenant_id", "policy_name", "policy_version"],
            ["policy.tenant_id", "policy.name", "policy.version"],
        ),
        within_account("quote", "quote_id"),
        Index(None, "tenant_id", "status", "id"),
        Index(None, "tenant_id", "id"),
        stored(rewritten=True),
    )

    id: Key
    reference: MaybeString
    kind: String
    policy_name: String
    policy_version: int
    opened_on: date
    terms: Json
    consent: MaybeJson
    created_at: Now
    # cached
    status: String
    status_reason: MaybeString
    ended_on: date | None
    completed_on: date | None
    total_minor: Minor
    paid_minor: Minor
    outstanding_minor: Minor
    next_due_on: date | None
    next_due_minor: MaybeMinor
    revision: int
    standing: MaybeString
    quote_id: UUID | None


class PlanStanding(Owned, table=True):
    """How a plan stands, for lists to find it by; null once it stands in no way any more.

    Beside the plan, so that a payment which changes nothing else of an index leaves the plan's row
    in its page. Written with the plan, where that changed; no foreign key, as in `AccountReview`.
    """

    __tablename__ = "plan_standing"
    __table_args__ = (
        Index(
            None, "tenant_id", "standing", "plan_id", postgresql_where=text("standing IS NOT NULL")
        ),
        stored(rewritten=True),
    )  # fmt: skip

    plan_id: Key
    standing: MaybeString


class Quote(Owned, table=True):
    """Terms offered in writing, as computed and as worded on that day. Never changed.

    `ended_on` is the day a sweep found its time over, whatever became of it; until then null.
    """

    __tablename__ = "quote"
    __table_args__ = (
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        *positive("balance_minor", "amount_minor"),
        one_of("role", Role),
        of_account(),
        within_account("quote", "supersedes"),
        ForeignKeyConstraint(
            ["tenant_id", "policy_name", "policy_version"],
            ["policy.tenant_id", "policy.name", "policy.version"],
        ),
        Index(None, "tenant_id", "id"),
        Index(None, "tenant_id", "expires_at", postgresql_where=text("ended_on IS NULL")),
    )

    id: Key
    hash: String
    currency: Currency
    opens_on: date
    balance_minor: Minor
    amount_minor: Minor
    policy_name: String
    policy_version: int
    terms: Json
    schedule: Json
    refusals: Json
    role: String
    actor: MaybeString
    locale: String
    text: String
    text_hash: String
    supersedes: UUID | None
    reason: MaybeString
    created_at: Instant
    expires_at: Instant
    # cached
    ended_on: date | None


class Revision(Owned, table=True):
    """A schedule a plan went through: what was agreed, why it changed and by whom."""

    __tablename__ = "revision"
    __table_args__ = (
        *positive("number"),
        within_account("plan", "plan_id"),
        within_account("fact", "fact_id"),
        stored(rewritten=False),
    )

    plan_id: Key
    number: Number
    fact_id: UUID
    cause: String
    effective_on: date
    actor: MaybeString
    terms: Json
    schedule: Json
    created_at: Now


class Installment(Owned, table=True):
    """An installment of a plan. What is due and paid on it by component is cached here."""

    __tablename__ = "installment"
    __table_args__ = (
        within_account("plan", "plan_id"),
        Index(None, "tenant_id", "due_on"),
        stored(rewritten=True),
    )

    id: Key
    plan_id: UUID
    kind: String
    nominal_due_on: date
    # cached
    number: int
    due_on: date
    principal_minor: Minor
    interest_minor: Minor
    fees_minor: Minor
    penalties_minor: Minor
    costs_minor: Minor
    paid_principal_minor: Minor
    paid_interest_minor: Minor
    paid_fees_minor: Minor
    paid_penalties_minor: Minor
    paid_costs_minor: Minor
    paid_in_advance_minor: Minor
    paid_late_minor: Minor
    satisfied_on: date | None
    missed_on: date | None
    voided_on: date | None
