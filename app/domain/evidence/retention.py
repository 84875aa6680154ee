"""Until when what is known of a person must be kept: years after the last act of collection.

12 CFR 1006.100(a): three years after the last collection activity on the debt, here of all the
person's debts.
"""

from datetime import date

YEARS = 3


def until_on(last_act_on: date, years: int = YEARS) -> date:
    """The last day on which it must be kept. Of 29 February: the last of that month."""
    try:
        return last_act_on.replace(year=last_act_on.year + years)
    except ValueError:
        return date(last_act_on.year + years, 2, 28)
