"""The database, and what is made of the code: the API's document and two pages of the docs."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from app.cli import roles as roles_page
from app.cli.console import as_owner, explained, out, say, the_installation
from app.cli.output_files import output
from app.config import Settings
from app.main import create_app
from app.routers.edge.openapi import release
from app.services.policy_documents.page import page
from app.services.tenancy.continuity import put_back
from app.services.tenancy.installation import Installation

DOCUMENT = Path("docs/openapi.json")
FIGURES_PAGE = Path("docs/policies.md")
ROLES_PAGE = Path("docs/roles.md")


def _tell_version(wanted: bool) -> None:
    if wanted:
        out.print(f"accord {release()}")
        raise typer.Exit


def about(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=_tell_version,
            help="Print this release's number.",
        ),
    ] = False,
) -> None:
    """Payment plans on overdue debt. `accord demo` shows what it does."""


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


def migration(
    message: Annotated[str, typer.Argument(help="What it does, in a few words.")],
) -> None:
    """Write a new migration from what the tables say and the database does not yet."""
    with explained(), the_installation(Settings(), creates=True) as place:
        asyncio.run(place.migrate())
        asyncio.run(place.draft_migration(message))


def openapi(
    *,
    check: Annotated[bool, typer.Option(help="Only compare; exit 1 if they differ.")] = False,
    path: Annotated[Path, typer.Option(help="The document.")] = DOCUMENT,
) -> None:
    """Write docs/openapi.json from the code, or compare them. Needs no database."""
    with explained():
        made = json.dumps(create_app().openapi(), indent=2, ensure_ascii=False) + "\n"
        _write(path, made, check=check, by="accord openapi")


def figures(
    *,
    check: Annotated[bool, typer.Option(help="Only compare; exit 1 if they differ.")] = False,
    path: Annotated[Path, typer.Option(help="The page.")] = FIGURES_PAGE,
) -> None:
    """Write docs/policies.md, every figure of a policy, or compare. Needs no database."""
    with explained():
        _write(path, page(), check=check, by="accord figures")


def roles(
    *,
    check: Annotated[bool, typer.Option(help="Only compare; exit 1 if they differ.")] = False,
    path: Annotated[Path, typer.Option(help="The page.")] = ROLES_PAGE,
) -> None:
    """Write docs/roles.md, who may do what, or compare. Needs no database."""
    with explained():
        made = roles_page.page(create_app().openapi())
        _write(path, made, check=check, by="accord roles")


def _write(path: Path, made: str, *, check: bool, by: str) -> None:
    """Write what the code says to a file, or only compare."""
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        with output(path) as file:
            file.write(made)
        out.print(f"{path} is written.")
    elif path.exists() and path.read_text(encoding="utf-8") == made:
        out.print(f"{path} says what the code says.")
    else:
        say(f"{path} is not what the code says: run `{by}` and review the change.")
        raise typer.Exit(1)
