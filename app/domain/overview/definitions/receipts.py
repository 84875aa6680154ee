"""How well what was due came in: effectiveness index and days sales outstanding.

Additions are placements, charges and interest. In a collection agency what is added is what was
placed: the report says so.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping

from app.domain.entries.postings import PostingKind
from app.domain.overview.definitions.receivables import items_of
from app.domain.overview.question import Question
from app.domain.overview.seen import Seen
from app.domain.overview.table import Cell, Column, Entry, Type, money
from app.domain.reports.aging import NOT_DUE, by_item
from app.domain.reports.efficiency import (
    Month,
    cei_bps,
    countback_tenth_days,
    sales_outstanding,
)

ADDITIONS = (PostingKind.PLACEMENT, PostingKind.CHARGE, PostingKind.INTEREST)
_MONTH = "additions_of."
_SUMS = (
    money("opening_minor", "Receivable at the start"),
    money("additions_minor", "Placed, charged and earned in the span"),
    money("closing_minor", "Receivable at the end"),
    money("current_minor", "Of it not due"),
)
CEI = (*_SUMS, Column(name="cei_bps", type=Type.SHARE, title="Collection effectiveness index"))
DSO = (
    *_SUMS,
    Column(name="dso_tenth_days", type=Type.TENTH_DAYS, title="Days sales outstanding"),
    Column(name="best_dso_tenth_days", type=Type.TENTH_DAYS, title="Best possible"),
    Column(name="add_tenth_days", type=Type.TENTH_DAYS, title="Average days delinquent"),
    Column(name="countback_tenth_days", type=Type.TENTH_DAYS, title="By count-back"),
)
NOTE = "Additions are what was placed, charged and earned: an agency sells nothing."


def month_of(month: str) -> str:
    """How an entry calls what was added in a month (`YYYY-MM`)."""
    return f"{_MONTH}{month}"


def receipts(seen: Seen, question: Question) -> Iterator[Entry]:
    """An account's part of opening, additions, closing and what is not due."""
    adds = {"opening_minor": 0, "additions_minor": 0, "closing_minor": 0}
    for one in seen.moved:
        adds["closing_minor"] += one.minor
        if one.kind is None:
            adds["opening_minor"] += one.minor
        elif one.kind in ADDITIONS:
            adds["additions_minor"] += one.minor
            name = month_of(one.month or "")
            adds[name] = adds.get(name, 0) + one.minor
    ages = by_item(items_of(seen.at), seen.at.on) if seen.at.owes else {}
    yield seen.entry(question, {**adds, "current_minor": ages.get(NOT_DUE, 0)})


def effectiveness(sums: Mapping[str, int], question: Question) -> Mapping[str, Cell]:
    """(B + A/N - E) / (B + A/N - C), N the months of the span."""
    return {
        "cei_bps": cei_bps(
            beginning_minor=sums["opening_minor"],
            additions_minor=sums["additions_minor"],
            months=question.months,
            ending_minor=sums["closing_minor"],
            ending_current_minor=sums["current_minor"],
        )
    }


def outstanding(sums: Mapping[str, int], question: Question) -> Mapping[str, Cell]:
    """E / A in days, what it would be were nothing overdue, and by whole months, newest first."""
    found = sales_outstanding(
        ending_minor=sums["closing_minor"],
        ending_current_minor=sums["current_minor"],
        additions_minor=sums["additions_minor"],
        days=question.days,
    )
    return {
        "dso_tenth_days": found.dso_tenth_days,
        "best_dso_tenth_days": found.best_dso_tenth_days,
        "add_tenth_days": found.add_tenth_days,
        "countback_tenth_days": countback_tenth_days(
            sums["closing_minor"],
            [
                Month(additions_minor=sums.get(month_of(month), 0), days=days)
                for month, days in _newest_first(question)
            ],
        ),
    }


def _newest_first(question: Question) -> Iterator[tuple[str, int]]:
    year, month = question.ends.year, question.ends.month
    for _ in range(question.months):
        yield f"{year}-{month:02}", monthrange(year, month)[1]
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
