"""The tables, as SQLModel classes: what Alembic compares against and statements are built on.

Rows never leave `app.storage`. `table(Account)` is the SQLAlchemy table of a class, for Core
statements: `select(ACCOUNT.c.id).where(...)`.
"""

from app.storage.tables.accounts import (
    ACCOUNT_STATUSES,
    HANDLE_KINDS,
    PAYMENT_STATUSES,
    POSTING_KINDS,
    UNAPPLIED,
    Account,
    Allocation,
    Fact,
    Handle,
    Payment,
    Posting,
)
from app.storage.tables.amendments import AMENDMENT_ENDS, Amendment, AmendmentEnd
from app.storage.tables.letters import Letter
from app.storage.tables.plans import Installment, Plan, Quote, Revision
from app.storage.tables.records import SWEEP_STATUSES, Event, IdempotencyKey, SweepRun
from app.storage.tables.registry import METADATA, table
from app.storage.tables.settlements import Settlement
from app.storage.tables.suspense import SUSPENSE_ENDS, SUSPENSE_REASONS, Suspense, SuspenseEnd
from app.storage.tables.tenancy import (
    Annotation,
    ApiKey,
    DaySpending,
    FeedEnd,
    FeedEpoch,
    Person,
    Policy,
    SandboxClock,
    Tenant,
)

__all__ = [
    "ACCOUNT_STATUSES",
    "AMENDMENT_ENDS",
    "HANDLE_KINDS",
    "METADATA",
    "PAYMENT_STATUSES",
    "POSTING_KINDS",
    "SUSPENSE_ENDS",
    "SUSPENSE_REASONS",
    "SWEEP_STATUSES",
    "UNAPPLIED",
    "Account",
    "Allocation",
    "Amendment",
    "AmendmentEnd",
    "Annotation",
    "ApiKey",
    "DaySpending",
    "Event",
    "Fact",
    "FeedEnd",
    "FeedEpoch",
    "Handle",
    "IdempotencyKey",
    "Installment",
    "Letter",
    "Payment",
    "Person",
    "Plan",
    "Policy",
    "Posting",
    "Quote",
    "Revision",
    "SandboxClock",
    "Settlement",
    "Suspense",
    "SuspenseEnd",
    "SweepRun",
    "Tenant",
    "table",
]
