"""How well what was due came in: effectiveness index, days sales outstanding, days to pay.

CEI by the Credit Research Foundation's formula; count-back takes whole months off, newest first.
Additions are placements, charges and interest.
"""

from collections.abc import Sequence
from fractions import Fraction

from app.domain.reports.shares import WHOLE_BPS, tenth_days
from app.domain.values import Value


def cei_bps(
    *, beginning_minor: int, additions_minor: int, months: int, ending_minor: int,
    ending_current_minor: int,
) -> int | None:  # fmt: skip
    """(B + A/N - E) / (B + A/N - C); None where nothing was due. It may be negative."""
    came = beginning_minor + Fraction(additions_minor, months)
    due = came - ending_current_minor
    return None if due == 0 else round((came - ending_minor) / due * WHOLE_BPS)


class SalesOutstanding(Value, kw_only=True):
    """Days in tenths; all None where nothing was added."""

    dso_tenth_days: int | None = None
    best_dso_tenth_days: int | None = None

    @property
    def add_tenth_days(self) -> int | None:
        """The average days delinquent: the difference of the two, as rounded."""
        if self.dso_tenth_days is None or self.best_dso_tenth_days is None:
            return None
        return self.dso_tenth_days - self.best_dso_tenth_days


def sales_outstanding(
    *, ending_minor: int, ending_current_minor: int, additions_minor: int, days: int
) -> SalesOutstanding:
    """How many days of additions are owed, and how many would be were nothing overdue."""
    if additions_minor == 0:
        return SalesOutstanding()
    return SalesOutstanding(
        dso_tenth_days=tenth_days(Fraction(ending_minor * days, additions_minor)),
        best_dso_tenth_days=tenth_days(Fraction(ending_current_minor * days, additions_minor)),
    )


class Month(Value, kw_only=True):
    additions_minor: int
    days: int


def countback_tenth_days(ending_minor: int, newest_first: Sequence[Month]) -> int | None:
    """How many days of the newest additions are still owed; None: more than all the months."""
    left, days = ending_minor, Fraction(0)
    for month in newest_first:
        if left <= month.additions_minor:
            if left > 0:
                days += Fraction(left * month.days, month.additions_minor)
            return tenth_days(days)
        left -= month.additions_minor
        days += month.days
    return None if left > 0 else tenth_days(days)
