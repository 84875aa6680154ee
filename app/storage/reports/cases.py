"""What waits for somebody and is no account's: money in suspense, reports that were refused."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import exists, or_, select

from app.domain.overview.runs import RunStatus
from app.storage import tables
from app.storage.database.engine import Transaction

_ITEM = tables.table(tables.Suspense).c
_END = tables.table(tables.SuspenseEnd).c
_RUN = tables.table(tables.ReportRun).c
_SHEET = tables.table(tables.DryRun).c


class SuspenseRow(NamedTuple):
    id: UUID
    reference: str
    currency: str
    amount_minor: int
    on: date


class SheetRow(NamedTuple):
    """A spreadsheet that waits for somebody to decide."""

    id: UUID
    asked_at: datetime


class RunRow(NamedTuple):
    """A run that is over. `asked`: what makes the same question."""

    id: UUID
    report: str
    asked: Mapping[str, Any]
    status: str
    on: date


async def suspense(
    tx: Transaction, *, before: date, known_on: date, currency: str | None, limit: int
) -> list[SuspenseRow]:
    """Money that came in before a day and, as known on another, was in suspense still."""
    left = exists().where(_END.suspense_id == _ITEM.id, _END.business_date <= known_on)
    query = (
        select(_ITEM.id, _ITEM.reference, _ITEM.currency, _ITEM.amount_minor, _ITEM.business_date)
        .where(_ITEM.business_date < before, ~left)
        .order_by(_ITEM.business_date, _ITEM.id)
        .limit(limit)
    )
    if currency is not None:
        query = query.where(_ITEM.currency == currency)
    return [SuspenseRow(*row) for row in await tx.execute(query)]


async def runs_over(tx: Transaction, *, since: date, until: date, limit: int) -> list[RunRow]:
    """Runs that failed or are done, begun on these business dates, in their order."""
    query = (
        select(_RUN.id, _RUN.report, _RUN.parameters, _RUN.status, _RUN.business_date)
        .where(
            _RUN.business_date.between(since, until),
            _RUN.status.in_((RunStatus.FAILED, RunStatus.DONE)),
        )
        .order_by(_RUN.id)
        .limit(limit)
    )
    return [RunRow(*row) for row in await tx.execute(query)]


async def sheets_waiting(
    tx: Transaction, *, asked_before: datetime, known_at: datetime, limit: int
) -> list[SheetRow]:
    """Spreadsheets asked for before an instant that, as known at another, nobody had decided on."""
    query = (
        select(_SHEET.id, _SHEET.asked_at)
        .where(
            _SHEET.asks.is_not(None),
            _SHEET.asked_at < asked_before,
            _SHEET.expires_at > known_at,
            or_(_SHEET.decided_at.is_(None), _SHEET.decided_at > known_at),
        )
        .order_by(_SHEET.asked_at, _SHEET.id)
        .limit(limit)
    )
    return [SheetRow(*row) for row in await tx.execute(query)]
