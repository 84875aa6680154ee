"""What the ledger says of an account, as far as the money of reports is held against it.

Its rows are read apart from the facts that a report is made of. A row that takes back another is of
that one's kind and day: a payment that was reversed has come to nothing on the day it had come.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

from app.domain.entries.postings import PostingKind
from app.domain.overview.question import Question
from app.domain.overview.seen import Seen
from app.domain.overview.table import Entry
from app.domain.values import Value, field
from app.domain.vocabulary import PaymentKind

_T = TypeVar("_T")
CAME = (PostingKind.PAYMENT,)
WENT_BACK = (PostingKind.CHARGEBACK, PostingKind.REFUND)
CASH = (*CAME, *WENT_BACK)


class LedgerRow(NamedTuple):
    """Rows of the ledger that are alike, summed.

    `kind`, `on`: of a row that takes back another, that one's. `money`: what was paid, of payments
    and what goes back of them. Positive raises what is owed.
    """

    kind: str
    money: str | None
    on: date
    effective_on: date
    minor: int
    unapplied_minor: int


class Ledger(Value, kw_only=True):
    """The rows of an account that were booked by a day.

    `closed_on`: the last day whose close is in them; `closed_minor`, `closed_forgiven_minor`: what
    is owed and stands forgiven on it by the facts.
    """

    rows: Sequence[LedgerRow] = ()
    closed_on: date = date.max
    closed_minor: Callable[[], int] = int
    closed_forgiven_minor: Callable[[], int] = int

    def raised_minor(
        self, kinds: Iterable[PostingKind], *, by: date, begins: date = date.min,
        ends: date = date.max, money: Iterable[PaymentKind] | None = None,
    ) -> int:  # fmt: skip
        """What rows of these kinds did to the account in some days, by what counts on a day."""
        of, paid = {*kinds}, None if money is None else {*money}
        return sum(
            row.minor
            for row in self.rows
            if row.kind in of
            and (paid is None or row.money in paid)
            and begins <= row.on <= ends
            and row.effective_on <= by
        )

    def cash_minor(
        self, *, by: date, begins: date = date.min, ends: date = date.max,
        money: Iterable[PaymentKind] = tuple(PaymentKind), kinds: Iterable[PostingKind] = CASH,
    ) -> int:  # fmt: skip
        """Net money of some days: what came, less what went back on its own day."""
        return -self.raised_minor(kinds, by=by, begins=begins, ends=ends, money=money)

    @property
    def owed_minor(self) -> int:
        """All that its rows come to, but for money that waits."""
        return sum(row.minor - row.unapplied_minor for row in self.rows)


class Told(Value, kw_only=True):
    """What a report tells of an account, with what the ledger says of it."""

    seen: Seen
    ledger: Ledger
    question: Question
    entries: Sequence[Entry]
    kept: dict[str, Any] = field(default_factory=dict)  # what several columns' sides are read from

    @property
    def by(self) -> date:
        """The day looked from."""
        return self.seen.at.on

    @property
    def ends(self) -> date:
        """The last day of the span that counts: nothing does after the day looked from."""
        return min(self.question.ends, self.seen.at.on)

    def once(self, made: Callable[["Told"], _T]) -> _T:
        """What is worked out once, whatever number of columns ask for it."""
        if made.__name__ not in self.kept:
            self.kept[made.__name__] = made(self)
        found: _T = self.kept[made.__name__]
        return found

    def shown_minor(self, column: str) -> int:
        """What the report says of the account."""
        return sum(one.adds.get(column, 0) for one in self.entries)


#: What a column comes to for an account by its ledger.
Side = Callable[[Told], int]


class Held(Value, kw_only=True):
    """A column that is held against the ledger.

    `side` None: against what was booked as owed by the first day the report looks at; `counted`: of
    those accounts alone that the report tells of.
    """

    column: str
    side: Side | None = None
    counted: bool = False
