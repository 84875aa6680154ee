"""`accord`: the command line. One module a command; here they come together."""

import typer

from app.cli import doctor, imports, journal, reconcile, schema, serve, sweep, tenants, verify
from app.cli.demo import command

app = typer.Typer(
    name="accord",
    help="Payment plans on overdue debt. `accord demo` shows what it does.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # they hold passwords and keys
)
app.callback()(schema.about)
app.command()(serve.serve)
app.command()(command.demo)
app.command()(schema.migrate)
app.command()(schema.migration)
app.command()(schema.restored)
app.command()(schema.openapi)
app.command()(schema.figures)
app.command()(schema.roles)
app.command()(sweep.sweep)
app.command()(verify.verify)
app.command()(doctor.doctor)
app.command()(reconcile.reconcile)
app.command()(journal.journal)
app.add_typer(imports.app, name="import")
app.add_typer(tenants.tenants, name="tenants")
app.add_typer(tenants.keys, name="keys")
