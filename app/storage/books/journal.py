"""What the journal is made of: postings and moves of suspense, by the day they were booked."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, literal, select, tuple_, union_all

from app.domain.money import Component
from app.storage import tables
from app.storage.database.engine import Transaction

_ACCOUNT = tables.table(tables.Account)
_POSTING = tables.table(tables.Posting)
_ITEM = tables.table(tables.Suspense)
_END = tables.table(tables.SuspenseEnd)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedPosting:
    """A posting as booked; `reversed_kind`: of a reversal, the kind of row it reverses."""

    account_id: UUID
    sequence: int
    id: UUID
    kind: str
    reversed_kind: str | None
    business_date: date
    effective_on: date
    currency: str
    principal_minor: int
    interest_minor: int
    fees_minor: int
    penalties_minor: int
    costs_minor: int
    unapplied_minor: int
    payment_id: UUID | None
    plan_id: UUID | None
    actor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspenseMove:
    """Money that came into suspense or left it. `number` 0: it came; 1: it left."""

    payment_id: UUID
    number: int
    kind: str
    business_date: date
    effective_on: date
    currency: str
    amount_minor: int
    account_id: UUID | None
    actor: str | None


_OWN = (
    "account_id", "sequence", "id", "kind", "business_date", "effective_on",
    *(f"{component}_minor" for component in Component), "unapplied_minor", "payment_id", "plan_id",
    "actor",
)  # fmt: skip


async def postings(
    tx: Transaction, *, since: date, until: date, after: tuple[date, UUID, int] | None, limit: int
) -> tuple[BookedPosting, ...]:
    """A page of what was booked on these days, by day, account and order of entry."""
    p, undone = _POSTING.c, _POSTING.alias()
    query = (
        select(
            *(p[name] for name in _OWN),
            undone.c.kind.label("reversed_kind"),
            _ACCOUNT.c.currency,
        )
        .join_from(
            _POSTING,
            _ACCOUNT,
            and_(_ACCOUNT.c.tenant_id == p.tenant_id, _ACCOUNT.c.id == p.account_id),
        )
        .outerjoin(
            undone,
            and_(
                undone.c.tenant_id == p.tenant_id,
                undone.c.account_id == p.account_id,
                undone.c.id == p.reverses,
            ),
        )
        .where(p.business_date >= since, p.business_date <= until)
        .order_by(p.business_date, p.account_id, p.sequence)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(p.business_date, p.account_id, p.sequence) > after)
    rows = await tx.execute(query)
    return tuple(BookedPosting(**row._asdict()) for row in rows)


async def suspense_moves(
    tx: Transaction, *, since: date, until: date, after: tuple[date, UUID, int] | None, limit: int
) -> tuple[SuspenseMove, ...]:
    """A page of what came into suspense or left it on these days, by day and item."""
    i, e = _ITEM.c, _END.c
    came = select(
        i.id.label("payment_id"), literal(0).label("number"),
        literal("suspense_received").label("kind"), i.business_date, i.effective_on, i.currency,
        i.amount_minor, literal(None, type_=e.account_id.type).label("account_id"), i.actor,
    ).where(i.business_date >= since, i.business_date <= until)  # fmt: skip
    left = (
        select(
            i.id, literal(1), (literal("suspense_") + e.kind), e.business_date, e.effective_on,
            i.currency, i.amount_minor, e.account_id, e.actor,
        )
        .join_from(_END, _ITEM, and_(i.tenant_id == e.tenant_id, i.id == e.suspense_id))
        .where(e.business_date >= since, e.business_date <= until)
    )  # fmt: skip
    if after is not None:
        day, item, number = after
        came = came.where(tuple_(i.business_date, i.id) > (day, item))
        ended = tuple_(e.business_date, e.suspense_id)
        left = left.where(ended >= (day, item) if number == 0 else ended > (day, item))
    # Each read in order and no further than the page: together they are sorted.
    came = came.order_by(i.business_date, i.id).limit(limit)
    left = left.order_by(e.business_date, e.suspense_id).limit(limit)
    both: Any = union_all(came.subquery().select(), left.subquery().select()).subquery()
    query = select(both).order_by(both.c.business_date, both.c.payment_id, both.c.number)
    rows = await tx.execute(query.limit(limit))
    return tuple(SuspenseMove(**row._asdict()) for row in rows)


async def number(tx: Transaction, *, since: date, until: date, limit: int) -> int:
    """How many postings and moves of suspense there are of these days, counted to a limit."""
    of_days = [
        select(literal(1)).where(on.between(since, until)).limit(limit)
        for on in (_POSTING.c.business_date, _ITEM.c.business_date, _END.c.business_date)
    ]
    counts = [select(func.count()).select_from(one.subquery()) for one in of_days]
    return min(limit, sum([int((await tx.execute(one)).scalar_one()) for one in counts]))
