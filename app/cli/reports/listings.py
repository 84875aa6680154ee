"""The reports that list things one by one, at the command line: of as many rows as there are.

They go into the file as they are read, so neither memory nor a run's limit holds them back.
"""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from app.cli.console import as_application
from app.cli.files.output_files import TERMINAL
from app.cli.files.output_files import output as output_file
from app.config import Settings
from app.domain.overview.question import Asked
from app.domain.overview.runs import ReportFormat
from app.routers.edge.csv import shown_id
from app.routers.edge.deps import today
from app.services.books.journal import read_chart
from app.services.context import Context
from app.services.listings.listing import Outside
from app.services.listings.making import LISTINGS, Done, into_file
from app.services.reports.asked import context_of
from app.services.tenancy.installation import Installation
from app.services.tenancy.tenants import find_tenant


async def write_listing(
    place: Installation, wanted: str, name: str, asked: Asked, *,
    form: ReportFormat | None, file: Path | None,
) -> Done:  # fmt: skip
    """Write it where it is wanted; without a form it is only summed.

    Raises `InvalidInput`, `NotPossible`, `CannotDraw`, `OSError`.
    """
    outside = Outside(shown=shown_id, chart=read_chart(Settings().chart_file))
    async with as_application(place) as database:
        tenant = await find_tenant(database, wanted)
        business_date = tenant.business_date or today(tenant.time_zone)
        listing = LISTINGS[name]
        question = listing.asked(asked, business_date)

        def opened() -> AbstractAsyncContextManager[Context]:
            return context_of(
                database, tenant.tenant_id, business_date=business_date, time_zone=tenant.time_zone
            )

        if form is None:
            return await into_file(opened, listing, question, None, outside)
        with output_file(file or TERMINAL) as there:
            return await into_file(opened, listing, question, (form, there.buffer), outside)
