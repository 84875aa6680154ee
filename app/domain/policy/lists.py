"""The lists a policy document may set: components, products, clearing days, buckets, the matrix.

Each is one figure: read whole, checked as a whole, and inherited or replaced as a whole.
"""

from collections.abc import Mapping
from itertools import combinations, pairwise
from typing import Any

from app.domain.errors import FieldProblem, InvalidInput
from app.domain.money import Component
from app.domain.policy.model import Bucket, MatrixRow
from app.domain.policy.readers import (
    COUNT,
    DAYS,
    LABEL,
    MAX_DAYS,
    MINOR,
    NAME,
    SHARE_BPS,
    Reader,
    T,
    items,
    noting,
    null_as,
    one_of,
    or_null,
    pointer_to,
    refuse_if,
    row,
    whole,
)
from app.domain.vocabulary import CURRENT, Act, PaymentMethod, Product, Role

_COMPONENTS = {
    "cost": Component.COSTS,
    "fee": Component.FEES,
    "penalty": Component.PENALTIES,
    **{str(component): component for component in Component},
}
_BUCKET: Mapping[str, Reader[Any]] = {
    "name": LABEL,
    "from_days": whole(1, MAX_DAYS),
    "to_days": or_null(whole(1, MAX_DAYS)),
}
_MATRIX_ROW: Mapping[str, Reader[Any]] = {
    "role": one_of(Role),
    "from_days_past_due": null_as(0, DAYS),
    "to_days_past_due": or_null(DAYS),
    "from_balance_minor": null_as(0, MINOR),
    "to_balance_minor": or_null(MINOR),
    "max_count": or_null(COUNT),
    "min_share_bps": or_null(SHARE_BPS),
    "max_forgiven_minor": or_null(MINOR),
}


def components(value: object, pointer: str) -> tuple[Component, ...]:
    """All five, each once: one left out would never be paid. Singular or plural."""

    def read(item: object, at: str) -> Component:
        if isinstance(item, str) and item in _COMPONENTS:
            return _COMPONENTS[item]
        raise InvalidInput.at(at, "must be one of cost, fee, penalty, interest, principal")

    listed = items(value, pointer, read)
    if sorted(listed) != sorted(Component):
        raise InvalidInput.at(pointer, "must name all five components, each once")
    return tuple(listed)


def products(value: object, pointer: str) -> tuple[Product, ...]:
    """Some products, each once. Any product at all is null, not a list."""
    return _each_once(items(value, pointer, one_of(Product)), pointer, "product")


def acts(value: object, pointer: str) -> tuple[Act, ...]:
    """The acts a role may do, each once; any at all is null, none an empty list."""
    return _each_once(items(value, pointer, one_of(Act)), pointer, "act")


def policies(value: object, pointer: str) -> tuple[str, ...]:
    """Names of policies, each once; one that is not saved yet may be named."""
    return _each_once(items(value, pointer, NAME), pointer, "policy")


def _each_once(listed: list[T], pointer: str, what: str) -> tuple[T, ...]:
    if len(listed) != len(set(listed)):
        raise InvalidInput.at(pointer, f"must name each {what} once")
    return tuple(listed)


def clearing_days(value: object, pointer: str) -> tuple[tuple[str, int], ...]:
    """Days by payment method, as sorted pairs."""
    if not isinstance(value, Mapping):
        raise InvalidInput.at(pointer, "must be an object of days by payment method")
    pairs, problems = list[tuple[str, int]](), list[FieldProblem]()
    for method, days in value.items():
        at = pointer_to(pointer, method)
        with noting(problems):
            pairs.append((one_of(PaymentMethod)(method, at), DAYS(days, at)))
    refuse_if(problems)
    return tuple(sorted(pairs))


def _refuse_backwards(pointer: str, **ends: tuple[int, int | None]) -> None:
    """Each range of a row, named by its end, runs forward; None is endless."""
    refuse_if(
        [
            FieldProblem(pointer=pointer_to(pointer, key), detail="must not lie below its from")
            for key, (low, high) in ends.items()
            if high is not None and high < low
        ]
    )


def _bucket(value: object, pointer: str) -> Bucket:
    bucket = Bucket(**row(value, pointer, _BUCKET))
    _refuse_backwards(pointer, to_days=(bucket.from_days, bucket.to_days))
    return bucket


def buckets(value: object, pointer: str) -> tuple[Bucket, ...]:
    """A partition of the delinquent days: sorted, no overlap, no gap, the last without end."""
    listed = items(value, pointer, _bucket)
    if not listed:
        raise InvalidInput.at(pointer, "must hold at least one bucket")
    problems, names = list[FieldProblem](), {CURRENT}
    for index, bucket in enumerate(listed):
        if bucket.name in names:
            problems.append(_at(pointer, index, "name", "is taken (no bucket is named 'current')"))
        names.add(bucket.name)
    for index, (before, after) in enumerate(pairwise(listed), start=1):
        if before.to_days is None or after.from_days != before.to_days + 1:
            detail = f"must be the day after {before.name!r} ends: no overlap and no gap"
            problems.append(_at(pointer, index, "from_days", detail))
    if listed[-1].to_days is not None:
        detail = "must be null in the last bucket: the days have no end"
        problems.append(_at(pointer, len(listed) - 1, "to_days", detail))
    refuse_if(problems)
    return tuple(listed)


def _at(pointer: str, index: int, key: str, detail: str) -> FieldProblem:
    return FieldProblem(pointer=pointer_to(pointer, index, key), detail=detail)


def _overlap(low: int, high: int | None, other_low: int, other_high: int | None) -> bool:
    """Whether two ranges share a value; both ends inclusive, None is endless."""
    return (other_high is None or low <= other_high) and (high is None or other_low <= high)


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


def _matrix_row(value: object, pointer: str) -> MatrixRow:
    grant = MatrixRow(**row(value, pointer, _MATRIX_ROW))
    _refuse_backwards(
        pointer,
        to_days_past_due=(grant.from_days_past_due, grant.to_days_past_due),
        to_balance_minor=(grant.from_balance_minor, grant.to_balance_minor),
    )
    return grant


def matrix(value: object, pointer: str) -> tuple[MatrixRow, ...]:
    """Settlement rows. Rows of one role with the same `max_count` may not overlap."""
    listed = items(value, pointer, _matrix_row)
    refuse_if(
        [
            FieldProblem(
                pointer=pointer_to(pointer, later),
                detail=f"overlaps row {earlier}: same role and max_count, days and balances shared",
            )
            for (earlier, one), (later, other) in combinations(enumerate(listed), 2)
            if _clash(one, other)
        ]
    )
    return tuple(listed)
