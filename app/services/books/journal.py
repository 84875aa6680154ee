"""The journal for the accounting department: every posting as balanced pairs, page by page.

Money in suspense comes first, then the postings; each by day, account and order of entry. A page
ends after a whole posting, so the pairs of every page are balanced by themselves.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import orjson

from app.domain.books.chart import DEFAULT, Chart, Pair, chart_of, pairs_of, suspense_pair
from app.domain.entries.postings import PostingKind
from app.domain.errors import InvalidInput
from app.domain.money import Amounts, Component
from app.storage import tenancy
from app.storage.books import journal as journals
from app.storage.books.journal import BookedPosting, SuspenseMove
from app.storage.database.engine import Database, Transaction

__all__ = ["DEFAULT", "Chart", "JournalEntry", "Place", "journal", "page_of", "read_chart"]

#: Where a page ended: 0 in suspense or 1 in the postings, and the last row's day and key there.
Place = tuple[int, date, UUID, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One posting, or one move of suspense (`posting_id` None), and its pairs."""

    place: Place
    kind: str
    business_date: date
    effective_on: date
    currency: str
    pairs: tuple[Pair, ...]
    posting_id: UUID | None = None
    account_id: UUID | None = None
    payment_id: UUID | None = None
    plan_id: UUID | None = None
    actor: str | None = None


def read_chart(path: Path | None) -> Chart:
    """The chart a JSON file of names by slot makes; without one, the shipped chart.

    Raises `InvalidInput`, `OSError`.
    """
    if path is None:
        return DEFAULT
    try:
        said = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise InvalidInput.at("", f"{path} is not JSON: {error}") from error
    if not isinstance(said, dict):
        raise InvalidInput.at("", f"{path} should be an object of ledger accounts by slot")
    return chart_of(said)


async def page_of(
    tx: Transaction, chart: Chart, *, since: date, until: date, after: Place | None, limit: int
) -> tuple[JournalEntry, ...]:
    """Up to `limit` entries booked on these days, both included, after a place."""
    found: list[JournalEntry] = []
    beyond = after[1:] if after is not None else None
    if after is None or after[0] == 0:
        moves = await journals.suspense_moves(
            tx, since=since, until=until, after=beyond, limit=limit
        )
        found += [_moved(chart, move) for move in moves]
        beyond = None
    if len(found) < limit:
        rows = await journals.postings(
            tx, since=since, until=until, after=beyond, limit=limit - len(found)
        )
        found += [_posted(chart, row) for row in rows]
    return tuple(found)


async def number(tx: Transaction, *, since: date, until: date, limit: int) -> int:
    """How many entries there are of these days, counted to a limit."""
    return await journals.number(tx, since=since, until=until, limit=limit)


async def journal(
    database: Database,
    tenant_id: UUID,
    chart: Chart,
    *,
    since: date,
    until: date,
    page: int = 5_000,
) -> AsyncIterator[JournalEntry]:
    """Every entry of these days, read a page at a time."""
    after: Place | None = None
    while True:
        async with database.transaction() as tx:
            await tenancy.enter_tenant(tx, tenant_id)
            found = await page_of(tx, chart, since=since, until=until, after=after, limit=page)
        for entry in found:
            yield entry
        if len(found) < page:
            return
        after = found[-1].place


def _posted(chart: Chart, row: BookedPosting) -> JournalEntry:
    components = Amounts(**{f"{c}_minor": getattr(row, f"{c}_minor") for c in Component})
    undone = PostingKind(row.reversed_kind) if row.reversed_kind else None
    return JournalEntry(
        place=(1, row.business_date, row.account_id, row.sequence),
        kind=row.kind,
        business_date=row.business_date,
        effective_on=row.effective_on,
        currency=row.currency,
        pairs=pairs_of(
            chart, PostingKind(row.kind), components, row.unapplied_minor, reversed_kind=undone
        ),
        posting_id=row.id,
        account_id=row.account_id,
        payment_id=row.payment_id,
        plan_id=row.plan_id,
        actor=row.actor,
    )


def _moved(chart: Chart, move: SuspenseMove) -> JournalEntry:
    return JournalEntry(
        place=(0, move.business_date, move.payment_id, move.number),
        kind=move.kind,
        business_date=move.business_date,
        effective_on=move.effective_on,
        currency=move.currency,
        pairs=(suspense_pair(chart, move.amount_minor, came=move.number == 0),),
        account_id=move.account_id,
        payment_id=move.payment_id,
        actor=move.actor,
    )
