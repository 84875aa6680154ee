"""Until when what is kept of a person must be kept, before it may be erased or purged.

12 CFR 1006.100: three years after the last collection activity on the debt, recordings of calls
three years from the call. A policy may say more years; a legal hold has no end of its own.
"""

from datetime import date

from dateutil.relativedelta import relativedelta

YEARS = 3


def keep_until(last_activity_on: date, years: int = YEARS) -> date:
    """The last day on which it must be kept: it may go the day after.

    The anniversary of a 29 February is the 28th.
    """
    return last_activity_on + relativedelta(years=years)


def may_erase(on: date, last_activity_on: date | None, years: int = YEARS) -> bool:
    """Whether it may be erased on this day; with no collection activity at all it may."""
    return last_activity_on is None or on > keep_until(last_activity_on, years)
