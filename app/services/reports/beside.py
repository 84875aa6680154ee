"""What a report tells that no account adds: targets, money in suspense, reports refused."""

import json
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.overview.acts import Act, ActKind, Aim, Membership
from app.domain.overview.definitions.aims import aimed
from app.domain.overview.definitions.catalog import Beside, Definition
from app.domain.overview.definitions.exceptions import LIMITS, of_no_account
from app.domain.overview.definitions.office import of_no_account as of_nobody
from app.domain.overview.question import Question
from app.domain.overview.runs import KEPT, RunStatus
from app.domain.overview.table import Entry
from app.domain.refusals.reports import ReportTooLarge
from app.domain.reports.people import business_days
from app.domain.reports.targets import Target, TargetMetric, TargetScope
from app.domain.schedule.dates import NO_HOLIDAYS, Holidays
from app.services.context import Context
from app.services.holidays import calendar
from app.services.policy_books import book_of
from app.storage.assignments import targets, teams
from app.storage.reports import acts, cases
from app.storage.reports.cases import RunRow

MOST_TARGETS = 500
MOST_CASES = 5_000
MOST_ACTS = 50_000
_TENANTS_OWN = "default"


async def beside(ctx: Context, definition: Definition, asked: Question) -> list[Entry]:
    """Its entries of no account. Raises `ReportTooLarge`."""
    if definition.beside is Beside.TARGETS:
        return [aimed(one) for one in await aims_of(ctx, asked)]
    if definition.beside is Beside.ACTS and not asked.filters:
        return [*await _strays(ctx, asked), *await _sheets(ctx, asked)]
    narrowed = asked.filters.keys() - {"currency"}
    if definition.beside is Beside.CASES and not narrowed:  # they have nothing else to ask for
        return [
            *await _suspense(ctx, asked),
            *await _refused(ctx, asked),
            *await _waiting(ctx, asked),
        ]
    return []


async def _strays(ctx: Context, asked: Question) -> list[Entry]:
    """Messages about no account that somebody worked in the span."""
    until = min(asked.ends, asked.known_on)
    found = await acts.worked_strays(
        ctx.tx, since=asked.begins, until=until, limit=MOST_ACTS + 1
    )  # fmt: skip
    if len(found) > MOST_ACTS:
        raise ReportTooLarge(limit=MOST_ACTS, what="messages that were worked")
    done = (
        Act(id=one.id, noun="work", kind=ActKind.ITEM, on=one.on, actor=one.actor) for one in found
    )
    return [entry for one in done if (entry := of_nobody(asked, one)) is not None]


async def _sheets(ctx: Context, asked: Question) -> list[Entry]:
    """Spreadsheets that somebody decided on in the span."""
    zone = ZoneInfo(ctx.time_zone)
    last = min(asked.ends, asked.known_on)
    since, before = (
        datetime.combine(on, time.min, zone) for on in (asked.begins, last + timedelta(days=1))
    )
    found = await acts.sheets_decided(ctx.tx, since=since, before=before, limit=MOST_ACTS + 1)
    if len(found) > MOST_ACTS:
        raise ReportTooLarge(limit=MOST_ACTS, what="spreadsheets that were decided on")
    decided = (
        Act(
            id=one.id, noun="import", kind=ActKind.APPROVAL, on=one.at.astimezone(zone).date(),
            actor=one.actor, waited_minutes=(one.at - one.asked_at) // timedelta(minutes=1),
        )
        for one in found
    )  # fmt: skip
    return [entry for one in decided if (entry := of_nobody(asked, one)) is not None]


async def _suspense(ctx: Context, asked: Question) -> list[Entry]:
    before = asked.as_of - timedelta(days=LIMITS["suspense"])
    found = await cases.suspense(
        ctx.tx, before=before, known_on=asked.known_on, currency=asked.filters.get("currency"),
        limit=MOST_CASES + 1,
    )  # fmt: skip
    if len(found) > MOST_CASES:
        raise ReportTooLarge(limit=MOST_CASES, what="payments in suspense")
    return [
        of_no_account(
            asked, ("suspense", one.amount_minor, (asked.as_of - one.on).days), id_=one.id,
            noun="payment", currency=one.currency, reference=one.reference,
        )
        for one in found
    ]  # fmt: skip


async def _waiting(ctx: Context, asked: Question) -> list[Entry]:
    """Spreadsheets that nobody has decided on for more than two business days."""
    if "currency" in asked.filters:
        return []
    zone = ZoneInfo(ctx.time_zone)
    known_at = datetime.combine(asked.known_on + timedelta(days=1), time.min, zone)
    found = await cases.sheets_waiting(
        ctx.tx, asked_before=datetime.combine(asked.as_of, time.min, zone),
        known_at=min(known_at, ctx.instant), limit=MOST_CASES + 1,
    )  # fmt: skip
    if len(found) > MOST_CASES:
        raise ReportTooLarge(limit=MOST_CASES, what="spreadsheets that wait")
    holidays = await holidays_of(ctx, asked.as_of)
    since = [(one, one.asked_at.astimezone(zone).date()) for one in found]
    return [
        of_no_account(
            asked, ("approval_waiting", 0, (asked.as_of - on).days), id_=one.id, noun="import",
            currency=None,
        )
        for one, on in since
        if business_days(on + timedelta(days=1), asked.as_of, holidays) > LIMITS["approval_waiting"]
    ]  # fmt: skip


async def _refused(ctx: Context, asked: Question) -> list[Entry]:
    """Reports that failed in the days a run is kept, and were not made since."""
    if "currency" in asked.filters:
        return []
    found = await cases.runs_over(
        ctx.tx, since=asked.as_of - KEPT, until=asked.as_of, limit=MOST_CASES + 1
    )
    if len(found) > MOST_CASES:
        raise ReportTooLarge(limit=MOST_CASES, what="runs of reports")
    made = {_question_of(one): one for one in found}  # the last of each
    return [
        of_no_account(
            asked, ("report_refused", 0, (asked.as_of - one.on).days), id_=one.id, noun="run",
            currency=None, reference=one.report,
        )
        for one in made.values()
        if one.status == RunStatus.FAILED
    ]  # fmt: skip


def _question_of(one: RunRow) -> str:
    return json.dumps(one.asked, sort_keys=True)


async def aims_of(ctx: Context, asked: Question) -> tuple[Aim, ...]:
    """The targets whose span holds the day looked from, as they were known. `ReportTooLarge`."""
    stored = await targets.known(
        ctx.tx, on=asked.as_of, known_on=asked.known_on, currency=asked.filters.get("currency"),
        limit=MOST_TARGETS + 1,
    )  # fmt: skip
    if len(stored) > MOST_TARGETS:
        raise ReportTooLarge(limit=MOST_TARGETS, what="targets")
    members = await _teams(ctx, asked.known_on)
    holidays = await holidays_of(ctx, asked.as_of)
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


async def holidays_of(ctx: Context, on: date) -> Holidays:
    """The calendar that the tenant's own policy names: weekends alone where it names none."""
    book = await book_of(ctx, _TENANTS_OWN, None)
    name = book.in_force(on).holiday_calendar
    return NO_HOLIDAYS if name is None else calendar(name)
