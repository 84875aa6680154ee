"""The figures of settlements as a listing: a row for each month, creditor, role and currency."""

from app.domain.overview.question import Question
from app.domain.overview.table import Row, count, money
from app.domain.reporting.settlements import SettlementFigures
from app.domain.reports.books import Basis
from app.services.context import Context
from app.services.listings.listing import Listing, Page, Reading
from app.services.settlements.report import number, report

_WORDS = ("month", "role", "creditor_reference")
_COLUMNS = (
    count("offered", "Offered"),
    count("accepted", "Accepted"),
    count("satisfied", "Satisfied"),
    count("void", "Void"),
    count("expired", "Expired"),
    count("declined", "Declined"),
    count("withdrawn", "Withdrawn"),
    money("forgiven_minor", "Forgiven by those satisfied"),
    money("recovered_minor", "Paid under those that ended"),
)


async def _read(ctx: Context, of: Reading) -> Page:
    found = await report(ctx, since=of.question.begins, until=of.question.ends)
    rows = tuple(map(_row, found.rows))
    behind = found.accounts_behind
    note = f"{behind} accounts are not judged beyond {found.judged_through_on}."
    return Page(
        rows=rows,
        things=len(rows),
        sums=tuple((row.key[:2], {n: v or 0 for n, v in row.cells.items()}) for row in rows),
        behind=behind > 0,
        notes=(note,) if behind else (),
    )


def _row(one: SettlementFigures) -> Row:
    words = (f"{one.month_on:%Y-%m}", str(one.role), one.creditor_reference)
    cells = {column.name: getattr(one, column.name) for column in _COLUMNS}
    return Row(key=(one.currency, *words), cells=cells)


async def _number(ctx: Context, asked: Question, limit: int) -> int:
    return await number(ctx, since=asked.begins, until=asked.ends, limit=limit)


SETTLEMENTS = Listing(
    name="settlements", title="Settlements", what="Offered, accepted, satisfied, void.",
    basis=Basis.RESTATED, scope="plans:read",
    names=(*_WORDS, "currency", *(one.name for one in _COLUMNS)),
    words=_WORDS, columns=_COLUMNS, lead=_WORDS, summary_by=("month",), summary_columns=_COLUMNS,
    chart="recovered_minor", of_year=True, read=_read, number=_number,
)  # fmt: skip
