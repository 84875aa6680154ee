"""What all commands share: where they print, how they fail, and the database they work on."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import cast

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from app.config import Settings
from app.domain.errors import DomainError
from app.routers.edge.logs import exception_facts
from app.services.tenancy.installation import (
    EmbeddedUnavailable,
    Installation,
    OwnerUnknown,
    UnsafeRole,
    denial,
    installation,
)
from app.services.tenancy.readiness import readiness
from app.services.tenancy.tenants import NotPossible
from app.storage.database.engine import Database
from app.storage.database.unavailable import Unavailable

_PATIENCE_S = 60  # for one statement: a command reads and writes more at once than a request
_FILE_WIDTH = 120  # of a table that no terminal shows

out = Console(  #: what was asked for
    highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _FILE_WIDTH
)
err = Console(highlight=False, soft_wrap=True, stderr=True)  #: what is said about it

_ADVICE = {
    "database-unavailable": "The database does not answer.",
    "migrations-pending": "The database is not at this version's schema: run `accord migrate`.",
}


def say(sentence: str) -> None:
    """A line for the person at the keyboard; it is never part of the output."""
    err.print(escape(sentence))


def bug(error: Exception) -> str:
    """An unforeseen error in words that can be passed on: its kind and its frames, no data."""
    facts = exception_facts(error)
    frames = [f"\n  {frame}" for frame in cast("list[str]", facts["frames"])]
    return f"{facts['error']}: {facts['message']}{''.join(frames)}"


@contextmanager
def explained() -> Iterator[None]:
    """End the command with one sentence and exit code 1 where the error is no bug.

    A bug keeps its traceback.
    """
    try:
        yield
    except ValidationError as error:
        for wrong in error.errors(include_url=False, include_input=False):
            name = "_".join(str(part) for part in wrong["loc"]).upper()
            say(f"ACCORD_{name}: {wrong['msg']}")
    except (
        DomainError,
        EmbeddedUnavailable,
        NotPossible,
        OSError,
        OwnerUnknown,
        Unavailable,
        UnsafeRole,
    ) as error:
        say(denial(error) or str(error))
    except Exception as error:
        sentence = denial(error)
        if sentence is None:
            raise
        say(sentence)
    else:
        return
    raise typer.Exit(1)


@contextmanager
def the_installation(settings: Settings, *, creates: bool = False) -> Iterator[Installation]:
    """The database the settings name, and which it is; the embedded one is started.

    Only a command that `creates` makes one where there is none yet.
    """
    with installation(
        settings.data_dir,
        database_url=settings.database_url,
        admin_url=settings.admin_database_url,
        creates=creates,
    ) as place:
        say(f"Database: {place.place}")
        yield place


@asynccontextmanager
async def as_owner(place: Installation) -> AsyncIterator[Database]:
    """Who may make tenants and keys. The embedded database is brought up to date first."""
    if place.embedded:
        await place.migrate()
    async with _connected(place.owner_url) as database:
        yield database


@asynccontextmanager
async def as_application(place: Installation, *, pool_size: int = 2) -> AsyncIterator[Database]:
    """Who serves, sweeps and imports: bound by row-level security."""
    if place.embedded:
        await place.migrate()
    async with _connected(place.app_url, pool_size=pool_size) as database:
        yield database


@asynccontextmanager
async def _connected(url: str, *, pool_size: int = 1) -> AsyncIterator[Database]:
    database = Database(
        url, pool_size=pool_size, statement_timeout_s=_PATIENCE_S, application_name="accord cli"
    )
    try:
        if (state := await readiness(database)) != "ok":
            raise NotPossible(_ADVICE[state])
        yield database
    finally:
        await database.dispose()
