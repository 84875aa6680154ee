"""How old what is owed was at the end of a month, in rows that a cache keeps.

What the rows of accounts do not say: the shipped band of each account's days, and the age of each
open item. Said by the reports' own functions, as it was booked by that day.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from app.domain.overview.definitions.receipts import month_of
from app.domain.overview.definitions.receivables import age_of, items_of
from app.domain.overview.positions import COMPONENTS, DIMENSIONS, OF_MANY, Key, Position
from app.domain.overview.positions import FIGURES as STOOD
from app.domain.overview.seen import Seen
from app.domain.overview.table import Entry
from app.domain.reports.aging import BUCKETS, NOT_DUE, by_item
from app.domain.vocabulary import CURRENT

#: Under which name a row has what is open of each age.
AGES: Final = {NOT_DUE: "not_due_minor"} | {
    one: f"due_{one.partition('-')[0].rstrip('+')}_minor" for one in BUCKETS if one != CURRENT
}
#: `members`: accounts, whatever they owe; all else is of those that owe.
FIGURES: Final = ("members", *STOOD, *AGES.values())
WHOSE: Final = (*DIMENSIONS, "band")
Sums = dict[Key, dict[str, int]]


def ages_of(accounts: Iterable[tuple[Seen, Position]], on: date) -> Sums:
    """How old what accounts owe is at the end of a day, by `WHOSE`."""
    sums = Sums()
    for seen, stood in accounts:
        key = (*stood.key, seen.at.bucket(standard=True))
        cell = sums.setdefault(key, dict.fromkeys(FIGURES, 0))
        cell["members"] += 1
        if stood.owes:
            for name, minor in stood.figures.items():
                cell[name] += minor
            for age, minor in by_item(items_of(seen.at), on).items():
                cell[AGES[age]] += minor
    return sums


def columns_of(groups: Iterable[str], *, standard: bool) -> tuple[str, ...]:
    """Under which names a row has groups; of shipped bands, the bucket."""
    return tuple("band" if standard and one == "bucket" else one for one in groups)


def item_entries(sums: Mapping[Key, Mapping[str, int]]) -> Iterable[Entry]:
    """Aging by item, of sums by the currency and the question's groups."""
    for (currency, *key), cell in sums.items():
        if cell["accounts"]:
            adds = {"accounts": cell["accounts"], "not_due_minor": cell[AGES[NOT_DUE]]}
            adds |= {age_of(age): cell[name] for age, name in AGES.items() if age != NOT_DUE}
            adds["balance_minor"] = sum(cell[one] for one in COMPONENTS)
            yield Entry(
                id=OF_MANY, currency=currency, key=tuple(key), adds=adds, accounts=cell["accounts"],
            )  # fmt: skip


def receipt_entries(
    sums: Mapping[Key, Mapping[str, int]], opening: Mapping[Key, int],
    added: Mapping[Key, Mapping[str, int]], closing: Mapping[Key, int],
) -> Iterable[Entry]:  # fmt: skip
    """Effectiveness and days outstanding: rows' ages with what the ledger moved, by group.

    `added`: in each month of the span, as `YYYY-MM`.
    """
    for key, cell in sums.items():
        months = added.get(key, {})
        yield Entry(
            id=OF_MANY, currency=key[0], key=key[1:], accounts=cell["members"],
            adds={
                "opening_minor": opening.get(key, 0), "additions_minor": sum(months.values()),
                "closing_minor": closing.get(key, 0), "current_minor": cell[AGES[NOT_DUE]],
                **{month_of(month): minor for month, minor in months.items()},
            },
        )  # fmt: skip
