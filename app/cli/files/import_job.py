"""Import one file: open it, lay it out, show a bar meanwhile, and write its rejects aside."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain, islice
from pathlib import Path

from rich import box
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from app.cli.console import bug, err, out, say
from app.cli.files.output_files import keep_apart, output
from app.domain.currencies import exponent
from app.routers.edge.csv import read_id
from app.routers.edge.deps import here_and_now, today
from app.services.files.columns import Kind
from app.services.files.csv_files import Source, Unreadable, opened
from app.services.files.formats import Amounts, Formats
from app.services.files.imports import Failure, Importer, Summary, Tally, looked_at, run
from app.services.files.pages import Outcome, Result
from app.services.files.preview import LOOKED_AT, Preview, preview, understood
from app.services.files.rows import REJECTION, BadColumns, Layout, Row, layout
from app.services.tenancy.tenants import NotPossible, find_tenant
from app.storage.database.engine import Database
from app.storage.database.unavailable import Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One file to import, as asked for on the command line."""

    kind: Kind
    path: str
    tenant: str
    formats: Formats = field(default_factory=Formats)
    page_size: int = 500
    rejects: Path | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    ignore_unknown: bool = False
    delimiter: str = ","
    actor: str | None = None
    business_date: date | None = None
    dry_run: bool = False


async def import_file(database: Database, job: Job, *, show: bool = True) -> Summary:
    """Import one file into its tenant, showing how far it is.

    Raises `NotPossible` for a header that does not fit, and for a file or a database that ends
    in the middle (what came before is stored then, and its rejects put aside); `OSError`.
    """
    keep_apart([job.rejects], inputs=[job.path])
    importer = await _importer(database, job)
    with ExitStack() as parts:
        try:
            source = parts.enter_context(opened(job.path, **_as_said(job)))
            shape = _layout(job, source)
        except (BadColumns, Unreadable) as error:
            raise NotPossible(f"{job.path}: {error}") from error
        reject = parts.enter_context(_rejecting(job.rejects, source))
        move = parts.enter_context(_progress(source, job, show=show))
        try:
            rows = (shape.read(line) for line in source)
            first = tuple(islice(rows, LOOKED_AT))
            _warn(preview(shape, first, business_date=importer.day), shape, job)
            every = chain(first, rows)
            after_page = partial(_after_page, reject, move)
            if job.dry_run:
                summary = looked_at(every, after_page=after_page)
            else:
                summary = await run(
                    database,
                    importer,
                    every,
                    page_size=job.page_size,
                    after_page=after_page,
                    failed=_failed,
                )
        except (Unreadable, Unavailable) as error:
            ended = error  # what was refused until then is put aside all the same
        else:
            summary.blank, summary.blank_columns = source.blank, source.blank_columns
            return summary
    raise NotPossible(f"{job.path}: {ended}") from ended


def _as_said(job: Job) -> dict[str, str]:
    return {"delimiter": job.delimiter, "encoding": job.formats.encoding}


def _warn(found: Preview, shape: Layout, job: Job) -> None:
    """What looks as if it were meant otherwise; in a dry run the first rows, as understood."""
    for warning in found.warnings:
        say(f"Warning: {warning}")
    if job.dry_run:
        for row in found.rows:
            out.print(_shown_row(shape, row), markup=False, soft_wrap=True)


def _shown_row(shape: Layout, row: Row) -> str:
    said = ", ".join(f"{name} {value}" for name, value in understood(shape, row).items())
    refused = f" REFUSED: {row.reason}" if row.problems else ""
    return f"line {row.line.number}: {said}{refused}"


def _after_page(
    reject: Callable[[Result], None], move: Callable[[], None], results: Sequence[Result]
) -> None:
    for result in results:
        if result.outcome is Outcome.REJECTED:
            reject(result)
    move()


