"""`accord journal`: every posting as balanced debits and credits, for the accounting department."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Annotated, TextIO

import typer

from app.cli.console import as_application, explained, say, the_installation
from app.cli.files.output_files import keep_apart
from app.cli.files.output_files import output as output_file
from app.cli.options import Tenant, parse_day
from app.config import Settings
from app.routers.edge.csv import journal_csv
from app.routers.edge.deps import today
from app.services.books.journal import Chart, read_chart
from app.services.books.journal import journal as run_journal
from app.services.tenancy.installation import Installation
from app.services.tenancy.tenants import NotPossible, find_tenant

Sums = dict[str, tuple[int, int]]

From = Annotated[
    date | None,
    typer.Option(
        "--from",
        parser=parse_day,
        metavar="DAY",
        help="Booked from this day; default: the month's first.",
    ),
]
To = Annotated[
    date | None,
    typer.Option(
        parser=parse_day, metavar="DAY", help="To this one, both inclusive; default: today."
    ),
]
ChartFile = Annotated[
    Path | None,
    typer.Option("--chart", help="JSON: ledger accounts by slot; default: ACCORD_CHART_FILE."),
]
Output = Annotated[Path, typer.Option(help="Where the CSV goes; - for this terminal.")]


def journal(
    *, tenant: Tenant, since: From = None, to: To = None, chart: ChartFile = None,
    output: Output = Path("-"),
) -> None:  # fmt: skip
    """Write what was booked on these days as debits and credits that sum to the same."""
    settings = Settings()
    with explained():
        keep_apart([output], inputs=[chart or settings.chart_file])
        names = read_chart(chart or settings.chart_file)
        with the_installation(settings) as place, output_file(output) as file:
            days = (since, to)
            sums = asyncio.run(_write(place, tenant, names, days, file))
    for currency, (debits, credits_) in sorted(sums.items()):
        say(f"{currency}: debits {debits:,}, credits {credits_:,}, in minor units")


async def _write(
    place: Installation,
    wanted: str,
    chart: Chart,
    days: tuple[date | None, date | None],
    file: TextIO,
) -> Sums:
    """Raises `NotPossible` for days the wrong way round."""
    async with as_application(place) as database:
        tenant = await find_tenant(database, wanted)
        until = days[1] or tenant.business_date or today(tenant.time_zone)
        since = days[0] or until.replace(day=1)
        if since > until:
            raise NotPossible(f"{since} is after {until}.")
        file.write(journal_csv((), header=True))
        sums: Sums = {}
        entries = run_journal(database, tenant.tenant_id, chart, since=since, until=until)
        async for entry in entries:
            file.write(journal_csv([entry], header=False))
            debits, credits_ = sums.get(entry.currency, (0, 0))
            moved = sum(pair.amount_minor for pair in entry.pairs)
            sums[entry.currency] = (debits + moved, credits_ + moved)
    return sums
