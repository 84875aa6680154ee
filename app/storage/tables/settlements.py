"""Settlements: what was offered, on which authority, and, cached, what became of it."""

# pyright: reportAssignmentType=false

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index

from app.domain.vocabulary import Role, SettlementStatus
from app.storage.tables.columns import (
    Json,
    Key,
    MaybeString,
    Minor,
    Now,
    Owned,
    Signed,
    String,
    not_negative,
    one_of,
    positive,
    stored,
    within_account,
)


class Settlement(Signed, Owned, table=True):
    """An offer to take a part for the whole. Its id is that of the fact that offered it.

    The creditor is written down as he was on that day: reports go by it, whoever owns the
    debt later.
    """

    __tablename__ = "settlement"
    __table_args__ = (
        one_of("status", SettlementStatus),
        one_of("role", Role),
        *positive("amount_minor", "installment_count"),
        *not_negative("forgives_minor", "paid_minor", "forgiven_minor"),
        CheckConstraint("amount_minor + forgives_minor = balance_minor", name="sums"),
        CheckConstraint("expires_on >= offered_on", name="expires_on"),
        within_account("fact", "id"),
        within_account("settlement", "supersedes"),
        within_account("plan", "plan_id"),
        ForeignKeyConstraint(
            ["tenant_id", "policy_name", "policy_version"],
            ["policy.tenant_id", "policy.name", "policy.version"],
        ),
        Index(None, "tenant_id", "status", "id"),
        Index(None, "tenant_id", "offered_on", "id"),
        Index(None, "tenant_id", "satisfied_on", "id"),
        Index(None, "tenant_id", "id"),
        Index(None, "tenant_id", "accepted_on"),
        Index(None, "tenant_id", "voided_on"),
        Index(None, "tenant_id", "closed_on"),
        stored(rewritten=True),
    )

    id: Key
    amount_minor: Minor
    balance_minor: Minor
    forgives_minor: Minor
    installment_count: int
    offered_on: date
    expires_on: date
    policy_name: String
    policy_version: int
    terms: Json
    schedule: Json
    refusals: Json
    reason: MaybeString
    creditor_reference: MaybeString
    supersedes: UUID | None
    created_at: Now
    # cached
    status: String
    status_reason: MaybeString
    plan_id: UUID | None
    accepted_on: date | None
    satisfied_on: date | None
    voided_on: date | None
    closed_on: date | None
    paid_minor: Minor
    forgiven_minor: Minor