async def _importer(database: Database, job: Job) -> Importer:
    tenant = await find_tenant(database, job.tenant)
    if job.business_date is not None and not tenant.sandbox:
        raise NotPossible("Only a sandbox can be told what day it is.")
    return Importer(
        tenant_id=tenant.tenant_id,
        kind=job.kind,
        today=today,
        clock=here_and_now,
        actor=job.actor,
        business_date=job.business_date,
        day=job.business_date or tenant.business_date or today(tenant.time_zone),
    )


def _layout(job: Job, source: Source) -> Layout:
    return layout(
        job.kind,
        source.header,
        formats=job.formats,
        renamed=job.renamed,
        constants=job.constants,
        ignore_unknown=job.ignore_unknown,
        payment_id=partial(read_id, "payment"),
    )


def _failed(failure: Failure) -> None:
    """A row that failed for an unforeseen reason: the error and its frames."""
    say(f"line {failure.row.line.number}: {bug(failure.error)}")


@contextmanager
def _rejecting(path: Path | None, source: Source) -> Iterator[Callable[[Result], None]]:
    """Write refused rows to the rejects file, cell for cell as they came; without one, print them.

    They stay what somebody sent, so that they can be mended and imported: a cell that begins a
    formula is not made inert here.
    """
    if path is None:
        yield _say
        return
    header = source.header
    with output(path, encoding=source.encoding) as file:
        writer = csv.writer(file, delimiter=source.delimiter)
        own = [name not in REJECTION for name in header]
        writer.writerow((*REJECTION, *(name for name in header if name not in REJECTION)))

        def reject(result: Result) -> None:
            line = result.row.line
            cells = (cell for n, cell in enumerate(line.cells) if n >= len(own) or own[n])
            reason = result.reason.encode(source.encoding, "replace").decode(source.encoding)
            writer.writerow((line.number, reason, *cells))

        yield reject


def _say(result: Result) -> None:
    err.print(f"line {result.row.line.number}: {result.reason}", markup=False)


@contextmanager
def _progress(source: Source, job: Job, *, show: bool) -> Iterator[Callable[[], None]]:
    """A bar over the bytes of the file as it is stored."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, disable=not show) as bar:
        task = bar.add_task(job.kind, total=source.size)
        yield lambda: bar.update(task, completed=source.bytes_read)


def shown(summary: Summary, amounts: Amounts) -> Table:
    """Counts and sums: what was read, and what became of it, which must come to the same."""
    currencies = sorted(summary.read.sums) or [""]
    table = Table(box=box.SIMPLE)
    table.add_column("")
    table.add_column("rows", justify="right")
    for currency in currencies:
        table.add_column(f"sum {currency}".strip(), justify="right")
    table.add_column("without an amount", justify="right")
    parts = {
        str(outcome): tally
        for outcome, tally in summary.by_outcome.items()
        if tally.rows or outcome is not Outcome.READABLE
    }
    for name, tally in {"read": summary.read, **parts}.items():
        sums = (_money(tally, currency, amounts) for currency in currencies)
        table.add_row(name, f"{tally.rows:,}", *sums, f"{tally.unread:,}")
    table.caption = "reconciles" if summary.reconciles else "DOES NOT RECONCILE"
    if summary.blank:
        table.caption += f"; {summary.blank:,} blank lines passed over"
    if summary.blank_columns:
        table.caption += f"; {summary.blank_columns:,} blank columns at the end passed over"
    return table


def _money(tally: Tally, currency: str, amounts: Amounts) -> str:
    return written(tally.sums.get(currency, 0), currency, amounts)


def written(minor: int, currency: str, amounts: Amounts) -> str:
    """An amount for people, as the file itself writes money."""
    if amounts is Amounts.MINOR or not currency:
        return f"{minor:,}"
    decimals = exponent(currency)
    whole, rest = divmod(abs(minor), 10**decimals)
    fraction = f".{rest:0{decimals}}" if decimals else ""
    return f"{'-' if minor < 0 else ''}{whole:,}{fraction}"
