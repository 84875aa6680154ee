"""`accord reports rebuild` and `compare`: what closed days came to, held against the facts."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer

from app.cli.console import as_application, explained, out, say, the_installation
from app.cli.options import Tenant, parse_day
from app.cli.reports.grants import app
from app.config import Settings
from app.routers.edge.deps import today
from app.services.reports.rebuilding import Caches, Unlike
from app.services.tenancy.installation import Installation
from app.services.tenancy.tenants import find_tenant
from app.storage.database.engine import Database
from app.storage.database.unavailable import Unavailable

__all__ = ["app"]

#: Differences printed of a day; how many there are is said.
MOST_SHOWN = 20
#: How the database says that somebody else was at it for too long.
_WAITED = {"lock", "statement", "deadlock"}

Since = Annotated[
    date | None,
    typer.Option("--from", parser=parse_day, metavar="DAY", help="From this day on; else the first "
                 "that is kept."),
]  # fmt: skip
Until = Annotated[
    date | None,
    typer.Option("--to", parser=parse_day, metavar="DAY", help="Until this day; else the last that "
                 "is closed."),
]  # fmt: skip


@app.command("rebuild")
def rebuild(*, tenant: Tenant, since: Since = None, to: Until = None) -> None:
    """Make what is kept of closed days again, of the facts: every day of the span.

    Reports read the facts while a day is made. Exit code 1 where a day is not, since somebody else
    keeps days all the while.
    """

    async def run(place: Installation) -> int:
        left = 0
        async with as_application(place) as database:
            caches = await _caches(database, tenant)
            if unkept := await caches.complete():
                say(f"{unkept} accounts were last written before there were caches.")
            for on in await caches.days(since, to):
                try:
                    number = await caches.rebuild(on)
                except Unavailable as trouble:
                    if trouble.reason not in _WAITED:
                        raise
                    say(f"{on}: not made, a sweep or another rebuild is keeping days: try again.")
                    left += 1
                    continue
                made = "made by somebody else meanwhile" if number is None else f"{number} accounts"
                out.print(f"{on}: {made}")
        return left

    with explained(), the_installation(Settings()) as place:
        if asyncio.run(run(place)):
            raise typer.Exit(1)


@app.command("compare")
def compare(*, tenant: Tenant, since: Since = None, to: Until = None) -> None:
    """Hold what is kept of closed days against the facts. Exit code 1 where they are unlike."""

    async def run(place: Installation) -> int:
        number = 0
        async with as_application(place) as database:
            caches = await _caches(database, tenant)
            for on in await caches.kept(await caches.days(since, to)):
                found = await caches.compare(on)
                number += len(found)
                _print(on, found)
        return number

    with explained(), the_installation(Settings()) as place:
        if asyncio.run(run(place)):
            raise typer.Exit(1)


async def _caches(database: Database, wanted: str) -> Caches:
    tenant = await find_tenant(database, wanted)
    return Caches(
        database=database,
        tenant_id=tenant.tenant_id,
        business_date=tenant.business_date or today(tenant.time_zone),
    )


def _print(on: date, found: Sequence[Unlike]) -> None:
    if not found:
        out.print(f"{on}: as the facts say")
    for one in found[:MOST_SHOWN]:
        key = " ".join(part or "-" for part in one.key)
        out.print(f"{on}: {one.cache} {key} {one.figure}: {one.kept}, the facts say {one.facts}",
                  markup=False)  # fmt: skip
    if len(found) > MOST_SHOWN:
        out.print(f"{on}: {len(found)} differences in all")
