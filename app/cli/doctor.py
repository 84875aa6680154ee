"""`accord doctor`: whether this installation is well, thing by thing."""

import asyncio
from typing import Annotated

import orjson
import typer
from pydantic import ValidationError
from rich import box
from rich.markup import escape
from rich.table import Table

from app.cli.console import explained, out, the_installation
from app.config import Settings
from app.routers.edge.deps import here_and_now
from app.services.doctor import Finding, Health, examine
from app.services.tenancy.installation import EmbeddedUnavailable, Installation, denial
from app.storage.database.engine import Database

_COLORS = {Health.OK: "green", Health.WARNING: "yellow", Health.WRONG: "red"}


def doctor(
    *,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    sample: Annotated[
        int, typer.Option(min=0, max=1000, help="Accounts a tenant that are self-checked.")
    ] = 10,
) -> None:
    """Look at settings, database, roles, row security, clock, calendars, sweeps, books and feed.

    Exits 1 if anything is wrong; a warning is none.
    """
    with explained():
        findings = _look(sample)
    _print_json(findings) if json else _print(findings)
    if any(one.health is Health.WRONG for one in findings):
        raise typer.Exit(1)


def _look(sample: int) -> list[Finding]:
    try:
        settings = Settings()
    except ValidationError as error:
        return [_bad_setting(one["loc"], one["msg"]) for one in error.errors(include_input=False)]
    findings = [_settings(settings)]
    try:
        with the_installation(settings) as place:
            return findings + asyncio.run(_examined(place, settings, sample))
    except EmbeddedUnavailable as error:
        said = str(error)
    except Exception as error:
        if (refused := denial(error)) is None:
            raise
        said = refused
    return [*findings, Finding(check="database", health=Health.WRONG, said=said)]


async def _examined(place: Installation, settings: Settings, sample: int) -> list[Finding]:
    database = Database(
        place.app_url, pool_size=1, statement_timeout_s=60, application_name="accord doctor"
    )
    try:
        found = examine(database, here_and_now, sweep_at=settings.sweep_at, sample=sample)
        return [finding async for finding in found]
    finally:
        await database.dispose()


def _settings(settings: Settings) -> Finding:
    if settings.chart_file and not settings.chart_file.is_file():
        said = f"ACCORD_CHART_FILE: there is no {settings.chart_file}."
        return Finding(check="settings", health=Health.WRONG, said=said)
    said = f"A pool of {settings.pool_size}, {settings.max_connections} clients at once."
    if not settings.scheduler:
        said += " ACCORD_SCHEDULER is off: somebody else runs `accord sweep`."
        return Finding(check="settings", health=Health.WARNING, said=said)
    return Finding(check="settings", health=Health.OK, said=said)


def _bad_setting(where: tuple[int | str, ...], said: str) -> Finding:
    name = "_".join(str(part) for part in where).upper()
    return Finding(check="settings", health=Health.WRONG, said=f"ACCORD_{name}: {said}")


def _print(findings: list[Finding]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("", "what", "tenant", "found"):
        table.add_column(column, overflow="fold")
    for one in findings:
        health = f"[{_COLORS[one.health]}]{one.health}[/]"
        table.add_row(health, one.check, escape(one.tenant or ""), escape(one.said))
    out.print(table)


def _print_json(findings: list[Finding]) -> None:
    worst = max((one.health for one in findings), key=list(Health).index)
    said = {"health": worst, "findings": findings}
    out.print(orjson.dumps(said, option=orjson.OPT_INDENT_2).decode(), markup=False)
