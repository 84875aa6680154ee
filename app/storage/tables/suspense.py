"""Money that found no account: as it came, and how it left. Neither row is ever changed.

It belongs to the tenant, not to an account, and so lies under no account's lock: the row is
its own. Free metadata may be rewritten, as everywhere.
"""

# pyright: reportAssignmentType=false

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index

from app.domain.money import Component
from app.domain.vocabulary import FundedBy, FutureRule, PaymentKind, PaymentMethod
from app.storage.tables.columns import (
    Currency,
    Key,
    MaybeString,
    Metadata,
    Minor,
    Now,
    String,
    Tenanted,
    of_account,
    one_of,
    positive,
)

SUSPENSE_REASONS = ("unknown_account", "other_currency", "closed_account")
SUSPENSE_ENDS = ("assigned", "refunded")


class Suspense(Tenanted, table=True):
    """A payment received that nobody could match; its id is the payment's, if it becomes one."""

    __tablename__ = "suspense"
    __table_args__ = (
        one_of("why", SUSPENSE_REASONS),
        *positive("amount_minor"),
        one_of("method", PaymentMethod),
        one_of("kind", PaymentKind),
        one_of("funded_by", FundedBy),
        one_of("future", FutureRule),
        one_of("component", Component),
        Index(None, "tenant_id", "effective_on", "id"),
        Index(None, "tenant_id", "business_date", "id"),
    )

    id: Key
    reference: String
    account_reference: MaybeString
    named_account_id: UUID | None
    why: String
    amount_minor: Minor
    currency: Currency
    effective_on: date
    method: String
    kind: String
    future: MaybeString
    component: MaybeString
    named_plan_id: UUID | None
    funded_by: String
    content_hash: bytes
    business_date: date
    actor: MaybeString
    key_id: UUID | None
    received_at: Now
    metadata_: Metadata
    role: MaybeString
    origin: MaybeString


class SuspenseEnd(Tenanted, table=True):
    """How money left suspense: assigned to an account, or given back. The key lets it once."""

    __tablename__ = "suspense_end"
    __table_args__ = (
        one_of("kind", SUSPENSE_ENDS),
        CheckConstraint("(kind = 'assigned') = (account_id IS NOT NULL)", name="account"),
        ForeignKeyConstraint(["tenant_id", "suspense_id"], ["suspense.tenant_id", "suspense.id"]),
        of_account(),
        Index(None, "tenant_id", "business_date", "suspense_id"),
    )

    suspense_id: Key
    id: UUID
    kind: String
    account_id: UUID | None
    effective_on: date
    business_date: date
    reference: MaybeString
    actor: MaybeString
    key_id: UUID | None
    entered_at: Now
    role: MaybeString
    origin: MaybeString
