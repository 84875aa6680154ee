"""`accord import`: accounts, plans, payments, contacts and more from CSV files, page by page.

How a file writes things is said by options, the same for every kind and for `reconcile`.
"""

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from app.cli.console import as_application, explained, out, the_installation
from app.cli.import_job import Job, import_file, shown
from app.cli.sheets import SHEET, Files, sheet
from app.config import Settings
from app.domain.field_limits import read_day
from app.services.files.columns import LABEL, LABELED, METADATA, TABLE, Kind, Unmatched
from app.services.files.csv_files import delimiter_of
from app.services.files.formats import DATES, ENCODINGS, Amounts, BadFormat, Formats, formats_of
from app.services.files.imports import Summary
from app.services.tenancy.installation import Installation
from app.services.tenancy.tenants import NotPossible

app = typer.Typer(
    cls=Files,
    help="Bring in accounts, plans, charges, payments and contacts from CSV files, or what a "
    "spreadsheet holds: accord import FILE.xlsx --kind … (the command sheet).",
    no_args_is_help=True,
)


File = Annotated[
    str, typer.Argument(metavar="FILE", help="CSV, plain or gzip; - for what is piped in.")
]
Tenant = Annotated[str, typer.Option(help="Whose they are: the tenant, by name or id.")]
Money = Annotated[
    Amounts | None,
    typer.Option(
        help="Whole minor units in columns …_minor (the default), or decimals in columns "
        "without that ending."
    ),
]
Decimal = Annotated[
    str | None,
    typer.Option(metavar="SIGN", help="What stands before decimals, . or ,; they are decimals."),
]
Thousands = Annotated[
    str | None,
    typer.Option(metavar="SIGN", help="What groups thousands: . , ' or a blank. None without it."),
]
Dates = Annotated[
    str | None,
    typer.Option("--date", metavar="PATTERN", help=f"How days are written: {DATES}."),
]
Encoding = Annotated[
    str | None,
    typer.Option(metavar="NAME", help=f"UTF-8 unless said: {', '.join(ENCODINGS)}."),
]
Nulls = Annotated[
    list[str] | None,
    typer.Option("--null", metavar="WORD", help="A word that says nothing, like NULL; repeatable."),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Store nothing: show the first ten rows as understood, what looks wrong, and what "
        "cannot be read.",
    ),
]
PageSize = Annotated[int, typer.Option(min=1, max=10_000, help="Rows a transaction.")]
Rejects = Annotated[
    Path | None, typer.Option(help="Where refused rows go, each with its line and the reason.")
]
Effective = Annotated[
    str | None, typer.Option(help="The column that says effective_on; the same as with --map.")
]
Map = Annotated[
    list[str] | None, typer.Option("--map", help="name=header: where the file says otherwise.")
]
Constants = Annotated[
    list[str] | None, typer.Option("--set", help="name=value: the same on every line.")
]
Waiting = Annotated[
    Unmatched | None,
    typer.Option(
        "--unmatched",
        help="Payments whose account is unknown: refused, or kept in suspense for somebody to "
        "assign. The same as --set unmatched=….",
    ),
]
Ignore = Annotated[bool, typer.Option(help="Pass over columns nobody knows.")]


def _delimiter(raw: str) -> str:
    try:
        return delimiter_of(raw)
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from None


def parse_day(raw: str) -> date:
    try:
        return read_day(raw)
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from None


Day = Annotated[
    date | None,
    typer.Option(
        parser=parse_day, metavar="DAY", help="A sandbox's own: the day it is all entered on."
    ),
]
Delimiter = Annotated[
    str, typer.Option(parser=_delimiter, metavar="SIGN", help="What stands between cells, or tab.")
]
Actor = Annotated[str | None, typer.Option(help="Who answers for it; kept with every fact.")]


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


def formats(
    *,
    amounts: Amounts | None,
    decimal: str | None,
    thousands: str | None,
    dates: str | None,
    encoding: str | None,
    nulls: Sequence[str] | None,
) -> Formats:
    """How the file writes things, of the options. Raises `NotPossible`, naming the option."""
    try:
        return formats_of(
            amounts=amounts,
            decimal=decimal,
            thousands=thousands,
            days=dates,
            encoding=encoding,
            nulls=nulls or (),
        )
    except BadFormat as problem:
        raise NotPossible(f"--{problem.name}: {problem}") from None


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


def pairs(raw: Sequence[str] | None) -> dict[str, str]:
    """The pairs of `--map` and `--set`, given as name=value. Raises `NotPossible`."""
    found = dict(one.partition("=")[::2] for one in raw or ())
    if not all(name and value for name, value in found.items()):
        raise NotPossible("Write it as name=value.")
    return found


async def _at(place: Installation, job: Job) -> Summary:
    async with as_application(place) as database:
        return await import_file(database, job)
