"""What is made of the code: the API's document and pages of the docs."""

import json
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.console import explained, out, say
from app.cli.files.output_files import output
from app.cli.pages import compliance as compliance_page
from app.cli.pages import files as files_page
from app.cli.pages import roles as roles_page
from app.main import create_app
from app.routers.books.event_page import events_page
from app.services.policy_documents.page import page

DOCUMENT = Path("docs/openapi.json")
FIGURES_PAGE = Path("docs/policies.md")
ROLES_PAGE = Path("docs/roles.md")
FILES_PAGE = Path("docs/files.md")
COMPLIANCE_PAGE = Path("docs/compliance.md")
EVENTS_PAGE = Path("docs/events.md")


def openapi(
    *,
    check: Annotated[bool, typer.Option(help="Only compare; exit 1 if they differ.")] = False,
    path: Annotated[Path, typer.Option(help="The document.")] = DOCUMENT,
) -> None:
    """Write docs/openapi.json from the code, or compare them. Needs no database."""
    with explained():
        made = json.dumps(_document(), indent=2, ensure_ascii=False) + "\n"
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
        made = roles_page.page(_document())
        _write(path, made, check=check, by="accord roles")


def events(
    *,
    check: Annotated[bool, typer.Option(help="Only compare; exit 1 if they differ.")] = False,
    path: Annotated[Path, typer.Option(help="The page.")] = EVENTS_PAGE,
) -> None:
    """Write docs/events.md, what each type of event carries, or compare. Needs no database."""
    with explained():
        _write(path, events_page(), check=check, by="accord events")


def files(
    *,
    check: Annotated[bool, typer.Option(help="Only compare; exit 1 if they differ.")] = False,
    path: Annotated[Path, typer.Option(help="The page.")] = FILES_PAGE,
) -> None:
    """Write docs/files.md, the columns of each kind of file, or compare. Needs no database."""
    with explained():
        _write(path, files_page.page(), check=check, by="accord files")


def compliance(
    *,
    check: Annotated[bool, typer.Option(help="Only compare; exit 1 if they differ.")] = False,
    path: Annotated[Path, typer.Option(help="The page.")] = COMPLIANCE_PAGE,
) -> None:
    """Write docs/compliance.md, the contact rules that ship, or compare. Needs no database."""
    with explained():
        _write(path, compliance_page.page(), check=check, by="accord compliance")


@cache
def _document() -> dict[str, Any]:
    """The API's document, made once: it takes seconds."""
    return create_app().openapi()


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
