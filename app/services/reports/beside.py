"""What a report tells that no account adds: the targets that stand on its day."""

from datetime import date

from app.domain.overview.acts import Aim, Membership
from app.domain.overview.definitions.aims import aimed
from app.domain.overview.definitions.catalog import Beside, Definition
from app.domain.overview.question import Question
from app.domain.overview.table import Entry
from app.domain.refusals.reports import ReportTooLarge
from app.domain.reports.people import business_days
from app.domain.reports.targets import Target, TargetMetric, TargetScope
from app.domain.schedule.dates import NO_HOLIDAYS, Holidays
from app.services.context import Context
from app.services.holidays import calendar
from app.services.policy_books import book_of
from app.storage.assignments import targets, teams

MOST_TARGETS = 500
_TENANTS_OWN = "default"


async def beside(ctx: Context, definition: Definition, asked: Question) -> list[Entry]:
    """Its entries of no account. Raises `ReportTooLarge`."""
    if definition.beside is Beside.TARGETS:
        return [aimed(one) for one in await aims_of(ctx, asked)]
    return []


async def aims_of(ctx: Context, asked: Question) -> tuple[Aim, ...]:
    """The targets whose span holds the day looked from, as they were known. `ReportTooLarge`."""
    stored = await targets.known(
        ctx.tx, on=asked.as_of, known_on=asked.known_on, currency=asked.filters.get("currency"),
        limit=MOST_TARGETS + 1,
    )  # fmt: skip
    if len(stored) > MOST_TARGETS:
        raise ReportTooLarge(limit=MOST_TARGETS, what="targets")
    members = await _teams(ctx, asked.known_on)
    holidays = await _holidays(ctx, asked.as_of)
    return tuple(
        Aim(
            id=one.id,
            target=Target(
                scope=TargetScope(one.scope), whose=one.whose, metric=TargetMetric(one.metric),
                currency=one.currency, from_on=one.from_on, to_on=one.to_on, value=one.value,
            ),
            teams=members.get(one.whose, ()) if one.scope == TargetScope.TEAM else (),
            business_days=business_days(one.from_on, one.to_on, holidays),
            elapsed_business_days=business_days(one.from_on, asked.as_of, holidays),
        )
        for one in stored
    )  # fmt: skip


async def _teams(ctx: Context, known_on: date) -> dict[str, tuple[Membership, ...]]:
    found: dict[str, tuple[Membership, ...]] = {}
    for one in await teams.versions(ctx.tx, known_on=known_on):
        found[one.name] = (*found.get(one.name, ()), Membership(one.business_date, one.actors))
    return found


async def _holidays(ctx: Context, on: date) -> Holidays:
    """The calendar that the tenant's own policy names: weekends alone where it names none."""
    book = await book_of(ctx, _TENANTS_OWN, None)
    name = book.in_force(on).holiday_calendar
    return NO_HOLIDAYS if name is None else calendar(name)
