"""`accord tenants` and `accord keys`: who may use this installation, and as whom."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer
from rich import box
from rich.table import Table

from app.cli.console import as_owner, explained, out, say, the_installation
from app.cli.options import Tenant
from app.config import Settings
from app.domain.vocabulary import Role
from app.services.tenancy import tenants as service
from app.services.tenancy.installation import Installation

tenants = typer.Typer(help="Creditors kept apart by the database.", no_args_is_help=True)
keys = typer.Typer(help="API keys of a tenant.", no_args_is_help=True)

_EVERYTHING = "*"
_LEAST = ",".join(service.LEAST_SCOPES)

DaysOption = Annotated[
    int | None, typer.Option(help="It ends so many days from now. Default: when it is revoked.")
]


@tenants.command("create")
def create_tenant(
    name: Annotated[str, typer.Argument(help="What it is called; unique.")],
    *,
    time_zone: Annotated[str, typer.Option(help="Its days begin here.")] = "UTC",
    sandbox: Annotated[bool, typer.Option(help="It may move its own clock.")] = False,
) -> None:
    """Make a tenant, with the shipped policies. Prints its id."""

    async def run(place: Installation) -> None:
        async with as_owner(place) as database:
            made = await service.create_tenant(
                database, name=name, time_zone=time_zone, sandbox=sandbox
            )
        out.print(str(made.tenant_id))
        say(f"Next, a key: accord keys create --tenant {name}")

    with explained(), the_installation(Settings(), creates=True) as place:
        asyncio.run(run(place))


@tenants.command("list")
def list_tenants() -> None:
    """Show every tenant."""

    async def run(place: Installation) -> None:
        async with as_owner(place) as database:
            found = await service.list_tenants(database)
        table = _table("id", "name", "time zone", "sandbox", "clock")
        for tenant in found:
            table.add_row(
                str(tenant.tenant_id),
                tenant.name,
                tenant.time_zone,
                "yes" if tenant.sandbox else "",
                str(tenant.business_date or ""),
            )
        out.print(table)

    with explained(), the_installation(Settings()) as place:
        asyncio.run(run(place))


@keys.command("create")
def create_key(
    *,
    tenant: Tenant,
    name: Annotated[str, typer.Option(help="What it is for.")] = "key",
    role: Annotated[Role, typer.Option(help="What policies let it do and agree to.")] = Role.AGENT,
    scopes: Annotated[
        str, typer.Option(help="Separated by commas: accounts:read,payments:*. All of them: '*'.")
    ] = _LEAST,
    days: DaysOption = None,
) -> None:
    """Make an API key, by default one that may only look. Prints it, this once."""

    async def run(place: Installation) -> None:
        async with as_owner(place) as database:
            found = await service.find_tenant(database, tenant)
            wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
            token = await service.create_key(
                database, found.tenant_id, name=name, role=role, scopes=wanted, lasts=_days(days)
            )
        out.print(token)
        may = "everything (*)" if _EVERYTHING in wanted else ", ".join(wanted)
        ends = "when it is revoked" if days is None else f"in {days} days"
        say(f"Given: role {role}; scopes {may}; it ends {ends}. Other roles: docs/roles.md.")
        say("It is shown this once. Send it as `Authorization: Bearer <key>`.")

    with explained(), the_installation(Settings()) as place:
        asyncio.run(run(place))


@keys.command("list")
def list_keys(*, tenant: Tenant) -> None:
    """Show a tenant's keys, without their secrets."""

    async def run(place: Installation) -> None:
        async with as_owner(place) as database:
            found = await service.find_tenant(database, tenant)
            table = _table(
                "id", "name", "role", "scopes", "created", "last used", "ends", "revoked"
            )
            for key in await service.list_keys(database, found.tenant_id):
                table.add_row(
                    str(key.id),
                    key.name,
                    key.role,
                    ", ".join(sorted(key.scopes)),
                    *(_day(one) for one in (key.created_at, key.last_used_at, key.expires_at)),
                    _day(key.revoked_at),
                )
        out.print(table)

    with explained(), the_installation(Settings()) as place:
        asyncio.run(run(place))


@keys.command("rotate")
def rotate_key(
    key_id: Annotated[UUID, typer.Argument(help="As `accord keys list` shows it.")],
    *,
    tenant: Tenant,
    overlap_hours: Annotated[
        int, typer.Option(help="For so long the secret it had works too; 0: it ends at once.")
    ] = 24,
    days: DaysOption = None,
) -> None:
    """Give a key a new secret, under the same id. Prints it, this once."""

    async def run(place: Installation) -> None:
        async with as_owner(place) as database:
            found = await service.find_tenant(database, tenant)
            token = await service.rotate_key(
                database,
                found.tenant_id,
                key_id,
                overlap=timedelta(hours=overlap_hours),
                lasts=_days(days),
            )
        out.print(token)
        say(f"The secret before it ends in {overlap_hours} hours. This one is shown this once.")

    with explained(), the_installation(Settings()) as place:
        asyncio.run(run(place))


@keys.command("revoke")
def revoke_key(
    key_id: Annotated[UUID, typer.Argument(help="As `accord keys list` shows it.")],
    *,
    tenant: Tenant,
) -> None:
    """End a key, from the next request on."""

    async def run(place: Installation) -> None:
        async with as_owner(place) as database:
            found = await service.find_tenant(database, tenant)
            await service.revoke_key(database, found.tenant_id, key_id)
        out.print(f"Revoked {key_id}.")

    with explained(), the_installation(Settings()) as place:
        asyncio.run(run(place))


def _days(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(days=count)


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else ""


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:  # an id that is cut is none
        table.add_column(column, overflow="fold", min_width=36 if column == "id" else None)
    return table
