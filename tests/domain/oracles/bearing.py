"""Which days of a span bear interest, counted one by one, for the cases of a breathing space."""

from collections.abc import Iterable
from datetime import date, timedelta

from app.domain.account.holds import Span


def bearing_days(start: date, end: date, frozen: Iterable[Span]) -> int:
    """How many days of [start, end) bear interest: those in none of the spans."""
    spans = tuple(frozen)
    days = (start + timedelta(days=n) for n in range((end - start).days))
    return sum(
        not any(s.starts_on <= day and (s.ends_on is None or day <= s.ends_on) for s in spans)
        for day in days
    )
