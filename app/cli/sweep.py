"""`accord sweep`: close the day for every account, of one tenant or of all."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from time import monotonic
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from app.cli.console import as_application, bug, err, explained, out, say, the_installation
from app.cli.options import parse_day
from app.config import Settings
from app.domain.errors import DomainError
from app.routers.edge.csv import shown_id
from app.routers.edge.deps import here_and_now, today
from app.services.collector import collect_rarely
from app.services.day_close.report import DayKept, NotKept
from app.services.day_close.sweep import WORKERS, Skipped, SweepReport, refuse_to_come, to_close
from app.services.day_close.sweep import sweep as run_sweep
from app.services.keeping.erase import erase_due
from app.services.messages.notices.noticing import follow_day, notice_page
from app.services.messages.reports import forget_early
from app.services.reports.closing import keep_day_before
from app.services.reports.points import keep_points
from app.services.tenancy.distribution import AT_ONCE, apart, side_by_side
from app.services.tenancy.installation import Installation, denial
from app.services.tenancy.tenants import TenantRecord, find_tenant, list_tenants
from app.services.upkeep import forget_replies, forget_sheets
from app.services.worklists.older import keep_older
from app.storage.database.engine import Database
from app.storage.database.unavailable import Unavailable

LINE_EVERY_S = 10  # where no terminal shows a bar


def sweep(
    business_date: Annotated[
        date | None,
        typer.Argument(
            parser=parse_day,
            metavar="[DATE]",
            help="Default, and the latest there is: each tenant's business date.",
        ),
    ] = None,
    *,
    tenant: Annotated[str | None, typer.Option(help="Only this one, by name or id.")] = None,
) -> None:
    """Close the day for every account. Twice is once, and late is not wrong."""
    with explained(), the_installation(Settings()) as place:
        asyncio.run(_sweep(place, business_date, tenant))


async def _sweep(place: Installation, on: date | None, only: str | None) -> None:
    async with as_application(place, pool_size=WORKERS * AT_ONCE) as database:
        collect_rarely()
        left = False
        tenants = [await find_tenant(database, only)] if only else await list_tenants(database)
        groups = await apart(database, tenants)

        async def one(tenant: TenantRecord) -> None:
            nonlocal left
            try:
                report = await _sweep_one(database, tenant, on, alone=len(groups) == 1)
            except Exception as error:  # noqa: BLE001 - one tenant's trouble is not the others'
                say(f"{tenant.name}: {denial(error) or _sentence(error)}")
                left = True
                return
            out.print(f"{tenant.name}: {_summary(report)}")
            await _clear_up(database, tenant, report.business_date)
            left = left or bool(report.skipped) or report.clock_moved

        await side_by_side(groups, one)
        if not tenants:
            out.print("There is no tenant yet, so nothing to sweep.")
    if left:
        raise typer.Exit(1)


async def _clear_up(database: Database, tenant: TenantRecord, on: date) -> None:
    """What the scheduler does beside its sweeps, for who runs none."""
    if forgotten := await forget_replies(database, tenant.tenant_id):
        out.print(f"{tenant.name}: {forgotten} replies of more than 30 days are deleted")
    now = here_and_now(tenant.time_zone)
    if emptied := await forget_sheets(database, tenant.tenant_id, at=now):
        out.print(f"{tenant.name}: {emptied} sheets that were tried are emptied")
    if early := await forget_early(database, tenant.tenant_id, on, tenant.time_zone):
        out.print(f"{tenant.name}: {early} delivery reports of no message are deleted")
    if erased := await erase_due(database, tenant.tenant_id, on):
        out.print(f"{tenant.name}: {erased} persons are erased, as was asked")
    older = await keep_older(database, tenant.tenant_id, on=on, time_zone=tenant.time_zone)
    if older.accounts:
        out.print(f"{tenant.name}: {older.accounts} older accounts may stand on worklists")
    for one in older.skipped:
        say(f"{tenant.name}: {shown_id('account', one)} may not: its policy is missing")
    await _keep_points(database, tenant, on)


async def _keep_points(database: Database, tenant: TenantRecord, on: date) -> None:
    pointed = await keep_points(database, tenant.tenant_id, on, most_pages=_PAGES)
    if pointed.accounts:
        number = pointed.accounts
        out.print(f"{tenant.name}: {number} accounts are in what is kept of ends of months")
    for day, unjudged in pointed.unkept.items():
        named = ", ".join(shown_id("account", one) for one in unjudged)
        say(f"{tenant.name}: no points are kept of {day}: the policy of {named} is missing")


async def _sweep_one(
    database: Database, tenant: TenantRecord, on: date | None, *, alone: bool
) -> SweepReport:
    now = tenant.business_date or today(tenant.time_zone)
    day = on or now
    refuse_to_come(day, now)
    total = await to_close(database, tenant.tenant_id, day)

    def heard(one: Skipped) -> None:
        name = shown_id("account", one.account_id)
        why = bug(one.error) if one.error else one.reason.value
        say(f"{tenant.name}: {name} is skipped: {why}")

    with watched(f"{tenant.name}: {day}", total, bar=alone) as progress:
        report = await run_sweep(
            database,
            tenant.tenant_id,
            business_date=day,
            heard=heard,
            progress=progress,
            first=keep_day_before,
            then=follow_day,
            beside=notice_page,
            keeps_to_clock=True,
        )
    for line in of_the_day_before(report.day_kept):
        say(f"{tenant.name}: {line}")
    return report


#: Of accounts in one go: who runs this once a day has no later look. A million of them.
_PAGES = 5_000
_WHY_NOT = {
    NotKept.OLDER_ACCOUNTS: "some accounts were last written before there was such a cache",
    NotKept.MANY_CHANGED: "too many accounts have gone on since",
    NotKept.POLICY_MISSING: "a policy is missing",
    NotKept.BUSY: "the database took too long",
}


def of_the_day_before(kept: DayKept | None) -> Iterator[str]:
    """Why what it came to is not kept, and whose policy is missing."""
    if kept is None:
        return
    if kept.why_not is not None:
        yield (
            f"what the day before came to is not kept ({_WHY_NOT[kept.why_not]}), so reports of it "
            "read the facts; `accord reports rebuild` keeps it."
        )
    if kept.without_policy:
        named = ", ".join(shown_id("account", one) for one in kept.without_policy)
        yield f"the policy of {named} is missing."


def _sentence(error: Exception) -> str:
    """One sentence for what can be mended; a bug with where it came through."""
    return str(error) if isinstance(error, DomainError | OSError | Unavailable) else bug(error)


@contextmanager
def watched(
    name: str,
    total: int,
    *,
    page: Console = err,
    line_every_s: float = LINE_EVERY_S,
    bar: bool = True,
) -> Iterator[Callable[[SweepReport], None]]:
    """Show how far a sweep is: by a bar on a terminal, elsewhere by a line now and then.

    `bar` False: others run beside it, and a terminal has one bar.
    """
    if not (bar and page.is_terminal):
        yield _lines(name, total, page, line_every_s)
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} examined, {task.remaining:,.0f} to go"),
        TimeRemainingColumn(),
        console=page,
        transient=True,
    ) as shown:
        task = shown.add_task(name, total=total)
        yield lambda report: shown.update(
            task, completed=report.examined, total=max(total, report.examined)
        )


def _lines(
    name: str, total: int, page: Console, line_every_s: float
) -> Callable[[SweepReport], None]:
    printed_at = monotonic()

    def line(report: SweepReport) -> None:
        nonlocal printed_at
        if monotonic() - printed_at >= line_every_s:
            printed_at = monotonic()
            left = max(total - report.examined, 0)
            page.print(f"{escape(name)}: {report.examined} examined, {left} to go")

    return line


def _summary(report: SweepReport) -> str:
    transitions = ", ".join(
        f"{count} {name}" for name, count in sorted(report.by_transition.items())
    )
    skipped = ", ".join(
        f"{len(accounts)} skipped ({reason})" for reason, accounts in sorted(report.skipped.items())
    )
    line = f"{report.business_date}, {report.examined} examined, {report.changed} changed"
    return (
        line
        + (f" ({transitions})" if transitions else "")
        + (f"; incomplete: {skipped}" if skipped else "")
        + ("; incomplete: the sandbox's clock was moved to before that day" * report.clock_moved)
    )
