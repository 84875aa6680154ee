"""What the books say on two bases: as they were closed, or as is known now.

Booked: by business date, whatever the effective date; it never changes once the day is over.
Restated: by effective date, among what was entered until a day.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

from app.domain.values import Value


class Basis(StrEnum):
    BOOKED = "booked"
    RESTATED = "restated"


class Posted(Value, kw_only=True):
    """A posting as far as reports ask."""

    kind: str
    effective_on: date
    business_date: date
    amount_minor: int


def balance_minor(postings: Iterable[Posted], basis: Basis, *, as_of: date, known_on: date) -> int:
    """What was owed."""
    return sum(
        one.amount_minor
        for one in postings
        if one.business_date <= known_on and (basis is Basis.BOOKED or one.effective_on <= as_of)
    )


class Flow(Value, kw_only=True):
    """Opening and everything posted make closing."""

    opening_minor: int
    by_kind_minor: dict[str, int]
    closing_minor: int

    @property
    def reconciles(self) -> bool:
        return self.opening_minor + sum(self.by_kind_minor.values()) == self.closing_minor


def flow(
    postings: Sequence[Posted], *, from_on: date, to_on: date, basis: Basis = Basis.BOOKED
) -> Flow:
    """What the span moved, by kind of posting; the closing balance is summed by itself."""

    def day(one: Posted) -> date:
        return one.business_date if basis is Basis.BOOKED else one.effective_on

    by_kind: dict[str, int] = {}
    for one in postings:
        if from_on <= day(one) <= to_on:
            by_kind[one.kind] = by_kind.get(one.kind, 0) + one.amount_minor
    return Flow(
        opening_minor=sum(one.amount_minor for one in postings if day(one) < from_on),
        by_kind_minor=dict(sorted(by_kind.items())),
        closing_minor=sum(one.amount_minor for one in postings if day(one) <= to_on),
    )
