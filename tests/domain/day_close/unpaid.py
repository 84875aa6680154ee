"""An account of 300.00, placed current on 1 January 2026 and owed in three installments of 100.00.

They fall due on 1 February, 1 March and 1 April. Grace is 5 days, so an unpaid one is missed
at the opening of the sixth day after its due date.
"""

from datetime import date

from app.domain.policy.model import Broken
from app.domain.replay.replay import fold
from app.domain.values import replace
from tests.factories import book, fact_id, history, placed, plan_due, policy

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
DUE = (FEB, MAR, APR)
UNBROKEN = Broken(max_missed=None, max_consecutive_missed=None, max_delinquent_days=None)
PLAN = fact_id(2)


def breaking(**figures):
    return policy(broken=replace(UNBROKEN, **figures))


def lived(*entries, through, by=None):
    """The account after these facts: the third entered is `fact_id(3)`."""
    opening = ((JAN, placed()), (JAN, plan_due(*DUE)))
    return fold(history(*opening, *entries), book(by), through=through)


def told(made, *types):
    """What was judged, and when, of these types (without any: of all)."""
    return [(v.type.value, v.on) for v in made.verdicts if not types or v.type in types]
