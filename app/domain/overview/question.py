"""What is asked: from which day, as known on which, on which basis, grouped and narrowed how.

A report is a pure function of its question. Here defaults are filled in and what
cannot be asked is refused.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from app.domain.currencies import CURRENCIES
from app.domain.errors import InvalidInput
from app.domain.refusals.reports import ReportKnownBeforeAsOf, ReportSpan
from app.domain.reports.books import Basis
from app.domain.standing.status import AccountStatus, Standing
from app.domain.values import Value, field
from app.domain.vocabulary import PlanKind, Product

#: Groups at once beside the currency, which always is one.
MOST_GROUPS = 3
MOST_MONTHS = 60
_MONTHS = 12
_DAY = timedelta(days=1)
#: What any report of accounts may be grouped by. Never anything of a person.
DIMENSIONS = (
    "creditor", "product", "policy", "placement_batch", "bucket", "status", "standing", "plan_kind",
    "assigned_to", "team",
)  # fmt: skip
#: What it may be narrowed by.
FILTERS = ("currency", *DIMENSIONS)
#: The values there are, where they are not the tenant's own names.
_VALUES: Mapping[str, frozenset[str]] = {
    "currency": CURRENCIES, "product": frozenset(Product), "status": frozenset(AccountStatus),
    "standing": frozenset(Standing), "plan_kind": frozenset(PlanKind),
}  # fmt: skip


class Span(StrEnum):
    """Which days a report is about besides the one it looks from."""

    NONE = "none"
    DAYS = "days"  # from a day to another, both inclusive
    MONTH_ENDS = "month_ends"  # from the end of a day to the end of another
    MONTHS = "months"  # whole calendar months


class Question(Value, kw_only=True):
    """A report with everything that decides its figures."""

    report: str
    as_of: date
    known_on: date
    basis: Basis
    from_on: date | None = None
    to_on: date | None = None
    by: tuple[str, ...] = ()  # its own groups first
    standard: bool = False  # the eight shipped bands instead of the policies' buckets
    filters: dict[str, str] = field(default_factory=dict)

    @property
    def booked(self) -> bool:
        return self.basis is Basis.BOOKED

    @property
    def begins(self) -> date:
        """The first day of the span; of a report without one, the day looked from."""
        return self.from_on or self.as_of

    @property
    def ends(self) -> date:
        return self.to_on or self.as_of

    @property
    def months(self) -> int:
        """The calendar months that the span touches."""
        first, last = self.begins, self.ends
        return (last.year - first.year) * _MONTHS + last.month - first.month + 1

    @property
    def days(self) -> int:
        return (self.ends - self.begins).days + 1


class Asked(Value, kw_only=True):
    """What was said of a question; None: nothing."""

    as_of: date | None = None
    known_on: date | None = None
    basis: Basis | None = None
    from_on: date | None = None
    to_on: date | None = None
    by: tuple[str, ...] = ()
    standard: bool = False
    filters: dict[str, str] = field(default_factory=dict)


def asked_again(said: Mapping[str, Any]) -> Asked:
    """What was asked, from the parameters of a report that answered it."""

    def day(name: str) -> date | None:
        return date.fromisoformat(said[name]) if said[name] else None

    return Asked(
        as_of=day("as_of"), known_on=day("known_on"), basis=Basis(said["basis"]),
        from_on=day("from"), to_on=day("to"), by=tuple(said["by"]), standard=said["standard"],
        filters=dict(said["filters"]),
    )  # fmt: skip


def question(
    report: str, asked: Asked, *, span: Span, basis: Basis, groups: tuple[str, ...],
    business_date: date, tied: bool = False, also: tuple[str, ...] = (),
) -> Question:  # fmt: skip
    """The question with its defaults.

    `span`, `basis`, `groups`: the report's own; `also`: further groups that only it has. `tied`: it
    looks from the last day of its span.
    Raises `InvalidInput`, `ReportSpan`, `ReportKnownBeforeAsOf`.
    """
    _check_filters(asked.filters)
    from_on, as_of, to_on = _days(report, asked, span, business_date, tied=tied)
    if as_of > business_date:
        raise InvalidInput.at("?as_of", f"should not lie after the business date {business_date}")
    chosen = asked.basis or basis
    known_on = asked.known_on or (as_of if chosen is Basis.BOOKED else business_date)
    if (
        known_on > business_date
        or known_on < as_of
        or (chosen is Basis.BOOKED and known_on != as_of)
    ):
        raise ReportKnownBeforeAsOf(
            basis=chosen, as_of=as_of, known_on=known_on, business_date=business_date
        )
    return Question(
        report=report, as_of=as_of, known_on=known_on, basis=chosen, from_on=from_on, to_on=to_on,
        by=_groups(report, groups, asked.by, also), standard=asked.standard, filters=asked.filters,
    )  # fmt: skip


def _days(
    report: str, asked: Asked, span: Span, business_date: date, *, tied: bool
) -> tuple[date | None, date, date | None]:
    if span is Span.NONE:
        for name, said in (("?from", asked.from_on), ("?to", asked.to_on)):
            if said is not None:
                raise InvalidInput.at(name, f"takes no part in {report}: it looks from one day")
        return None, asked.as_of or business_date, None
    to_on = asked.to_on or asked.as_of or business_date
    as_of = asked.as_of or min(to_on, business_date)
    first = to_on.replace(day=1)
    from_on = asked.from_on or (first - _DAY if span is Span.MONTH_ENDS else first)
    if tied and to_on > business_date:
        raise InvalidInput.at("?to", f"should not lie after the business date {business_date}")
    _check_span(report, span, from_on, to_on, as_of=as_of if tied else to_on)
    return from_on, as_of, to_on


def _check_span(report: str, span: Span, from_on: date, to_on: date, *, as_of: date) -> None:
    """`as_of`: the day a report looks from that has to be the last of its span."""
    if as_of != to_on:
        raise ReportSpan(report=report, rule=f"looks from {to_on}, the last day of its span")
    if to_on < from_on:
        raise ReportSpan(report=report, rule="has a span that ends before it begins")
    if (to_on.year - from_on.year) * _MONTHS + to_on.month - from_on.month >= MOST_MONTHS:
        raise ReportSpan(report=report, rule=f"spans at most {MOST_MONTHS} months")
    if span is Span.MONTHS and (from_on.day != 1 or (to_on + _DAY).day != 1):
        raise ReportSpan(report=report, rule="is of whole calendar months")


def _check_filters(filters: Mapping[str, str]) -> None:
    """A report of what there cannot be looks like one of nothing owed: it is refused."""
    for name, value in filters.items():
        if name not in FILTERS:
            raise InvalidInput.at(f"?{name}", f"is no filter: one of {', '.join(FILTERS)}")
        known = _VALUES.get(name)
        if known is not None and value not in known:
            one = (
                "an ISO 4217 code, like USD"
                if known is CURRENCIES
                else f"one of {', '.join(sorted(known))}"
            )
            raise InvalidInput.at(f"?{name}", f"should be {one}")


def _groups(
    report: str, own: tuple[str, ...], asked: tuple[str, ...], also: tuple[str, ...]
) -> tuple[str, ...]:
    every = ("currency", *own, *also, *DIMENSIONS)
    for name in asked:
        if name not in every:
            raise InvalidInput.at("?by", f"one of {', '.join(dict.fromkeys(every))}")
    groups = tuple(dict.fromkeys((*own, *(one for one in asked if one != "currency"))))
    if len(groups) > MOST_GROUPS:
        raise ReportSpan(
            report=report, rule=f"groups by at most {MOST_GROUPS}, its own included: {len(groups)}"
        )
    return groups
