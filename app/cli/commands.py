"""`accord`: the command line. One module a command; here they come together.

A command's module is read when the command is asked for: the API's models take seconds, and
`accord keys create` needs none of them.
"""

import gc
import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from app.config import release

#: Each command, in the order of `accord --help`: its module, and what in it is the command.
COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "serve": ("app.cli.serve", "serve"),
    "demo": ("app.cli.demo.command", "demo"),
    "migrate": ("app.cli.database", "migrate"),
    "migration": ("app.cli.database", "migration"),
    "restored": ("app.cli.database", "restored"),
    "distribute": ("app.cli.database", "distribute"),
    "openapi": ("app.cli.schema", "openapi"),
    "figures": ("app.cli.schema", "figures"),
    "roles": ("app.cli.schema", "roles"),
    "compliance": ("app.cli.schema", "compliance"),
    "files": ("app.cli.schema", "files"),
    "events": ("app.cli.schema", "events"),
    "sweep": ("app.cli.sweep", "sweep"),
    "work": ("app.cli.work", "work"),
    "mail": ("app.cli.mail", "mail"),
    "bounces": ("app.cli.bounces", "bounces"),
    "verify": ("app.cli.checks.verify", "verify"),
    "verify-evidence": ("app.cli.checks.evidence", "verify_evidence"),
    "doctor": ("app.cli.doctor", "doctor"),
    "reconcile": ("app.cli.files.reconcile", "reconcile"),
    "journal": ("app.cli.journal", "journal"),
    "report": ("app.cli.reports.report", "report"),
    "import": ("app.cli.files.imports", "app"),
    "tenants": ("app.cli.tenants", "tenants"),
    "keys": ("app.cli.tenants", "keys"),
    "reports": ("app.cli.reports.caches", "app"),
}


class Commands(TyperGroup):
    """The commands above, each read at its first use."""

    def __init__(self, **said: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__(**said)
        self.commands = dict.fromkeys(COMMANDS, self)  # names, for `Did you mean`

    # Typer's own words of its types are its own affair: `typer._click`.
    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401
        """The command of that name; None where there is none."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, word = COMMANDS[cmd_name]
        found = getattr(_read(module), word)
        if isinstance(found, typer.Typer):
            return typer.main.get_group(found)
        alone = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
        alone.command(cmd_name)(found)
        return typer.main.get_command(alone)


def _read(module: str) -> ModuleType:
    """The module, read without a search for cycles among what stays: a quarter of a start."""
    if module in sys.modules:
        return sys.modules[module]
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


app = typer.Typer(
    cls=Commands,
    name="accord",
    help="Payment plans on overdue debt. `accord demo` shows what it does.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # they hold passwords and keys
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"accord {release()}")
        raise typer.Exit


@app.callback()
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
