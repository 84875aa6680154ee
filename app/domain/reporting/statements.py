"""A statement of account: what was owed, added, paid and is owed, by the ledger alone."""

from collections.abc import Sequence
from datetime import date

from app.domain.entries.postings import PostingKind
from app.domain.values import Value

#: What money that was paid, or came back, is booked as.
_PAID = frozenset({
    PostingKind.PAYMENT, PostingKind.REALLOCATION, PostingKind.REVERSAL, PostingKind.CHARGEBACK,
    PostingKind.REFUND,
})  # fmt: skip
_ADDED = frozenset({PostingKind.PLACEMENT, PostingKind.CHARGE, PostingKind.INTEREST})
#: What a line is called where that is not what it is booked as.
_CALLED = {
    PostingKind.REALLOCATION: "payment",
    PostingKind.ADJUSTMENT: "waiver",
}


class Booked(Value, kw_only=True):
    """A row of the ledger. `change_minor`: of what is owed, without money that paid nothing yet.

    `takes_back`: the kind of the row it reverses, where it reverses one.
    """

    kind: PostingKind
    on: date  # the day it was booked
    change_minor: int
    unapplied_minor: int
    balance_after_minor: int
    takes_back: PostingKind | None = None


class StatementLine(Value, kw_only=True):
    """One line. `what` names its phrase."""

    on: date
    what: str
    change_minor: int
    balance_after_minor: int


class Statement(Value, kw_only=True):
    """Of a period, both days included: `opening + charged - paid + other = closing`."""

    from_on: date
    to_on: date
    opening_minor: int
    charged_minor: int
    paid_minor: int
    other_minor: int
    closing_minor: int
    unapplied_minor: int  # received by its last day, and paying nothing by then
    lines: tuple[StatementLine, ...]


def statement_of(rows: Sequence[Booked], from_on: date, to_on: date) -> Statement:
    """The statement of a period from an account's rows in order of entry, up to its last day.

    Raises `ValueError` where the rows do not add up to their own balances: a bug, never told.
    """
    told = [row for row in rows if row.on <= to_on]
    before = [row for row in told if row.on < from_on]
    within = told[len(before) :]
    opening = before[-1].balance_after_minor if before else 0
    closing = told[-1].balance_after_minor if told else 0
    charged = sum(row.change_minor for row in within if _kind(row) in _ADDED)
    paid = -sum(row.change_minor for row in within if _kind(row) in _PAID)
    other = sum(row.change_minor for row in within) - charged + paid
    if opening + charged - paid + other != closing or any(row.on < from_on for row in within):
        raise ValueError(f"the ledger from {from_on} to {to_on} does not add up to its balances")
    return Statement(
        from_on=from_on,
        to_on=to_on,
        opening_minor=opening,
        charged_minor=charged,
        paid_minor=paid,
        other_minor=other,
        closing_minor=closing,
        unapplied_minor=-sum(row.unapplied_minor for row in told),
        lines=tuple(
            StatementLine(
                on=row.on,
                what=_what(row),
                change_minor=row.change_minor,
                balance_after_minor=row.balance_after_minor,
            )
            for row in within
        ),
    )


class Sums(Value, kw_only=True):
    """All rows of a ledger by what they count as: `placed` and the next two, less the last two."""

    placed_on: date | None = None  # the day of the first placement
    placed_minor: int = 0
    interest_minor: int = 0
    fees_minor: int = 0
    payments_minor: int = 0
    credits_minor: int = 0


def sums_of(rows: Sequence[Booked]) -> Sums:
    """What a debt was placed with and what came to it since; a row taken back counts against it."""

    def added(*kinds: PostingKind) -> int:
        return sum(row.change_minor for row in rows if _kind(row) in kinds)

    placed = added(PostingKind.PLACEMENT)
    interest, fees = added(PostingKind.INTEREST), added(PostingKind.CHARGE)
    paid = -added(*_PAID)
    change = sum(row.change_minor for row in rows)
    first = next((row.on for row in rows if row.kind is PostingKind.PLACEMENT), None)
    return Sums(
        placed_on=first,
        placed_minor=placed,
        interest_minor=interest,
        fees_minor=fees,
        payments_minor=paid,
        credits_minor=placed + interest + fees - paid - change,
    )


def _kind(row: Booked) -> PostingKind:
    """As what it counts: a row taken back counts against what it was."""
    return row.takes_back or row.kind


def _what(row: Booked) -> str:
    if row.kind is PostingKind.REVERSAL and row.takes_back not in {None, PostingKind.PAYMENT}:
        return "correction"
    return _CALLED.get(row.kind, str(row.kind))
