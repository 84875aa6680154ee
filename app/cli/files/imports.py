"""`accord import`: accounts, plans, payments, contacts and more from CSV files, page by page.

How a file writes things is said by options, the same for every kind and for `reconcile`.
"""

import asyncio

import typer

from app.cli.console import as_application, explained, out, the_installation
from app.cli.files.import_job import Job, import_file, shown
from app.cli.files.options import (
    Actor,
    Constants,
    Dates,
    Day,
    Decimal,
    Delimiter,
    DryRun,
    Effective,
    Encoding,
    File,
    Ignore,
    Map,
    Money,
    Nulls,
    PageSize,
    Rejects,
    Thousands,
    Waiting,
    formats,
    pairs,
)
from app.cli.files.sheets import SHEET, Files, sheet
from app.cli.options import Tenant
from app.config import Settings
from app.services.files.columns import LABEL, LABELED, METADATA, TABLE, Kind
from app.services.files.formats import Amounts
from app.services.files.imports import Summary
from app.services.tenancy.installation import Installation

app = typer.Typer(
    cls=Files,
    help="Bring in accounts, plans, charges, payments and contacts from CSV files, or what a "
    "spreadsheet holds: accord import FILE.xlsx --kind … (the command sheet).",
    no_args_is_help=True,
)


def _command(kind: Kind, what: str) -> None:
    @app.command(str(kind), help=f"{what}\n\n\b\n{_columns(kind)}")
    def command(
        file: File,
        *,
        tenant: Tenant,
        amounts: Money = None,
        decimal: Decimal = None,
        thousands: Thousands = None,
        dates: Dates = None,
        encoding: Encoding = None,
        nulls: Nulls = None,
        page_size: PageSize = 500,
        rejects: Rejects = None,
        renamed: Map = None,
        effective_column: Effective = None,
        constants: Constants = None,
        unmatched: Waiting = None,
        ignore_unknown: Ignore = False,
        delimiter: Delimiter = ",",
        actor: Actor = None,
        business_date: Day = None,
        dry_run: DryRun = False,
    ) -> None:
        found = {"effective_on": effective_column} if effective_column else {}
        kept = {"unmatched": str(unmatched)} if unmatched else {}
        with explained():
            job = Job(
                kind=kind,
                path=file,
                tenant=tenant,
                formats=formats(
                    amounts=amounts,
                    decimal=decimal,
                    thousands=thousands,
                    dates=dates,
                    encoding=encoding,
                    nulls=nulls,
                ),
                page_size=page_size,
                rejects=rejects,
                renamed={**found, **pairs(renamed)},
                constants={**kept, **pairs(constants)},
                ignore_unknown=ignore_unknown,
                delimiter=delimiter,
                actor=actor,
                business_date=business_date,
                dry_run=dry_run,
            )
            with the_installation(Settings()) as place:
                summary = asyncio.run(_at(place, job))
            out.print(shown(summary, job.formats.amounts))
        if summary.rejected:
            raise typer.Exit(1)


def _columns(kind: Kind) -> str:
    """Every column of a kind, a line each."""
    lines = ["Columns (* must be there):"]
    for column in TABLE[kind]:
        name = column.spelled(Amounts.MINOR) + ("*" if column.needed else "")
        lines.append(f"  {name}: {column.cell.words}. {column.about}")
    if kind in LABELED:
        lines.append(f"  {METADATA}<key>: {LABEL.words}. A label of your own.")
    return "\n".join(lines).replace("`", "")


_command(Kind.ACCOUNTS, "Place accounts.")
_command(Kind.PLANS, "Open plans.")
_command(Kind.CHARGES, "Charge accounts.")
_command(Kind.PAYMENTS, "Post payments.")
_command(Kind.RETURNS, "Reverse payments that came back.")
_command(Kind.CORRECTIONS, "Correct placements.")
_command(Kind.CONTACTS, "Record contacts.")
app.command(SHEET)(sheet)


async def _at(place: Installation, job: Job) -> Summary:
    async with as_application(place) as database:
        return await import_file(database, job)
