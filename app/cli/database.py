"""The database's shape: bring it to the newest revision, spread it, say it was put back."""

import asyncio
from typing import Annotated

import typer

from app.cli.console import as_owner, explained, out, the_installation
from app.config import Settings
from app.services.tenancy.continuity import put_back
from app.services.tenancy.distribution import spread
from app.services.tenancy.installation import Installation


def migrate(
    *,
    set_password: Annotated[
        bool, typer.Option(help="Give accord_app the password that ACCORD_DATABASE_URL carries.")
    ] = False,
) -> None:
    """Bring the database to the newest revision. Twice is once."""
    with explained(), the_installation(Settings(), creates=True) as place:
        revision = asyncio.run(place.migrate(set_password=set_password))
        out.print(f"The database is at revision {revision}.")


def restored() -> None:
    """Say that the database was put back, so that readers of the event feed are told.

    A restore is noticed where PostgreSQL was started anew, which is nearly always; saying so does
    no harm.
    """

    async def run(place: Installation) -> int:
        async with as_owner(place) as database:
            return await put_back(database)

    with explained(), the_installation(Settings()) as place:
        out.print(f"A new epoch of the feed has begun: {asyncio.run(run(place))}.")


def distribute() -> None:
    """Spread the tables over the servers the database knows, by tenant. Twice is once.

    After `accord migrate` again: what it added is not spread yet.
    """

    async def run(place: Installation) -> list[str]:
        async with as_owner(place) as database:
            return await spread(database)

    with explained(), the_installation(Settings()) as place:
        tables = asyncio.run(run(place))
        out.print(f"Spread: {', '.join(tables)}." if tables else "All tables are spread already.")


def migration(
    message: Annotated[str, typer.Argument(help="What it does, in a few words.")],
) -> None:
    """Write a new migration from what the tables say and the database does not yet."""
    with explained(), the_installation(Settings(), creates=True) as place:
        asyncio.run(place.migrate())
        asyncio.run(place.draft_migration(message))
