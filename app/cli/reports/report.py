"""`accord report`: a report as of any day, as a table with small bars or as the file HTTP gives."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from app.cli.console import as_application, explained, out, say, the_installation
from app.cli.files.output_files import TERMINAL
from app.cli.files.output_files import output as output_file
from app.cli.options import Tenant, parse_day
from app.cli.reports.listings import write_listing
from app.config import Settings
from app.domain.overview.definitions.catalog import REPORTS
from app.domain.overview.question import FILTERS, Asked
from app.domain.overview.runs import ReportFormat
from app.domain.overview.table import CURRENCY, Column, Report, Row
from app.domain.refusals.reports import ReportDoesNotReconcile, ReportTooLarge
from app.domain.reports.books import Basis
from app.domain.values import replace
from app.routers.edge.csv import shown_id
from app.routers.edge.deps import today
from app.services.context import Context
from app.services.listings.making import LISTINGS
from app.services.reports.alarm import tell_apart
from app.services.reports.asked import context_of
from app.services.reports.files import written
from app.services.reports.outgoing import told_again
from app.services.reports.paper import said
from app.services.reports.report import make, resolve
from app.services.reports.runs import Running, begin_run, file_of, read_run
from app.services.tenancy.installation import Installation
from app.services.tenancy.tenants import NotPossible, find_tenant

BROKEN = 3  #: exit code; 1 is: it could not be made
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_BAR = 12  # characters
_GAP = 3  # around each column, and to the next
_LEAST = 8  # of a group's name, however narrow the terminal

Name = Annotated[str, typer.Argument(help=f"One of {', '.join((*REPORTS, *LISTINGS))}.")]
Day = Annotated[date | None, typer.Option(parser=parse_day, metavar="DAY")]
Filters = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="NAME=VALUE", help=f"{', '.join(FILTERS)}; repeatable."),
]


def report(
    name: Name,
    *,
    tenant: Tenant,
    as_of: Day = None,
    known_on: Day = None,
    basis: Annotated[Basis | None, typer.Option(help="What the books said, or is known.")] = None,
    since: Annotated[date | None, typer.Option("--from", parser=parse_day, metavar="DAY")] = None,
    to: Day = None,
    by: Annotated[str, typer.Option(metavar="GROUPS", help="With commas between.")] = "",
    standard: Annotated[bool, typer.Option(help="The shipped bands as buckets.")] = False,
    only: Filters = None,
    format_: Annotated[ReportFormat | None, typer.Option("--format", help="Of the file.")] = None,
    file: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the file goes; - for here.")
    ] = None,
) -> None:
    """Print a report in the terminal, or write the file that HTTP gives.

    Exits 3 where its figures do not come to the ledger's: that is told as `report.failed`.
    """
    with explained():
        asked = Asked(
            as_of=as_of, known_on=known_on, basis=basis, from_on=since, to_on=to, standard=standard,
            by=tuple(by.split(",")) if by else (), filters=_filters(only or ()),
        )  # fmt: skip
        form = _form(format_, file)
        with the_installation(Settings()) as place:
            if name in LISTINGS:
                done = asyncio.run(write_listing(place, tenant, name, asked, form=form, file=file))
                made = done.report
                if form is None:
                    _print(done.summary, LISTINGS[name].chart)
            else:
                made = _shown(place, tenant, name, asked, form=form, file=file)
    say(f"{made.title}, {_question(made)}, {made.hash}")


def _shown(
    place: Installation, tenant: str, name: str, asked: Asked, *,
    form: ReportFormat | None, file: Path | None,
) -> Report:  # fmt: skip
    """The report, printed or written. Raises `typer.Exit` where it does not come to the ledger."""
    try:
        made, content = asyncio.run(_made(place, tenant, name, asked, form))
    except _NotShown as refused:
        say(str(refused))
        raise typer.Exit(BROKEN) from refused
    if form is None:
        _print(made, REPORTS[name].chart)
    elif file is None or file == TERMINAL:
        out.print(content.decode(), end="", markup=False)
    else:
        with output_file(file, encoding="latin-1") as there:  # each byte a letter: as they are
            there.write(content.decode("latin-1"))
    return made


def _form(form: ReportFormat | None, file: Path | None) -> ReportFormat | None:
    """None: a table. Raises `NotPossible` for what no terminal shows or no ending says."""
    if form is None and file is not None and file != TERMINAL:
        try:
            form = ReportFormat(file.suffix.removeprefix("."))
        except ValueError:
            names = ", ".join(ReportFormat)
            raise NotPossible(f"--format says what {file} is to be: {names}.") from None
    if form in {ReportFormat.XLSX, ReportFormat.PDF} and (file is None or file == TERMINAL):
        raise NotPossible(f"A file of {form} goes into a file: --out FILE.")
    return form


def _filters(only: Sequence[str]) -> dict[str, str]:
    pairs = dict(one.partition("=")[::2] for one in only)
    unknown = sorted(name for name, value in pairs.items() if name not in FILTERS or not value)
    if unknown:
        raise NotPossible(f"--only {unknown[0]}: one of {', '.join(FILTERS)}, as NAME=VALUE.")
    return pairs


class _NotShown(Exception):
    """It does not come to the ledger, which is told."""


async def _made(
    place: Installation, wanted: str, name: str, asked: Asked, form: ReportFormat | None
) -> tuple[Report, bytes]:
    """The report and its file; of more than a request may read as a run. Raises `_NotShown`."""
    async with as_application(place) as database:
        tenant = await find_tenant(database, wanted)
        business_date = tenant.business_date or today(tenant.time_zone)
        async with context_of(
            database, tenant.tenant_id, business_date=business_date, time_zone=tenant.time_zone
        ) as ctx:
            try:
                made = (await make(ctx, name, asked)).report
                return made, await _content(ctx, made, form)
            except ReportDoesNotReconcile as refusal:
                _, meant = resolve(name, asked, ctx.business_date)
                await tell_apart(ctx, database, meant)
                raise _NotShown(refusal.detail) from refusal
            except ReportTooLarge:
                run = await begin_run(ctx, name, asked, form or ReportFormat.JSON)
        called = shown_id("run", run.id)
        say(f"Made as the run {called}: it is more than a request may read.")
        running = Running(
            database=database, tenant_id=tenant.tenant_id, run_id=run.id,
            business_date=business_date, time_zone=tenant.time_zone, called=called,
        )  # fmt: skip
        await running.go()
        return await _ran(running)


async def _ran(running: Running) -> tuple[Report, bytes]:
    """What came of a run. Raises `_NotShown`, `NotPossible`."""
    async with running.opened() as ctx:
        run = await read_run(ctx, running.run_id)
        if run.problem == ReportDoesNotReconcile.problem:
            raise _NotShown("The report does not come to what the ledger says: it is not shown.")
        made = await told_again(ctx, run)
        if made is None:
            raise NotPossible(f"The run ended without a report: {run.problem or run.status}.")
        _, content = await file_of(ctx, run.id)
        return replace(made, run_id=running.called), content


async def _content(ctx: Context, made: Report, form: ReportFormat | None) -> bytes:
    return b"" if form is None else await written(ctx, made, form)


def _question(made: Report) -> str:
    one = made.question
    span = f" from {one.from_on} to {one.to_on}" if one.from_on else ""
    open_ = ", provisional" if made.provisional else ""
    return f"{one.basis} as of {one.as_of}{span}, known on {one.known_on}{open_}"


def _print(made: Report, drawn: str | None) -> None:
    """The table; a bar in each row says how large the figure that would be drawn is.

    A column with nothing in it is left out, and where each state went to: the files have all.
    No figure is broken: what is wider than the terminal goes on in a further table.
    """
    columns = [
        one
        for one in made.columns
        if one.name == drawn
        or (not one.name.startswith("to.") and any(row.cells[one.name] for row in made.rows))
    ]
    chart = next((one for one in columns if one.name == drawn), None)
    names, largest = (CURRENCY, *made.question.by), _largest(made.rows, chart)
    keys, bars, figures = list[tuple[str, ...]](), list[str](), list[list[str]]()
    for number, row in enumerate((*made.rows, *made.shown_totals), start=1):
        own = number <= len(made.rows)
        key = row.key if own else (row.key[0], "total")
        key = (*key, *("" for _ in names))[: len(names)]
        keys.append(tuple(escape(one or "–") for one in key))  # noqa: RUF001 - a dash
        bars.append(_bar(row, chart, largest) if own and chart is not None else "")
        figures.append([said(one, row.key[0], row.cells[one.name]) for one in columns])
    widths = [_width(one.title, [row[n] for row in figures]) for n, one in enumerate(columns)]
    room = out.width - _BAR - _GAP
    most = max(_LEAST, (room - max(widths, default=0)) // len(names) - _GAP)
    key_widths = [
        min(most, max(len(name), *(len(key[n]) for key in keys), 0)) for n, name in enumerate(names)
    ]
    room -= sum(key_widths) + _GAP * len(names)
    for part, those in enumerate(_parts(widths, room)):
        if part:
            out.print()
        table = Table(box=box.SIMPLE_HEAD, show_edge=False)
        for name, width in zip(names, key_widths, strict=True):
            table.add_column(name, width=width, overflow="fold")
        table.add_column("", width=_BAR)
        for n in those:
            table.add_column(
                escape(columns[n].title), justify="right", width=widths[n], overflow="fold"
            )
        for key, bar, row_figures in zip(keys, bars, figures, strict=True):
            table.add_row(*key, "" if part else bar, *(row_figures[n] for n in those))
        out.print(table)


def _width(title: str, figures: Sequence[str]) -> int:
    """Of a column: no figure and no word of its title is broken."""
    return max(min(len(title), _BAR), *(len(one) for one in (*title.split(), *figures)))


def _parts(widths: Sequence[int], room: int) -> Iterator[list[int]]:
    """The columns, by their numbers, as so many as stand side by side; each stands somewhere."""
    part, left = list[int](), room
    for number, width in enumerate(widths):
        if part and width + _GAP > left:
            yield part
            part, left = [], room
        part.append(number)
        left -= width + _GAP
    yield part


def _largest(rows: Sequence[Row], chart: Column | None) -> dict[str | None, int]:
    """By currency: nothing is compared across them."""
    found: dict[str | None, int] = {}
    for row in rows:
        cell = abs(row.cells[chart.name] or 0) if chart is not None else 0
        found[row.key[0]] = max(found.get(row.key[0], 0), cell)
    return found


def _bar(row: Row, chart: Column, largest: dict[str | None, int]) -> str:
    most = largest[row.key[0]]
    if not most:
        return ""
    eighths = int(Decimal(abs(row.cells[chart.name] or 0)) * _BAR * 8 / most)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
