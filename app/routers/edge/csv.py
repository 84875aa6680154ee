"""How rows are written where people take them elsewhere: CSV, its ids as the API shows them."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.schemas.edge.ids import PREFIXES, decode, encode
from app.schemas.edge.time import Date
from app.services.books.journal import JournalEntry

JOURNAL = (
    "business_date", "effective_on", "entry", "pair", "kind", "ledger_account", "debit_minor",
    "credit_minor", "currency", "account_id", "payment_id", "plan_id", "actor",
)  # fmt: skip


def shown_id(noun: str, value: UUID | None) -> str:
    """An id with its prefix, `pay_…` for a payment; nothing for none."""
    return "" if value is None else encode(PREFIXES[noun], value)


def read_id(noun: str, text: str) -> UUID:
    """The id that is shown so. Raises `ValueError`, saying what it should be."""
    try:
        return decode(PREFIXES[noun], text)
    except ValueError:
        raise ValueError(f"should be an id that begins with {PREFIXES[noun]}_") from None


#: What a spreadsheet takes for the beginning of a formula, or passes over before it looks.
_FORMULA = frozenset("=+-@\t\r\n\0＝＋－＠")  # noqa: RUF001 - full width, as typed in East Asia


def inert(text: str) -> str:
    """Somebody else's words as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip()[:1] in _FORMULA or text[:1] in _FORMULA else text


def inert_row(row: Mapping[str, object]) -> dict[str, object]:
    """A row with every word in it inert; a number is one, negative or not."""
    return {name: inert(one) if isinstance(one, str) else one for name, one in row.items()}


def journal_csv(entries: Iterable[JournalEntry], *, header: bool) -> str:
    """The journal's rows: two for each pair, the debit and then the credit."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if header:
        writer.writerow(JOURNAL)
    for entry in entries:
        writer.writerows(_rows(entry))
    return text.getvalue()


def _rows(entry: JournalEntry) -> Iterator[tuple[object, ...]]:
    own = shown_id("posting", entry.posting_id) or shown_id("payment", entry.payment_id)
    before = (entry.business_date, entry.effective_on, own)
    after = (
        entry.currency,
        shown_id("account", entry.account_id),
        shown_id("payment", entry.payment_id),
        shown_id("plan", entry.plan_id),
        inert(entry.actor or ""),
    )
    for number, pair in enumerate(entry.pairs, start=1):
        debit, credit = inert(pair.debit), inert(pair.credit)
        yield (*before, number, entry.kind, debit, pair.amount_minor, 0, *after)
        yield (*before, number, entry.kind, credit, 0, pair.amount_minor, *after)


From = Annotated[
    Date | None, Query(alias="from", description="From this business date (default: the year's) …")
]


To = Annotated[Date | None, Query(description="… to this one, both inclusive (default: today's).")]


class Csv(Response):
    """What OpenAPI says such an answer is."""

    media_type = "text/csv"
