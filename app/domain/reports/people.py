"""Whose money it was, how near a target is, and what concessions cost."""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from app.domain.reports.shares import share_bps
from app.domain.schedule.dates import Holidays, is_business_day
from app.domain.values import Value

UNATTRIBUTED = "unattributed"
_DAY = timedelta(days=1)


class Collected(Value, kw_only=True):
    """A part of a payment, and who may claim it, each before the next."""

    minor: int
    plan_author: str | None = None
    promise_maker: str | None = None
    assigned: str | None = None
    reversed: bool = False


def attributed_minor(payments: Iterable[Collected]) -> dict[str, int]:
    """Net collected by person. What was reversed is nobody's; the sum is the ledger's."""
    found: dict[str, int] = {}
    for one in payments:
        if not one.reversed:
            whose = one.plan_author or one.promise_maker or one.assigned or UNATTRIBUTED
            found[whose] = found.get(whose, 0) + one.minor
    return found


class Attainment(Value, kw_only=True):
    """`projected_minor` is None before the first business day is over."""

    business_days: int
    elapsed_business_days: int
    attainment_bps: int | None
    projected_minor: int | None


def attainment(
    *, from_on: date, to_on: date, as_of: date, holidays: Holidays, actual_minor: int,
    target_minor: int,
) -> Attainment:  # fmt: skip
    """How much of a target is reached, and where the same pace ends, by business days."""
    days = business_days(from_on, to_on, holidays)
    elapsed = business_days(from_on, min(as_of, to_on), holidays)
    return Attainment(
        business_days=days,
        elapsed_business_days=elapsed,
        attainment_bps=share_bps(actual_minor, target_minor),
        projected_minor=projected(actual_minor, business_days=days, elapsed_business_days=elapsed),
    )


def projected(actual: int, *, business_days: int, elapsed_business_days: int) -> int | None:
    """Where the pace so far ends; None before the first business day is over."""
    if not elapsed_business_days:
        return None
    return round(Fraction(actual * business_days, elapsed_business_days))


def business_days(from_on: date, to_on: date, holidays: Holidays) -> int:
    """How many there are, both days included."""
    span = (to_on - from_on).days + 1
    return sum(is_business_day(from_on + n * _DAY, holidays) for n in range(span))


class Concessions(Value, kw_only=True):
    conceded_minor: int
    concession_bps: int | None


def concessions(
    *, collected_minor: int, forgiven_minor: int, waived_minor: int, goodwill_minor: int
) -> Concessions:
    """What was given up, of what was collected and given up together."""
    conceded = forgiven_minor + waived_minor + goodwill_minor
    return Concessions(
        conceded_minor=conceded, concession_bps=share_bps(conceded, collected_minor + conceded)
    )
