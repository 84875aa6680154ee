"""`accord`: the command line. One module a command; here they come together."""

import typer

from app.cli import (
    demo,
    importing,
    journaling,
    reconciling,
    schema,
    serving,
    sweeping,
    tenants,
)

app = typer.Typer(
    name="accord",
    help="Payment plans on overdue debt. `accord demo` shows what it does.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # they hold passwords and keys
)
app.callback()(schema.about)
app.command()(serving.serve)
app.command()(demo.demo)
app.command()(schema.migrate)
app.command()(schema.migration)
app.command()(schema.openapi)
app.command()(sweeping.sweep)
app.command()(reconciling.reconcile)
app.command()(journaling.journal)
app.add_typer(importing.app, name="import")
app.add_typer(tenants.tenants, name="tenants")
app.add_typer(tenants.keys, name="keys")
