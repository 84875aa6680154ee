"""What became of those who began together: vintages, survival, liquidation, recovery.

The denominator never shrinks. A point is told once every member of the cohort has reached it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from app.domain.reports.shares import WHOLE_BPS, share_bps
from app.domain.schedule.dates import months_later
from app.domain.values import Value


class Cash(Value, kw_only=True):
    """Money of a day; what went back is negative, on its own day."""

    on: date
    minor: int


class Member(Value, kw_only=True):
    """A plan of a cohort."""

    opened_on: date
    total_minor: int
    payments: tuple[Cash, ...] = ()
    first_missed_on: date | None = None
    broken_on: date | None = None
    completed_on: date | None = None


class VintagePoint(Value, kw_only=True):
    """The cohort at its month k; shares of all that ever were in it."""

    month: int
    missed_ever_bps: int | None
    broken_ever_bps: int | None
    completed_bps: int | None
    paid_minor: int
    paid_bps: int | None


def vintage(plans: Sequence[Member], as_of: date) -> list[VintagePoint]:
    """The points of a cohort, month 1 first. A plan's month k ends k months after it opened."""
    total = sum(one.total_minor for one in plans)
    points = []
    for month in range(1, _reached((one.opened_on for one in plans), as_of) + 1):
        ends = [months_later(one.opened_on, month) for one in plans]
        paid = sum(
            cash.minor
            for one, end in zip(plans, ends, strict=True)
            for cash in one.payments
            if cash.on <= end
        )
        points.append(
            VintagePoint(
                month=month,
                missed_ever_bps=_ever((one.first_missed_on for one in plans), ends),
                broken_ever_bps=_ever((one.broken_on for one in plans), ends),
                completed_bps=_ever((one.completed_on for one in plans), ends),
                paid_minor=paid,
                paid_bps=share_bps(paid, total),
            )
        )
    return points


def _ever(days: Iterable[date | None], ends: Sequence[date]) -> int | None:
    found = sum(day is not None and day <= end for day, end in zip(days, ends, strict=True))
    return share_bps(found, len(ends))


def _reached(starts: Iterable[date], as_of: date) -> int:
    """The last month that every one of them has reached; 0 of none."""
    youngest = max(starts, default=None)
    if youngest is None:
        return 0
    month = 0
    while months_later(youngest, month + 1) <= as_of:
        month += 1
    return month


class Observed(Value, kw_only=True):
    """A plan observed for so many days; `event`: it broke then, else it is censored."""

    days: int
    event: bool


def survival_bps(plans: Sequence[Observed], at_days: int) -> int:
    """The share that has not broken by a day, by Kaplan and Meier's product limit.

    Those censored on a day count among the observed of that day (JASA 53, 1958).
    """
    share = Fraction(1)
    for day in sorted({one.days for one in plans if one.event and one.days <= at_days}):
        observed = sum(one.days >= day for one in plans)
        broke = sum(one.event and one.days == day for one in plans)
        share *= 1 - Fraction(broke, observed)
    return round(share * WHOLE_BPS)


class Placed(Value, kw_only=True):
    """An account of a placement batch, and its cash."""

    placed_on: date
    placed_minor: int
    cash: tuple[Cash, ...] = ()


class LiquidationPoint(Value, kw_only=True):
    month: int
    gross_minor: int
    returned_minor: int
    liquidation_bps: int | None

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.returned_minor


def liquidation(accounts: Sequence[Placed], as_of: date) -> list[LiquidationPoint]:
    """Net cash by month since each account's own placement, of all that was placed."""
    placed = sum(one.placed_minor for one in accounts)
    points = []
    for month in range(1, _reached((one.placed_on for one in accounts), as_of) + 1):
        cash = [
            moved.minor
            for one in accounts
            for moved in one.cash
            if moved.on <= months_later(one.placed_on, month)
        ]
        gross = sum(minor for minor in cash if minor > 0)
        points.append(
            LiquidationPoint(
                month=month,
                gross_minor=gross,
                returned_minor=-sum(minor for minor in cash if minor < 0),
                liquidation_bps=share_bps(sum(cash), placed),
            )
        )
    return points


def recovered_minor(cash: Iterable[Cash], charged_off_on: date) -> int:
    """The net cash from the day of the charge-off on."""
    return sum(one.minor for one in cash if one.on >= charged_off_on)
