"""Whether a debt may be told to a credit bureau: its consumer was told first, a dispute is noted.

12 CFR 1006.30(a)(1): after a talk with the consumer, or a letter or electronic message, after a
reasonable time for it to come back; fourteen consecutive days are (comment 30(a)(1)-2). A dispute
is noted in whatever is furnished (15 USC 1681s-2(a)(3), 1692e(8)).
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from app.domain.values import Value

WAITS_DAYS = 14


class Unfit(StrEnum):
    """Why a debt may not be furnished so."""

    CONSUMER_NOT_TOLD = "CONSUMER_NOT_TOLD"
    DISPUTE_MUST_BE_NOTED = "DISPUTE_MUST_BE_NOTED"


class Telling(Value, kw_only=True):
    """The consumer was told of the debt: by a talk, or in writing that is not known to be back."""

    on: date
    spoken: bool


def furnishable_from(tellings: Iterable[Telling]) -> date | None:
    """The first day on which the debt may be furnished; None: the consumer was not told of it."""
    waits = timedelta(days=WAITS_DAYS)
    return min((one.on if one.spoken else one.on + waits for one in tellings), default=None)


def against_furnishing(
    on: date, *, from_on: date | None, disputed: bool, notes_dispute: bool
) -> tuple[Unfit, ...]:
    """What stands against furnishing the debt that day, with a note of its dispute or without."""
    found = list[Unfit]()
    if from_on is None or on < from_on:
        found.append(Unfit.CONSUMER_NOT_TOLD)
    if disputed and not notes_dispute:
        found.append(Unfit.DISPUTE_MUST_BE_NOTED)
    return tuple(found)
