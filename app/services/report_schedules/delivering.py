"""One delivery's way: its run is waited for, then it is mailed once, or told to webhooks.

    taken = await take(database, tenant, now=…, link=…)  # commits before anything is sent
    problem = await mail.send(…)                           # outside any transaction
    await record(database, tenant, taken, problem, now=…)

What a mail server accepted is never sent again; what it refused is tried five times within a day.
Where nobody can know which of the two it was, it is not sent again, and told.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from app.domain.entries.events import EventType
from app.domain.overview.runs import RunStatus
from app.domain.overview.table import Report
from app.services.context import Context
from app.services.messages.surroundings import TenantRecord, inside
from app.services.report_schedules.issuing import (
    RUN_LOOK,
    replace_actor,
    tell_failed,
    told_of,
)
from app.services.report_schedules.schedules import MAIL, WEBHOOK, untold
from app.services.reports.outgoing import outgoing, outgoing_file
from app.services.reports.paper import said as shown
from app.services.telling.tell import event, tell
from app.storage.database.engine import Database
from app.storage.report_schedules import deliveries, schedules
from app.storage.report_schedules.deliveries import StoredDelivery
from app.storage.report_schedules.schedules import StoredSchedule
from app.storage.reports import runs
from app.storage.reports.runs import StoredRun

#: Longer than a mail server may take.
LEASE: Final = timedelta(minutes=5)
#: After how long a refused mail is tried again: five tries, the last a day after the first.
AGAIN: Final = (
    timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=18, minutes=45),
)  # fmt: skip
#: What a mail carries; of a larger file it says where it is.
MOST_ATTACHED: Final = 10_000_000
#: How a conversation with a mail server ends in which its words may have been taken.
UNKNOWN: Final = frozenset(
    {"SMTPServerDisconnected", "SMTPReadTimeoutError", "SMTPTimeoutError", "SMTPResponseError"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail about a report."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A report's file as it is sent, and what it is called."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A mail or a file that is the caller's to hand in until its lease ends.

    `letter` None: the file goes into the folder that the delivery names.
    """

    delivery: StoredDelivery
    report: str
    hash: str
    letter: Letter | None
    file: File | None


async def take(
    database: Database, tenant: TenantRecord, *, now: datetime, link: Callable[[UUID], str],
    called: Callable[[UUID], str], min_cell: int,
) -> Taken | None:  # fmt: skip
    """The next mail or file of the tenant; what needs neither is done here.

    `link`: where a run's file is; `called`: what the run is outside. `min_cell`: of fewer
    accounts nothing is sent.
    """
    async with inside(database, tenant, now) as made:
        ctx = replace_actor(made)
        one = await deliveries.claim_due(ctx.tx, at=ctx.instant)
        if one is None:
            return None
        schedule = await schedules.read(ctx.tx, one.schedule_id)
        run = None if one.run_id is None else await runs.read(ctx.tx, one.run_id)
        if schedule is None or run is None:
            await _end(ctx, one, "", "failed", "schedule-deleted")
        elif one.status == "sending" and one.kind == MAIL:
            await _end(ctx, one, run.report, "uncertain", "uncertain")
        elif not RunStatus(run.status).over:
            await deliveries.change(ctx.tx, one.id, {"next_at": ctx.instant + RUN_LOOK})
        elif run.status != RunStatus.DONE or run.hash is None:
            await _end(ctx, one, run.report, "failed", run.problem or f"run-{run.status}")
        elif one.kind == WEBHOOK:
            await _told(ctx, one, run.report, run.hash)
        else:
            report = await outgoing(ctx, run, min_cell=min_cell, called=called(run.id))
            if report is not None:
                return await _leased(ctx, one, schedule, report, run=run, link=link(run.id))
            await _end(ctx, one, run.report, "failed", "run-gone")
    return None


