"""`accord verify`: whether every event is still what was written, and the first that is not."""

import asyncio
import os
from collections.abc import Callable
from time import monotonic
from typing import Annotated

import typer

from app.cli.console import as_application, explained, out, say, the_installation
from app.cli.sweep import LINE_EVERY_S
from app.config import Settings
from app.routers.edge.csv import shown_id
from app.services.books.verify import Verified, accounts_of
from app.services.books.verify import verify as run_verify
from app.services.tenancy.installation import Installation
from app.services.tenancy.tenants import TenantRecord, find_tenant, list_tenants

BROKEN = 3  #: exit code; 1 is: it could not be looked at


def verify(
    *,
    tenant: Annotated[str | None, typer.Option(help="Only this one, by name or id.")] = None,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that look at once; default: one a processor.")
    ] = os.cpu_count() or 1,
) -> None:
    """Hold every account's chain of events against its hashes. Exits 3 where one is broken."""
    with explained(), the_installation(Settings()) as place:
        whole = asyncio.run(_verify(place, tenant, workers))
    if not whole:
        raise typer.Exit(BROKEN)


async def _verify(place: Installation, only: str | None, workers: int) -> bool:
    async with as_application(place) as database:
        tenants = [await find_tenant(database, only)] if only else await list_tenants(database)
        sizes = [await accounts_of(database, tenant.tenant_id) for tenant in tenants]
    if not tenants:
        out.print("There is no tenant yet, so nothing to verify.")
    whole = True
    for tenant, size in zip(tenants, sizes, strict=True):
        found = await run_verify(
            place.app_url,
            tenant.tenant_id,
            workers=workers,
            progress=_progress(tenant.name, size),
        )
        _print(tenant, found)
        whole = whole and found.whole
    return whole


def _progress(name: str, size: int) -> Callable[[Verified], None]:
    """Print how far it is every so often."""
    said_at = monotonic()

    def line(found: Verified) -> None:
        nonlocal said_at
        if monotonic() - said_at >= LINE_EVERY_S:
            said_at = monotonic()
            say(f"{name}: {found.accounts:,} of {size:,} accounts")

    return line


def _print(tenant: TenantRecord, found: Verified) -> None:
    looked = f"{found.accounts:,} accounts, {found.events:,} events"
    if found.whole:
        out.print(f"{tenant.name}: {looked}, all as they were written")
        return
    out.print(f"{tenant.name}: {looked}, BROKEN: {found.broken:,} chains")
    for one in found.breaks:
        name = shown_id("account", one.account_id) if one.account_id else "what has no account"
        out.print(f"{tenant.name}: {name} is not as it was written from event {one.sequence} on")
    if found.broken > len(found.breaks):
        say(f"{found.broken - len(found.breaks):,} more are not named.")
