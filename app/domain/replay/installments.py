"""How the installments of a plan are moved, emptied, raised and made anew."""

from collections.abc import Iterable
from datetime import date

from app.domain.account.plan import Installment, Plan
from app.domain.errors import InvalidInput
from app.domain.facts.changes import (
    MovedRow,
)
from app.domain.facts.fact import Fact, installment_id
from app.domain.money import Amounts, Remainder, split
from app.domain.values import replace
from app.domain.vocabulary import AGREED


def movable(rows: Iterable[Installment]) -> int:
    """The principal that is open on these rows."""
    return sum(
        row.due.principal_minor - row.paid.principal_minor for row in rows if row.voided_on is None
    )


def coming(plan: Plan, on: date) -> tuple[Installment, ...]:
    """The agreed rows due after a day, oldest first."""
    return tuple(
        row
        for row in plan.installments
        if row.due_on > on and row.voided_on is None and row.kind in AGREED
    )


def shared(minor: int, count: int, unit_minor: int, remainder: Remainder) -> tuple[int, ...]:
    """An amount over so many rows, by the terms' rules where they can be kept.

    In a replay there may be less to move than rows: then all of it goes to the last.
    """
    for unit in (unit_minor, 1):
        try:
            return split(minor, count, unit_minor=unit, remainder=remainder)
        except InvalidInput:
            continue
    return (*(0 for _ in range(count - 1)), minor)


def redated(rows: Iterable[Installment], moved: Iterable[MovedRow]) -> list[Installment]:
    """The rows, those that still hold something moved to the dates named for them."""
    to = {row.installment_id: row for row in moved}
    return [
        replace(row, nominal_due_on=to[row.id].nominal_due_on, due_on=to[row.id].due_on)
        if row.id in to and row.voided_on is None
        else row
        for row in rows
    ]


def by_date(rows: Iterable[Installment]) -> tuple[Installment, ...]:
    """Rows by due date, then as made."""
    return tuple(sorted(rows, key=lambda row: row.due_on))


def new_row(fact: Fact, ordinal: int, nominal_on: date, due_on: date, minor: int) -> Installment:
    """A row that a change made; one that found nothing to hold is void from the start."""
    nothing = None if minor else fact.effective_on
    return Installment(
        id=installment_id(fact.id, ordinal),
        nominal_due_on=nominal_on,
        due_on=due_on,
        due=Amounts(principal_minor=minor),
        satisfied_on=nothing,
        voided_on=nothing,
    )


def _emptied_if(row: Installment, wanted: bool, on: date) -> Installment:
    return emptied(row, on) if wanted else row


def emptied(row: Installment, on: date) -> Installment:
    """The row without its open principal: what was paid stays, as a smaller row."""
    return with_principal(row, 0, on) if movable((row,)) else row


def raised(row: Installment, more: int) -> Installment:
    """The row with more principal on it, open again if it was paid."""
    if more == 0:
        return row
    return replace(row, due=row.due + Amounts(principal_minor=more), satisfied_on=None)


def with_principal(row: Installment, open_minor: int, on: date) -> Installment:
    """The row with this much open principal."""
    due = replace(row.due, principal_minor=row.paid.principal_minor + open_minor)
    done = due == row.paid
    return replace(
        row,
        due=due,
        satisfied_on=(row.satisfied_on or on) if done else None,
        voided_on=on if done and not due else None,
    )