async def _leased(
    ctx: Context, one: StoredDelivery, schedule: StoredSchedule, report: Report, *,
    run: StoredRun, link: str,
) -> Taken:  # fmt: skip
    """What is to be handed in, and that it is somebody's now."""
    mailed = one.kind == MAIL
    file = None
    if schedule.attach or not mailed:
        name = f"{run.report}-{run.parameters['as_of']}-{str(run.id)[-12:]}.{run.form}"
        file = File(name=name, content=await outgoing_file(ctx, run, report))
        if mailed and len(file.content) > MOST_ATTACHED:
            file = None
    leased = {"status": "sending", "tries": one.tries + 1, "next_at": ctx.instant + LEASE}
    await deliveries.change(ctx.tx, one.id, leased)
    where = f"attached, and kept at {link}" if file else link
    letter = _letter(one, schedule.name, run, report, where) if mailed else None
    return Taken(delivery=one, report=run.report, hash=report.hash, letter=letter, file=file)


async def record(
    database: Database, tenant: TenantRecord, taken: Taken, problem: str | None, *, now: datetime
) -> None:
    """What came of handing it in; `problem` None: it was accepted."""
    one, tries = taken.delivery, taken.delivery.tries + 1
    async with inside(database, tenant, now) as made:
        ctx = replace_actor(made)
        if not await deliveries.still(ctx.tx, one.id, tries=tries):
            return
        if problem is None:
            await _delivered(ctx, one, taken.report, taken.hash)
        elif problem in UNKNOWN:
            await _end(ctx, one, taken.report, "uncertain", problem)
        elif tries > len(AGAIN):
            await _end(ctx, one, taken.report, "failed", problem)
        else:
            again = ctx.instant + AGAIN[tries - 1]
            waits = {"status": "pending", "problem": problem, "next_at": again}
            await deliveries.change(ctx.tx, one.id, waits)


async def _told(ctx: Context, one: StoredDelivery, report: str, said: str) -> None:
    """Tell a webhook, unless it would not hear of it: it was ended or changed since."""
    wrong = await untold(ctx, UUID(one.address))
    if wrong is None:
        await _delivered(ctx, one, report, said)
    else:
        await _end(ctx, one, report, "failed", wrong)


async def _delivered(ctx: Context, one: StoredDelivery, report: str, said: str) -> None:
    over: dict[str, Any] = {"status": "delivered", "problem": None, "next_at": None}
    await deliveries.change(ctx.tx, one.id, {**over, "finished_at": ctx.instant})
    tell(ctx, event(ctx, EventType.REPORT_DELIVERED, {**told_of(one, report), "hash": said}))


async def _end(ctx: Context, one: StoredDelivery, report: str, status: str, problem: str) -> None:
    over = {"status": status, "problem": problem, "next_at": None, "finished_at": ctx.instant}
    await deliveries.change(ctx.tx, one.id, over)
    tell_failed(ctx, report, one, problem)


def _letter(one: StoredDelivery, name: str, run: StoredRun, report: Report, where: str) -> Letter:
    days = f"{one.from_on} to {one.to_on}" if one.from_on != one.to_on else f"{one.to_on}"
    lines = [
        f"{name}: the report {run.report} of {days}, {run.parameters['basis']}.",
        "",
        f"Looked at from {run.parameters['as_of']}, known on {run.parameters['known_on']}.",
        *_totals(report),
        f"File ({run.form}), kept until {run.expires_at:%Y-%m-%d}: {where}",
        f"Hash: {report.hash}",
        "",
        "This mail was made by a schedule.",
    ]
    return Letter(to=one.address, subject=f"{name}, {days}", text="\n".join(lines) + "\n")


def _totals(report: Report) -> Iterator[str]:
    """What it comes to in each currency, column by column; of too few accounts, nothing."""
    for row in report.totals:
        if row.suppressed:
            yield f"{row.key[0]}: too few accounts to be told here."
        else:
            yield f"{row.key[0] or 'In all'}:"
            for column in report.columns:
                if (cell := row.cells.get(column.name)) and "." not in column.name:
                    yield f"  {column.title}: {shown(column, row.key[0], cell)}"
        yield ""
