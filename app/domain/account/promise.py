"""A promise to pay, as its facts add up."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from app.domain.schedule.dates import later
from app.domain.values import Value


class PromiseStatus(StrEnum):
    """Where a promise stands on a day."""

    OPEN = "open"
    KEPT = "kept"
    PARTIAL = "partial"
    BROKEN = "broken"


class Promised(Value, kw_only=True):
    """A promise with what has come in for it, and how it was last judged."""

    id: UUID
    made_on: date
    amount_minor: int
    due_on: date
    grace_days: int
    threshold_bps: int
    received_minor: int = 0
    status: PromiseStatus = PromiseStatus.OPEN
    judged_on: date | None = None

    @property
    def last_on(self) -> date:
        """The last day whose money counts."""
        return later(self.due_on, self.grace_days)

    def says(self, *, amount_minor: int, due_on: date, made_on: date | None) -> bool:
        """Whether it is the promise of which this is said; `made_on` None: of any day."""
        same = (self.amount_minor, self.due_on) == (amount_minor, due_on)
        return same and made_on in {None, self.made_on}

    def counts(self, on: date) -> bool:
        """Whether money of that day is money for this promise."""
        return self.made_on <= on <= self.last_on
