"""`accord reconcile`: a processor's settlement file held against what was posted."""

import asyncio
import csv
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich import box
from rich.table import Table

from app.cli.console import as_application, explained, out, the_installation
from app.cli.files.import_job import written
from app.cli.files.options import (
    Constants,
    Dates,
    Decimal,
    Delimiter,
    Encoding,
    File,
    Map,
    Money,
    Nulls,
    Thousands,
    formats,
    pairs,
)
from app.cli.files.output_files import TERMINAL, keep_apart, output
from app.cli.options import Tenant, parse_day
from app.config import Settings
from app.domain.vocabulary import PaymentMethod
from app.routers.edge.csv import inert_row, shown_id
from app.services.files.csv_files import Unreadable, opened
from app.services.files.formats import Amounts, Formats
from app.services.files.reconcile import Finding, Reconciliation, Verdict, columns, pages_of
from app.services.files.reconcile import reconcile as run_reconciliation
from app.services.files.rows import BadColumns
from app.services.tenancy.installation import Installation
from app.services.tenancy.tenants import NotPossible, find_tenant
from app.storage.database.engine import Database

_COLUMNS = (
    "verdict", "line", "reference", "currency", "amount_there_minor", "amount_here_minor",
    "difference_minor", "date_there", "effective_on", "payment_id", "status", "problem",
)  # fmt: skip

