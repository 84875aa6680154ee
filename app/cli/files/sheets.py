"""`accord import FILE.xlsx`: a spreadsheet tried first, and stored by the name of the trial."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich import box
from rich.table import Table
from typer.core import TyperGroup

from app.cli.console import as_application, explained, out, say, the_installation
from app.cli.files.output_files import keep_apart
from app.cli.files.output_files import output as output_file
from app.config import Settings
from app.domain.spreadsheets.fields import SheetKind
from app.domain.values import replace
from app.routers.edge.bodies import MAX_FILE_BYTES
from app.routers.edge.csv import read_id, shown_id
from app.routers.edge.deps import here_and_now
from app.services.context import Context
from app.services.dry_runs import storing
from app.services.dry_runs.commit import store_rows
from app.services.dry_runs.dry_runs import StoredDryRun, read_dry_run, try_sheet
from app.services.dry_runs.refused import refused_rows
from app.services.dry_runs.rows import Mode
from app.services.dry_runs.workbook import SentSheet
from app.services.files.csv_files import delimiter_of
from app.services.messages.surroundings import TenantRecord, inside
from app.services.tenancy.installation import Installation
from app.services.tenancy.tenants import NotPossible, find_tenant
from app.storage.database.engine import Database

#: What stands for the command where a file is named at once.
SHEET = "sheet"


class Files(TyperGroup):
    """Kinds of CSV files by name; whatever else is named first is a spreadsheet."""

    # Typer's own words of its types are its own affair, as in `commands`.
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        """The command, and what is said to it."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            return super().resolve_command(ctx, [SHEET, *args])
        return super().resolve_command(ctx, args)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is asked about a spreadsheet. `commit`: the trial that is to be stored."""

    file: Path
    tenant: str
    kind: SheetKind | None
    mapping: str | None
    sheet: str | None
    delimiter: str
    commit: str | None
    mode: Mode
    refused: Path | None
    actor: str | None


def sheet(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="XLSX, or CSV in UTF-8.")],
    *,
    tenant: Annotated[str, typer.Option(help="Whose they are: the tenant, by name or id.")],
    kind: Annotated[SheetKind | None, typer.Option(help="What it holds, one a row.")] = None,
    mapping: Annotated[
        str | None, typer.Option(metavar="NAME", help="A kept mapping; else as the headings say.")
    ] = None,
    named: Annotated[
        str | None, typer.Option("--sheet", metavar="NAME", help="Of a workbook; else its first.")
    ] = None,
    delimiter: Annotated[str, typer.Option(metavar="SIGN", help="Of a CSV, or tab.")] = ",",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Try it, store nothing; so it is without --commit.")
    ] = False,
    commit: Annotated[
        str | None, typer.Option(metavar="DRYRUN", help="Store what was tried, by its id.")
    ] = None,
    mode: Annotated[Mode, typer.Option(help="All rows or none, or those that can be.")]
        = Mode.ATOMIC,
    refused: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where refused rows go, as a workbook.")
    ] = None,
    actor: Annotated[str | None, typer.Option(help="Who answers for it.")] = None,
) -> None:  # fmt: skip
    """Try a spreadsheet, and store it when its trial is named."""
    with explained():
        if (commit is None) == (kind is None) or (dry_run and commit is not None):
            raise NotPossible("Say --kind to try a file, or --commit and the trial to store it.")
        asked = Sheet(
            file=file, tenant=tenant, kind=kind, mapping=mapping, sheet=named,
            delimiter=_delimiter(delimiter), commit=commit, mode=mode, refused=refused, actor=actor,
        )  # fmt: skip
        keep_apart([refused], inputs=[file])
        with the_installation(Settings()) as place:
            found, book = asyncio.run(_at(place, asked))
        if refused is not None:
            with output_file(refused, encoding="latin-1") as there:  # each byte a letter
                there.write(book.decode("latin-1"))
        _show(found)
    outcome = found.outcome or {}
    rejected = outcome.get("rejected", 0) + outcome.get("refused", 0)
    if found.problem or rejected or (commit is None and found.counts["refused"]):
        raise typer.Exit(1)


def _delimiter(raw: str) -> str:
    try:
        return delimiter_of(raw)
    except ValueError as problem:
        raise NotPossible(f"--delimiter: {problem}") from None


async def _at(place: Installation, asked: Sheet) -> tuple[StoredDryRun, bytes]:
    content = _read(asked.file)
    async with as_application(place) as database:
        tenant = await find_tenant(database, asked.tenant)
        async with _acting(database, tenant, asked.actor) as ctx:
            if asked.commit is None and asked.kind is not None:
                sent = SentSheet(content=content, sheet=asked.sheet, delimiter=asked.delimiter)
                found = await try_sheet(ctx, asked.kind, sent, mapping=asked.mapping)
            else:
                found = await store_rows(
                    ctx, _id(asked.commit or ""), mode=asked.mode,
                    sha256=sha256(content).digest(), if_match=None,
                )  # fmt: skip
        if found.status == "storing":
            await _stored(database, tenant)
        async with _acting(database, tenant, asked.actor) as ctx:
            found = await read_dry_run(ctx, found.id)
            return found, b"" if asked.refused is None else await refused_rows(ctx, found.id)


def _read(file: Path) -> bytes:
    """Raises `NotPossible` for what HTTP would not take either."""
    if file.stat().st_size > MAX_FILE_BYTES:
        raise NotPossible(f"{file} has more than {MAX_FILE_BYTES:,} bytes: send it in parts.")
    return file.read_bytes()


def _id(text: str) -> UUID:
    try:
        return read_id("import", text)
    except ValueError as problem:
        raise NotPossible(f"--commit {problem}: the trial's, as --dry-run printed it.") from None


@asynccontextmanager
async def _acting(
    database: Database, tenant: TenantRecord, actor: str | None
) -> AsyncIterator[Context]:
    async with inside(database, tenant, here_and_now("UTC")) as ctx:
        yield replace(ctx, actor=actor)


async def _stored(database: Database, tenant: TenantRecord) -> None:
    """Do what a worker does, until nothing of the tenant's waits that nobody else has."""
    while True:
        taken = await storing.take(database, tenant, now=here_and_now("UTC"))
        if taken is None:
            return
        await storing.carry_on(database, taken, now=lambda: here_and_now("UTC"))


def _show(found: StoredDryRun) -> None:
    """What was found or stored, and each doubt that is kept, a line each."""
    table = Table(box=box.SIMPLE)
    counts = found.outcome if found.outcome is not None else found.counts
    figures = {name: number for name, number in counts.items() if name != "mode"}
    for name in figures:
        table.add_column(name.replace("_", " "), justify="right")
    table.add_row(*(f"{number:,}" for number in figures.values()))
    table.caption = f"{shown_id('import', found.id)}, {found.status}"
    out.print(table)
    for row in found.shown or ():
        for cell in row["cells"]:
            said = f"row {row['row']}: {cell['heading'] or cell['field']} {cell['detail']}"
            out.print(f"{said} ({row['verdict']})", markup=False, soft_wrap=True)
    if found.problem:
        say(f"Nothing was stored: {found.problem}")
