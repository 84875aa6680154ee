"""Rolls and cures of accounts that went one way together, as entries of their reports."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from app.domain.overview.definitions.moves import new_adds, rolled_adds
from app.domain.overview.positions import OF_MANY
from app.domain.overview.question import Question
from app.domain.overview.table import Entry
from app.domain.reports.rolls import CHARGED_OFF, NEW, Cause
from app.domain.vocabulary import CURRENT


class Way(NamedTuple):
    """Accounts that went one way. `start` None: they owed nothing at the start.

    `named`: their groups at the end. `cause`: of a lateness that ended in between.
    """

    named: Mapping[str, str | None]
    start: str | None
    start_bucket: str | None
    end: str
    cured: bool
    cause: Cause | None
    accounts: int
    opening_minor: int
    closing_minor: int


def roll_entries(
    ways: Iterable[Way], question: Question, buckets: tuple[str, ...]
) -> Iterator[Entry]:
    """The roll matrix; `buckets`: those of every policy, by age."""
    worst = (*buckets, CHARGED_OFF)
    for one in ways:
        if one.start is None:
            adds = new_adds(one.end, one.closing_minor, accounts=one.accounts)
        else:
            ended = one.end == CURRENT != one.start and one.start != CHARGED_OFF
            adds = rolled_adds(
                one.start, one.end, one.opening_minor, worst,
                by_change=ended and one.cause is not Cause.PAYMENT, accounts=one.accounts,
            )  # fmt: skip
        yield _entry(one, question, one.start or NEW, adds)


def cure_entries(ways: Iterable[Way], question: Question) -> Iterator[Entry]:
    """Of those in a delinquent bucket at the start: who is not any more, by what ended it."""
    for one in ways:
        if one.start is None or one.start_bucket in (None, CURRENT):
            continue
        number, minor = one.accounts, one.opening_minor
        adds = {f"by_{cause}{end}": 0 for cause in Cause for end in ("", "_minor")}
        adds |= {"delinquent": number, "delinquent_minor": minor, "cured": 0}
        if one.cured:
            adds |= {"cured": number, "cured_minor": minor}
            adds |= {f"by_{one.cause}": number, f"by_{one.cause}_minor": minor}
        yield _entry(one, question, one.start_bucket, adds)


def _entry(one: Way, question: Question, bucket: str | None, adds: dict[str, int]) -> Entry:
    named = {**one.named, "bucket": bucket}
    return Entry(
        id=OF_MANY,
        currency=str(named["currency"]),
        key=tuple(named[name] for name in question.by),
        adds=adds,
        accounts=one.accounts,
    )
