"""One delivery's way: its run is waited for, then it is mailed once, or told to webhooks.

    taken = await take(database, tenant, now=…, link=…)  # commits before anything is sent
    problem = await mail.send(…)                           # outside any transaction
    await record(database, tenant, taken, problem, now=…)

What a mail server accepted is never sent again; what it refused is tried five times within a day.
Where nobody can know which of the two it was, it is not sent again, and told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from app.domain.entries.events import EventType
from app.domain.overview.runs import RunStatus
from app.services.context import Context
from app.services.messages.surroundings import TenantRecord, inside
from app.services.report_schedules.issuing import (
    RUN_LOOK,
    replace_actor,
    tell_failed,
    told_of,
)
from app.services.report_schedules.schedules import MAIL
from app.services.telling.tell import event, tell
from app.storage.database.engine import Database
from app.storage.report_schedules import deliveries, schedules
from app.storage.report_schedules.deliveries import StoredDelivery
from app.storage.reports import runs
from app.storage.reports.runs import StoredRun

#: Longer than a mail server may take.
LEASE: Final = timedelta(minutes=5)
#: After how long a refused mail is tried again: five tries within a day.
AGAIN: Final = (
    timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12),
)  # fmt: skip
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
class Taken:
    """A mail that is the caller's to hand in until its lease ends."""

    delivery: StoredDelivery
    report: str
    hash: str
    letter: Letter


async def take(
    database: Database, tenant: TenantRecord, *, now: datetime, link: Callable[[UUID], str]
) -> Taken | None:
    """The next mail of the tenant; what needs none is done here. `link`: where a run's file is."""
    async with inside(database, tenant, now) as made:
        ctx = replace_actor(made)
        one = await deliveries.claim_due(ctx.tx, at=ctx.instant)
        if one is None:
            return None
        schedule = await schedules.read(ctx.tx, one.schedule_id)
        run = None if one.run_id is None else await runs.read(ctx.tx, one.run_id)
        if schedule is None or run is None:
            await _end(ctx, one, "", "failed", "schedule-deleted")
        elif one.status == "sending":
            await _end(ctx, one, run.report, "uncertain", "uncertain")
        elif not RunStatus(run.status).over:
            await deliveries.change(ctx.tx, one.id, {"next_at": ctx.instant + RUN_LOOK})
        elif run.status != RunStatus.DONE or run.hash is None:
            await _end(ctx, one, run.report, "failed", run.problem or f"run-{run.status}")
        elif one.kind != MAIL:
            await _delivered(ctx, one, run.report, run.hash)
        else:
            leased = {"status": "sending", "tries": one.tries + 1, "next_at": ctx.instant + LEASE}
            await deliveries.change(ctx.tx, one.id, leased)
            letter = _letter(one, schedule.name, run, run.hash, link(run.id))
            return Taken(delivery=one, report=run.report, hash=run.hash, letter=letter)
    return None


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


async def _delivered(ctx: Context, one: StoredDelivery, report: str, said: str) -> None:
    over: dict[str, Any] = {"status": "delivered", "problem": None, "next_at": None}
    await deliveries.change(ctx.tx, one.id, {**over, "finished_at": ctx.instant})
    tell(ctx, event(ctx, EventType.REPORT_DELIVERED, {**told_of(one, report), "hash": said}))


async def _end(ctx: Context, one: StoredDelivery, report: str, status: str, problem: str) -> None:
    over = {"status": status, "problem": problem, "next_at": None, "finished_at": ctx.instant}
    await deliveries.change(ctx.tx, one.id, over)
    tell_failed(ctx, report, one, problem)


def _letter(one: StoredDelivery, name: str, run: StoredRun, said: str, link: str) -> Letter:
    days = f"{one.from_on} to {one.to_on}" if one.from_on != one.to_on else f"{one.to_on}"
    lines = [
        f"{name}: the report {run.report} of {days}, {run.parameters['basis']}.",
        "",
        f"Looked at from {run.parameters['as_of']}, known on {run.parameters['known_on']}.",
        f"File ({run.form}), kept until {run.expires_at:%Y-%m-%d}: {link}",
        f"Hash: {said}",
        "",
        "This mail was made by a schedule. It carries no figures of its own.",
    ]
    return Letter(to=one.address, subject=f"{name}, {days}", text="\n".join(lines) + "\n")
