"""Reports: what other departments take away."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.domain.errors import InvalidInput
from app.routers.edge.csv import journal_csv
from app.routers.edge.deps import CanReportPayments
from app.routers.edge.pages import Cursor, Keyset
from app.routers.edge.route import Operation
from app.schemas.edge.time import Date
from app.services.books import journal as bookkeeping

router = APIRouter(prefix="/v1/reports", tags=["reports"], route_class=Operation)

ENTRIES = Keyset("journal", int, date, UUID, int)
MOST = 5_000
NEXT = "Accord-Next-Cursor"

EXAMPLE = (
    "business_date,effective_on,entry,pair,kind,ledger_account,debit_minor,credit_minor,currency,"
    "account_id,payment_id,plan_id,actor\n"
)
_JOURNAL: dict[str, Any] = {
    "description": "Two rows for each pair, its debit and then its credit.",
    "content": {"text/csv": {"schema": {"type": "string", "examples": [EXAMPLE]}}},
    "headers": {
        NEXT: {
            "description": "The cursor of the next page; absent on the last.",
            "schema": {"type": "string"},
        }
    },
}


class Csv(Response):
    """What OpenAPI says such an answer is."""

    media_type = "text/csv"


@router.get(
    "/journal",
    summary="Export the journal",
    response_class=Csv,
    responses={200: _JOURNAL},
)
async def journal(
    ctx: CanReportPayments,
    request: Request,
    *,
    from_: Annotated[
        Date | None,
        Query(alias="from", description="Booked from this business date (default: the month's) …"),
    ] = None,
    to: Annotated[
        Date | None, Query(description="… to this one, both inclusive (default: today's).")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description=f"Postings a page, to {MOST}.")] = 1000,
    cursor: Cursor = None,
) -> Response:
    """Every posting of these business dates as balanced debits and credits, as CSV.

    Money in suspense first, then the postings; each by day, account and order of entry. Debits and
    credits of every page sum to the same. A header line stands on the first page only, so the pages
    put one after another are one file; `Accord-Next-Cursor` leads on. The ledger accounts are the
    shipped chart's or those of the file that `ACCORD_CHART_FILE` names.
    """
    until = min(to or ctx.business_date, ctx.business_date)
    since = from_ or until.replace(day=1)
    if to is not None and since > to:
        raise InvalidInput.at("?to", "should not lie before from")
    key = ENTRIES.read(cursor)
    found = await bookkeeping.page_of(
        ctx.tx,
        request.scope["state"].get("chart", bookkeeping.DEFAULT),
        since=since,
        until=until,
        after=(key[0], key[1], key[2], key[3]) if key else None,
        limit=limit + 1,
    )
    page, next_cursor = ENTRIES.cut(found, limit, key=lambda entry: entry.place)
    headers = {NEXT: next_cursor} if next_cursor else {}
    return Csv(journal_csv(page, header=cursor is None), headers=headers)
