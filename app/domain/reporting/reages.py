"""What an examiner asks of re-ages: how many, of what kind, overridden, undone, in default again.

A re-default is the first missed installment, or the account's first day in a delinquent bucket,
within so many months after the re-age; it counts in every longer span too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from app.domain.agreement.reage import Failing
from app.domain.facts.changes import Override, ReAgeKind

#: Re-defaults are counted within these months.
SPANS = (3, 6, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedReAge:
    """One re-age: when and what, which tests were overridden, and what became of it."""

    on: date
    kind: ReAgeKind
    of_account: bool
    moved_minor: int
    override: Override | None = None
    undone_on: date | None = None
    defaulted_on: date | None = None
    flagged_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReAgeFigures:
    """The figures of a span of days. An undone re-age counts as granted, and as no re-default."""

    granted: int
    of_plans: int
    of_accounts: int
    standard: int
    workout: int
    overridden: int
    undone: int
    flagged: int  # of those in force: money they were granted on came back
    moved_minor: int
    overridden_by_reason: tuple[tuple[str, int], ...]
    re_defaults: tuple[tuple[int, int], ...]  # months, how many


def figures(grants: Sequence[GrantedReAge]) -> ReAgeFigures:
    """Count them."""
    in_force = [one for one in grants if one.undone_on is None]
    reasons = [failed for one in grants if one.override for failed in one.override.failed]
    return ReAgeFigures(
        granted=len(grants),
        of_plans=sum(not one.of_account for one in grants),
        of_accounts=sum(one.of_account for one in grants),
        standard=sum(one.kind is ReAgeKind.STANDARD for one in grants),
        workout=sum(one.kind is ReAgeKind.WORKOUT for one in grants),
        overridden=sum(one.override is not None for one in grants),
        undone=len(grants) - len(in_force),
        flagged=sum(one.flagged_on is not None for one in in_force),
        moved_minor=sum(one.moved_minor for one in in_force),
        overridden_by_reason=tuple((one, reasons.count(one)) for one in Failing if one in reasons),
        re_defaults=tuple((months, _defaulted(in_force, months)) for months in SPANS),
    )


def _defaulted(grants: Sequence[GrantedReAge], months: int) -> int:
    return sum(
        one.defaulted_on is not None
        and one.on < one.defaulted_on <= one.on + relativedelta(months=months)
        for one in grants
    )