From = Annotated[
    date | None,
    typer.Option(
        "--from",
        parser=parse_day,
        metavar="DAY",
        help="First day to miss payments on; else the file's own.",
    ),
]
To = Annotated[
    date | None, typer.Option(parser=parse_day, metavar="DAY", help="The last such day.")
]
Method = Annotated[
    PaymentMethod | None, typer.Option(help="Miss only payments that came this way.")
]
Rows = Annotated[
    Path | None, typer.Option("--csv", help="Write every finding there; - for this terminal.")
]
Document = Annotated[
    Path | None, typer.Option("--json", help="Sums and differences there; - for this terminal.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One settlement file, as asked for on the command line."""

    path: str
    tenant: str
    formats: Formats
    renamed: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    delimiter: str = ","
    since: date | None = None
    until: date | None = None
    method: PaymentMethod | None = None


def reconcile(
    file: File,
    *,
    tenant: Tenant,
    amounts: Money = None,
    decimal: Decimal = None,
    thousands: Thousands = None,
    dates: Dates = None,
    encoding: Encoding = None,
    nulls: Nulls = None,
    renamed: Map = None,
    constants: Constants = None,
    delimiter: Delimiter = ",",
    since: From = None,
    to: To = None,
    method: Method = None,
    rows: Rows = None,
    document: Document = None,
) -> None:
    """Compare a processor's settlement CSV (reference, amount, currency, date) with postings.

    Every line gets a verdict: matched, amount differs, missing here, duplicate, unreadable; so
    does every payment of those days that no line names: missing there. Exit code 1 on any
    difference.
    """
    with explained():
        job = Job(
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
            renamed=pairs(renamed),
            constants=pairs(constants),
            delimiter=delimiter,
            since=since,
            until=to,
            method=method,
        )
        with the_installation(Settings()) as place:
            total = asyncio.run(_at(place, job, rows, document))
    if TERMINAL not in {rows, document}:
        out.print(shown(total, job.formats.amounts))
    if total.differences:
        raise typer.Exit(1)


async def _at(
    place: Installation, job: Job, rows: Path | None, document: Path | None
) -> Reconciliation:
    async with as_application(place) as database:
        return await _run(database, job, rows, document)


async def _run(
    database: Database, job: Job, rows: Path | None, document: Path | None
) -> Reconciliation:
    """Raises `NotPossible` for a header that does not fit and a file that cannot be read on."""
    keep_apart([rows, document], inputs=[job.path])
    tenant = await find_tenant(database, job.tenant)
    total = Reconciliation()
    differences: list[dict[str, Any]] = []
    with ExitStack() as parts:
        try:
            source = parts.enter_context(
                opened(job.path, delimiter=job.delimiter, encoding=job.formats.encoding)
            )
            shape = columns(
                source.header,
                formats=job.formats,
                renamed=job.renamed,
                constants=job.constants,
            )
            write = parts.enter_context(_csv(rows))
            async for finding in run_reconciliation(
                pages_of(database, tenant.tenant_id),
                (shape.read(line) for line in source),
                total,
                since=job.since,
                until=job.until,
                method=job.method,
            ):
                row = _row(finding)
                write(row)
                if document is not None and finding.verdict is not Verdict.MATCHED:
                    differences.append(row)
            total.blank = source.blank
        except (BadColumns, Unreadable) as error:
            raise NotPossible(f"{job.path}: {error}") from error
    if document is not None:
        with output(document) as there:
            encoded = orjson.dumps(_document(total, differences), option=orjson.OPT_INDENT_2)
            there.write(f"{encoded.decode()}\n")
    return total


def _row(finding: Finding) -> dict[str, Any]:
    there, here = finding.there, finding.here
    return {
        "verdict": str(finding.verdict),
        "line": there.line if there else None,
        "reference": there.reference if there else here.reference if here else "",
        "currency": (there.currency if there else "") or (here.currency if here else ""),
        "amount_there_minor": finding.there_minor if there and not there.problem else None,
        "amount_here_minor": finding.here_minor if here else None,
        "difference_minor": _difference(finding),
        "date_there": there.on.isoformat() if there and there.on else None,
        "effective_on": here.effective_on.isoformat() if here else None,
        "payment_id": shown_id("payment", here.id) if here else None,
        "status": here.status if here else None,
        "problem": there.problem if there else None,
    }


def _difference(finding: Finding) -> int | None:
    """There less here; none where one of them is unreadable or in another currency."""
    there, here = finding.there, finding.here
    apart = there and (there.problem or (here and here.currency != there.currency))
    return None if apart else finding.there_minor - finding.here_minor


def _document(total: Reconciliation, differences: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "from": total.since,
        "to": total.until,
        "read": {"rows": total.read.rows, "sums_minor": total.read.sums},
        "blank_lines": total.blank,
        "verdicts": {
            str(verdict): {
                "there": {"rows": there.rows, "sums_minor": there.sums},
                "here": {"rows": here.rows, "sums_minor": here.sums},
            }
            for verdict, there, here in _parts(total)
        },
        "adds_up": total.adds_up,
        "differences": differences,
    }


def shown(total: Reconciliation, amounts: Amounts) -> Table:
    """Counts and sums: what the file says, and what each verdict makes of it on both sides."""
    sides = [total.read, *total.there.values(), *total.here.values()]
    currencies = sorted({currency for side in sides for currency in side.sums})
    table = Table(box=box.SIMPLE)
    table.add_column("")
    table.add_column("there", justify="right")
    table.add_column("here", justify="right")
    for currency in currencies:
        for side in ("there", "here"):
            table.add_column(f"{currency} {side}", justify="right")
    read = ((written(total.read.sums.get(c, 0), c, amounts), "") for c in currencies)
    table.add_row("read", f"{total.read.rows:,}", "", *(cell for both in read for cell in both))
    for verdict, there, here in _parts(total):
        sums = (
            written(side.sums.get(c, 0), c, amounts) for c in currencies for side in (there, here)
        )
        table.add_row(str(verdict), f"{there.rows:,}", f"{here.rows:,}", *sums)
    days = f"{total.since} to {total.until}" if total.since else "no day said: nothing is missed"
    table.caption = f"{days}; {'adds up' if total.adds_up else 'DOES NOT ADD UP'}"
    if total.blank:
        table.caption += f"; {total.blank:,} blank lines passed over"
    return table


def _parts(total: Reconciliation) -> Iterator[tuple[Verdict, Any, Any]]:
    for verdict in Verdict:
        yield verdict, total.there[verdict], total.here[verdict]


@contextmanager
def _csv(path: Path | None) -> Iterator[Callable[[dict[str, Any]], None]]:
    """What writes a finding's row, if anything does."""
    if path is None:
        yield lambda _row: None
        return
    with output(path) as file:
        writer = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        yield lambda row: writer.writerow(inert_row(row))
