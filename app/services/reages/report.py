"""The examiner's figures of re-ages: granted, refused by reason, undone, in default again."""

from dataclasses import dataclass
from datetime import date

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
    flags = await reages.flags(ctx.tx, since=since)
    rows = tuple(
        _reported(stored, flags.get(stored.id))
        for stored in await reages.granted(ctx.tx, since=since, until=until)
    )
    refusals = await reages.refused(ctx.tx, since=since, until=until)
    reasons = [reason for one in refusals for reason in one["failed"]]
    return ReAgeReport(
        since=since,
        until=until,
        rows=rows,
        figures=figures([row.grant for row in rows]),
        refused=len(refusals),
        refused_by_reason=tuple((one, reasons.count(one)) for one in Failing if one in reasons),
    )


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
