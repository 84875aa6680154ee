"""How fast terms become a schedule, beside the bare dates of dateutil in the same run.

The floor is `dateutil.rrule` stepping the same months, nothing else: no amounts, no business
days, no rows. A ratio of 1 means a whole schedule with a US calendar costs what those dates
alone cost; above 1, less. Rounds of both are interleaved and the median of each is taken.

    python benchmarks/schedules.py [ROUNDS]
"""

import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from statistics import median

from dateutil.rrule import MONTHLY, rrule

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.domain.schedule.build import build
from app.domain.schedule.terms import BusinessDays, Convention, DayCount, Frequency, Terms, Unit
from app.services.holidays import calendar

OPENS = date(2026, 1, 1)
FIRST = date(2026, 1, 15)
US = calendar("US-FED")
FOLLOWING = BusinessDays(calendar="US-FED", convention=Convention.FOLLOWING)


def bare_dates(count: int) -> object:
    start = datetime.combine(FIRST, datetime.min.time())
    return list(rrule(MONTHLY, dtstart=start, count=count))


def interest_free(count: int) -> object:
    return _schedule(count, annual_rate_bps=0)


def with_interest(count: int) -> object:
    return _schedule(count, annual_rate_bps=1200)


def _schedule(count: int, annual_rate_bps: int) -> object:
    terms = Terms(
        installment_count=count,
        frequency=Frequency(every=1, unit=Unit.MONTH),
        first_due_on=FIRST,
        business_days=FOLLOWING,
        annual_rate_bps=annual_rate_bps,
        day_count=DayCount.ACTUAL_365,
    )
    return build(terms, opens_on=OPENS, amount_minor=12_000_000, holidays=US)


def seconds(work: Callable[[int], object], count: int, repeats: int) -> float:
    """Of processor: what else a machine does falls on one of them and not on the other."""
    begun = time.process_time()
    for _ in range(repeats):
        work(count)
    return (time.process_time() - begun) / repeats


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 41
    works = (bare_dates, interest_free, with_interest)
    print(f"{'installments':>12} {'rrule/s':>10} {'schedules/s':>12} {'ratio':>6}", end="")
    print(f" {'with interest/s':>16} {'ratio':>6}")
    for count in (12, 60, 360):
        repeats = max(1, 360 // count)
        for work in works:
            work(count)  # the calendar's years are built, as in a service that is up
        taken: dict[str, list[float]] = {work.__name__: [] for work in works}
        for _ in range(rounds):
            for work in works:
                taken[work.__name__].append(seconds(work, count, repeats))
        floor, free, earning = (median(taken[work.__name__]) for work in works)
        print(f"{count:>12} {1 / floor:>10,.0f} {1 / free:>12,.0f} {floor / free:>6.2f}", end="")
        print(f" {1 / earning:>16,.0f} {floor / earning:>6.2f}")


if __name__ == "__main__":
    main()
