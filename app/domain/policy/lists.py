"""What must hold of a policy's lists as a whole: buckets, the matrix, components, what is named.

Each answers every flaw there is: where in the list it lies, and what must be so.
"""

from collections.abc import Sequence
from itertools import combinations, pairwise

from app.domain.money import Component
from app.domain.policy.model import Bucket, MatrixRow
from app.domain.vocabulary import CURRENT

#: The steps from the list (or row) to what is wrong in it, and what must be so.
Flaw = tuple[tuple[str | int, ...], str]

_BACKWARDS = "must not lie below its from"


def component_flaws(listed: Sequence[Component]) -> list[Flaw]:
    """All five, each once: one left out would never be paid."""
    whole = sorted(listed) == sorted(Component)
    return [] if whole else [((), "must name all five components, each once")]


def twice_flaws(listed: Sequence[str], what: str) -> list[Flaw]:
    """What is named is named once. An empty list names nothing: anything at all is null."""
    once = len(listed) == len(set(listed))
    return [] if once else [((), f"must name each {what} once")]


def bucket_flaws(bucket: Bucket) -> list[Flaw]:
    """Its days run forward."""
    forward = bucket.to_days is None or bucket.from_days <= bucket.to_days
    return [] if forward else [(("to_days",), _BACKWARDS)]


def partition_flaws(listed: Sequence[Bucket]) -> list[Flaw]:
    """A partition of the delinquent days: sorted, no overlap, no gap, the last without end."""
    if not listed:
        return [((), "must hold at least one bucket")]
    flaws, names = list[Flaw](), {CURRENT}
    for index, bucket in enumerate(listed):
        if bucket.name in names:
            flaws.append(((index, "name"), "is taken (no bucket is named 'current')"))
        names.add(bucket.name)
    for index, (before, after) in enumerate(pairwise(listed), start=1):
        if before.to_days is None or after.from_days != before.to_days + 1:
            detail = f"must be the day after {before.name!r} ends: no overlap and no gap"
            flaws.append(((index, "from_days"), detail))
    if listed[-1].to_days is not None:
        detail = "must be null in the last bucket: the days have no end"
        flaws.append(((len(listed) - 1, "to_days"), detail))
    return flaws


def grant_flaws(grant: MatrixRow) -> list[Flaw]:
    """Its ranges run forward."""
    ranges = {
        "to_days_past_due": (grant.from_days_past_due, grant.to_days_past_due),
        "to_balance_minor": (grant.from_balance_minor, grant.to_balance_minor),
    }
    return [
        ((end,), _BACKWARDS)
        for end, (low, high) in ranges.items()
        if high is not None and high < low
    ]


def matrix_flaws(listed: Sequence[MatrixRow]) -> list[Flaw]:
    """Rows of one role with the same `max_count` may not overlap."""
    return [
        (
            (later,),
            f"overlaps row {earlier}: same role and max_count, days and balances shared",
        )
        for (earlier, one), (later, other) in combinations(enumerate(listed), 2)
        if _clash(one, other)
    ]


def _clash(one: MatrixRow, other: MatrixRow) -> bool:
    """Two rows that answer the same question: same role and parts, ages and sizes in common."""
    return (
        (one.role, one.max_count) == (other.role, other.max_count)
        and _overlap(
            one.from_days_past_due,
            one.to_days_past_due,
            other.from_days_past_due,
            other.to_days_past_due,
        )
        and _overlap(
            one.from_balance_minor,
            one.to_balance_minor,
            other.from_balance_minor,
            other.to_balance_minor,
        )
    )


def _overlap(low: int, high: int | None, other_low: int, other_high: int | None) -> bool:
    """Whether two ranges share a value; both ends inclusive, None is endless."""
    return (other_high is None or low <= other_high) and (high is None or other_low <= high)
