"""The examiner's figures of re-ages: granted, refused by reason, undone, in default again."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.agreement.reage import Failing
from app.domain.facts.changes import AccountReAge, ReAge
from app.domain.reporting.reages import GrantedReAge, ReAgeFigures, figures
from app.services.context import Context
from app.storage import reages
from app.storage.reages import Flag, StoredGrant


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One re-age of the report."""

    stored: StoredGrant
    grant: GrantedReAge
    body: ReAge | AccountReAge
    flag: Flag | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReAgeReport:
    """Every re-age of a span of business dates, and the figures."""

    since: date
    until: date
    rows: tuple[Reported, ...]
    figures: ReAgeFigures
    refused: int
    refused_by_reason: tuple[tuple[str, int], ...]


async def report(ctx: Context, *, since: date, until: date) -> ReAgeReport:
    """The re-ages entered from one business date to another, both inclusive."""
    rows = await page_of(ctx, since=since, until=until)
    refused, by_reason = await refusals(ctx, since=since, until=until)
    return ReAgeReport(
        since=since,
        until=until,
        rows=rows,
        figures=figures([row.grant for row in rows]),
        refused=refused,
        refused_by_reason=by_reason,
    )


async def page_of(
    ctx: Context, *, since: date, until: date, after: tuple[date, UUID] | None = None,
    limit: int | None = None,
) -> tuple[Reported, ...]:  # fmt: skip
    """The re-ages entered on these days, or so many of them, after one by its day and id."""
    found = await reages.granted(ctx.tx, since=since, until=until, after=after, limit=limit)
    flags = await reages.flags(ctx.tx, since=found[0].business_date) if found else {}
    return tuple(_reported(stored, flags.get(stored.id)) for stored in found)


async def refusals(
    ctx: Context, *, since: date, until: date
) -> tuple[int, tuple[tuple[str, int], ...]]:
    """How many were refused on these days, and how often for which reason."""
    found = await reages.refused(ctx.tx, since=since, until=until)
    reasons = [reason for one in found for reason in one["failed"]]
    return len(found), tuple((one, reasons.count(one)) for one in Failing if one in reasons)


async def number(ctx: Context, *, since: date, until: date, limit: int) -> int:
    """How many re-ages there are of these days, counted to a limit."""
    return await reages.number(ctx.tx, since=since, until=until, limit=limit)


def _reported(stored: StoredGrant, flag: Flag | None) -> Reported:
    body = stored.body
    grant = GrantedReAge(
        on=stored.effective_on,
        kind=body.re_age,
        of_account=isinstance(body, AccountReAge),
        moved_minor=_moved(stored),
        override=body.override,
        undone_on=stored.undone_on,
        defaulted_on=_defaulted(stored),
        flagged_on=flag.on if flag else None,
    )
    return Reported(stored=stored, grant=grant, body=body, flag=flag)


def _moved(stored: StoredGrant) -> int:
    """The principal on installments the re-age made."""
    if stored.schedule is None:
        return 0
    known = {one.id for one in stored.schedule.before or ()}
    new = (one for one in stored.schedule.installments if one.id not in known)
    return sum(one.principal_minor for one in new)


def _defaulted(stored: StoredGrant) -> date | None:
    """The first installment missed since, or the day it is reported late since."""
    days = [stored.missed_on, stored.reported_since_on]
    return min((day for day in days if day and day > stored.effective_on), default=None)
