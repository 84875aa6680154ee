"""The journal as a listing: two rows for each pair, its debit and then its credit."""

from collections.abc import Iterator, Mapping

from app.domain.overview.question import Question
from app.domain.overview.table import Cell, Key, Row, count, money
from app.domain.reports.books import Basis
from app.services.books import journal
from app.services.books.journal import JournalEntry
from app.services.context import Context
from app.services.listings.listing import Listing, Outside, Page, Reading

_PAGE = 2_500
_WORDS = (
    "business_date", "effective_on", "entry", "kind", "ledger_account", "account_id", "payment_id",
    "plan_id", "actor",
)  # fmt: skip
_SIDES = (money("debit_minor", "Debit"), money("credit_minor", "Credit"))
_LEDGER_ACCOUNT = 1 + _WORDS.index("ledger_account")


async def _read(ctx: Context, of: Reading) -> Page:
    asked = of.question
    found = await journal.page_of(
        ctx.tx, of.outside.chart, since=asked.begins, until=asked.ends, after=of.after, limit=_PAGE
    )
    rows = tuple(row for entry in found for row in _rows(entry, of.outside))
    return Page(
        rows=rows, things=len(found), sums=tuple(map(_summed, rows)),
        after=found[-1].place if len(found) == _PAGE else None,
    )  # fmt: skip


def _rows(entry: JournalEntry, outside: Outside) -> Iterator[Row]:
    shown = outside.shown
    before = (
        entry.currency,
        entry.business_date.isoformat(),
        entry.effective_on.isoformat(),
        shown("posting", entry.posting_id) or shown("payment", entry.payment_id),
        entry.kind,
    )
    after = (
        shown("account", entry.account_id) or None,
        shown("payment", entry.payment_id) or None,
        shown("plan", entry.plan_id) or None,
        entry.actor,
    )
    for number, pair in enumerate(entry.pairs, start=1):
        minor = pair.amount_minor
        for name, debit, credit in ((pair.debit, minor, 0), (pair.credit, 0, minor)):
            cells: dict[str, Cell] = {"pair": number, "debit_minor": debit, "credit_minor": credit}
            yield Row(key=(*before, name, *after), cells=cells)


def _summed(row: Row) -> tuple[Key, Mapping[str, int]]:
    sides = {one.name: row.cells[one.name] or 0 for one in _SIDES}
    return (row.key[0], row.key[_LEDGER_ACCOUNT]), sides


async def _number(ctx: Context, asked: Question, limit: int) -> int:
    return await journal.number(ctx.tx, since=asked.begins, until=asked.ends, limit=limit)


JOURNAL = Listing(
    name="journal", title="Journal", what="Every posting as balanced debits and credits.",
    basis=Basis.BOOKED, scope="payments:read",
    names=(
        "business_date", "effective_on", "entry", "pair", "kind", "ledger_account", "debit_minor",
        "credit_minor", "currency", "account_id", "payment_id", "plan_id", "actor",
    ),
    words=_WORDS, columns=(count("pair", "Pair"), *_SIDES), lead=("entry", "pair"),
    summary_by=("ledger_account",), summary_columns=_SIDES, chart="debit_minor",
    of_year=False, read=_read, number=_number,
)  # fmt: skip
