"""The account, which is the lock, and what was appended to it: facts, postings, payments.

Columns under "cached" hold the fold's answer and may be rewritten; everything else is written
once, and the database lets nobody change it. What a row keeps to beyond that is asked before it is
written (`books/rules.py`). What is written by the same call as the row that names it has no foreign
key; the self-check looks whether it is there (`books/self_check_sums.py`).
"""

# pyright: reportAssignmentType=false

from datetime import date
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)

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
    of_account,
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
#: A key that a new row is the last of; an account's own are found by their sequence.
_BY_ID = ("tenant_id", "id", "account_id")
_OF_RE_AGES = "kind IN ('re_age', 'account_re_age')"


class Account(Tenanted, table=True):
    """A debt. Its row is what every command on it locks first."""

    __tablename__ = "account"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "debtor_id"], ["person.tenant_id", "person.id"]),
        ForeignKeyConstraint(["tenant_id", "creditor_id"], ["person.tenant_id", "person.id"]),
        Index(None, "tenant_id", "debtor_id", "id"),
        Index(None, "tenant_id", "status", "id"),
        Index(None, "tenant_id", "bucket", "id"),
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


class AccountReview(Owned, table=True):
    """When a sweep looks at an account: on its `next_review_on`, or on a day before that.

    Beside the account, so that a command which moves that day on leaves its row in its page: it
    leaves this one as it is. Who makes the day an earlier one brings this forward; a sweep that
    comes here too early moves it on. Who finds accounts by it asks the account's own day again.
    No foreign key: whoever makes a row has just written its account.
    """

    __tablename__ = "account_review"
    __table_args__ = (
        Index(
            None, "tenant_id", "review_on", "account_id",
            postgresql_where=text("review_on IS NOT NULL"),
        ),
        stored(rewritten=True),
    )  # fmt: skip

    review_on: date | None


class Handle(Tenanted, table=True):
    """A caller's own reference and what it names: unique per tenant, across all accounts.

    No foreign key to the account: a reference is claimed before its account exists.
    `content_hash`: of what the command said that claimed it; null of one that came before such
    was kept.
    """

    __tablename__ = "handle"
    __table_args__ = (stored(rewritten=False),)

    kind: Name
    key: Name
    account_id: UUID
    id: UUID
    content_hash: bytes | None


class Fact(Owned, table=True):
    """What happened. Appended, never changed; the fold of these is the account."""

    __tablename__ = "fact"
    __table_args__ = (
        PrimaryKeyConstraint(*_BY_ID),
        UniqueConstraint("tenant_id", "account_id", "sequence"),
        Index(None, "tenant_id", "business_date", postgresql_where=text(_OF_RE_AGES)),
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
        PrimaryKeyConstraint(*_BY_ID),
        UniqueConstraint("tenant_id", "account_id", "sequence"),
        CheckConstraint(f"{' + '.join(cells())} + unapplied_minor = amount_minor", name="sums"),
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
