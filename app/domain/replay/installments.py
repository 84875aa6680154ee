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


def movable(installments: Iterable[Installment]) -> int:
    """The principal that is open on these installments."""
    return sum(
        installment.due.principal_minor - installment.paid.principal_minor
        for installment in installments
        if installment.voided_on is None
    )


def coming(plan: Plan, on: date) -> tuple[Installment, ...]:
    """The agreed installments due after a day, oldest first."""
    return tuple(
        installment
        for installment in plan.installments
        if installment.due_on > on and installment.voided_on is None and installment.kind in AGREED
    )


def shared(minor: int, count: int, unit_minor: int, remainder: Remainder) -> tuple[int, ...]:
    """An amount over so many installments, by the terms' rules where they can be kept.

    In a replay there may be less to move than installments: then all of it goes to the last.
    """
    for unit in (unit_minor, 1):
        try:
            return split(minor, count, unit_minor=unit, remainder=remainder)
        except InvalidInput:
            continue
    return (*(0 for _ in range(count - 1)), minor)


def redated(installments: Iterable[Installment], moved: Iterable[MovedRow]) -> list[Installment]:
    """The installments, those that still hold something moved to the dates named for them."""
    to = {installment.installment_id: installment for installment in moved}
    return [
        replace(
            installment,
            nominal_due_on=to[installment.id].nominal_due_on,
            due_on=to[installment.id].due_on,
        )
        if installment.id in to and installment.voided_on is None
        else installment
        for installment in installments
    ]


def by_date(installments: Iterable[Installment]) -> tuple[Installment, ...]:
    """Installments by due date, then as made."""
    return tuple(sorted(installments, key=lambda installment: installment.due_on))


def new_installment(
    fact: Fact, ordinal: int, nominal_on: date, due_on: date, minor: int
) -> Installment:
    """An installment that a change made; one that found nothing to hold is void from the start."""
    nothing = None if minor else fact.effective_on
    return Installment(
        id=installment_id(fact.id, ordinal),
        nominal_due_on=nominal_on,
        due_on=due_on,
        due=Amounts(principal_minor=minor),
        satisfied_on=nothing,
        voided_on=nothing,
    )


def _emptied_if(installment: Installment, wanted: bool, on: date) -> Installment:
    return emptied(installment, on) if wanted else installment


def emptied(installment: Installment, on: date) -> Installment:
    """The installment without its open principal: what was paid stays, as a smaller installment."""
    return with_principal(installment, 0, on) if movable((installment,)) else installment


def raised(installment: Installment, more: int) -> Installment:
    """The installment with more principal on it, open again if it was paid."""
    if more == 0:
        return installment
    return replace(
        installment, due=installment.due + Amounts(principal_minor=more), satisfied_on=None
    )


def with_principal(installment: Installment, open_minor: int, on: date) -> Installment:
    """The installment with this much open principal."""
    due = replace(installment.due, principal_minor=installment.paid.principal_minor + open_minor)
    done = due == installment.paid
    return replace(
        installment,
        due=due,
        satisfied_on=(installment.satisfied_on or on) if done else None,
        voided_on=on if done and not due else None,
    )
