"""The account, which is the lock, and what was appended to it: facts, postings, payments.

Columns under "cached" hold the fold's answer and may be rewritten; everything else is written
once, and the database lets nobody change it.
"""

# pyright: reportAssignmentType=false

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text

from app.domain.facts.kinds import FactKind
from app.domain.money import Component
from app.domain.vocabulary import FundedBy, FutureRule, PaymentKind, PaymentMethod, Product
from app.storage.tables.columns import (
    Big,
    Currency,
    Json,
    Key,
    MaybeString,
    Minor,
    Name,
    Now,
    Number,
    Owned,
    String,
    Tenanted,
    cells,
    not_negative,
    of_account,
    one_of,
    positive,
    stored,
    within_account,
)

ACCOUNT_STATUSES = ("open", "paid", "settled", "charged_off", "closed")
PAYMENT_STATUSES = (
    "posted", "reversed", "charged_back", "partially_refunded", "refunded", "suspense",
)  # fmt: skip
POSTING_KINDS = (
    "placement", "charge", "interest", "payment", "reallocation", "reversal", "chargeback",
    "refund", "adjustment", "forgiveness", "write_off",
)  # fmt: skip
HANDLE_KINDS = (
    "account", "payment", "charge", "adjustment", "plan", "reversal", "chargeback", "refund",
    "split", "replacement",
)  # fmt: skip
UNAPPLIED = "unapplied"
_OF_RE_AGES = "kind IN ('re_age', 'account_re_age')"


class Account(Tenanted, table=True):
    """A debt. Its row is what every command on it locks first."""

    __tablename__ = "account"
    __table_args__ = (
        one_of("product", Product),
        one_of("status", ACCOUNT_STATUSES),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        *not_negative(*cells(), "unapplied_minor"),
        *not_negative("fact_sequence", "posting_sequence", "event_sequence", "replays"),
        *positive("version"),
        ForeignKeyConstraint(["tenant_id", "debtor_id"], ["person.tenant_id", "person.id"]),
        ForeignKeyConstraint(["tenant_id", "creditor_id"], ["person.tenant_id", "person.id"]),
        Index(None, "tenant_id", "debtor_id", "id"),
        Index(None, "tenant_id", "status", "id"),
        Index(None, "tenant_id", "bucket", "id"),
        Index(None, "tenant_id", "next_review_on", "id"),
        stored(rewritten=True),
    )

    id: Key
    reference: String
    currency: Currency
    product: String
    opened_on: date
    validation_ends_on: date | None
    policy_name: String
    created_at: Now
    # rewritten by PATCH
    debtor_id: UUID | None
    creditor_id: UUID | None
    creditor_reference: MaybeString
    # cached
    status: String
    principal_minor: Minor
    interest_minor: Minor
    fees_minor: Minor
    penalties_minor: Minor
    costs_minor: Minor
    unapplied_minor: Minor
    active_plan_id: UUID | None
    bucket: String
    first_delinquency_on: date | None
    reported_since_on: date | None
    next_review_on: date | None
    judged_on: date | None
    state: Json
    fact_sequence: int
    posting_sequence: int
    event_sequence: int
    event_hash: bytes | None
    latest_on: date
    latest_business_date: date
    replays: int
    version: Big


class Handle(Tenanted, table=True):
    """A caller's own reference and what it names: unique per tenant, across all accounts.

    No foreign key to the account: a reference is claimed before its account exists.
    `content_hash`: of what the command said that claimed it; null of one that came before such
    was kept.
    """

    __tablename__ = "handle"
    __table_args__ = (one_of("kind", HANDLE_KINDS), stored(rewritten=False))

    kind: Name
    key: Name
    account_id: UUID
    id: UUID
    content_hash: bytes | None


class Fact(Owned, table=True):
    """What happened. Appended, never changed; the fold of these is the account."""

    __tablename__ = "fact"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id", "sequence"),
        Index(None, "tenant_id", "id"),
        Index(None, "tenant_id", "business_date", postgresql_where=text(_OF_RE_AGES)),
        one_of("kind", FactKind),
        *positive("sequence"),
        of_account(),
        stored(rewritten=False),
    )

    id: Key
    sequence: int
    kind: String
    effective_on: date
    business_date: date
    entered_at: Now
    actor: MaybeString
    key_id: UUID | None
    body: Json
    role: MaybeString
    origin: MaybeString


class Posting(Owned, table=True):
    """A line of the ledger: what a fact did to the balance, in order of entry."""

    __tablename__ = "posting"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id", "sequence"),
        one_of("kind", POSTING_KINDS),
        CheckConstraint(f"{' + '.join(cells())} + unapplied_minor = amount_minor", name="sums"),
        *positive("sequence"),
        *not_negative("balance_after_minor"),
        within_account("fact", "fact_id"),
        within_account("payment", "payment_id"),
        within_account("plan", "plan_id"),
        within_account("posting", "reverses"),
        Index(None, "tenant_id", "business_date", "account_id", "sequence"),
        stored(rewritten=False),
    )

    id: Key
    sequence: int
    fact_id: UUID
    kind: String
    effective_on: date
    business_date: date
    posted_at: Now
    amount_minor: Minor
    principal_minor: Minor
    interest_minor: Minor
    fees_minor: Minor
    penalties_minor: Minor
    costs_minor: Minor
    unapplied_minor: Minor
    balance_after_minor: Minor
    payment_id: UUID | None
    plan_id: UUID | None
    reverses: UUID | None
    reason: MaybeString
    actor: MaybeString


class Payment(Owned, table=True):
    """Money received, and what has become of it."""

    __tablename__ = "payment"
    __table_args__ = (
        one_of("method", PaymentMethod),
        one_of("kind", PaymentKind),
        one_of("funded_by", FundedBy),
        one_of("future", FutureRule),
        one_of("component", Component),
        one_of("status", PAYMENT_STATUSES),
        *positive("amount_minor"),
        *not_negative("unapplied_minor", "generation"),
        CheckConstraint("unapplied_minor <= amount_minor", name="unapplied_of_amount"),
        within_account("fact", "id"),
        within_account("plan", "plan_id"),
        Index(None, "tenant_id", "id"),
        Index(None, "tenant_id", "effective_on", "id"),
        Index(None, "tenant_id", "status", "id", postgresql_where=text("status <> 'posted'")),
        stored(rewritten=False, room=True),
    )

    id: Key
    reference: String
    amount_minor: Minor
    currency: Currency
    effective_on: date
    method: String
    kind: String
    funded_by: String
    future: MaybeString
    component: MaybeString
    plan_id: UUID | None
    content_hash: bytes
    created_at: Now
    # cached
    status: String
    unapplied_minor: Minor
    generation: int


class Allocation(Owned, table=True):
    """Where a part of a payment went. The highest `generation` of a payment is in force."""

    __tablename__ = "allocation"
    __table_args__ = (
        one_of("component", (*Component, UNAPPLIED)),
        one_of("cell", Component),
        *positive("amount_minor", "generation", "line"),
        within_account("payment", "payment_id"),
        within_account("plan", "plan_id"),
        within_account("installment", "installment_id"),
        stored(rewritten=False),
    )

    payment_id: Key
    generation: Number
    line: Number
    component: String
    plan_id: UUID | None
    installment_id: UUID | None
    cell: MaybeString
    amount_minor: Minor
    rule: String
