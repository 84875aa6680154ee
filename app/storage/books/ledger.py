"""The ledger's rows as stored: an account's postings in order of entry."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, select

from app.storage import tables
from app.storage.database.engine import Transaction

_POSTING = tables.table(tables.Posting)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One posting as stored."""

    id: UUID
    sequence: int
    kind: str
    effective_on: date
    business_date: date
    posted_at: datetime
    amount_minor: int
    principal_minor: int
    interest_minor: int
    fees_minor: int
    penalties_minor: int
    costs_minor: int
    unapplied_minor: int
    balance_after_minor: int
    payment_id: UUID | None
    plan_id: UUID | None
    reverses: UUID | None
    reason: str | None
    actor: str | None
    reversed_kind: str | None  # of the row it takes back, where that is a row


_REVERSED = _POSTING.alias("reversed")
_ROW = [_POSTING.c[n] for n in LedgerRow.__dataclass_fields__ if n != "reversed_kind"]


async def rows_of(
    tx: Transaction, account_id: UUID, *, after: int = 0, limit: int | None = None
) -> tuple[LedgerRow, ...]:
    """An account's postings in order of entry, from after a sequence number."""
    reversed_one = and_(
        _REVERSED.c.tenant_id == _POSTING.c.tenant_id,
        _REVERSED.c.account_id == _POSTING.c.account_id,
        _REVERSED.c.id == _POSTING.c.reverses,
    )
    query = (
        select(*_ROW, _REVERSED.c.kind.label("reversed_kind"))
        .outerjoin(_REVERSED, reversed_one)
        .where(_POSTING.c.account_id == account_id, _POSTING.c.sequence > after)
        .order_by(_POSTING.c.sequence)
        .limit(limit)
    )
    return tuple(LedgerRow(**row) for row in (await tx.execute(query)).mappings())
