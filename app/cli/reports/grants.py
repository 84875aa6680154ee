"""`accord reports grant` and `revoke`: logins of other people's tools, each bound to one tenant."""

import asyncio
from typing import Annotated

import typer

from app.cli.console import as_owner, explained, out, say, the_installation
from app.cli.options import Tenant
from app.config import Settings
from app.services.tenancy import reporting
from app.services.tenancy.installation import Installation
from app.services.tenancy.tenants import find_tenant

app = typer.Typer(help="What reports are made of, and who reads it.", no_args_is_help=True)

LoginArgument = Annotated[str, typer.Argument(help="The login's name in the database.")]


@app.command("grant")
def grant(
    login: LoginArgument,
    *,
    tenant: Tenant,
    statement_timeout_s: Annotated[
        int, typer.Option(help="A statement of it is given up after so many seconds.")
    ] = 60,
) -> None:
    """Make a login that reads one tenant's views in schema `reporting`. Prints its password once.

    Granted again, it has a new password. What it may read: docs/reporting.md.
    """

    async def run(place: Installation) -> str:
        async with as_owner(place) as database:
            found = await find_tenant(database, tenant)
            return await reporting.grant_login(
                database, found.tenant_id, login=login, statement_timeout_s=statement_timeout_s
            )

    with explained(), the_installation(Settings()) as place:
        out.print(asyncio.run(run(place)))
        say(f"{login} reads {tenant} by the views of schema `reporting`, and nothing else.")


@app.command("revoke")
def revoke(login: LoginArgument, *, tenant: Tenant) -> None:
    """End a login; connections it has open see nothing from their next statement on."""

    async def run(place: Installation) -> None:
        async with as_owner(place) as database:
            found = await find_tenant(database, tenant)
            await reporting.revoke_login(database, found.tenant_id, login=login)

    with explained(), the_installation(Settings()) as place:
        asyncio.run(run(place))
        out.print(f"{login} is gone.")
