"""How a file writes things and where its rows go: the options of `import` and `reconcile`."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import parse_day
from app.services.files.columns import Unmatched
from app.services.files.csv_files import delimiter_of
from app.services.files.formats import DATES, ENCODINGS, Amounts, BadFormat, Formats, formats_of
from app.services.tenancy.tenants import NotPossible

File = Annotated[
    str, typer.Argument(metavar="FILE", help="CSV, plain or gzip; - for what is piped in.")
]
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


def pairs(raw: Sequence[str] | None) -> dict[str, str]:
    """The pairs of `--map` and `--set`, given as name=value. Raises `NotPossible`."""
    found = dict(one.partition("=")[::2] for one in raw or ())
    if not all(name and value for name, value in found.items()):
        raise NotPossible("Write it as name=value.")
    return found
