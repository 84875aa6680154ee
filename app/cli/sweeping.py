"""`accord sweep`: close the day for every account, of one tenant or of all."""

import asyncio
from datetime import date, datetime
from typing import Annotated

import typer

from app.cli.console import as_application, out, the_installation, told
from app.config import Settings
from app.routers.deps import today
from app.services.installation import Installation
from app.services.sweeps import SweepReport
from app.services.sweeps import sweep as run_sweep
from app.services.tenants import find_tenant, list_tenants


def sweep(
    business_date: Annotated[
        datetime | None,
        typer.Argument(
            formats=["%Y-%m-%d"], metavar="[DATE]", help="Default: each tenant's business date."
        ),
    ] = None,
    *,
    tenant: Annotated[str | None, typer.Option(help="Only this one, by name or id.")] = None,
) -> None:
    """Close the day for every account. Twice is once, and late is not wrong."""
    with told(), the_installation(Settings()) as place:
        asyncio.run(_sweep(place, business_date.date() if business_date else None, tenant))


async def _sweep(place: Installation, on: date | None, only: str | None) -> None:
    async with as_application(place) as database:
        tenants = [await find_tenant(database, only)] if only else await list_tenants(database)
        for tenant in tenants:
            report = await run_sweep(
                database,
                tenant.tenant_id,
                business_date=on or tenant.business_date or today(tenant.time_zone),
                policy_epoch=tenant.policy_epoch,
            )
            out.print(f"{tenant.name}: {_summary(report)}")
        if not tenants:
            out.print("There is no tenant yet, so nothing to sweep.")


def _summary(report: SweepReport) -> str:
    told = ", ".join(f"{count} {name}" for name, count in sorted(report.by_transition.items()))
    return f"{report.business_date}, {report.examined} examined, {report.changed} changed" + (
        f" ({told})" if told else ""
    )
