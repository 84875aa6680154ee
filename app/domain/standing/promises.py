"""Promises to pay: kept, partial or broken, by one function of what came in and a day.

A promise counts `repayment` money effective from its making to `due_on` + grace, net of
reversals and chargebacks: kept once it reaches the threshold; else open until the last day is
over, then partial or broken. A reversed payment never counted; a chargeback takes away on
its own day, even from a promise that was kept.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from app.domain.account.promise import Promised, PromiseStatus
from app.domain.money import BPS
from app.domain.schedule.dates import later
from app.domain.values import replace


def promise_status(promise: Promised, *, on: date) -> PromiseStatus:
    """How a promise stands on a day, by what came in for it before and on that day."""
    if promise.received_minor * BPS >= promise.amount_minor * promise.threshold_bps:
        return PromiseStatus.KEPT
    if on <= promise.last_on:
        return PromiseStatus.OPEN
    return PromiseStatus.PARTIAL if promise.received_minor > 0 else PromiseStatus.BROKEN


def judged(promises: Iterable[Promised], *, on: date) -> tuple[Promised, ...]:
    """The promises as they stand on a day; `judged_on` moves with the status only."""
    return tuple(
        one if status is one.status else replace(one, status=status, judged_on=on)
        for one in promises
        for status in (promise_status(one, on=on),)
    )


def received(promises: Iterable[Promised], minor: int, *, on: date) -> tuple[Promised, ...]:
    """The promises after repayment money of a day."""
    return tuple(
        replace(one, received_minor=one.received_minor + minor) if one.counts(on) else one
        for one in promises
    )


def taken_back(
    promises: Iterable[Promised], minor: int, counted_for: Iterable[UUID]
) -> tuple[Promised, ...]:
    """The promises after money that had counted for some of them was charged back."""
    ids = set(counted_for)
    return tuple(
        replace(one, received_minor=one.received_minor - minor) if one.id in ids else one
        for one in promises
    )


def review_days(promises: Iterable[Promised]) -> Iterator[date]:
    """The day each open promise is over."""
    for one in promises:
        if one.status is PromiseStatus.OPEN:
            yield later(one.last_on)
